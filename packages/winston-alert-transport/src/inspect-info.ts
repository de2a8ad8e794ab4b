/**
 * One look at an object of a log call: the keys that mean something are put in their places, the others are listed. Every
 * property is read once, because a getter may be slow, count its calls, or throw.
 */
import { isPlain, readSafely } from './read-safely.ts'

/** What was found; a place is `undefined` where the object has no such key. */
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
/** An error's own are not enumerable, a class may have getters, and some of many keys may lie beyond the bound. */
const hidden = ['message', 'stack', 'cause', 'code', 'alert', 'err', 'error'] as const

/** Surveys an object of any kind. Never throws. */
export function inspectInfo(source: object): InfoInspection {
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
