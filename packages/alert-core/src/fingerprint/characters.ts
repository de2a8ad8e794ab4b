/**
 * What the fingerprint's scanner needs to know of a character: one table look-up per UTF-16 unit, no regular
 * expression.
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
} as const

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
  table.fill(kind.lower, 161, 0x2000)
  table.fill(kind.space, 0x2000, 0x2010)
  table.fill(kind.lower, 0x2070, 0x2e80)
  for (const code of [0x2028, 0x2029, 0x3000, 0xfeff]) table[code] = kind.space
  for (const code of [0xab, 0xbb]) table[code] = 0
  table[valueMark] = kind.digit
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
  return table
}

/** True for the letters a, e, i, o, u, y in either case. */
export function isVowel(code: number): boolean {
  const lower = code | 32
  return lower === 97 || lower === 101 || lower === 105 || lower === 111 || lower === 117 || lower === 121
}

/** True for what ends a sentence or a clause and belongs to no word: '.', ':', '!', '?'. */
export function isTail(code: number): boolean {
  return code === 46 || code === 58 || code === 33 || code === 63
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
