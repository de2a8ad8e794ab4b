/**
 * Numbers that name a problem instead of counting something: the status of a response, what a process exited
 * with, the number that a database gives its error. What stands around them says so, and reads the same once
 * the values there are masked.
 */
import { isDecimal, kind, kinds, tailStart, textOf, valueMark } from './characters.ts'
import type { Draft } from './draft.ts'
import { methods } from './mask-route.ts'
import { words } from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { digit, letter, lower, space, tail, upper, word } = kind
const table = kinds

const mostDigits = 5
/** 'TS18046'. */
const longestLettered = 8
const longestGap = 5
const parenthesis = 40
const comma = 44
const textLength = 32

/** Whatever the number is: 'status code 503', 'exited with code 137', 'errno: -111', 'error 1205'. */
const code =
  /(?:(?:http|status|error|err|exit|return|response|reply|result|close|sql)[ _-]?(?:code|status|state)|status|server response|errno|sqlstate|errcode|signal|http|\b(?:rc|exit)|(?:^|[^\p{L}\d\s] ?|\b(?:with|and) )code)["'`]?[ :=(#[]{1,3}["'`]?$|error[ =#(]{1,2}$/iu
/** A status, if the clause ends behind it: 'responded with 502', but 'returned 500 rows'. */
const answered =
  /\b(?:(?:responded|replied|answered|failed|rejected|ended|completed|finished) with|respon[ds]{1,2}|responded|replied|answered|returns|returned|got|received)(?: an?)?(?: http)? $|\bresponse[ :=(]{1,2}$/i
/** Some number was got, and it need not be a status. */
const counted = /\b(?:got|received|returns|returned)\b[^a-z]*$/i
const failed = /\b(?:error|errored|failed|failure|rejected|refused|denied)[^\p{L}\d]{0,2}:? $/iu
const exited = /\bexit(?:ed|s)(?: with)?[ :=]{1,2}$/i
const closed = /\b(?:closed?|disconnect(?:ed)?)(?: with)?[ :=]{1,2}$/i
const httpVersion = /\bhttp\/[\d.]{1,3}["']? ?$/i

/** How the words end that stand before such a number: most other words are known by two letters. */
const suffixes = new Set(
  'de se te us no al tp or rc it ed th ds ns ot'
    .split(' ')
    .map((pair) => packed(pair.charCodeAt(0), pair.charCodeAt(1))),
)
/** What may follow a status: 'got 503 from upstream'. */
const prepositions = words(
  'after and at because but by during for from in instead on or so to via when while',
)
const longestPreposition = 7

/**
 * True when the word from `start` to the end of the draft is a number that names a problem. Behind it
 * `source` continues at `next`.
 */
export function namesCode(draft: Draft, start: number, source: Uint16Array, next: number): boolean {
  const { units, length, wordEnd } = draft
  const last = tailStart(units, start, length)
  const first = units[start] === 45 ? start + 1 : start
  if (last === first || last - first > longestLettered) return false
  let value = 0
  for (let index = first; index < last; index++) {
    if (!isDecimal(units[index]!)) return isLettered(units, start, last) && followsCode(draft, start)
    value = value * 10 + units[index]! - 48
  }
  if (last - first > mostDigits) return false
  if (isDeclared(draft, start)) return true
  const han = hanBefore(units, start)
  if (han > 0)
    return followsHanCode(units, han) || (isErrorStatus(value) && answersInHan(units, han, source, next))
  if (wordEnd === 0 || start - wordEnd > longestGap)
    return start === 1 && units[0] === 91 && source[next] === 93 && isErrorStatus(value)
  if (value >= 100 && value < 600 && first === start && followsRequest(draft, start)) return true
  if (units[wordEnd - 1] === 58 && replies.has(value) && isReply(source, next)) return true
  if (!endsLikely(draft)) return false
  const text = before(units, start)
  if (code.test(text)) return true
  if (last === length && !endsClause(source, next)) return false
  if (exited.test(text)) return value < 256
  if (closed.test(text)) return value >= 1_000 && value < 5_000
  if (value < 300 || value > 599) return false
  if (isErrorStatus(value) || !counted.test(text))
    return answered.test(text) || (value >= 400 && failed.test(text))
  return false
}

const sizedTypes = words(
  'varchar varying char character nvarchar nchar varchar2 varbinary numeric decimal datetime timestamp vector bit',
)
const longestType = 9

/** 'character varying(20)', 'numeric(10,2)': how a column was declared; only another column differs. */
function isDeclared({ units, wordStart, wordEnd }: Draft, start: number): boolean {
  let open = start - 1
  if (units[open] === comma && wordEnd === open) open = wordStart - 1
  if (units[open] !== parenthesis) return false
  let from = open
  while (from > 0 && open - from <= longestType && (table[units[from - 1]!]! & (letter | digit)) !== 0) from--
  return sizedTypes.has(textOf(units, from, open).toLowerCase())
}

function followsCode(draft: Draft, start: number): boolean {
  return start - draft.wordEnd <= longestGap && endsLikely(draft) && code.test(before(draft.units, start))
}

/** True if the word before ends like those that a code follows. */
function endsLikely({ units, wordEnd }: Draft): boolean {
  if (wordEnd < 2) return false
  const end = (table[units[wordEnd - 1]!]! & tail) === 0 ? wordEnd : wordEnd - 1
  return end > 1 && suffixes.has(packed(units[end - 2]!, units[end - 1]!))
}

/** 'P2002', 'TS2345', '42P01'. */
function isLettered(units: Uint16Array, start: number, end: number): boolean {
  let bits = 0
  for (let index = start; index < end; index++) bits |= table[units[index]!]!
  return (bits & (upper | digit)) === (upper | digit) && (bits & word & ~(upper | digit)) === 0
}

function packed(first: number, second: number): number {
  return ((first | 32) << 16) | (second | 32)
}

/** The last characters before `end`; what is masked reads as a digit. */
function before(units: Uint16Array, end: number): string {
  let text = ''
  for (let index = Math.max(0, end - textLength); index < end; index++) {
    const unit = units[index]!
    text += unit === valueMark ? '0' : String.fromCharCode(unit)
  }
  return text
}

function isErrorStatus(value: number): boolean {
  return (value >= 400 && value < 432) || value === 451 || (value >= 500 && value < 512)
}

const longestRoute = 200

/** Behind 'GET /orders/7', 'POST /pay ->' or 'HTTP/1.1"'. */
function followsRequest({ units, wordStart }: Draft, start: number): boolean {
  if ((units[wordStart]! | 32) === 104 && httpVersion.test(before(units, start))) return true
  let end = start
  while (end > 0 && start - end < longestGap && isArrow(units[end - 1]!)) end--
  if (end === start) return false
  let route = end
  while (route > 0 && end - route < longestRoute && table[units[route - 1]!] !== space) route--
  if (units[route] !== 47 || route < 4) return false
  let method = route - 1
  while (method > 0 && route - method < 8 && isUpper(units[method - 1]!)) method--
  return methods.has(textOf(units, method, route - 1))
}

function isUpper(unit: number): boolean {
  return (table[unit]! & upper) !== 0
}

/** ' ', '-', '>', '=', '→', and quotes. */
function isArrow(unit: number): boolean {
  return (
    unit === 32 || unit === 45 || unit === 62 || unit === 61 || unit === 0x2192 || unit === 34 || unit === 39
  )
}

const replies = new Set(
  '421 432 450 451 452 454 455 500 501 502 503 504 521 523 530 534 535 538 541 550 551 552 553 554 555 556'
    .split(' ')
    .map(Number),
)

/** '535 Authentication failed', '550 5.1.1 unknown': what a mail server replied. */
function isReply(source: Uint16Array, next: number): boolean {
  if (source[next] !== 32 || comparesAt(source, next + 1)) return false
  const first = source[next + 1]!
  if ((table[first]! & digit) !== 0) return source[next + 2] === 46 && source[next + 4] === 46
  return isUpper(first) || first === 60
}

/** True if nothing that could be counted stands at `next`: no word in lower case but a preposition. */
function endsClause(source: Uint16Array, next: number): boolean {
  let from = next
  while (source[from] !== 0 && table[source[from]!] === space) from++
  if (from === next) return true
  if ((table[source[from]!]! & lower) === 0) return !comparesAt(source, from)
  let end = from
  while (end - from <= longestPreposition && (table[source[end]!]! & lower) !== 0) end++
  return prepositions.has(textOf(source, from, end)) && !isLineAt(source, end)
}

/** 'Got: 502 Expected: 3'. */
function comparesAt(source: Uint16Array, from: number): boolean {
  return textOf(source, from, from + 6) === 'Expect'
}

/** 'got 503 on line 7': both were counted. */
function isLineAt(source: Uint16Array, from: number): boolean {
  return textOf(source, from, from + 5) === ' line' || textOf(source, from, from + 4) === ' row'
}

const hanCodes = words('误码 态码 回码 出码 应码 错码')
const hanAnswers = words('返回 回了 响应 应为 回为 状态')
/** What is counted: '返回 500 条' names no status. */
const hanMeasures = new Set('条行个次笔份件元毫秒分字页名位人张项组台天万千百兆批小年月日岁块种')

/** Where the Chinese text ends before a number, a blank and a colon may stand between them; else 0. */
function hanBefore(units: Uint16Array, start: number): number {
  let end = start
  while (
    end > 0 &&
    start - end < 3 &&
    (units[end - 1] === 32 || units[end - 1] === 58 || units[end - 1] === 0xff1a)
  )
    end--
  return end > 1 && units[end - 1]! > 0x2e80 ? end : 0
}

/** '状态码 500', '错误码：10001'. */
function followsHanCode(units: Uint16Array, end: number): boolean {
  return hanCodes.has(textOf(units, end - 2, end))
}

/** '接口返回 500'. */
function answersInHan(units: Uint16Array, end: number, source: Uint16Array, next: number): boolean {
  if (!hanAnswers.has(textOf(units, end - 2, end)) || !endsClause(source, next)) return false
  const behind = source[next] === 32 ? source[next + 1]! : source[next]!
  return !hanMeasures.has(String.fromCharCode(behind))
}

const codeKeys = words('code status statuscode errno errcode errorcode exitcode httpstatus httpcode')

/** True when the word from `start` to `end` is a name and its code: 'status:500'. */
export function isCodePair(units: Uint16Array, start: number, end: number): boolean {
  const last = tailStart(units, start, end)
  let number = last
  while (number > start && isDecimal(units[number - 1]!)) number--
  if (number === last || last - number > mostDigits || units[number - 1] !== 58 || number - start > 11)
    return false
  return codeKeys.has(textOf(units, start, number - 1).toLowerCase())
}
