/**
 * Masks what varies inside one word of a message: numbers, ids, hashes, addresses, paths, urls. It works in
 * place on the scanner's buffer, where a masked value is the single unit `valueMark`, and only ever shortens.
 */
import {
  isBareAddress,
  isColonAddress,
  isEmail,
  isHostEnd,
  isNumberedHost,
  isOuterName,
  isPath,
  isServerPort,
  portOf,
  startsResource,
  urlHost,
} from './address.ts'
import { isDecimal, kind, kinds, kindsIn, moveDown, textOf, valueMark } from './characters.ts'
import { isIdentifier } from './identifier.ts'
import { isRandom } from './is-random.ts'
import { isTechnical } from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { at, colon, dash, digit, dot, hexLetter, joint, letter, lower, slash, tail, upper, vowel } = kind
const table = kinds
const mark = valueMark

/**
 * Masks the word in `buffer` from `start` to `end` and returns its new end. `bits` is the union of its
 * characters' kinds; `first` says that the message begins with it.
 */
export function maskWord(
  buffer: Uint16Array,
  start: number,
  end: number,
  bits: number,
  first: boolean,
): number {
  let last = end
  while (last > start && (table[buffer[last - 1]!]! & tail) !== 0) last--
  if (last === start) return end
  let kindsOfBody = bits
  if (last !== end) {
    kindsOfBody = 0
    for (let index = start; index < last; index++) kindsOfBody |= table[buffer[index]!]!
  }
  const masked = maskBody(buffer, start, last, kindsOfBody, first)
  return masked === last ? end : moveDown(buffer, masked, last, end)
}

function maskBody(buffer: Uint16Array, start: number, end: number, bits: number, first: boolean): number {
  if ((bits & slash) !== 0) {
    const host = urlHost(buffer, start, end)
    if (host !== -1) return maskUrl(buffer, host, end)
    if (isPath(buffer, start, end)) return putValue(buffer, start)
  }
  const mixed = (bits & lower) !== 0 && (bits & upper) !== 0
  // A ticket, or the resource of a cloud.
  if (buffer[start] === 35 && (bits & digit) !== 0) return putValue(buffer, start)
  if (buffer[start] === 97 && end - start > 8 && startsResource(buffer, start)) return putValue(buffer, start)
  if (mixed && startsJson(buffer, start, end)) return putValue(buffer, start)
  if ((bits & at) !== 0 && isEmail(buffer, start, end)) return putValue(buffer, start)
  // Numbers, dates, times, ips: nothing in them is a name.
  if ((bits & (letter | colon)) === 0 && (bits & digit) !== 0) return putValue(buffer, start)
  // Lower-case ids with digits fall apart into masked parts below; the others need to be looked at as a
  // whole.
  if ((bits & (dot | colon | at)) === 0) {
    // In one case and without a digit, a word that reads like one is not random.
    const mayBeRandom = mixed || ((bits & digit) === 0 && !isPlainWord(buffer, start, end))
    if (mayBeRandom && isRandom(buffer, start, end)) return putValue(buffer, start)
    if ((bits & (digit | dash)) === 0) return end
  } else if ((bits & digit) === 0) {
    return (bits & colon) !== 0 && isColonAddress(buffer, start, end) ? putValue(buffer, start) : end
  }
  if (isErrorNumber(buffer, start, end)) return end
  if ((bits & dash) !== 0 && isVersion(buffer, start, end)) return putValue(buffer, start)
  if ((bits & colon) !== 0) {
    const port = portOf(buffer, start, end)
    if (port !== -1) {
      if (first && isOuterName(buffer, start, port - 1)) return putValue(buffer, start)
      if (isBareAddress(buffer, start, port - 1) && isServerPort(buffer, port, end)) {
        buffer[start] = mark
        return moveDown(buffer, start + 1, port - 1, end)
      }
    }
    if (isColonAddress(buffer, start, end)) return putValue(buffer, start)
  }
  if (!first && (bits & dash) !== 0 && isNumberedId(buffer, start, end)) return putValue(buffer, start)
  let masked = maskParts(buffer, start, start, end, mixed)
  // What is masked changes what the rest looks like; names are few and short, so this ends soon.
  for (let before = end; mixed && masked < before; ) {
    before = masked
    masked = maskParts(buffer, start, start, masked, mixed)
  }
  const isTicket = buffer[start] === 35 && masked < end
  const isId = !first && masked < end && (bits & dash) !== 0 && isNumberedId(buffer, start, masked)
  return isTicket ||
    isId ||
    isBareValue(buffer, start, masked, mixed) ||
    isNumberedHost(buffer, start, masked)
    ? putValue(buffer, start)
    : masked
}

