/**
 * The first line of a message as the scanner reads it: UTF-16 units in one scratch buffer, as a loop over it
 * costs half of one over a string.
 */
import { stripAnsi } from '../text/text.ts'
import { kind, kinds, valueMark } from './characters.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { digit, letter, space, word } = kind
const table = kinds
const mark = valueMark

/** Longest message that is looked at. */
export const maxChars = 2_000
const maxBlank = 10_000
/** A longer text is copied faster by the engine. */
const shortText = 64

/**
 * Synchronous and never re-entered: one buffer serves every call. Zeroes behind the end, so that looking
 * ahead needs no check.
 */
export const source: Uint16Array = new Uint16Array(maxChars + 4)

/** The same buffer for making strings of it. */
export const sourceBytes: Buffer = Buffer.from(source.buffer)

/** Loads `text`, and returns how many units of it there are. */
export function load(text: string): number {
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
export function isMark(index: number): boolean {
  return source[index] === 60 && source[index + 1] === 42 && source[index + 2] === 62
}

/** A character of a word, or a masked value. */
export function isWordAt(index: number): boolean {
  return (table[source[index]!]! & word) !== 0 || isMark(index)
}

export function isLetterAt(index: number): boolean {
  return (table[source[index]!]! & letter) !== 0
}

/** A letter, a digit or a masked value: an apostrophe before it ends no quote. */
export function isNameAt(index: number): boolean {
  return (table[source[index]!]! & (letter | digit)) !== 0 || isMark(index)
}
