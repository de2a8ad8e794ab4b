/**
 * A message without what varies in it: 'order 4711 of bob@x.org failed after 1.2 s' → 'order <*> of <*>
 * failed after <*>'. One pass over the first line, bounded, idempotent; it knows no words of any product,
 * only what numbers, ids, names and addresses look like.
 */
import { stripAnsi } from '../text/text.ts'
import { isTail, kind, kinds, valueMark } from './characters.ts'
import { createDraft, dropAlias, dropUnit, joinWord, maskWhole, print } from './draft.ts'
import { maskRoute, maskWord } from './mask-word.ts'
import { messageHead } from './message-head.ts'
import {
  closingQuoteOf,
  endsInHanPerson,
  isHan,
  isKept,
  isModulePath,
  isMonth,
  isTechnical,
  namesCode,
  namesPeer,
  namesPerson,
  namesRoute,
  type QuoteRole,
  quoteRole,
} from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { at, digit, letter, slash, space, word } = kind
const table = kinds
const mark = valueMark

/** Longest message that is looked at. */
const maxChars = 2_000
const maxBlank = 10_000
/** A longer text is copied faster by the engine. */
const shortText = 64

/**
 * Synchronous and never re-entered: one buffer serves every call. Zeroes behind the end, so that looking
 * ahead needs no check.
 */
const source: Uint16Array = new Uint16Array(maxChars + 4)

/** The same buffer for making strings of it. */
const sourceBytes: Buffer = Buffer.from(source.buffer)

/** Loads `text`, and returns how many units of it there are. */
function load(text: string): number {
  const clean = readable(text)
  const stop =
    clean.length <= shortText ? copy(clean) : sourceBytes.write(clean, 0, maxChars * 2, 'utf16le') >> 1
  source[stop] = source[stop + 1] = source[stop + 2] = 0
  return stop
}

function copy(text: string): number {
  const { length } = text
  for (let index = 0; index < length; index++) source[index] = text.charCodeAt(index)
  return length
}

const unwanted = new RegExp(`[${String.fromCharCode(mark, 0x1b, 0x9b)}]`)
const marks = new RegExp(String.fromCharCode(mark), 'g')

/** The text without the blanks it begins with, terminal colours, and the unit that stands for values. */
function readable(text: string): string {
  const clean = unwanted.test(text) ? stripAnsi(text.slice(0, maxBlank)).replace(marks, ' ') : text
  if (!isBlankAt(clean, 0)) return clean
  let index = 0
  while (index < maxBlank && isBlankAt(clean, index)) index++
  return clean.slice(index, index + maxChars)
}

function isBlankAt(text: string, index: number): boolean {
  return table[text.charCodeAt(index)] === space
}

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

/** A letter, a digit or a masked value: an apostrophe before it ends no quote. */
function isNameAt(index: number): boolean {
  return (table[source[index]!]! & (letter | digit)) !== 0 || isMark(index)
}
const longWord = 8

// Synchronous and never re-entered: one scratch buffer serves every call.
const draft = createDraft(maxChars)
/** The word stands in quotes and is the path of a module. */
let isPathKept = false
const draftBytes = Buffer.from(draft.units.buffer)

/** Adds a space where none is. */
function addSpace(): void {
  if (draft.length > 0 && draft.units[draft.length - 1] !== 32) draft.units[draft.length++] = 32
}

/** Adds one value, as if a number had been read. */
function addValue(): void {
  if (draft.length > 0 && (table[draft.units[draft.length - 1]!]! & word) !== 0) addSpace()
  draft.units[draft.length++] = mark
  joinWord(draft, draft.length - 1)
}

/** True when what is written ends in a letter or a digit. */
function endsInName(): boolean {
  return draft.length > 0 && (table[draft.units[draft.length - 1]!]! & (letter | digit)) !== 0
}

/**
 * The line that stands for `text`, at most 2 000 characters of it, with every value replaced by `<*>`.
 */
export function parameterize(text: string): string {
  draft.length = draft.wordStart = draft.wordEnd = 0
  isPathKept = false
  const stop = load(messageHead(text))
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
        addValue()
      }
      isPathKept = false
      index = leaveQuote(index)
    } else if (closingQuoteOf(code) !== 0) {
      const bit = 1 << (code & 31)
      let close = -1
      if ((unpaired & bit) === 0 && !endsInName()) {
        close = closingQuote(index, stop)
        if (close === -1) unpaired |= bit
      }
      const role = close === -1 ? 'unknown' : quoteRole(draft.units, draft.length, source, close + 1)
      if (close !== -1 && !isKept(sourceBytes, index + 1, close, role)) {
        addValue()
        index = leaveQuote(close)
      } else {
        if (close !== -1) {
          literalQuote = close
          literalStart = draft.length
          literalRole = role
          isPathKept = isModulePath(sourceBytes, index + 1, close)
        }
        draft.units[draft.length++] = code
        index++
      }
    } else {
      const name = code > 0x2e80 ? hanNameEnd(index, stop) : -1
      if (name !== -1) {
        addValue()
        index = name
        if (isWordAt(index)) addSpace()
        continue
      }
      index++
      if (code !== 41 || !dropAlias(draft)) draft.units[draft.length++] = code
      else addSpace()
    }
  }
  return print(draft, maxChars)
}

