/**
 * Secrets inside text: by their shape, by the name before them, by what they stand in, and all that in
 * percent-encoded and base64 parts too. Linear on any input, and the same the second time.
 */
import { escapeRegex } from '../text/text.ts'
import { hideCommandSecrets, mayHaveCommand } from './commands.ts'
import { hideEncoded, mayBeEncoded } from './encoded.ts'
import { hideNamedValues, mayNameValues } from './named-values.ts'
import { hideNeighbours, mayHaveNeighbour } from './neighbours.ts'
import { hideSentenceSecrets, mayNameSecret } from './sentences.ts'
import { addressShapes, innerShapes, tokenShapes } from './token-shapes.ts'

export const hidden = '***'

const bearer =
  /\b(Bearer)\s{1,5}(?![\w-]{1,40}=[^=\s]|authenti|authori|realm|scheme|credential|tokens?\b)[\w.~+/=-]{6,}/gi
/** Words after 'basic' are ordinary ones; base64 has a capital, a digit or padding. */
const basic = /\b([Bb]asic|BASIC)\s{1,5}(?=[a-z+/]{0,200}[A-Z\d=])[\w+/=-]{6,}/g
const mayHaveScheme = /[Bb]earer|BEARER|[Bb]asic|BASIC/
/** What is hidden may change how the text beside it reads: a text is done once nothing changes any more. */
const mostPasses = 5
const mayHaveCardNumber = /(?:\d[ -]?){12}\d/

/**
 * The text without passwords, tokens, keys, cookies, card numbers and credentials, each replaced by '***'.
 */
export function redactText(text: string): string {
  if (!mayHaveUnseen.test(text)) return redactFully(text)
  const seen = text.replace(unseen, '')
  const safe = redactFully(seen)
  return safe === seen ? text : safe
}

/** Characters without a width break a name or a token only for programs: people do not see them. */
const mayHaveUnseen =
  /[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\udb40]|\u034f|\u17b4|\u17b5|\u180e|[\u180b-\u180d]|[\ufe00-\ufe0f]/
const unseen = /\p{Default_Ignorable_Code_Point}/gu

function redactFully(text: string): string {
  let safe = text
  for (let pass = 0; pass < mostPasses; pass++) {
    const next = redactAt(safe, 0)
    if (next === safe) return safe
    safe = next
  }
  return safe
}

function redactAt(text: string, depth: number): string {
  let safe = mayHavePrivateKey.test(text) ? hidePrivateKeys(text) : text
  if (safe.includes('@')) safe = hideUrlCredentials(safe)
  if (mayHaveNeighbour.test(safe)) safe = hideNeighbours(safe, hidden)
  if (mayHaveCommand.test(safe)) safe = hideCommandSecrets(safe, hidden)
  if (mayNameValues.test(safe)) safe = hideNamedValues(safe, hidden)
  if (mayNameSecret.test(safe)) safe = hideSentenceSecrets(safe, hidden)
  if (mayHaveScheme.test(safe)) safe = safe.replace(bearer, `$1 ${hidden}`).replace(basic, `$1 ${hidden}`)
  safe = hideTokens(safe)
  if (mayBeEncoded.test(safe)) safe = hideEncoded(safe, redactAt, depth, hidden)
  return mayHaveCardNumber.test(safe) ? hideCardNumbers(safe, hidden) : safe
}

// ── private keys: PEM of any kind, whole or cut, PuTTY's format, and the private members of a JWK

const mayHavePrivateKey = /-----BEGIN |Private-Lines|kty/

function hidePrivateKeys(text: string): string {
  let safe = text.includes('-----BEGIN ') ? hidePem(text) : text
  if (safe.includes('Private-Lines')) safe = safe.replace(puttyLines, `$1${hidden}`)
  if (safe.includes('kty')) safe = safe.replace(jwkMember, `$1${hidden}`)
  return safe
}