/** A word that is masked already and has lost its end may be nothing but a value now. */
export function isOnlyValue(buffer: Uint16Array, start: number, end: number): boolean {
  const bits = kindsIn(buffer, start, end)
  return isBareValue(buffer, start, end, (bits & lower) !== 0 && (bits & upper) !== 0)
}

/**
 * Once its names are masked, a word may be nothing but a value: then it is written as one, as a second pass
 * would.
 */
function isBareValue(buffer: Uint16Array, start: number, end: number, mixed: boolean): boolean {
  const bits = kindsIn(buffer, start, end)
  if ((bits & colon) !== 0) return isColonAddress(buffer, start, end)
  return (bits & letter) === 0 || (mixed && (bits & (dot | at)) === 0 && isRandom(buffer, start, end))
}

/**
 * Masks the parts of a word that hold a digit, and what beside them does not read like a word; joins
 * neighbours.
 */
function maskParts(buffer: Uint16Array, out: number, start: number, end: number, mixed: boolean): number {
  let write = out
  let index = start
  while (index < end) {
    const runEnd = endOfRun(buffer, index, end)
    if (mixed && isRandom(buffer, index, runEnd)) {
      write = joinValue(buffer, out, write)
      index = runEnd
    } else
      while (index < runEnd) {
        const partStart = index
        let bits = 0
        while (index < runEnd && !isJoint(buffer[index]!)) bits |= table[buffer[index++]!]!
        if (index > partStart) {
          const masked =
            ((bits & digit) !== 0 &&
              !isTechnical(buffer, partStart, index, bits) &&
              !isIdentifier(buffer, partStart, index)) ||
            (followsValue(buffer, out, write)
              ? !isPlainWord(buffer, partStart, index)
              : isUnspoken(buffer, partStart, index))
          write = masked ? joinValue(buffer, out, write) : moveDown(buffer, write, partStart, index)
        }
        while (index < runEnd && isJoint(buffer[index]!)) buffer[write++] = buffer[index++]!
      }
    while (index < end && isJoint(buffer[index]!)) buffer[write++] = buffer[index++]!
  }
  return write
}

/** Where the stretch that '-' and '_' hold together ends. */
function endOfRun(buffer: Uint16Array, start: number, end: number): number {
  let index = start
  while (index < end && (table[buffer[index]!]! & joint & ~dash) === 0) index++
  return index
}

/**
 * Writes a value at `at`, swallowing joints before it that lead to another value or to the word's first
 * character.
 */
function joinValue(buffer: Uint16Array, out: number, at: number): number {
  let before = at
  while (before > out && isJoint(buffer[before - 1]!)) before--
  if (before === out) return putValue(buffer, out)
  if (buffer[before - 1] === mark) return before
  if (buffer[before] === 45) {
    const part = hexPart(buffer, out, before)
    if (part !== -1) return joinValue(buffer, out, part)
  }
  // '-' between another joint and a number is its sign
  let sign = at
  while (sign - before > 1 && buffer[sign - 1] === 45) sign--
  return putValue(buffer, sign)
}

/** Where a part of four or eight hex letters begins that ends at `end`, as an uuid may have it; else -1. */
function hexPart(buffer: Uint16Array, out: number, end: number): number {
  let start = end
  while (start > out && end - start <= 8 && (table[buffer[start - 1]!]! & hexLetter) !== 0) start--
  if (start > out && !isJoint(buffer[start - 1]!)) return -1
  return end - start === 4 || end - start === 8 ? start : -1
}

function followsValue(buffer: Uint16Array, out: number, write: number): boolean {
  return write - 1 > out && buffer[write - 2] === mark && isJoint(buffer[write - 1]!)
}

function putValue(buffer: Uint16Array, at: number): number {
  buffer[at] = mark
  return at + 1
}

/** Five letters or more without a vowel, as generated names have them. */
function isUnspoken(buffer: Uint16Array, start: number, end: number): boolean {
  if (end - start < 5) return false
  for (let index = start; index < end; index++) if ((table[buffer[index]!]! & vowel) !== 0) return false
  return true
}

