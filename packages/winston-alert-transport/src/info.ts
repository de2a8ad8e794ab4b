/**
 * What winston passes to a transport, and the places in it that may hold an application's own fields.
 */

import { readSafely } from 'alert-core/adapter'
import { isFieldsObject, isPlain, uncoloured } from './read-safely.ts'

/** One log call as winston passes it on: an object of any kind, an Error included. */
export type Info = Readonly<Record<string | symbol, unknown>>

/** A log call, looked at. */
export interface Call {
  readonly main: InfoInspection
  /**
   * Beside `info`: an object as message, what `format.metadata()` moved, arguments that are not in `info`.
   */
  readonly nested: readonly InfoInspection[]
  /** The arguments after the message. */
  readonly splat: readonly unknown[]
}

/** The level's label as logged; `info.level` may be colorized, or overwritten by a field of that name. */
export const levelKey: unique symbol = Symbol.for('level') as never
/** The arguments after the message. */
export const splatKey: unique symbol = Symbol.for('splat') as never

const nothing: readonly never[] = []
const maxSplat = 10
const token = /%[scdjifoO%]/

/** Reads everything that a log call carries. Never throws. */
export function readCall(info: Info): Call {
  const main = inspectInfo(info)
  const given = readSafely(info, splatKey)
  const splat: readonly unknown[] = Array.isArray(given) ? given : nothing
  const nested: InfoInspection[] = []
  for (const value of [main.message, main.metadata, main.meta]) {
    if (isFieldsObject(value)) nested.push(inspectInfo(value))
  }
  // winston merges the first argument into `info` unless the message has tokens. If it is not there now, a
  // format took it out.
  const first = splat.length > 0 && !hasTokens(main.message) ? 1 : 0
  for (let index = first; index < splat.length && index < maxSplat; index++) {
    const value = splat[index]
    if (isFieldsObject(value)) nested.push(inspectInfo(value))
  }
  return { main, nested, splat }
}

/** True for what `handleExceptions` and `handleRejections` pass on. */
export function isCrash({ main, nested }: Call): boolean {
  return isCrashMessage(main.message) && (isMarked(main) || nested.some(isMarked))
}

const crashMessage = /^(?:uncaughtException|unhandledRejection): /

/**
 * express-winston and others copy the marks of a crash into their records: only winston's own handlers write
 * this.
 */
export function isCrashMessage(message: unknown): boolean {
  return typeof message === 'string' && crashMessage.test(uncoloured(message.slice(0, 100)))
}

function isMarked({ exception, rejection }: InfoInspection): boolean {
  return exception === true || rejection === true
}

function hasTokens(message: unknown): boolean {
  return typeof message === 'string' && message.includes('%') && token.test(message)
}

/**
 * One look at an object of a log call; a place is `undefined` if the object has no such key. Every property
 * is read once, because a getter may be slow, count its calls, or throw.
 */
export interface InfoInspection {
  readonly source: object
  message: unknown
  msg: unknown
  alert: unknown
  err: unknown
  error: unknown
  cause: unknown
  stack: unknown
  code: unknown
  exception: unknown
  rejection: unknown
  metadata: unknown
  meta: unknown
  /** The further fields, in order; `values[i]` belongs to `keys[i]`. */
  readonly keys: string[]
  readonly values: unknown[]
  /** One of the named places but `message`, `msg` and `alert` is taken. */
  hasNamed: boolean
  /** More keys than are looked at. */
  isCut: boolean
}

const maxKeys = 100
/**
 * Those of an error are not enumerable, a class may have getters, and some of many keys may lie beyond the
 * bound.
 */
const hidden = ['message', 'stack', 'cause', 'code', 'alert', 'err', 'error'] as const

/** Looks at an object of any kind. Never throws. */
function inspectInfo(source: object): InfoInspection {
  const found: InfoInspection = {
    source,
    message: undefined,
    msg: undefined,
    alert: undefined,
    err: undefined,
    error: undefined,
    cause: undefined,
    stack: undefined,
    code: undefined,
    exception: undefined,
    rejection: undefined,
    metadata: undefined,
    meta: undefined,
    keys: [],
    values: [],
    hasNamed: false,
    isCut: false,
  }
  const keys = keysOf(source)
  found.isCut = keys.length > maxKeys
  const count = Math.min(keys.length, maxKeys)
  for (let index = 0; index < count; index++) {
    const key = keys[index]!
    put(found, key, readSafely(source, key))
  }
  if (found.isCut || !isPlain(source)) {
    for (const key of hidden) found[key] ??= readSafely(source, key)
    found.hasNamed = true
  }
  return found
}

function put(found: InfoInspection, key: string, value: unknown): void {
  switch (key) {
    case 'level':
    case 'time':
      // The line says the label as logged, and the moment of the call.
      return
    case 'message':
    case 'msg':
    case 'alert':
      found[key] = value
      return
    case 'err':
    case 'error':
    case 'cause':
    case 'stack':
    case 'code':
    case 'exception':
    case 'rejection':
    case 'metadata':
    case 'meta':
      found[key] = value
      found.hasNamed = true
      return
    default:
      found.keys.push(key)
      found.values.push(value)
  }
}

function keysOf(source: object): string[] {
  try {
    return Object.keys(source)
  } catch {
    return []
  }
}
