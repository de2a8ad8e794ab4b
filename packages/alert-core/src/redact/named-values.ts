/**
 * Secrets inside text that the name before them gives away: 'password=…', '"token":"…"', '?key=…',
 * '<password>…', 'api key: …'. Linear on any input.
 */
import { decodeUrlPart } from '../text/text.ts'
import { kindOfName, kindOfParameter, type NameKind } from './secret-names.ts'
import { isHiddenText, isStatus } from './values.ts'

interface Name {
  readonly name: string
  /** The character before it: after '?' and '&' it is a url parameter, after '<' an element. */
  readonly before: string
  readonly start: number
}

interface Span {
  readonly start: number
  readonly end: number
  /** More of the value may follow. */
  readonly isCut?: boolean
}

/** Most texts have none: a look is cheaper than the search. */
export const mayNameValues = /[:=：>]/
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
  return from === 0 ? text : safe + text.slice(from)
}

/** Also the mark of a national text in SQL: N'…'. */
const spaces = /[=>]?[ \t]*(?:N(?='))?/y
/** Values that cannot be secrets, and what stands for a masked one. */
const literal = /(?:true|false|null|undefined|none|<\*>)(?=\.?(?:[\s"'`,;&()[\]{}<>]|$))/iy

function secretAfter(text: string, at: number): Span | undefined {
  if (text[at] === '>') return elementContent(text, at)
  const found = nameBefore(text, at)
  if (!found) return undefined
  const { name, before } = found
  const kind = before === '?' || before === '&' ? kindOfParameter(name) : kindOfName(name)
  if (kind === undefined || isGrammar(text, found)) return undefined
  const start = at + 1 + lengthAt(spaces, text, at + 1)
  if (isProse(text, found, at, start)) return undefined
  if (lengthAt(literal, text, start) > 0 || isStatusAt(text, start)) return undefined
  if (isType(text, found, start) || isInArn(text, found)) return undefined
  const value = valueAt(text, start, name, kind)
  if (value === undefined || !isHiddenText(kind, name, text.slice(value.start, value.end))) return undefined
  // What is hidden is not read again: here its end may be searched.
  return value.isCut ? { start, end: endOfBare(text, start) } : value
}

const builtInType = /\[{0,3}(?:String|ID|Int|Float|Boolean)!?(?:\]!?){0,3}(?=$|[\s,)}"'`])/y
const ownType = /\[{0,3}[A-Z][A-Za-z]{1,40}!?(?:\]!?){0,3}(?=[,)])/y

/** A variable or a field of GraphQL: '$password: String!'. */
function isType(text: string, { before }: Name, value: number): boolean {
  return lengthAt(builtInType, text, value) > 0 || (before === '$' && lengthAt(ownType, text, value) > 0)
}

/** 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:name' */
function isInArn(text: string, { before, start }: Name): boolean {
  return before === ':' && /\barn:[\w-]{2,20}:[\w:-]{0,60}$/.test(text.slice(Math.max(0, start - 90), start))
}

/** 'Unexpected token: punc': a token of a language. */
function isGrammar(text: string, { name, start }: Name): boolean {
  return (
    /^tokens?$/i.test(name) &&
    /(?:xpected|llegal|nvalid or unexpected) $/.test(text.slice(Math.max(0, start - 24), start))
  )
}

/** People choose these, so that any word may be one; tokens and keys are made by programs. */
const chosen =
  /pass|pwd|passwort|kennwort|contrase|senha|парол|pin$|otp$|phrase|mnemonic|answer|cv[vc]|ssn|card|助记|助記|密码|密碼|口令/i
const fileName = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|java|kt|rb|php|cs|rs|json|ya?ml|html?)$/
/** A port, a line of a file, the tag of an image. */
const place = /v?\d{1,5}(?:\.\d{1,5}){0,3}(?:-[a-z]{1,12}\d{0,3})?(?![\w.-])/y
const plainWord = /(?:[A-Za-z]{2,40}|\d{1,4})(?=$|[\s:,;.!?()]|\\n)/y
/** Behind the name of a part of a program: 'user.password: leader election lost'. */
const phrase = /[a-z]{2,40}(?: [a-z]{2,40})+(?![\w-])/y
const doing =
  /(?:^|[\s.])(?:re)?(?:fresh|set|load|read|fetch|get|find|parse|verify|validate|check|change|update|rotate|sync|store|save|create|delete|send|hash|compare|decode|decrypt|encrypt|renew|revoke|issue|generate)(?:e?s|e?d|ing|ting)?(?:[\s.]|$)|(?:重置|修改|更新|校验|验证|设置|找回)(?=密码|密碼|口令)/i
const twoHan = /[\u4e00-\u9fff]{2}/y

/** 'failed to refresh token: connect ECONNREFUSED', 'http://auth:8080', '修改密码：数据库超时'. */
function isProse(text: string, { name, start }: Name, at: number, value: number): boolean {
  if (text[at] === '=' || text[at + 1] === '=' || isCredential(text, name, value)) return false
  const isChosen = chosen.test(name)
  if (lengthAt(twoHan, text, value) > 0) return !/phrase|mnemonic|助记|助記/i.test(name)
  if (/["'`\\\]]/.test(text[at - 1]!)) return false
  if (value === at + 1 && text[at] === ':') {
    const isPath = text[start - 1] === '/' || fileName.test(name)
    return (isPath || !isChosen) && lengthAt(place, text, value) > 0
  }
  if (lengthAt(plainWord, text, value) === 0) return false
  if (!isChosen || (name.includes('.') && lengthAt(phrase, text, value) > 0)) return true
  if (/\d/.test(text[value]!)) return false
  const clause = text.slice(Math.max(0, start - 40), start)
  return doing.test(clause) || doing.test(name.replace(/([a-z])([A-Z])/g, '$1 $2'))
}

/** 'Authorization: Digest …' */
function isCredential(text: string, name: string, value: number): boolean {
  if (/authorization$/i.test(name)) return true
  return (
    /[A-Z]/.test(text[value] ?? '') && lengthAt(scheme, text, value) + lengthAt(lineScheme, text, value) > 0
  )
}

/** Looked at before the end of the value is searched, so that no text is searched again and again. */
function isStatusAt(text: string, start: number): boolean {
  const from = start + lengthAt(opening, text, start)
  return isStatus(text.slice(from, from + 80))
}

const longestTag = 300

/** The text of '<password>', '<ns:password>' and '<Password Type="…">'. */
function elementContent(text: string, at: number): Span | undefined {
  let open = at - 1
  const least = Math.max(0, at - longestTag)
  while (open >= least && text[open] !== '<' && text[open] !== '>') open--
  if (open < least || text[open] !== '<') return undefined
  const name = /^(?:[\w-]{1,64}:)?([^\s/>:]{1,64})/.exec(text.slice(open + 1, Math.min(at, open + 130)))?.[1]
  const kind = name === undefined ? undefined : kindOfName(name)
  if (name === undefined || kind === undefined) return undefined
  const end = text.indexOf('<', at)
  // 'AUTH <password> needs …' describes, it contains nothing.
  if (end < 0 && /\s/.test(text[at + 1] ?? ' ')) return undefined
  const value = { start: at + 1, end: end < 0 ? text.length : end }
  return isHiddenText(kind, name, text.slice(value.start, value.end).trim()) ? value : undefined
}

const longestName = 64
const longestGap = 40

function nameBefore(text: string, at: number): Name | undefined {
  let end = at
  while (end > 0 && at - end < longestGap && /[\s"'`\\\]]/.test(text[end - 1]!)) end--
  let start = end
  while (start > 0 && end - start < longestName && isNamePart(text.charCodeAt(start - 1))) start--
  if (start === end) return undefined
  const written = text.slice(start, end)
  const name = written.includes('%') ? decodeUrlPart(written) : written
  const before = text[start - 1] ?? ''
  return before === ' ' ? ofTwoWords(text, { name, before, start }) : { name, before, start }
}

/** Letters, digits, '_', '-', '.', and letters that are not Latin: names may be Chinese. */
function isNamePart(unit: number): boolean {
  const isLetter = (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)
  if (isLetter || (unit >= 48 && unit <= 57) || unit === 95 || unit === 45 || unit === 46) return true
  if (unit === percent) return true
  return (unit >= 0xc0 && unit < 0x2000) || (unit >= 0x2e80 && !isFullWidthMark(unit))
}

const percent = 37

/** '，', '；', '：', '。' and the like. */
function isFullWidthMark(unit: number): boolean {
  return (
    (unit >= 0x3000 && unit < 0x3040) ||
    (unit >= 0xff00 && unit < 0xff10) ||
    (unit >= 0xff1a && unit < 0xff21)
  )
}

const secondWord = /^(?:keys?|codes?|phrase|id|passe)$/i
const twoWords =
  /(?:api|access|private|secret|encryption|signing|master|licen[cs]e|account|shared|session|recovery|backup|seed|activation|security) (?:keys?|codes?|phrase|id)$|mot de passe$/i

/** 'api key: …', 'recovery codes: …'. */
function ofTwoWords(text: string, found: Name): Name {
  const { name, start } = found
  if (!secondWord.test(name)) return found
  const both = twoWords.exec(text.slice(Math.max(0, start - 16), start + name.length))?.[0]
  return both === undefined ? found : { ...found, name: both.replace(/^access codes?$/i, 'otp') }
}

function valueAt(text: string, start: number, name: string, kind: NameKind): Span | undefined {
  const quoted = quotedAt(text, start)
  if (quoted) return quoted
  if (text[start] === '{' || text[start] === '[') {
    // Not what lies under a name that is also given to harmless values.
    return kind === 'secret' ? { start, end: endOfBare(text, endOfBrackets(text, start)) } : undefined
  }
  if (/cookies?$/i.test(name)) return { start, end: endOfCookies(text, start) }
  if (/phrase$|mnemonic$|codes?$|助记词|助記詞/i.test(name)) {
    const end = start + lengthAt(wordList, text, start)
    if (end > start) return { start, end }
  }
  if (kind === 'secret') return { start, end: endOfCredentials(text, start, name) }
  return { start, end: start + lengthAt(firstPart, text, start), isCut: true }
}

/** Enough of a value to see whether it is random: if it is not, the text behind its name is read again. */
const firstPart = /[^\s"'`&;,=]{0,160}/y

/** The words of a mnemonic; a list of codes. */
const wordList =
  /(?:[a-z]{2,12}[ ,]{1,2}){5,23}[a-z]{2,12}|[\w-]{4,24}(?:[ ,;]{1,2}(?=[a-z-]{0,24}\d)[\w-]{4,24}){1,24}/y

const opening = /(\\{0,63})(["'`])/y

/** A quote inside nested quotes has 1, 3, 7 … backslashes; quotes inside its value have more. */
export function quotedAt(text: string, at: number): Span | undefined {
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

const cookie = /[^\s=;,"']+(?:=[^\s;,"']*)?/y
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
const anyScheme = /[A-Za-z][\w-]{1,30}[ \t]+(?=[^\s,;])/y
const lineScheme = /(?:Digest|OAuth|Hawk|Signature|AWS4-HMAC-SHA256|UsernameToken)[ \t][^\r\n]*/iy

function endOfCredentials(text: string, start: number, name: string): number {
  const line = lengthAt(lineScheme, text, start)
  if (line > 0) return start + line
  const isHeader = /authorization$/i.test(name)
  return endOfBare(text, start + lengthAt(isHeader ? anyScheme : scheme, text, start))
}

const plain = /[^\s"'`&;,，；。]*/y
/** '&', ';' and ',' end a bare value only before the next pair or word: a password may contain them. */
const delimiter = /[&;,](?:\s|$|[\w.%"'[\]-]{1,60}[ \t]?[:=])/y
const closers = ')]}>.\\'

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

export function lengthAt(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at
  return sticky.exec(text)?.[0].length ?? 0
}
