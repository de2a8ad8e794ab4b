/**
 * One way to walk through untrusted objects: bounded in depth, values and characters, whatever getters,
 * proxies, cycles and classes they hold. The caller makes of it what it needs: a copy, a text, a list of
 * problems.
 */
import { types } from 'node:util'
import { isObjectOrList } from '../text/get-path.ts'

/** How far one walk goes. */
export interface WalkLimits {
  readonly depth: number
  readonly values: number
  /** UTF-16 units of all texts together. */
  readonly chars: number
}

/** One walk: what may still be taken, and the objects that it is inside of. */
export interface Walk {
  readonly depth: number
  valuesLeft: number
  charsLeft: number
  /** Something was left out, or cut. */
  isCut: boolean
  readonly ancestors: object[]
}

/** Why an object is not walked into. */
export type Refusal = 'cycle' | 'depth' | 'size'

/** Stands for a value whose getter or proxy threw. */
export const unreadable: unique symbol = Symbol('unreadable')

export function createWalk({ depth, values, chars }: WalkLimits): Walk {
  return { depth, valuesLeft: values, charsLeft: chars, isCut: false, ancestors: [] }
}

/** Walks into an object, unless there is a reason not to. What entered leaves again by `leaveObject`. */
export function enterObject(walk: Walk, object: object): Refusal | undefined {
  const refusal = refusalOf(walk, object)
  if (refusal === undefined) walk.ancestors.push(object)
  else if (refusal !== 'cycle') walk.isCut = true
  return refusal
}

function refusalOf({ ancestors, depth, valuesLeft }: Walk, object: object): Refusal | undefined {
  if (ancestors.includes(object)) return 'cycle'
  if (ancestors.length >= depth) return 'depth'
  return valuesLeft <= 0 ? 'size' : undefined
}

export function leaveObject(walk: Walk): void {
  walk.ancestors.pop()
}

/** The text, cut to `maxChars` and to what the walk has left. */
export function takeText(walk: Walk, text: string, maxChars: number): string {
  const room = Math.max(0, Math.min(maxChars, walk.charsLeft))
  walk.charsLeft -= Math.min(text.length, room)
  if (text.length <= room) return text
  walk.isCut = true
  return copyOf(text.slice(0, room))
}

const scratchBytes = 3 * 16_384
let scratch: Buffer | undefined

/** A cut text would keep the long one alive, so it is copied; half of a pair becomes U+FFFD. */
function copyOf(text: string): string {
  if (3 * text.length > scratchBytes) return Buffer.from(text).toString()
  scratch ??= Buffer.allocUnsafeSlow(scratchBytes)
  return scratch.toString('utf8', 0, scratch.write(text))
}

/** The property's value; `unreadable` when reading it throws. */
export function readSafely(object: object, key: string | symbol): unknown {
  try {
    return (object as Record<string | symbol, unknown>)[key]
  } catch {
    return unreadable
  }
}

/** True for errors of every realm, which `instanceof` does not know; false for what throws when asked. */
export function isError(value: unknown): value is Error {
  if (!isObjectOrList(value)) return false
  try {
    return types.isNativeError(value) || value instanceof Error
  } catch {
    return false
  }
}

/**
 * What an object shows: its own fields, entries, items, what an error holds, or another value in its place.
 */
export type View =
  | { readonly kind: 'fields' | 'error' }
  | { readonly kind: 'entries'; readonly entries: Iterable<readonly [unknown, unknown]> }
  | { readonly kind: 'items'; readonly items: Iterable<unknown> }
  | { readonly kind: 'instead'; readonly value: unknown }

const fields: View = { kind: 'fields' }
const error: View = { kind: 'error' }

/** The view of an object; throws what the object throws. */
export function viewOf(object: object): View {
  if (Array.isArray(object)) return { kind: 'items', items: object }
  if (isError(object)) return error
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) {
    const platform = viewOfPlatform(object)
    if (platform !== undefined) return platform
  }
  const toJson = readSafely(object, 'toJSON')
  return typeof toJson === 'function' ? viewOfJson(object, toJson) : fields
}

function viewOfPlatform(object: object): View | undefined {
  if (types.isDate(object))
    return instead(Number.isNaN(object.getTime()) ? 'Invalid Date' : object.toISOString())
  if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object))
    return instead(`[${className(object)}, ${object.byteLength} bytes]`)
  if (types.isMap(object)) return { kind: 'entries', entries: object }
  if (types.isSet(object)) return { kind: 'items', items: object }
  if (types.isRegExp(object)) return instead(String(object))
  if (types.isBoxedPrimitive(object)) return instead(object.valueOf())
  return types.isPromise(object) ? instead('[promise]') : undefined
}

/** What `toJSON` returns; the object's own fields when it throws or returns the object. */
function viewOfJson(object: object, toJson: unknown): View {
  try {
    const json: unknown = (toJson as (this: object, key: string) => unknown).call(object, '')
    return json === object ? fields : instead(json)
  } catch {
    return fields
  }
}

function instead(value: unknown): View {
  return { kind: 'instead', value }
}

function className(object: object): string {
  const maker = readSafely(object, 'constructor')
  const name = typeof maker === 'function' ? readSafely(maker, 'name') : undefined
  return typeof name === 'string' ? name.slice(0, 40) : 'bytes'
}

const hugeInteger = 2n ** 512n

/** A BigInt as text; one of hundreds of digits would take seconds to write. */
export function integerText(value: bigint): string {
  return value < hugeInteger && value > -hugeInteger ? String(value) : '[a huge integer]'
}
