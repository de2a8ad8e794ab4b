/**
 * 'password=…', '"token":"…"', 'Authorization: Bearer …', '?key=…', '<secret>…</secret>' inside text: finds
 * each separator, reads back for the name and forward for its value. Linear: nothing is read twice.
 */
import { isSensitiveName, isSensitiveParameter } from './sensitive-names.ts'

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
export function hideNamedValues(text: string, hidden: string): string {
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
