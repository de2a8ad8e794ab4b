/**
 * Secrets inside text, found by their shape: private keys, credentials in urls, authorization schemes, JWTs,
 * vendors' keys, card numbers; and by the name before them: 'password=…', '"token":"…"', '?key=…'. Linear on
 * any input.
 */
import { isSensitiveName, isSensitiveParameter } from './sensitive-names.ts'

export const hidden = '***'

const shapes: readonly (readonly [RegExp, string])[] = [
  // Up to the last '@': a password may contain one.
  [/:\/\/[^\s/?#"'<>\\]{1,1000}@/g, `://${hidden}@`],
  [/\b(Bearer)\s{1,5}(?!authenti|authori|realm|scheme|credential|tokens?\b)[\w.~+/=-]{6,}/gi, `$1 ${hidden}`],
  // Words after 'basic' are ordinary ones; base64 has a capital, a digit or padding.
  [/\b([Bb]asic|BASIC)\s{1,5}(?=[a-z+/]{0,200}[A-Z\d=])[\w+/=-]{6,}/g, `$1 ${hidden}`],
  // A JWT, whole or cut; its first part is '{"…' in base64. The look-behind keeps one start per run.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g, hidden],
  // AWS; GitHub, GitLab, npm, Slack, Stripe; Google.
  [/\b(?:AKIA|ASIA)[A-Z\d]{16}\b/g, hidden],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|xox[a-z]-|xapp-|[srp]k_(?:live|test)_)[\w-]{10,}/g, hidden],
  [/\bAIza[\w-]{30,}/g, hidden],
  [/(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{3,}/g, `$1${hidden}`],
]

/**
 * The text without passwords, tokens, keys, cookies, card numbers and credentials, each replaced by '***'.
 */
export function redactText(text: string): string {
  let safe = hidePrivateKeys(text)
  if (mayNameValues.test(safe)) safe = hideNamedValues(safe, hidden)
  for (const [shape, replacement] of shapes) safe = safe.replace(shape, replacement)
  return mayHaveCardNumber.test(safe) ? hideCardNumbers(safe, hidden) : safe
}

/** Most texts have neither: a look is cheaper than the search. */
const mayNameValues = /[:=：>]/
const mayHaveCardNumber = /(?:\d[ -]?){12}\d/

const keyBegin = /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const keyBody = /[A-Za-z\d+/=\s\\]*/y

/** From the begin mark to the end mark, or if that is missing (a cut message), all that looks like base64. */
function hidePrivateKeys(text: string): string {
  let safe = ''
  let from = 0
  let endMark = 0
  for (const { index, 0: begin } of text.matchAll(keyBegin)) {
    if (index < from) continue
    const bodyAt = index + begin.length
    if (endMark >= 0 && endMark < bodyAt) endMark = text.indexOf('-----END ', bodyAt)
    safe += text.slice(from, index) + hidden
    from = endMark < 0 ? endOfBody(text, bodyAt) : endOfMark(text, endMark)
  }
  return safe + text.slice(from)
}

function endOfBody(text: string, from: number): number {
  keyBody.lastIndex = from
  return from + (keyBody.exec(text)?.[0].length ?? 0)
}

function endOfMark(text: string, from: number): number {
  const label = from + '-----END '.length
  const close = text.slice(label, label + 80).indexOf('-----')
  return close < 0 ? label : label + close + '-----'.length
}

interface Name {
  readonly name: string
  /** The character before it: after '?' and '&' it is a url parameter, after '<' an element. */
  readonly before: string
}

interface Span {
  readonly start: number
  readonly end: number
}

const separator = /[:=：>]/g

/**
 * The text with each value under a sensitive name replaced by `hidden`; quotes and punctuation around it
 * stay.
 */
function hideNamedValues(text: string, hidden: string): string {
  let safe = ''
  let from = 0
  for (const { index } of text.matchAll(separator)) {
    // '==' and '::' compare and qualify, they do not assign.
    if (index < from || text[index] === text[index + 1]) continue
    const value = secretAfter(text, index)
    if (!value || value.end <= value.start) continue
    safe += text.slice(from, value.start) + hidden
    from = value.end
  }
  return safe + text.slice(from)
}

const spaces = /[=>]?[ \t]*/y
/** Values that cannot be secrets. */
const literal = /(?:true|false|null|undefined|none)(?=\.?(?:[\s"'`,;&()[\]{}<>]|$))/iy
const number = /\d+(?=\.?(?:[\s"'`,;&()[\]{}<>]|$))/y

function secretAfter(text: string, at: number): Span | undefined {
  const found = nameBefore(text, at)
  if (!found) return undefined
  const { name, before } = found
  const isParameter = before === '?' || before === '&'
  if (!(isParameter ? isSensitiveParameter(name) : isSensitiveName(name))) return undefined
  if (text[at] === '>') return isElement(before) ? untilTag(text, at + 1) : undefined
  const start = at + 1 + lengthAt(spaces, text, at + 1)
  if (lengthAt(literal, text, start) > 0) return undefined
  if (/tokens$/i.test(name) && lengthAt(number, text, start) > 0) return undefined
  return valueAt(text, start, name)
}

/** '<password' or '<ns:password'. */
function isElement(before: string): boolean {
  return before === '<' || before === ':'
}

function untilTag(text: string, start: number): Span {
  const end = text.indexOf('<', start)
  return { start, end: end < 0 ? text.length : end }
}

const longestName = 64
const longestGap = 10

function nameBefore(text: string, at: number): Name | undefined {
  let end = at
  while (end > 0 && at - end < longestGap && /[\s"'`\\\]]/.test(text[end - 1]!)) end--
  let start = end
  while (start > 0 && end - start < longestName && isNamePart(text.charCodeAt(start - 1))) start--
  return start < end ? { name: text.slice(start, end), before: text[start - 1] ?? '' } : undefined
}

/** Letters, digits, '_', '-', '.', and non-Latin characters: names may be Chinese. */
function isNamePart(unit: number): boolean {
  const isLetter = (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)
  return isLetter || (unit >= 48 && unit <= 57) || unit === 95 || unit === 45 || unit === 46 || unit >= 0x2e80
}

function valueAt(text: string, start: number, name: string): Span {
  const quoted = quotedAt(text, start)
  if (quoted) return quoted
  if (text[start] === '{' || text[start] === '[')
    return { start, end: endOfBare(text, endOfBrackets(text, start)) }
  if (/cookies?$/i.test(name)) return { start, end: endOfCookies(text, start) }
  return { start, end: endOfCredentials(text, start) }
}

const opening = /(\\{0,7})(["'`])/y

/** A quote inside nested quotes has 1, 3, 7 … backslashes; quotes inside its value have more. */
function quotedAt(text: string, at: number): Span | undefined {
  opening.lastIndex = at
  const match = opening.exec(text)
  if (!match) return undefined
  const depth = match[1]!.length
  const quote = match[2]!
  const start = at + match[0].length
  for (let close = text.indexOf(quote, start); close >= 0; close = text.indexOf(quote, close + 1)) {
    const slashes = backslashesBefore(text, close, start)
    if (slashes % (2 * depth + 2) === depth) return { start, end: close - depth }
  }
  return { start, end: text.length }
}

function backslashesBefore(text: string, at: number, least: number): number {
  let from = at
  while (from > least && text[from - 1] === '\\') from--
  return at - from
}

function endOfBrackets(text: string, start: number): number {
  const bracket = /[[\]{}]/g
  bracket.lastIndex = start
  let depth = 0
  for (let found = bracket.exec(text); found; found = bracket.exec(text)) {
    depth += found[0] === '{' || found[0] === '[' ? 1 : -1
    if (depth === 0) return found.index + 1
  }
  return text.length
}

const cookie = /[^\s=;,"']{1,4096}(?:=[^\s;,"']*)?/y
const cookieGap = /;[ \t]?/y

function endOfCookies(text: string, start: number): number {
  let end = start
  for (let length = lengthAt(cookie, text, end); length > 0; length = lengthAt(cookie, text, end)) {
    end += length
    const gap = lengthAt(cookieGap, text, end)
    if (gap === 0) return end
    end += gap
  }
  return end
}

const scheme = /(?:Bearer|Basic|Token|Negotiate|NTLM|ApiKey|Key)[ \t]+/iy
const lineScheme = /(?:Digest|OAuth|Hawk|Signature|AWS4-HMAC-SHA256)[ \t][^\r\n]*/iy

function endOfCredentials(text: string, start: number): number {
  const line = lengthAt(lineScheme, text, start)
  return line > 0 ? start + line : endOfBare(text, start + lengthAt(scheme, text, start))
}

const plain = /[^\s"'`&;,]*/y
/** '&', ';' and ',' end a bare value only before the next pair or word: a password may contain them. */
const delimiter = /[&;,](?:\s|$|[\w.%"'[\]-]{1,60}[ \t]?[:=])/y
const closers = ')]}>.'

function endOfBare(text: string, start: number): number {
  let end = start
  for (;;) {
    end += lengthAt(plain, text, end)
    const stops = !'&;,'.includes(text[end] ?? ' ') || lengthAt(delimiter, text, end) > 0
    if (stops) break
    end++
  }
  while (end > start && closers.includes(text[end - 1]!)) end--
  return end
}

function lengthAt(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at
  return sticky.exec(text)?.[0].length ?? 0
}

/** Where a number may start: not behind a decimal point, and with a first group of at least 4 digits. */
const numberStart = /(?<!\d)(?<!(?<!\d)\d{1,6}\.)[2-6]\d{3,18}(?!\d)/g
const leastDigits = 13
const mostDigits = 19

/** American Express, Diners, JCB, Visa, Mastercard, Discover, UnionPay, Maestro. */
const brand =
  /^(?:3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14,17}|4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|6(?:011|5\d\d|4[4-9]\d|2\d\d)\d{12,15}|(?:50|5[6-9]|6[37])\d{11,17})$/

/** The text with each card number, written in one or in groups ('4111 1111 …'), replaced by `hidden`. */
export function hideCardNumbers(text: string, hidden: string): string {
  let safe = ''
  let from = 0
  for (const { index } of text.matchAll(numberStart)) {
    if (index < from) continue
    const end = endOfCardNumber(text, index)
    if (end === undefined) continue
    safe += text.slice(from, index) + hidden
    from = end
  }
  return safe + text.slice(from)
}

/**
 * Tries the group at `start` alone and with each following group: a date or a check code may follow the
 * number.
 */
function endOfCardNumber(text: string, start: number): number | undefined {
  let digits = ''
  let found: number | undefined
  for (let at = start; digits.length <= mostDigits; at++) {
    while (isDigit(text, at) && digits.length <= mostDigits) digits += text[at++]
    if (!isDigit(text, at) && isCardNumber(digits)) found = at
    const joined = (text[at] === ' ' || text[at] === '-') && isDigit(text, at + 1)
    if (!joined) return found
  }
  return found
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 48 && unit <= 57
}

function isCardNumber(digits: string): boolean {
  return digits.length >= leastDigits && brand.test(digits) && passesLuhn(digits)
}

/** Whether the last digit is the check digit of the others. https://en.wikipedia.org/wiki/Luhn_algorithm */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    const doubled = digit * 2
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
