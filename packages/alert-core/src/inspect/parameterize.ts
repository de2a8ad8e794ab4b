/**
 * A message without what varies in it: 'order 4711 of bob@x.org failed after 1.2 s' → 'order <*> of <*> failed after <*>'. One pass over
 * the first line, bounded, idempotent; it knows no words of any product, only what numbers, ids, names and addresses look like.
 */
import { stripAnsi } from '../kernel/text.ts'
import { closingQuoteOf, isTail, kind, kinds, valueMark } from './characters.ts'
import {
  addSpace,
  addValue,
  type Draft,
  dropAlias,
  dropUnit,
  endsInName,
  joinWord,
  maskWhole,
} from './draft.ts'
import { maskWord } from './mask-word.ts'
import { namesCode, namesPerson } from './value-words.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { at, digit, letter, slash, space, word } = kind
const table = kinds
const mark = valueMark

const maxChars = 2_000
const maxBlank = 10_000
const longWord = 8

// Synchronous and never re-entered: one set of scratch buffers serves every call.
const source = new Uint16Array(maxChars + 4)
const sourceBytes = Buffer.from(source.buffer)
const result = new Uint16Array(maxChars + 8)
const resultBytes = Buffer.from(result.buffer)
const draft: Draft = { units: new Uint16Array(maxChars * 2 + 8), length: 0, wordStart: 0, wordEnd: 0 }
const draftBytes = Buffer.from(draft.units.buffer)
let stop = 0

/** The first line of `text`, at most 2 000 characters of it, with every value replaced by `<*>`. */
export function parameterize(text: string): string {
  draft.length = draft.wordStart = draft.wordEnd = 0
  stop = sourceBytes.write(readable(text), 0, maxChars * 2, 'utf16le') >> 1
  // Zeroes behind the end, so that looking ahead needs no check.
  source[stop] = source[stop + 1] = source[stop + 2] = 0
  let index = 0
  // A quote that has no partner is not searched for again: that keeps the scan linear.
  let unpaired = 0
  let literalQuote = -1
  let literalStart = 0

  while (index < stop) {
    const code = source[index]!
    const bits = table[code]!
    if ((bits & word) !== 0 || isMark(index)) {
      index = takeWord(index)
    } else if (bits !== 0) {
      if (code === 10 || code === 13) break
      index++
      addSpace(draft)
    } else if (index === literalQuote) {
      if (isKept(draftBytes, literalStart + 1, draft.length)) {
        draft.units[draft.length++] = code
      } else {
        // What made it worth keeping has been masked itself.
        draft.length = literalStart
        addValue(draft)
      }
      index = leaveQuote(index)
    } else if (closingQuoteOf(code) !== 0) {
      const bit = 1 << (code & 31)
      let close = -1
      if ((unpaired & bit) === 0 && !endsInName(draft)) {
        close = closingQuote(index)
        if (close === -1) unpaired |= bit
      }
      if (close !== -1 && !isKept(sourceBytes, index + 1, close)) {
        addValue(draft)
        index = leaveQuote(close)
      } else {
        if (close !== -1) {
          literalQuote = close
          literalStart = draft.length
        }
        draft.units[draft.length++] = code
        index++
      }
    } else {
      index++
      if (code !== 41 || !dropAlias(draft)) draft.units[draft.length++] = code
      else addSpace(draft)
    }
  }
  return finish()
}

/** Behind the quote that ends at `close`. What follows without a blank gets one: it is no part of the value. */
function leaveQuote(close: number): number {
  const index = close + 1
  if (
    source[index] === 60 ||
    closingQuoteOf(source[index]!) !== 0 ||
    (isWordAt(index) && (!isTail(source[index]!) || isWordAt(index + 1)))
  )
    addSpace(draft)
  return index
}

/** Copies the word at `from` into the draft, masks it there and joins it to what stands before. Returns the index behind it. */
function takeWord(from: number): number {
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
    } else if ((bits & slash) !== 0 && !masked && goesOn(code, from, index)) {
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
  if (dropUnit(draft, start)) return
  const { units, length, wordStart, wordEnd } = draft
  const plain = (bits & (digit | slash | at)) === 0
  if (plain && namesPerson(units, start, wordStart, wordEnd)) {
    maskWhole(draft, start)
    return
  }
  if (plain ? length - start < longWord : namesCode(units, start, length, wordEnd)) {
    draft.wordStart = start
    draft.wordEnd = length
    return
  }
  draft.length = maskWord(units, start, length, bits, start === 0)
  joinWord(draft, start)
}

/** '<*>' in the input: an earlier pass put it there, or the logger's own template. */
function isMark(index: number): boolean {
  return source[index] === 60 && source[index + 1] === 42 && source[index + 2] === 62
}

/** Inside an address with scheme or query, signs that end a word elsewhere ('&', '=', ',', ';', '|', '[', ']') do not. */
function goesOn(code: number, from: number, index: number): boolean {
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

/** Where the quote at `open` ends, else -1. An apostrophe inside a word is no end. */
function closingQuote(open: number): number {
  const quote = closingQuoteOf(source[open]!)
  for (let index = open + 1; index < stop; index++) {
    const code = source[index]!
    if (code === 10 || code === 13) return -1
    if (code === quote && (quote !== 39 || !isNameAt(index + 1))) return index
  }
  return -1
}

const requestLine = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) /
const errorName = /\b(?:E[A-Z]{4,20}|ERR_[A-Z_]{2,60}|[A-Za-z]{0,60}(?:Error|Exception))\b/
const innerQuote = /["`“”「」«»]|(?<![A-Za-z])'|'(?![A-Za-z])/
const codeName = /^(?:[A-Z][A-Z_]{2,63}|(?=.{3,64}$)[A-Za-z.]*[a-z][A-Z][A-Za-z.]*)$/

/** What is quoted is a value, unless it is a name from the code ('ECONNRESET', 'userId'), a request line or another error's message. */
function isKept(bytes: Buffer, from: number, to: number): boolean {
  const first = bytes[from * 2]! | 32
  if (first < 97 || first > 122) return false
  const quoted = bytes.toString('utf16le', from * 2, to * 2)
  return (
    codeName.test(quoted) ||
    ((requestLine.test(quoted) || errorName.test(quoted)) && !innerQuote.test(quoted))
  )
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

/** The draft as a string of at most 2 000 characters, cut between two words if need be. */
function finish(): string {
  const { units, length } = draft
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
  return resultBytes.toString('utf16le', 0, size * 2)
}
