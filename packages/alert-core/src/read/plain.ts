/**
 * A harmless copy of untrusted data: plain objects, lists and scalars within bounds. What cannot be read is
 * left out. Where not all fits, every field gets its share, short ones first: one large field does not take
 * the room of those behind it.
 */

import { isObjectOrList } from '../text/get-path.ts'
import {
  createWalk,
  enterObject,
  integerText,
  leaveObject,
  readSafely,
  takeText,
  unreadable,
  viewOf,
  type Walk,
  type WalkLimits,
} from './safe-walk.ts'

const limits: WalkLimits = { depth: 16, values: 5_000, chars: 262_144 }
const maxKeys = 200
/** Of the record itself: which fields it has must not depend on how many. */
const maxTopKeys = 1_000
const maxText = 16_384

/** A copy, and whether something was left out or cut. */
export interface PlainCopy {
  readonly value: unknown
  readonly isCut: boolean
}

interface Copying extends Walk {
  readonly isShared: boolean
  /** All of it is what `JSON.parse` made: nothing but plain objects, lists and scalars. */
  readonly isParsed: boolean
}

/**
 * Copies `value`. Errors keep type, message, stack, code, cause and inner errors, which no other way of
 * copying sees. Never throws.
 */
export function toPlain(value: unknown): unknown {
  return copyPlain(value).value
}

/** As `toPlain`, and says whether the copy is whole. */
export function copyPlain(value: unknown): PlainCopy {
  const whole = copyWith(value, { isShared: false, isParsed: false })
  return whole.isCut ? copyWith(value, { isShared: true, isParsed: false }) : whole
}

/**
 * What `JSON.parse` made: itself if it is within the bounds, which costs a third of copying it; else a copy
 * that consists of its parts where these are within theirs.
 */
export function boundPlain(parsed: unknown): PlainCopy {
  const walk = createWalk(limits)
  if (fits(parsed, walk, 0)) return { value: parsed, isCut: false }
  return copyWith(parsed, { isShared: true, isParsed: true })
}

function fits(value: unknown, walk: Walk, depth: number): boolean {
  if (typeof value === 'string') {
    walk.charsLeft -= value.length
    return value.length <= maxText && walk.charsLeft >= 0
  }
  if (!isObjectOrList(value)) return true
  if (depth >= walk.depth || walk.valuesLeft <= 0) return false
  if (Array.isArray(value)) {
    walk.valuesLeft -= value.length
    if (value.length > maxKeys) return false
    for (let index = 0; index < value.length; index++) if (!fits(value[index], walk, depth + 1)) return false
    return true
  }
  let left = depth === 0 ? maxTopKeys : maxKeys
  for (const key in value) {
    walk.valuesLeft--
    if (left-- === 0 || key.length > maxText || key === '__proto__') return false
    if (!fits((value as Record<string, unknown>)[key], walk, depth + 1)) return false
  }
  return true
}

/** True if the object needs no copy; then the walk has taken it. */
function takeWhole(object: object, walk: Walk): boolean {
  const { valuesLeft, charsLeft, ancestors } = walk
  // The record itself is known not to fit.
  if (ancestors.length === 0) return false
  if (fits(object, walk, ancestors.length)) return true
  walk.valuesLeft = valuesLeft
  walk.charsLeft = charsLeft
  return false
}

function copyWith(value: unknown, how: Pick<Copying, 'isShared' | 'isParsed'>): PlainCopy {
  const walk: Copying = Object.assign(createWalk(limits), how)
  return { value: copy(value, walk), isCut: walk.isCut }
}

function copy(value: unknown, walk: Copying): unknown {
  switch (typeof value) {
    case 'string':
      return takeText(walk, value, maxText)
    case 'number':
    case 'boolean':
      return value
    case 'bigint':
      return integerText(value)
    case 'object':
      return value === null ? null : copyObject(value, walk)
    default:
      return undefined
  }
}

