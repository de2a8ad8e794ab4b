/**
 * What the fingerprint's scanner knows of characters and of single words by their characters alone: one table
 * look-up per UTF-16 unit, no regular expression. A word is a stretch of UTF-16 units.
 */

/** Kinds of characters as bits, so that one `|=` per character collects what a word is made of. */
export const kind = {
  lower: 1,
  upper: 2,
  digit: 4,
  /** '-' and '_': join the parts of one name. */
  dash: 8,
  dot: 16,
  colon: 32,
  slash: 64,
  at: 128,
  /** Signs that stay inside a word: '+', '%', '$', '#', … */
  sign: 256,
  /** All of the above: what a word is made of. */
  word: 511,
  letter: 3,
  /** What joins the parts of a word. */
  joint: 8 | 16 | 32 | 64 | 128,
  space: 512,
  /** a, e, i, o, u, y in either case, and every letter beyond ASCII. */
  vowel: 1024,
  /** a to f in either case. */
  hexLetter: 2048,
  /** What ends a sentence or a clause and belongs to no word: '.', ':', '!', '?'. */
  tail: 4096,
} as const

const { hexLetter, lower, tail, vowel } = kind

/** Stands for one masked value inside the scanner; counts as a digit, so that what is masked stays masked. */
export const valueMark = 1

/**
 * The kind of each UTF-16 unit, 0 for what separates words. Letters of other alphabets count as lower case:
 * their case says nothing here. Scripts that write without spaces (Chinese, Japanese, Korean), emoji and
 * typographic punctuation separate, so that a number between them is seen.
 */
export const kinds: Uint16Array = fillKinds(new Uint16Array(0x10000))

function fillKinds(table: Uint16Array): Uint16Array {
  table.fill(kind.space, 0, 33)
  table.fill(kind.digit, 48, 58)
  table.fill(kind.upper, 65, 91)
  table.fill(kind.lower, 97, 123)
  table.fill(kind.space, 127, 161)
  table.fill(lower | vowel, 161, 0x2000)
  table.fill(kind.space, 0x2000, 0x2010)
  table.fill(lower | vowel, 0x2070, 0x2e80)
  for (const zero of [0x660, 0x6f0, 0x966, 0xff10]) table.fill(kind.digit, zero, zero + 10)
  for (const code of [0x2028, 0x2029, 0x3000, 0xfeff]) table[code] = kind.space
  for (const code of [0xab, 0xbb]) table[code] = 0
  table[valueMark] = kind.digit
  for (const sign of 'aeiouyAEIOUY') table[sign.charCodeAt(0)]! |= vowel
  for (const sign of 'abcdefABCDEF') table[sign.charCodeAt(0)]! |= hexLetter
  for (const [signs, bit] of [
    ['-_', kind.dash],
    ['.', kind.dot],
    [':', kind.colon],
    ['/\\', kind.slash],
    ['@', kind.at],
    ['+%$#*?!~^', kind.sign],
  ] as const) {
    for (const sign of signs) table[sign.charCodeAt(0)] = bit
  }
  for (const sign of '.:!?') table[sign.charCodeAt(0)]! |= tail
  return table
}

export function isTail(code: number): boolean {
  return (kinds[code]! & tail) !== 0
}

/** Where the tail of the word in `units` from `start` to `end` begins; `end` when it has none. */
export function tailStart(units: Uint16Array, start: number, end: number): number {
  let index = end
  while (index > start && isTail(units[index - 1]!)) index--
  return index
}

/** Moves the units from `start` to `end` down to `to`, and returns the end of the copy. */
export function moveDown(units: Uint16Array, to: number, start: number, end: number): number {
  let write = to
  for (let index = start; index < end; index++) units[write++] = units[index]!
  return write
}

/** The units from `start` to `end` as a string, for words of a few letters. */
export function textOf(units: Uint16Array, start: number, end: number): string {
  let text = ''
  for (let index = start; index < end; index++) text += String.fromCharCode(units[index]!)
  return text
}

export function isDecimal(code: number): boolean {
  return code >= 48 && code <= 57
}

/** The union of the kinds of the units from `start` to `end`. */
export function kindsIn(buffer: Uint16Array, start: number, end: number): number {
  let bits = 0
  for (let index = start; index < end; index++) bits |= kinds[buffer[index]!]!
  return bits
}
