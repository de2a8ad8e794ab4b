/**
 * The text that `parameterize` is writing, and how its values grow together: a value swallows the unit behind
 * it, the month before it, its own name in parentheses and its neighbours in a list. Every step looks at what
 * is written only, so a second pass finds nothing to do.
 */

import { isOuterName } from './address.ts'
import { kind, kinds, moveDown, tailStart, textOf, valueMark } from './characters.ts'
import { isOnlyValue } from './mask-word.ts'
import { calendarWord, isMonth, isUnit } from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { digit, letter, word } = kind
const table = kinds
const mark = valueMark

/** UTF-16 units written so far; a masked value is the one unit `valueMark`. */
export interface Draft {
  readonly units: Uint16Array
  length: number
  /** Where the latest word lies. */
  wordStart: number
  wordEnd: number
}

const longestAlias = 100
const longestRow = 300
const questionMark = 63

/** Room for what a source of `maxChars` can become. */
export function createDraft(maxChars: number): Draft {
  return { units: new Uint16Array(maxChars * 2 + 8), length: 0, wordStart: 0, wordEnd: 0 }
}

/** Adds one value, as if a number had been read. */
export function addValue(draft: Draft): void {
  if (draft.length > 0 && (table[draft.units[draft.length - 1]!]! & word) !== 0)
    draft.units[draft.length++] = 32
  draft.units[draft.length++] = mark
  joinWord(draft, draft.length - 1)
}

/** True when what is written ends in a letter or a digit. */
export function endsInName(draft: Draft): boolean {
  return draft.length > 0 && (table[draft.units[draft.length - 1]!]! & (letter | digit)) !== 0
}

/** Joins the word that begins at `start` and ends the draft with what stands before it. */
export function joinWord(draft: Draft, start: number): void {
  const { units } = draft
  if (units[start] === mark && tailStart(units, start + 1, draft.length) === start + 1)
    joinValue(draft, start)
  else if (repeatsLastWord(draft, start)) draft.length = draft.wordEnd
  else {
    draft.wordStart = start
    draft.wordEnd = draft.length
  }
}

/**
 * Takes back the word at `start`, behind a value and a space, when it is the value's unit: 'took <*> ms' says
 * no more than 'took <*>'.
 */
export function dropUnit(draft: Draft, start: number): boolean {
  const { units, length } = draft
  const end = tailStart(units, start, length)
  if (!isUnit(units, start, end)) return false
  draft.length = moveDown(units, start - 1, end, length)
  markLastWord(draft)
  return true
}

/** Takes back the month behind a day: '3. März'. */
export function dropMonth(draft: Draft, start: number): boolean {
  const { units, length } = draft
  if (start < 2 || units[start - 1] !== 32) return false
  const end = isOf(units, start) ? start - 3 : start
  const day = units[end - 2] === 46 ? end - 3 : end - 2
  if (day < 0 || units[day] !== mark || !isMonth(units, start, length)) return false
  draft.length = start
  units[day + 1] = 32
  draft.length = day + 1
  draft.wordEnd = day + 1
  return true
}

/** 'de' before the word at `start`: '3 de marzo'. */
export function isOf(units: Uint16Array, start: number): boolean {
  return units[start - 2] === 101 && units[start - 3] === 100 && units[start - 4] === 32
}

/** Replaces the word at `start`, up to its closing punctuation, by a value. */
export function maskWhole(draft: Draft, start: number): void {
  const { units, length } = draft
  units[start] = mark
  draft.length = moveDown(units, start + 1, Math.max(start + 1, tailStart(units, start, length)), length)
  joinWord(draft, start)
}

/**
 * Before a ')': takes back '(…' behind a value when it only says the value again, as in '10.0.0.1
 * (host.example.com)' or '2048 bytes (2 KB)'.
 */
