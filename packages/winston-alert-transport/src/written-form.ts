/**
 * How an object is written. Most are plain and written by their own keys; an error, a map, a buffer and the like would show nothing that way, or
 * far too much.
 */
import { types } from 'node:util'
import { readSafely } from './read-safely.ts'

/** Its own fields, entries, items, or another value in its place. */
export type WrittenForm =
  | { readonly kind: 'fields' }
  | { readonly kind: 'entries'; readonly entries: Iterable<readonly [unknown, unknown]> }
  | { readonly kind: 'items'; readonly items: Iterable<unknown> }
  | { readonly kind: 'instead'; readonly value: unknown }

const fields: WrittenForm = { kind: 'fields' }

/** False for an object that is written by its own fields. May throw what the object throws. */
export function isSpecial(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === Object.prototype || prototype === null
  return !isPlain || typeof readSafely(value, 'toJSON') === 'function'
}

/** May throw what the object throws. */
export function writtenForm(value: object): WrittenForm {
  if (Array.isArray(value)) return { kind: 'items', items: value }
  if (types.isDate(value))
    return instead(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString())
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return instead(`[${nameOf(value)}, ${value.byteLength} bytes]`)
  }
  if (types.isMap(value)) return { kind: 'entries', entries: value }
  if (types.isSet(value)) return { kind: 'items', items: value }
  if (types.isRegExp(value)) return instead(String(value))
  if (types.isBoxedPrimitive(value)) return instead(value.valueOf())
  if (types.isPromise(value)) return instead('[promise]')
  const toJson = readSafely(value, 'toJSON')
  return typeof toJson === 'function' ? jsonForm(value, toJson) : fields
}

/** What `toJSON` returns; its own fields if that throws or returns the object itself. */
function jsonForm(value: object, toJson: unknown): WrittenForm {
  try {
    const made: unknown = (toJson as (this: object, key: string) => unknown).call(value, '')
    return made === value ? fields : instead(made)
  } catch {
    return fields
  }
}

function instead(value: unknown): WrittenForm {
  return { kind: 'instead', value }
}

function nameOf(value: object): string {
  const maker = readSafely(value, 'constructor')
  const name = typeof maker === 'function' ? readSafely(maker, 'name') : undefined
  return typeof name === 'string' ? name.slice(0, 40) : 'bytes'
}

/** Written of every error already, so not among its fields again. */
export const namedKeys: ReadonlySet<string> = new Set([
  'type',
  'name',
  'message',
  'code',
  'stack',
  'cause',
  'errors',
  'aggregateErrors',
])

/** The name that people know: `TypeError`, `PaymentError`. */
export function errorType(error: object): string {
  const name = readSafely(error, 'name')
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name
  const maker = readSafely(error, 'constructor')
  const own = typeof maker === 'function' ? readSafely(maker, 'name') : undefined
  return typeof own === 'string' && own !== '' && own !== 'Object' ? own : 'Error'
}
