/**
 * Secrets inside text, found by their shape: private keys, credentials in urls, authorization schemes, JWTs,
 * vendors' keys, card numbers; and by the name before them: 'password=…', '"token":"…"', '?key=…'. Linear on
 * any input. The names that mean a secret are the same for fields, inside text and for url parameters.
 */
import { hideCardNumbers } from './card-number.ts'

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
/** Values that cannot be secrets, and what stands for a masked one. */
const literal = /(?:true|false|null|undefined|none|<\*>)(?=\.?(?:[\s"'`,;&()[\]{}<>]|$))/iy
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

// ── names that mean a secret

/** Anywhere in the name, compared without separators and in lower case. */
const within =
  /passw(?:or)?d|passphrase|passcode|privatekey|apikey|secretkey|accesskey|encryptionkey|signingkey|masterkey|clientsecret|creditcard|cardn(?:umber|o)$|cardnum|connectionstring/

/** At its end: 'refreshToken' but not 'tokenType'. */
const atEnd =
  /(?:secret|secrets|token|tokens|pwd|cookie|cookies|authorization|credential|credentials|cvv|cvc|cvv2|ssn|jwt|bearer|otp|密码|口令|令牌|密钥)$/

/** 'pass' and 'auth' are part of too many other words: 'bypass', 'author'. */
const wholeWord = /(?:^|[_.\- ])(?:pass|auth)$|[a-z]Pass$|^[Pp]ass$/

const urlParameter = /^(?:key|sig|sign|signature|code|auth|sid|session|pass|user_?token|x-amz-[a-z-]{1,40})$/i

const mostNameChars = 200

/**
 * Whether a field of this name contains a secret: 'password', 'X-Api-Key', 'dbPass', 'set-cookie',
 * 'refresh_token', '密码'.
 */
export function isSensitiveName(name: string): boolean {
  if (name.length > mostNameChars) return isSensitiveName(name.slice(-mostNameChars))
  const joined = name.toLowerCase().replace(/[-_.\s]/g, '')
  return within.test(joined) || atEnd.test(joined) || wholeWord.test(name)
}

/**
 * Whether a url parameter of this name contains a secret: also 'key', 'sign', 'code' …, which are harmless
 * elsewhere.
 */
export function isSensitiveParameter(name: string): boolean {
  return urlParameter.test(name) || isSensitiveName(name)
}

/** False for values that cannot be a secret under any name: nothing, a boolean, a number of tokens. */
export function mayBeSecret(name: string, value: unknown): boolean {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return false
  return !(typeof value === 'number' && /tokens$/i.test(name))
}
