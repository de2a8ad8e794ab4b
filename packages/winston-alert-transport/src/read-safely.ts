/**
 * Questions about values that applications log; the core's safe walk reads them.
 */
import { stripVTControlCharacters } from 'node:util'
import { isError, isObjectOrList } from 'alert-core/adapter'

/** True for an object that is neither an array nor an error. */
export function isFieldsObject(value: unknown): value is object {
  if (!isObjectOrList(value)) return false
  try {
    return !Array.isArray(value) && !isError(value)
  } catch {
    return false
  }
}

/** True for an object without a class. */
export function isPlain(value: object): boolean {
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null
  } catch {
    return false
  }
}

/** The text without the colours that `format.colorize()` put in. */
export function uncoloured(text: string): string {
  return text.includes('\u001b') ? stripVTControlCharacters(text) : text
}
