/**
 * A message without what varies in it: 'order 4711 of bob@x.org failed after 1.2 s' → 'order <*> of <*>
 * failed after <*>'. One pass over the first line, bounded, idempotent; it knows no words of any product,
 * only what numbers, ids, names and addresses look like.
 */
import { isTail, kind, kinds, valueMark } from './characters.ts'
import {
  addSpace,
  addValue,
  createDraft,
  dropAlias,
  dropUnit,
  endsInName,
  joinWord,
  maskWhole,
  print,
} from './draft.ts'
import { maskWord } from './mask-word.ts'
import { closingQuote, closingQuoteOf, isKept } from './quoted.ts'
import { isLetterAt, isMark, isWordAt, load, source as loaded, maxChars, sourceBytes } from './scan-buffer.ts'
import { namesCode, namesPerson } from './value-words.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { at, digit, slash, word } = kind
const table = kinds
const mark = valueMark
const source = loaded

const longWord = 8

// Synchronous and never re-entered: one scratch buffer serves every call.
const draft = createDraft(maxChars)
const draftBytes = Buffer.from(draft.units.buffer)

/** The first line of `text`, at most 2 000 characters of it, with every value replaced by `<*>`. */
export function parameterize(text: string): string {
  draft.length = draft.wordStart = draft.wordEnd = 0
  const stop = load(text)
  let index = 0
  // A quote that has no partner is not searched for again: that keeps the scan linear.
  let unpaired = 0
  let literalQuote = -1
  let literalStart = 0

  while (index < stop) {
    const code = source[index]!
    const bits = table[code]!
    if ((bits & word) !== 0 || isMark(index)) {
      index = takeWord(index, stop)
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
        close = closingQuote(index, stop)
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
  return print(draft, maxChars)
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
    addSpace(draft)
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
