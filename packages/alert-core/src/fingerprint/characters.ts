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
} as const

const { digit, hexLetter, letter, lower, slash, upper, vowel } = kind

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
  return table
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

// ── addresses

/**
 * Ports that name a kind of server: kept behind an address, as often only they distinguish one problem from
 * another.
 */
// biome-ignore format: a list of numbers
const serverPorts = new Set([
  389, 465, 587, 636, 1433, 1521, 1883, 2181, 2379, 3306, 4222, 5432, 5672, 6379, 8123, 9042, 9092, 9200, 11211, 26379, 27017,
])

const innerNames = new Set(
  'internal local localhost localdomain svc lan corp intranet home test docker consul cluster'.split(' '),
)
const sourceFiles = new Set(
  'js ts mjs cjs mts cts jsx tsx py go rb rs php java kt cs c cc cpp h sh'.split(' '),
)

/** Where the host begins behind '://', else -1. */
export function urlHost(text: Uint16Array, start: number, end: number): number {
  for (let index = start + 1; index + 2 < end; index++) {
    if (text[index - 1] === valueMark) return -1
    if (text[index] === 58 && text[index + 1] === 47 && text[index + 2] === 47) return index + 3
  }
  return -1
}

export function isHostEnd(code: number): boolean {
  return code === 47 || code === 92 || code === 63 || code === 35
}

/** '/var/x', './x', '../x', '~/x', 'C:\x', '\\host\x', or two slashes anywhere. */
export function isPath(text: Uint16Array, start: number, end: number): boolean {
  let slashes = 0
  for (let index = start; index < end; index++) if (kinds[text[index]!]! === slash) slashes++
  if (slashes >= 2) return true
  if (slashes === 0 || end - start < 2) return false
  const first = text[start]!
  if (kinds[first] === slash) return true
  const second = kinds[text[start + 1]!]!
  if ((first === 46 || first === 126) && (second === slash || text[start + 1] === 46)) return true
  return (
    (kinds[first]! & letter) !== 0 &&
    end - start > 2 &&
    text[start + 1] === 58 &&
    kinds[text[start + 2]!] === slash
  )
}

export function isEmail(text: Uint16Array, start: number, end: number): boolean {
  let sign = -1
  for (let index = start; index < end; index++) {
    if (text[index] === 64) sign = index
    else if (text[index] === 46 && sign > start && index > sign + 1) return true
  }
  return false
}

export function isDecimal(code: number): boolean {
  return code >= 48 && code <= 57
}

/** True when the port from `start` to `end` is one that servers of one kind listen on: 5432, 6379, … */
export function isServerPort(text: Uint16Array, start: number, end: number): boolean {
  let port = 0
  for (let index = start; index < end; index++) port = port * 10 + text[index]! - 48
  return serverPorts.has(port)
}

/** An IPv6 or a MAC address, whole or short: hex digits and at least two colons. */
export function isColonAddress(text: Uint16Array, start: number, end: number): boolean {
  let colons = 0
  for (let index = start; index < end; index++) {
    const code = text[index]!
    if (code === 58) colons++
    else if (
      !isDecimal(code) &&
      (kinds[code]! & hexLetter) === 0 &&
      code !== 46 &&
      code !== 45 &&
      code !== valueMark
    )
      return false
  }
  return colons >= 2
}

/** Where the digits behind the word's last ':' begin, else -1. */
export function portOf(text: Uint16Array, start: number, end: number): number {
  let index = end
  while (index > start && isDecimal(text[index - 1]!)) index--
  return end - index >= 2 && end - index <= 5 && index > start + 1 && text[index - 1] === 58 ? index : -1
}

/** An ip (or one already masked), or 'localhost': the port says more than the address. */
export function isBareAddress(text: Uint16Array, start: number, end: number): boolean {
  if (end - start === 1) return text[start] === valueMark
  let dots = 0
  let colons = 0
  for (let index = start; index < end; index++) {
    const code = text[index]!
    if (code === 46) dots++
    else if (code === 58) colons++
    else if (!isDecimal(code) && (kinds[code]! & hexLetter) === 0)
      return textOf(text, start, end) === 'localhost'
  }
  return dots === 3 || colons >= 2
}

/** A dotted name of the outside world, as a proxy or a server puts its peer's before what it says. */
export function isOuterName(text: Uint16Array, start: number, end: number): boolean {
  let lastDot = -1
  let topDigits = false
  for (let index = start; index < end; index++) {
    const code = text[index]!
    const bits = kinds[code]!
    if (code === 46) {
      lastDot = index
      topDigits = false
    } else if (bits === digit) topDigits = true
    else if ((bits & (lower | upper)) === 0 && code !== 45) return false
  }
  if (lastDot <= start || topDigits || end - lastDot < 3) return false
  const top = textOf(text, lastDot + 1, end).toLowerCase()
  return !innerNames.has(top) && !sourceFiles.has(top)
}

// ── generated ids

const shortest = 8
const shortestLetters = 12
const shortestMixed = 3

/**
 * True when the stretch from `start` to `end` reads like no language's name: hex letters only, no vowel, a
 * case that changes all the time, or a part that mixes both cases with digits.
 */
export function isRandom(text: Uint16Array, start: number, end: number): boolean {
  if (end - start < shortest) return false
  let letters = 0
  let vowels = 0
  let changes = 0
  let consonants = 0
  let longestConsonants = 0
  let lonely = 0
  let run = start
  let hex = true
  let before = 0
  let all = 0
  let part = 0
  let partStart = start
  for (let index = start; index < end; index++) {
    const code = text[index]!
    const bits = kinds[code]!
    if ((bits & (letter | digit)) === 0) {
      if (isMixed(part) && index - partStart >= shortestMixed) return true
      part = 0
      partStart = index + 1
      continue
    }
    part |= bits
    all |= bits
    if ((bits & letter) === 0) continue
    letters++
    if ((bits & hexLetter) === 0) hex = false
    if ((bits & vowel) !== 0) {
      vowels++
      consonants = 0
    } else if (++consonants > longestConsonants) longestConsonants = consonants
    if (before !== 0 && (bits & letter) !== before) {
      changes++
      // A lower-case letter alone between two others.
      if (before === lower && index - run < 2) lonely++
      run = index
    }
    before = bits & letter
  }
  if (isMixed(part) && end - partStart >= shortestMixed) return true
  if (hex && letters >= shortest && (all & digit) === 0) return true
  if (letters < shortestLetters) return false
  // Words written together: each has two letters or more behind its capital, and some vowels.
  if ((all & digit) === 0 && lonely === 0 && vowels * 5 >= letters) return false
  return (
    vowels === 0 ||
    changes * 5 > letters * 2 ||
    (changes * 4 > letters && (longestConsonants >= 5 || (all & digit) !== 0))
  )
}

function isMixed(bits: number): boolean {
  return (bits & digit) !== 0 && (bits & upper) !== 0 && (bits & lower) !== 0
}
