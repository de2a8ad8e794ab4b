/**
 * Which stretches of letters and digits were generated: ids and hashes, which read like no language's names.
 */
import { kind, kinds } from './characters.ts'
import { hasUnspokenParts, isIdentifier } from './identifier.ts'
import { isWordOfTwo } from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { digit, hexLetter, letter, lower, upper, vowel } = kind
const table = kinds

const shortest = 8
const shortestLetters = 12
const shortestMixed = 3

/** True when the stretch reads like no language's name, and is not one from the code: 'getS3Client'. */
export function isRandom(text: Uint16Array, start: number, end: number): boolean {
  return looksRandom(text, start, end) && !isIdentifier(text, start, end)
}

/**
 * True when the stretch from `start` to `end` reads like no language's name: hex letters only, no vowel, a
 * case that changes all the time, or a part that mixes both cases with digits.
 */
function looksRandom(text: Uint16Array, start: number, end: number): boolean {
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
    const bits = table[code]!
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
      // A lower-case letter alone between two others, unless it ends a word of two: 'Up', 'To'.
      if (before === lower && index - run < 2 && !isShortWord(text, start, run)) lonely++
      run = index
    }
    before = bits & letter
  }
  if (isMixed(part) && end - partStart >= shortestMixed) return true
  if (hex && letters >= shortest && (all & digit) === 0) return true
  if (letters < shortestLetters) return false
  if ((all & digit) === 0 && changes > 2 && hasUnspokenParts(text, start, end)) return true
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

/** True for a word of two letters that ends at `last`: 'RetryUpToMaximum'. */
function isShortWord(text: Uint16Array, start: number, last: number): boolean {
  return last > start && isWordOfTwo(String.fromCharCode(text[last - 1]! | 32, text[last]!))
}
