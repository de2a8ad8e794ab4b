/**
 * A message without what varies in it: 'order 4711 of bob@x.org failed after 1.2 s' → 'order <*> of <*>
 * failed after <*>'. One pass over the first line, bounded, idempotent; it knows no words of any product,
 * only what numbers, ids, names and addresses look like.
 */
import { isInsideUrl, startsResource } from './address.ts'
import { isTail, kind, kinds, tailStart, valueMark } from './characters.ts'
import { isCodePair, namesCode } from './code-number.ts'
import {
  addValue,
  createDraft,
  type Draft,
  dropAlias,
  dropMonth,
  dropRow,
  dropUnit,
  endsInName,
  isOf,
  joinWord,
  maskWhole,
} from './draft.ts'
import { maskRoute, namesRoute } from './mask-route.ts'
import { maskWord } from './mask-word.ts'
import { messageHead } from './message.ts'
import { closingQuote, closingQuoteOf, isKept, isWholeName, type QuoteRole, quoteRole } from './quoted.ts'
import {
  endsInHanPerson,
  hanNameEnd,
  isHan,
  isShortHash,
  isTechnical,
  namesPeer,
  namesPerson,
  namesScheme,
} from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { at, colon, digit, hexLetter, letter, lower, slash, space, word } = kind
const table = kinds
const mark = valueMark

/** Longest message that is looked at. */
const maxChars = 2_000
/** A longer text is copied faster by the engine. */
const shortText = 160

/**
 * Synchronous and never re-entered: one buffer serves every call. Zeroes behind the end, so that looking
 * ahead needs no check.
 */
const source: Uint16Array = new Uint16Array(maxChars + 4)

/** The same buffer for making strings of it. */
const sourceBytes: Buffer = Buffer.from(source.buffer)

/** '<*>' in the input: an earlier pass put it there, or the logger's own template. */
function isMark(index: number): boolean {
  return source[index] === 60 && source[index + 1] === 42 && source[index + 2] === 62
}

/** A character of a word, or a masked value. */
function isWordAt(index: number): boolean {
  return (table[source[index]!]! & word) !== 0 || isMark(index)
}

function isLetterAt(index: number): boolean {
  return (table[source[index]!]! & letter) !== 0
}

const longWord = 8
const longestKeyValue = 300
const shortestHash = 4
const longestHash = 40
const hexLower: number = hexLetter | lower

// Synchronous and never re-entered: one scratch buffer serves every call.
const draft = createDraft(maxChars)
/** The word stands in quotes and is a name as it is. */
let isNameKept = false
const draftBytes = Buffer.from(draft.units.buffer)

/** Adds a space where none is. */
function addSpace(): void {
  if (draft.length > 0 && draft.units[draft.length - 1] !== 32) draft.units[draft.length++] = 32
}

/**
 * The line that stands for `text`, at most 2 000 characters of it, with every value replaced by `<*>`.
 */
export function parameterize(text: string): string {
  draft.length = draft.wordStart = draft.wordEnd = 0
  isNameKept = false
  const stop = loadSource(text)
  let index = 0
  // A quote that has no partner is not searched for again: that keeps the scan linear.
  let unpaired = 0
  let literalQuote = -1
  let literalStart = 0
  let literalRole: QuoteRole = 'unknown'

  while (index < stop) {
    const code = source[index]!
    const bits = table[code]!
    if ((bits & word) !== 0 || isMark(index)) {
      index = takeWord(index, stop)
    } else if (bits !== 0) {
      if (code === 10 || code === 13) break
      index++
      addSpace()
    } else if (index === literalQuote) {
      if (isUnmasked(literalStart) || isKept(draftBytes, literalStart + 1, draft.length, literalRole)) {
        draft.units[draft.length++] = code
      } else {
        // What made it worth keeping has been masked itself.
        draft.length = literalStart
        addExcerpt()
      }
      isNameKept = false
      index = leaveQuote(index)
    } else if (closingQuoteOf(code) !== 0) {
      const bit = 1 << (code & 31)
      let close = -1
      if ((unpaired & bit) === 0 && !endsInName(draft)) {
        close = closingQuote(source, index, stop)
        if (close === -1) unpaired |= bit
      }
      const role = close === -1 ? 'unknown' : roleOfQuote(close)
      if (close !== -1 && !isKept(sourceBytes, index + 1, close, role)) {
        addExcerpt()
        index = leaveQuote(close)
      } else {
        if (close !== -1) {
          literalQuote = close
          literalStart = draft.length
          literalRole = role
          isNameKept = isWholeName(sourceBytes, index + 1, close, role)
        }
        draft.units[draft.length++] = code
        index++
      }
    } else {
      const name = code > 0x2e80 ? hanNameEnd(source, index, stop, draft.units, draft.length) : -1
      if (name !== -1) {
        addValue(draft)
        index = name
        if (isWordAt(index)) addSpace()
        continue
      }
      index++
      const value = code === 40 ? endOfKeyValue(index, stop) : -1
      if (value !== -1) {
        draft.units[draft.length++] = code
        addValue(draft)
        index = value
      } else if (code !== 41 || !(dropAlias(draft) || dropRow(draft))) draft.units[draft.length++] = code
      else addSpace()
    }
  }
  return printDraft(draft)
}