function isJoint(code: number): boolean {
  return (table[code]! & joint) !== 0
}

/**
 * A part beside a masked one is kept when it reads like a word: three letters, a vowel, and not just hex
 * letters.
 */
function isPlainWord(buffer: Uint16Array, start: number, end: number): boolean {
  if (end - start < 3) return false
  let bits = 0
  let beyondHex = false
  for (let index = start; index < end; index++) {
    bits |= table[buffer[index]!]!
    if ((buffer[index]! | 32) > 102) beyondHex = true
  }
  return (bits & vowel) !== 0 && beyondHex
}

/** Keeps scheme and host: 'https://api.example.com/<*>'. Credentials, port, path and query are masked. */
function maskUrl(buffer: Uint16Array, host: number, end: number): number {
  let hostEnd = host
  while (hostEnd < end && !isHostEnd(buffer[hostEnd]!)) hostEnd++
  let from = host
  for (let index = host; index < hostEnd; index++) if (buffer[index] === 64) from = index + 1
  let write = host
  if (from > host + 1) {
    buffer[write++] = mark
    buffer[write++] = 64
  }
  write = maskParts(buffer, write, from, hostEnd, false)
  if (hostEnd === end) return write
  buffer[write++] = 47
  return hostEnd + 1 < end ? putValue(buffer, write) : write
}

/** 'eyJ' is '{"' in base 64: a token's header. */
function startsJson(buffer: Uint16Array, start: number, end: number): boolean {
  return end - start > 8 && buffer[start] === 101 && buffer[start + 1] === 121 && buffer[start + 2] === 74
}

const prerelease =
  /^v?\d{1,9}(?:\.\d{1,9}){1,3}-(?:alpha|beta|rc|pre|preview|canary|next|dev|nightly|snapshot|experimental|insiders|release|ga|final|m\d{1,3})(?![a-z])[\w.-]{0,80}(?:\+[\w.-]{1,60})?$/i
const longestVersion = 100

/** '1.2.3-beta.1', '2.0.0-SNAPSHOT': the same as '1.2.3'. */
function isVersion(buffer: Uint16Array, start: number, end: number): boolean {
  if (end - start > longestVersion || !(isDecimal(buffer[start]!) || isDecimal(buffer[start + 1]!)))
    return false
  return prerelease.test(textOf(buffer, start, end))
}

const vendorError = /^(?:E\d{3,5}|(?:ORA|TNS|PLS)-\d{4,5})$/

/** 'E11000', 'ORA-00942': databases number their errors like this. */
function isErrorNumber(buffer: Uint16Array, start: number, end: number): boolean {
  const size = end - start
  return size > 3 && size < 10 && isUpper(buffer[start]!) && vendorError.test(textOf(buffer, start, end))
}

function isUpper(code: number): boolean {
  return (table[code]! & upper) !== 0
}

// ── names with numbers that are ids as a whole: 'rdd_42_20', 'broadcast_9_piece0'

const underscore = 95
const longestName = 24

/**
 * True if two parts or more follow the name, each with a digit. What stands in quotes keeps its name.
 * Of one number only, such as 'worker_3', the name says which it is; and 'backup_20261130_0300' ends in a
 * date.
 */
function isNumberedId(buffer: Uint16Array, start: number, end: number): boolean {
  const before = buffer[start - 1]
  if (before === 34 || before === 39 || before === 96) return false
  let index = start
  while (index < end && (table[buffer[index]!]! & letter) !== 0) index++
  if (index === start || index - start > longestName || buffer[index] !== underscore) return false
  let parts = 0
  let size = 0
  let value = 0
  let bits = 0
  for (index++; index <= end; index++) {
    const unit = index < end ? buffer[index]! : underscore
    if (unit === underscore) {
      if ((bits & digit) === 0 || (parts === 0 && isYear(size, value))) return false
      parts++
      bits = size = value = 0
      continue
    }
    bits |= table[unit]!
    if ((table[unit]! & (letter | digit)) === 0) return false
    if (size++ < 4 && isDecimal(unit)) value = value * 10 + unit - 48
  }
  return parts > 1
}

/** A year, or a date that begins with it: '2026', '202611', '20261130'. */
function isYear(size: number, value: number): boolean {
  return (size === 4 || size === 6 || size === 8) && value >= 1900 && value < 2100
}