function copyObject(object: object, walk: Copying): unknown {
  if (walk.isParsed && takeWhole(object, walk)) return object
  if (enterObject(walk, object) !== undefined) return undefined
  try {
    const view = viewOf(object)
    switch (view.kind) {
      case 'items':
        return copyItems(view.items, walk)
      case 'entries':
        return copyFields(Object.fromEntries(take(view.entries)), {}, walk)
      case 'instead':
        return copy(view.value, walk)
      case 'error':
        return copyError(object, walk)
      case 'fields':
        return copyFields(object, {}, walk)
    }
  } catch {
    return undefined
  } finally {
    leaveObject(walk)
  }
}

function* take<T>(items: Iterable<T>): Generator<T> {
  let left = maxKeys
  for (const item of items) {
    if (left-- === 0) return
    yield item
  }
}

function copyItems(items: Iterable<unknown>, walk: Copying): unknown[] {
  const copied: unknown[] = []
  for (const item of items) {
    if (copied.length >= maxKeys || walk.valuesLeft <= 0) {
      walk.isCut = true
      break
    }
    walk.valuesLeft--
    copied.push(copy(item, walk) ?? null)
  }
  return copied
}

function copyFields(from: object, to: Record<string, unknown>, walk: Copying): Record<string, unknown> {
  const keys = Object.keys(from)
  const most = walk.ancestors.length === 1 ? maxTopKeys : maxKeys
  if (keys.length > most) {
    keys.length = most
    walk.isCut = true
  }
  if (walk.isShared) copyShared(from, keys, to, walk)
  else copyInOrder(from, keys, to, walk)
  return to
}

function copyInOrder(
  from: object,
  keys: readonly string[],
  to: Record<string, unknown>,
  walk: Copying,
): void {
  for (const key of keys) {
    if (walk.valuesLeft-- <= 0) {
      walk.isCut = true
      return
    }
    put(to, key, copyField(from, key, walk), walk)
  }
}

/** Scalars first, then what holds others; each gets at most its share of what is left. */
function copyShared(from: object, keys: readonly string[], to: Record<string, unknown>, walk: Copying): void {
  const large: string[] = []
  let left = keys.length
  for (const key of keys) {
    const value = readSafely(from, key)
    if (isObjectOrList(value)) {
      large.push(key)
      // Its place among the others.
      if (key !== '__proto__') to[key] ??= null
    } else
      put(
        to,
        key,
        withShare(walk, left--, () => copy(value, walk)),
        walk,
      )
  }
  for (const key of large) {
    const value = withShare(walk, left--, () => copyField(from, key, walk))
    if (value === undefined) delete to[key]
    else put(to, key, value, walk)
  }
}

function withShare(walk: Copying, among: number, work: () => unknown): unknown {
  walk.valuesLeft--
  const [values, chars] = [walk.valuesLeft, walk.charsLeft]
  walk.valuesLeft = Math.ceil(values / among)
  walk.charsLeft = Math.ceil(chars / among)
  const [ownValues, ownChars] = [walk.valuesLeft, walk.charsLeft]
  const value = work()
  walk.valuesLeft = values - (ownValues - walk.valuesLeft)
  walk.charsLeft = chars - (ownChars - walk.charsLeft)
  return value
}

function copyField(from: object, key: string, walk: Copying): unknown {
  const value = readSafely(from, key)
  return value === unreadable ? undefined : copy(value, walk)
}

function put(to: Record<string, unknown>, key: string, value: unknown, walk: Walk): void {
  if (value === undefined || key === '__proto__') return
  to[key.length > maxText ? takeText(walk, key, maxText) : key] = value
}

const errorNames = ['message', 'code', 'stack', 'cause', 'errors', 'error', 'suppressed'] as const

function copyError(error: object, walk: Copying): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  put(plain, 'type', copy(typeOfError(error), walk), walk)
  for (const name of errorNames) put(plain, name, copyField(error, name, walk), walk)
  return copyFields(error, plain, walk)
}

/** The name that the error gives itself, else its class: many classes do not set a name. */
function typeOfError(error: object): unknown {
  const name = readSafely(error, 'name')
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name
  const maker = readSafely(error, 'constructor')
  return typeof maker === 'function' && maker.name !== '' ? maker.name : name
}