/** Of a message that is quoted as a whole, the words count. */
function roleOfQuote(close: number): QuoteRole {
  const isWhole = draft.length === 0 && (source[close + 1] === 0 || source[close + 1] === 10)
  return isWhole ? 'whole' : quoteRole(draft.units, draft.length, source, close + 1)
}

/** Where the values end that begin at `from` behind the names of a key: 'Key (email, shop)=(a@b.c, 7) …'. */
function endOfKeyValue(from: number, stop: number): number {
  const { units, length } = draft
  if (units[length - 1] !== 61 || units[length - 2] !== 41) return -1
  const limit = Math.min(stop, from + longestKeyValue)
  for (let index = from; index < limit; index++) if (source[index] === 41) return index > from ? index : -1
  return -1
}

/** A value that may be cut out of a longer text: '..."a":1}"', '"<!DOCTYPE "...'. */
function addExcerpt(): void {
  const { units, length } = draft
  if (units[length - 1] === 0x2026) draft.length--
  else if (length > 2 && units[length - 1] === 46 && units[length - 2] === 46 && units[length - 3] === 46)
    draft.length = length - 3
  draft.wordEnd = Math.min(draft.wordEnd, draft.length)
  draft.wordStart = Math.min(draft.wordStart, draft.wordEnd)
  addValue(draft)
}

function skipDots(index: number): number {
  if (source[index] === 0x2026) return index + 1
  return source[index] === 46 && source[index + 1] === 46 && source[index + 2] === 46 ? index + 3 : index
}

/** True when no value was masked in what is written from `start`. */
function isUnmasked(start: number): boolean {
  for (let index = start; index < draft.length; index++) if (draft.units[index] === mark) return false
  return true
}

/**
 * Behind the quote that ends at `close`. What follows without a blank gets one: it does not belong to the
 * value.
 */
function leaveQuote(close: number): number {
  const index = skipDots(close + 1)
  if (
    source[index] === 60 ||
    closingQuoteOf(source[index]!) !== 0 ||
    (isWordAt(index) && (!isTail(source[index]!) || isWordAt(index + 1)))
  )
    addSpace()
  return index
}

/**
 * Copies the word at `from` into the draft, masks it there and joins it to what stands before. Returns the
 * index behind it.
 */
function takeWord(from: number, stop: number): number {
  const { units } = draft
  const start = draft.length
  let length = start
  let bits = 0
  let masked = false
  let index = from
  for (;;) {
    const code = source[index]!
    const its = table[code]! & word
    if (its !== 0) {
      units[length++] = code
      bits |= its
      index++
    } else if (index >= stop) break
    else if (isMark(index)) {
      units[length++] = mark
      bits |= digit
      masked = true
      index += 3
    } else if ((bits & slash) !== 0 && !masked && isInsideUrl(source, code, from, index)) {
      units[length++] = 46
      index++
    } else if (code > 0x2e80 && !masked && isHan(code) && startsResource(units, start)) {
      units[length++] = code
      index++
    } else if (code === 39 && index > from && isLetterAt(index - 1) && isLetterAt(index + 1)) {
      units[length++] = code
      index++
    } else break
  }
  draft.length = length
  finishWord(start, bits, index)
  return index
}

/** Masks and joins the word that begins at `start`; behind it the source continues at `next`. */
function finishWord(start: number, bits: number, next: number): void {
  const { units, wordStart, wordEnd } = draft
  const before = start > 1 && units[start - 1] === 32 ? units[start - 2]! : 0
  if (before === mark && dropUnit(draft, start)) return
  const { length } = draft
  let isUsual = isNameKept
  if ((bits & (digit | slash | at)) === 0) {
    if (
      (before === mark ||
        before === 46 ||
        (before === 101 && units[start - 3] === 100 && isOf(units, start))) &&
      dropMonth(draft, start)
    )
      return
    if (
      isName(start, before) ||
      isHash(start) ||
      (units[start - 1] === 61 && namesPeer(units, start, length))
    ) {
      maskWhole(draft, start)
      return
    }
    isUsual ||= length - start < longWord
  } else {
    const route = (bits & slash) !== 0 && !isUsual ? namesRoute(units, start, length, wordStart, wordEnd) : -1
    if (route !== -1) {
      draft.length = maskRoute(units, route, length)
      joinWord(draft, start)
      return
    }
    isUsual ||=
      ((bits & lower) === 0 && namesCode(draft, start, source, next)) ||
      isTechnical(units, start, length, bits) ||
      namesScheme(units, start, length, wordStart, wordEnd) ||
      ((bits & colon) !== 0 && isCodePair(units, start, length))
  }
  if (isUsual) {
    draft.wordStart = start
    draft.wordEnd = length
    return
  }
  draft.length = maskWord(units, start, length, bits, start === 0)
  if ((bits & digit) !== 0 || draft.length !== length) {
    joinWord(draft, start)
    return
  }
  draft.wordStart = start
  draft.wordEnd = length
}