/** Where the quote at `open` ends, else -1. An apostrophe inside a word does not close it. */
function closingQuote(open: number, stop: number): number {
  const quote = closingQuoteOf(source[open]!)
  for (let index = open + 1; index < stop; index++) {
    const code = source[index]!
    if (code === 10 || code === 13) return -1
    if (isClosing(code, quote) && (quote !== 39 || !isNameAt(index + 1))) return index
  }
  return -1
}

/** German and Polish open a quote alike, and close it differently. */
function isClosing(code: number, quote: number): boolean {
  return code === quote || (code === 0x201d && quote === 0x201c)
}

/** True when no value was masked in what is written from `start`. */
function isUnmasked(start: number): boolean {
  return !draft.units.subarray(start, draft.length).includes(mark)
}

/**
 * Where somebody's name of two or three Chinese characters ends that begins at `index`, else -1: '用户 张三
 * 登录失败', '用户张三(5)'. Without a blank, a parenthesis or a number behind it, it cannot be separated from the
 * words after it.
 */
function hanNameEnd(index: number, stop: number): number {
  const { units, length } = draft
  const previous = units[length - 1]
  const isApart = previous === 32 || previous === 58 || previous === 0xff1a
  if (!endsInHanPerson(units, isApart ? length - 1 : length)) return -1
  let end = index
  while (end < stop && end - index < 4 && isHan(source[end]!)) end++
  if (end - index < 2 || end - index > 3 || end >= stop) return -1
  const next = source[end]!
  if (next === 40 || next === 0xff08 || (table[next]! & digit) !== 0) return end
  return isApart && (table[next] === space || next === 0xff0c) && end + 1 < stop ? end : -1
}

/**
 * Behind the quote that ends at `close`. What follows without a blank gets one: it does not belong to the
 * value.
 */
function leaveQuote(close: number): number {
  const index = close + 1
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
    } else if ((bits & slash) !== 0 && !masked && isInsideUrl(code, from, index)) {
      units[length++] = 46
      index++
    } else if (code === 39 && index > from && isLetterAt(index - 1) && isLetterAt(index + 1)) {
      units[length++] = code
      index++
    } else break
  }
  draft.length = length
  settleWord(start, bits)
  return index
}

function settleWord(start: number, bits: number): void {
  const { units, wordStart, wordEnd } = draft
  const before = start > 1 && units[start - 1] === 32 ? units[start - 2]! : 0
  if (before === mark && dropUnit(draft, start)) return
  const { length } = draft
  let isUsual = isPathKept
  if ((bits & (digit | slash | at)) === 0) {
    if ((before === mark || before === 46) && dropMonth(start)) return
    if (isName(start, before) || (units[start - 1] === 61 && namesPeer(units, start, length))) {
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
    isUsual ||= namesCode(units, start, length, wordEnd) || isTechnical(units, start, length, bits)
  }
  if (isUsual) {
    draft.wordStart = start
    draft.wordEnd = length
    return
  }
  draft.length = maskWord(units, start, length, bits, start === 0)
  joinWord(draft, start)
}

/**
 * True when the plain word at `start` follows 'for user', or '用户'; `before` is what it follows but for a
 * blank.
 */
function isName(start: number, before: number): boolean {
  if (before === 114 || before === 116) return namesPerson(draft.units, start, draft.wordStart, draft.wordEnd)
  return before > 0x2e80 && endsInHanPerson(draft.units, start - 1)
}

/** Takes back the month behind a day: '3. März'. */
function dropMonth(start: number): boolean {
  const { units, length } = draft
  if (start < 2 || units[start - 1] !== 32) return false
  const day = units[start - 2] === 46 ? start - 3 : start - 2
  if (day < 0 || units[day] !== mark || !isMonth(units, start, length)) return false
  draft.length = start
  units[day + 1] = 32
  draft.length = day + 1
  draft.wordEnd = day + 1
  return true
}

/**
 * Inside an address with scheme or query, signs that end a word elsewhere ('&', '=', ',', ';', '|', '[', ']')
 * do not.
 */
function isInsideUrl(code: number, from: number, index: number): boolean {
  if (code !== 38 && code !== 61 && code !== 44 && code !== 59 && code !== 124 && code !== 91 && code !== 93)
    return false
  for (let before = from; before < index; before++) {
    if (
      source[before] === 63 ||
      (source[before] === 58 && source[before + 1] === 47 && source[before + 2] === 47)
    )
      return true
  }
  return false
}