export function dropAlias(draft: Draft): boolean {
  const { units, length } = draft
  let open = length
  let holdsValue = false
  while (open > 0 && units[open - 1] !== 40) {
    const code = units[--open]!
    if (code === 32 && textOf(units, open - 5, open) === '(type') {
      // '(type string)' says of what kind the value is.
      open -= 4
      holdsValue = true
      break
    }
    if ((table[code]! & word) === 0 || length - open > longestAlias) return false
    if (code === mark) holdsValue = true
  }
  let end = open - 1
  if (end > 0 && units[end - 1] === 32) end--
  if (end < 1 || units[end - 1] !== mark) return false
  if (open < length && !holdsValue && !isOuterName(units, open, length)) return false
  draft.length = end
  markLastWord(draft)
  return true
}

/**
 * Before a ')': takes back a row of values behind an equal one, as in 'values ($1, $2), ($3, $4)'. How many
 * rows a statement has says nothing.
 */
export function dropRow(draft: Draft): boolean {
  const { units, length } = draft
  let open = length
  let holdsValue = false
  while (open > 0 && units[open - 1] !== 40) {
    const code = units[--open]!
    if (code === 41 || length - open > longestRow) return false
    if (code === mark || code === questionMark) holdsValue = true
  }
  if (open === 0 || !holdsValue) return false
  let end = open - 1
  while (end > 0 && (units[end - 1] === 32 || units[end - 1] === 44)) end--
  const before = end - 1 - (length - open)
  if (end === open - 1 || units[end - 1] !== 41 || before < 1 || units[before - 1] !== 40) return false
  for (let index = open; index < length; index++)
    if (units[index] !== units[before + index - open]) return false
  draft.length = end
  markLastWord(draft)
  return true
}

function joinValue(draft: Draft, start: number): void {
  const { units, length } = draft
  let at = start
  for (;;) {
    // '<5 s' is a value as '5 s' is
    while (at > 0 && units[at - 1] === 60 && (at === 1 || (table[units[at - 2]!]! & word) === 0)) at--
    const before = skipSeparators(units, at)
    if (before === 0 || (before === at && units[before - 1]! < 0x2e80)) break
    const joined = units[before - 1] === mark ? before - 1 : calendarWord(units, before)
    if (joined === -1) break
    at = joined
  }
  if (at === start) {
    draft.wordStart = start
    draft.wordEnd = length
    return
  }
  draft.length = moveDown(units, at, start, length)
  markLastWord(draft)
  // The value it was joined to may have been part of a word, which is another one without what stood between
  // them.
  const { wordStart, wordEnd } = draft
  const end = tailStart(units, wordStart, wordEnd)
  if (end - wordStart < 2 || !isOnlyValue(units, wordStart, end)) return
  units[wordStart] = mark
  draft.length = moveDown(units, wordStart + 1, end, wordEnd)
  joinValue(draft, wordStart)
}

/** Values in a row are one value: '1, 2, 3', '3 - 5', '2 h 5 min'. */
function skipSeparators(units: Uint16Array, from: number): number {
  let index = from
  while (index > 0 && from - index < 3 && isSeparator(units[index - 1]!)) index--
  return index
}

function isSeparator(code: number): boolean {
  return code === 32 || (code >= 44 && code <= 47) || code === 58 || code === 59 || code === 124
}

/** True when the word at `start` holds a value and is the one before it once more, as in a list of ids. */
function repeatsLastWord(draft: Draft, start: number): boolean {
  const { units, length, wordStart, wordEnd } = draft
  if (length - start !== wordEnd - wordStart || wordEnd >= start || start - wordEnd > 3) return false
  for (let index = wordEnd; index < start; index++)
    if (units[index] !== 32 && units[index] !== 44) return false
  let holdsValue = false
  for (let index = start; index < length; index++) {
    const code = units[index]
    if (code !== units[wordStart + index - start]) return false
    if (code === mark) holdsValue = true
  }
  return holdsValue
}

function markLastWord(draft: Draft): void {
  const { units, length } = draft
  let start = length
  while (start > 0 && (table[units[start - 1]!]! & word) !== 0) start--
  draft.wordStart = start
  draft.wordEnd = length
}