const keyBegin = /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const keyBody = /[A-Za-z\d+/=\s\\]*/y
/** Lines of base64, the last of which is shorter than the others. */
const puttyLines = /(Private-Lines: \d{1,4}(?:\s|\\{1,31}[rn]){1,4})[A-Za-z\d+/=\s\\]{16,}(?=P?)/g
const jwkMember =
  /((?:\\{0,31}["']|[{,\s])(?:d|p|q|dp|dq|qi|k|oth)\\{0,31}["']?\s{0,4}:\s{0,4}\\{0,31}["'])[\w-]{16,}={0,2}/g

/** From the begin mark to the end mark, or if that is missing (a cut message), all that looks like base64. */
function hidePem(text: string): string {
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

// ── credentials in urls and connection strings: 'https://user:password@host', also where the password has
// signs that should have been encoded, Go's 'user:password@tcp(host)' and Oracle's 'user/password@host'

/** Up to the last '@': a password may contain one. */
const userInfo = /:\/\/[^\s/?#"'<>\\]{1,1000}@/g
/** A password with '/', '#', '?' or a quote in it; what looks like a port is none. */
const wideUserInfo = /:\/\/[^\s:/?#@"'<>\\[]{0,128}:(?!\d{1,5}(?:[/?#]|$))[^\s"<>\\`]{1,256}@(?=[\w[])/g
const goSource =
  /(?<=^|[\s"'`=(,])([^\s"'`:@/=(,]{1,64}:)[^\s"`]{1,128}?@(?=(?:tcp|tcp6|udp|unix|cloudsql)\()/g
const oracleSource =
  /(?<=^|[\s"'`=(,:])([A-Za-z][\w$#]{0,29}\/)[^\s"'`@/]{1,64}@(?=(?:\/\/)?[\w.-]{1,128}:\d{2,5}[/:]\w)/g
const oracleCommand =
  /(\b(?:sqlplus|sqlldr|expdp|impdp|rman)[ \t]{1,4}(?:-\S{1,8}[ \t]{1,4}){0,3}[\w$#"]{1,32}\/)[^\s@/]{1,64}(?=@|\s|$)/g

/** Most texts with an '@' have none of these. */
const mayBeGo = /@(?:tcp|udp|unix|cloudsql)/
const mayBeOracle = /@(?:\/\/)?[\w.-]{1,128}:\d/
const mayBeOracleCommand = /sqlplus|sqlldr|expdp|impdp|rman/

/** The text with the credentials of its urls and connection strings replaced. */
function hideUrlCredentials(text: string): string {
  let safe = text
  if (safe.includes('://'))
    safe = safe.replace(userInfo, `://${hidden}@`).replace(wideUserInfo, `://${hidden}@`)
  if (mayBeGo.test(safe)) safe = safe.replace(goSource, `$1${hidden}@`)
  if (mayBeOracle.test(safe)) safe = safe.replace(oracleSource, `$1${hidden}@`)
  return mayBeOracleCommand.test(safe) ? safe.replace(oracleCommand, `$1${hidden}`) : safe
}

// ── by their shape

const shortest = 14
const ascii = 128

/** What may start with the same two characters. */
interface Group {
  readonly token: RegExp
  readonly addresses: readonly Address[]
}

interface Address {
  readonly start: string
  readonly rest: RegExp
}

interface Span {
  readonly start: number
  readonly end: number
}

const digits = [...'0123456789']
const alphanumeric = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', ...digits]

const never = /(?!)/y

interface Shapes {
  readonly groups: readonly Group[]
  /** By two characters: the place of a group, or 0. */
  readonly pairs: Uint8Array
}

/** Made with the first text: no start needs them. */
let shapes: Shapes | undefined

/**
 * The text with each token replaced: found in one scan, in which a table by the first two characters says
 * which shapes may start at a place.
 */
function hideTokens(text: string): string {
  shapes ??= compile()
  let safe = ''
  let from = 0
  let start = 0
  // Words of a language are shorter than tokens: only runs without a blank are looked at closely.
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && text.charCodeAt(at) > 32) continue
    for (let place = start; place + shortest <= at; place++) {
      const found = place < from ? undefined : tokenAt(shapes, text, place)
      if (found === undefined) continue
      safe += text.slice(from, found.start) + hidden
      from = found.end
    }
    start = at + 1
  }
  return hideInner(from === 0 ? text : safe + text.slice(from))
}

function tokenAt({ groups, pairs }: Shapes, text: string, at: number): Span | undefined {
  const unit = text.charCodeAt(at)
  const next = text.charCodeAt(at + 1)
  const group = unit < ascii && next < ascii ? pairs[unit * ascii + next]! : 0
  return group === 0 || !mayStart(text, at) ? undefined : matchAt(groups[group]!, text, at)
}

function matchAt({ token, addresses }: Group, text: string, at: number): Span | undefined {
  for (const { start, rest } of addresses) {
    if (!text.startsWith(start, at)) continue
    const length = lengthAt(rest, text, at + start.length)
    if (length > 0) return { start: at + start.length, end: at + start.length + length }
  }
  const length = lengthAt(token, text, at)
  return length > 0 ? { start: at, end: at + length } : undefined
}

function lengthAt(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at
  return sticky.exec(text)?.[0].length ?? 0
}

/** Not inside a word; an escaped line break ('\\n') and an encoded character ('%3D') end a word. */
function mayStart(text: string, at: number): boolean {
  if (at === 0 || !isLetter(text.charCodeAt(at)) || !isLetter(text.charCodeAt(at - 1))) return true
  const before = text[at - 2]
  if (before === '\\') return 'nrt'.includes(text[at - 1]!)
  return text[at - 3] === '%' && /^[\dA-Fa-f]{2}$/.test(text.slice(at - 2, at))
}

function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)
}

function hideInner(text: string): string {
  let safe = text
  for (const [, mark, shape] of innerShapes) if (safe.includes(mark)) safe = safe.replace(shape, hidden)
  return safe
}

/** Groups the starts of all rows by their first two characters; pairs with equal groups share one. */
function compile(): Shapes {
  const groups: Group[] = [{ token: never, addresses: [] }]
  const pairs = new Uint8Array(ascii * ascii)
  const byPair = new Map<string, { tokens: string[]; addresses: Address[] }>()
  const at = (pair: string) => {
    const group = byPair.get(pair) ?? { tokens: [], addresses: [] }
    byPair.set(pair, group)
    return group
  }
  for (const [, starts, rest] of addressShapes)
    for (const start of starts.split(' '))
      at(start.slice(0, 2)).addresses.push({ start, rest: new RegExp(rest, 'y') })
  for (const [, starts, rest] of tokenShapes)
    for (const start of starts.split(' '))
      for (const pair of pairsOf(start))
        at(pair).tokens.push(start === '#' ? rest : escapeRegex(start) + rest)
  const known = new Map<string, number>()
  for (const [pair, { tokens, addresses }] of byPair) {
    const key = `${tokens.join('|')} ${addresses.map(({ start }) => start).join(' ')}`
    const token = tokens.length === 0 ? never : new RegExp(tokens.join('|'), 'y')
    const place = known.get(key) ?? groups.push({ token, addresses }) - 1
    known.set(key, place)
    pairs[pair.charCodeAt(0) * ascii + pair.charCodeAt(1)] = place
  }
  return { groups, pairs }
}

/** The first two characters of what begins with `start`. */
function pairsOf(start: string): readonly string[] {
  if (start.length >= 2) return [start.slice(0, 2)]
  if (start === '#') return digits.flatMap((first) => digits.map((second) => first + second))
  return alphanumeric.map((second) => start + second)
}

// ── card numbers: found by their digits, their brand's ranges and their check digit

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
