/**
 * What an object is to be written as. Most are plain and shown by their own keys; the platform's own kinds would show
 * nothing that way, or far too much.
 */
import { types } from 'node:util'
import { readSafely } from './read-safely.ts'

/** As its own fields, as listed entries or items, or as another value in its place. */
export type View =
  | { readonly kind: 'fields' }
  | { readonly kind: 'entries'; readonly entries: Iterable<readonly [unknown, unknown]> }
  | { readonly kind: 'items'; readonly items: Iterable<unknown> }
  | { readonly kind: 'instead'; readonly value: unknown }

const fields: View = { kind: 'fields' }

/** False for an object whose own fields are all there is to it. May throw what the object throws. */
export function isSpecial(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === Object.prototype || prototype === null
  return !isPlain || typeof readSafely(value, 'toJSON') === 'function'
}

/** The view of an object; may throw what the object throws. */
export function viewOf(value: object): View {
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
  return typeof toJson === 'function' ? jsonView(value, toJson) : fields
}

/** What `toJSON` makes of it; its own keys where that throws or says itself again. */
function jsonView(value: object, toJson: unknown): View {
  try {
    const made: unknown = (toJson as (this: object, key: string) => unknown).call(value, '')
    return made === value ? fields : instead(made)
  } catch {
    return fields
  }
}

function instead(value: unknown): View {
  return { kind: 'instead', value }
}

function nameOf(value: object): string {
  const maker = readSafely(value, 'constructor')
  const name = typeof maker === 'function' ? readSafely(maker, 'name') : undefined
  return typeof name === 'string' ? name.slice(0, 40) : 'bytes'
}