/** True when the plain word at `start` is a hash without digits behind 'commit' and the like. */
function isHash(start: number): boolean {
  const { units, length, wordStart, wordEnd } = draft
  let last = start
  while (last < length && (table[units[last]!]! & hexLower) === hexLower) last++
  if (last - start < shortestHash || last - start > longestHash) return false
  return last === tailStart(units, start, length) && isShortHash(units, start, last, wordStart, wordEnd)
}

/**
 * True when the plain word at `start` follows 'for user', or '用户'; `before` is what it follows but for a
 * blank.
 */
function isName(start: number, before: number): boolean {
  const { units, wordStart, wordEnd } = draft
  if (before === 114 || before === 116) {
    // Few words end like 'user' and 'account', and fewer begin like them.
    const first = units[wordStart]
    const isLikely = first === 117 || first === 97 || first === 99 || first === 116
    return isLikely && namesPerson(units, start, wordStart, wordEnd)
  }
  return before > 0x2e80 && endsInHanPerson(units, start - 1)
}

// ── from a text, and to one

/** What the engine shows of a text that is not JSON holds quotes and ends of lines. */
const notJson = ' is not valid JSON'
const jsonExcerpt =
  /(\bUnexpected (?:token '[^\n]{1,2}'|[^"\n]{1,40}), )(?:\.\.\.)?"[\s\S]*"(?:\.\.\.)?( is not valid JSON)$/

/** Loads the line that stands for `text`, and returns how many units of it there are. */
function loadSource(given: string): number {
  const text = given.endsWith(notJson) ? given.replace(jsonExcerpt, '$1<*>$2') : given
  // JSON may stand behind a status of three digits.
  const isPlain = !needsCare(text.charCodeAt(0)) && text.charCodeAt(4) !== 123
  const isShort = text.length <= shortText && isPlain
  const copied = isShort ? copy(text) : -1
  const stop = copied === -1 ? write(messageHead(text)) : copied
  source[stop] = source[stop + 1] = source[stop + 2] = 0
  return stop
}

/** A blank, or what JSON begins with. */
function needsCare(first: number): boolean {
  return table[first] === space || first === 123 || first === 91
}

/** Copies a short text; -1 if it has several lines, colours or other control characters. */
function copy(text: string): number {
  const { length } = text
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 || code === 0x9b) return -1
    source[index] = code
  }
  return length
}

/** A zero would read as the end. */
function write(text: string): number {
  const safe = text.includes('\0') ? text.replaceAll('\0', ' ') : text
  return sourceBytes.write(safe, 0, maxChars * 2, 'utf16le') >> 1
}

const result = new Uint16Array(8_192)
const resultBytes = Buffer.from(result.buffer)
const printedPlaces = 64
/** Problems that repeat make the very same texts again: comparing costs less than making them. */
const printed: string[] = new Array(printedPlaces).fill('')

/**
 * The draft as a string, '<*>' for each masked value: at most `maxChars` characters, cut between two words if
 * need be.
 */
function printDraft({ units, length }: Draft): string {
  let size = 0
  let boundary = 0
  for (let index = 0; index < length; index++) {
    const code = units[index]!
    if (code === mark) {
      result[size] = 60
      result[size + 1] = 42
      result[size + 2] = 62
      size += 3
    } else {
      if (code === 32) boundary = size
      result[size++] = code
    }
    if (size > maxChars) {
      size = boundary
      break
    }
  }
  if (size > 0 && result[size - 1] === 32) size--
  return size === 0 ? '' : textOfResult(size)
}

function textOfResult(size: number): string {
  const spread = size * 31 + result[size >> 1]! * 13 + result[size - 1]! * 3
  const place = spread & (printedPlaces - 1)
  const known = printed[place]!
  if (isResult(known, size)) return known
  const text = resultBytes.toString('utf16le', 0, size * 2)
  printed[place] = text
  return text
}

function isResult(text: string, size: number): boolean {
  if (text.length !== size) return false
  for (let index = 0; index < size; index++) if (text.charCodeAt(index) !== result[index]) return false
  return true
}
