/**
 * The draft of a message as a string: '<*>' for each masked value.
 */
import { valueMark } from './characters.ts'
import type { Draft } from './draft.ts'
import { maxChars } from './load-source.ts'

// A constant of this module, not of another: the compiler then folds it into the loop.
const mark = valueMark
const result = new Uint16Array(8_192)
const resultBytes = Buffer.from(result.buffer)
const places = 64
/** Problems that repeat make the very same texts again: comparing costs less than making them. */
const recent: string[] = new Array(places).fill('')

/** At most `maxChars` characters, cut between two words if need be. */
export function printDraft({ units, length }: Draft): string {
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
  return size === 0 ? '' : textOfResult(size)
}

function textOfResult(size: number): string {
  const spread = size * 31 + result[size >> 1]! * 13 + result[size - 1]! * 3
  const place = spread & (places - 1)
  const known = recent[place]!
  if (isResult(known, size)) return known
  const text = resultBytes.toString('utf16le', 0, size * 2)
  recent[place] = text
  return text
}

function isResult(text: string, size: number): boolean {
  if (text.length !== size) return false
  for (let index = 0; index < size; index++) if (text.charCodeAt(index) !== result[index]) return false
  return true
}
