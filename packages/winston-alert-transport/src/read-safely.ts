/**
 * Reading values that applications log: a getter, a proxy or a strange prototype may throw at any access.
 */
import { stripVTControlCharacters, types } from 'node:util'

/** What stands for a value whose getter threw. */
export const unreadable = '[unreadable]'

/** The property's value; {@link unreadable} if reading it throws. */
export function readSafely(source: object, key: string | symbol): unknown {
  try {
    return (source as Record<string | symbol, unknown>)[key]
  } catch {
    return unreadable
  }
}

/** True for errors of every realm, also those that `instanceof` does not know; false if the test throws. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  try {
    return types.isNativeError(value) || value instanceof Error
  } catch {
    return false
  }
}

/** True for an object that is neither an array nor an error. */
export function isFieldsObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
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
