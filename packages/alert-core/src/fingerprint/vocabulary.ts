/**
 * The few words that say what a value beside them is (a unit, a date's month, an error code, a person), and
 * what stands in quotes: where it ends, and whether it is a value or part of the message.
 */
import { isTail, kind, kinds, textOf, valueMark } from './characters.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { word } = kind
const table = kinds
const mark = valueMark

const words = (text: string) => new Set(text.split(/\s+/))

const units = words(
  `% ns us µs μs ms msec msecs millisecond milliseconds s sec secs second seconds m min mins minute minutes h hr hrs hour hours
  d day days w week weeks month months year years am pm b k kb kib mb mib gb gib tb tib byte bytes bit bits kbit mbit
  kb/s mb/s gb/s b/s kib/s mib/s kbps mbps gbps hz khz mhz ghz px °c utc gmt`,
)
const longestUnit = 12
const shortUnits = packedWords([...units].filter((unit) => unit.length <= 3))

/** True when a word is a unit, which says no more than the number before it. */
export function isUnit(text: Uint16Array, start: number, end: number): boolean {
  const size = end - start
  if (size === 0 || size > longestUnit) return false
  if (size <= 3) {
    const second = size > 1 ? text[start + 1]! : 0
    if (!shortUnits.has(packed(text[start]!, second, size > 2 ? text[start + 2]! : 0))) return false
  }
  return units.has(textOf(text, start, end).toLowerCase())
}

const calendar = words(
  `jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october november december
  mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday`,
)
const calendarStarts = packedWords(calendar)
const longestCalendarWord = 9
const apostrophe = 39

/**
 * Where the month or day of the week begins that ends at `end` (before a number it belongs to a date), else
 * -1.
 */
export function calendarWord(text: Uint16Array, end: number): number {
  let start = end
  while (start > 0 && end - start <= longestCalendarWord && (table[text[start - 1]!]! & word) !== 0) start--
  if (end - start < 3 || end - start > longestCalendarWord || (start > 0 && text[start - 1] === apostrophe))
    return -1
  if (!calendarStarts.has(packed(text[start]!, text[start + 1]!, text[start + 2]!))) return -1
  return calendar.has(textOf(text, start, end).toLowerCase()) ? start : -1
}

function packedWords(words: Iterable<string>): Set<number> {
  return new Set([...words].map((word) => packed(word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(2))))
}

/**
 * Up to three letters of any case as one small number, to see without making a string that a word is none of
 * a set.
 */
function packed(first: number, second: number, third: number): number {
  return (((first | 32) & 0x3ff) << 20) | (((second | 32) & 0x3ff) << 10) | ((third | 32) & 0x3ff)
}

const codeSuffix =
  /(?:(?:http|status|error|err|exit|return|response|reply|result|close|sql)[ _-]?(?:code|status|state)|status|errno|sqlstate|errcode|signal|http)["']?[ :=(#]{1,3}$/i
const errorSuffix = /error[ =#(]{1,2}$/i
const codeSuffixLength = 24

/**
 * True when the word from `start` to `end` is a number that names a problem instead of counting something:
 * 'status code 503', 'exit code 137', 'error 1205', 'errno: -111'. Up to five digits. `wordEnd` is where the
 * word before it ends.
 */
export function namesCode(text: Uint16Array, start: number, end: number, wordEnd: number): boolean {
  let last = end
  while (last > start && isTail(text[last - 1]!)) last--
  const first = text[start] === 45 ? start + 1 : start
  if (wordEnd < 4 || start - wordEnd > 4 || last === first || last - first > 5) return false
  for (let index = first; index < last; index++) if (text[index]! < 48 || text[index]! > 57) return false
  const letters = isTail(text[wordEnd - 1]!) ? wordEnd - 1 : wordEnd
  switch (((text[letters - 2]! | 32) << 8) | (text[letters - 1]! | 32)) {
    case 0x6465: // …de: code
    case 0x7465: // …te: state
    case 0x7573: // …us: status
    case 0x6e6f: // …no: errno
    case 0x616c: // …al: signal
    case 0x7470: // …tp: http
      return codeSuffix.test(before(text, start))
    case 0x6f72: // …or: error
      return errorSuffix.test(before(text, start))
    default:
      return false
  }
}

function before(text: Uint16Array, end: number): string {
  let copy = ''
  for (let index = Math.max(0, end - codeSuffixLength); index < end; index++) {
    const code = text[index]!
    copy += String.fromCharCode(code === mark ? 48 : code)
  }
  return copy
}

const persons = words('user account customer tenant')
const longestPerson = 8
const prepositions = words('for of by from to as')

/**
 * True when the plain word at `start` is somebody's name: 'login failed for user alice'. `wordStart` and
 * `wordEnd` are the word's before it.
 */
export function namesPerson(text: Uint16Array, start: number, wordStart: number, wordEnd: number): boolean {
  if (wordEnd !== start - 1 || text[wordEnd] !== 32 || wordStart < 3 || text[wordStart - 1] !== 32)
    return false
  switch (text[wordEnd - 1]) {
    case 114: // user, customer
      if (text[wordEnd - 2] !== 101) return false
      break
    case 116: // account, tenant
      if (text[wordEnd - 2] !== 110) return false
      break
    default:
      return false
  }
  if (wordEnd - wordStart > longestPerson || !persons.has(textOf(text, wordStart, wordEnd))) return false
  let preposition = wordStart - 1
  while (preposition > 0 && wordStart - preposition < 6 && (table[text[preposition - 1]!]! & word) !== 0)
    preposition--
  return prepositions.has(textOf(text, preposition, wordStart - 1))
}

/** The unit that closes a quote opened by `code`, else 0. */
export function closingQuoteOf(code: number): number {
  switch (code) {
    case 34:
    case 39:
    case 96:
      return code
    case 0x201c:
      return 0x201d
    case 0x300c:
      return 0x300d
    case 0xab:
      return 0xbb
    default:
      return 0
  }
}

const requestLine = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) /
const errorName = /\b(?:E[A-Z]{4,20}|ERR_[A-Z_]{2,60}|[A-Za-z]{0,60}(?:Error|Exception))\b/
const innerQuote = /["`“”「」«»]|(?<![A-Za-z])'|'(?![A-Za-z])/
const codeName = /^(?:[A-Z][A-Z_]{2,63}|(?=.{3,64}$)[A-Za-z.]*[a-z][A-Z][A-Za-z.]*)$/

/**
 * What is quoted is a value, unless it is a name from the code ('ECONNRESET', 'userId'), a request line or
 * another error's message.
 */
export function isKept(bytes: Buffer, from: number, to: number): boolean {
  const first = bytes[from * 2]! | 32
  if (first < 97 || first > 122) return false
  const quoted = bytes.toString('utf16le', from * 2, to * 2)
  return (
    codeName.test(quoted) ||
    ((requestLine.test(quoted) || errorName.test(quoted)) && !innerQuote.test(quoted))
  )
}
