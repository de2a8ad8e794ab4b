/**
 * Which names with numbers are ids as a whole: 'rdd_42_20', 'broadcast_9_piece0'. Of one number only, such as
 * 'worker_3', the name says which it is; and 'backup_20261130_0300' ends in a date.
 */
import { isDecimal, kind, kinds } from './characters.ts'

const { digit, letter } = kind
const table = kinds
const underscore = 95
const longestName = 24

/** True if two parts or more follow the name, each with a digit. What stands in quotes keeps its name. */
export function isNumberedId(buffer: Uint16Array, start: number, end: number): boolean {
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
