/**
 * Any value as JSON text, bounded in depth, keys and length, in one walk that writes the text directly. It
 * takes what `JSON.stringify` throws at or loses: cycles, BigInt, getters and `toJSON` that throw, revoked
 * proxies, errors, maps, sets.
 */
import {
  createWalk,
  enterObject,
  integerText,
  isObjectOrList,
  leaveObject,
  readSafely,
  unreadable,
  type View,
  viewOf,
  type Walk,
} from 'alert-core/adapter'
import { quote, quoteStack } from './quote.ts'
import { uncoloured } from './read-safely.ts'

/** How much of a value is written; lengths in UTF-16 units, `totalChars` over one whole record. */
export const bounds = {
  depth: 8,
  keys: 100,
  items: 100,
  keyChars: 200,
  textChars: 8_192,
  totalChars: 65_536,
} as const

const cut = '"…":"cut"'
const unreadableJson = '"[unreadable]"'
const refusals = { cycle: '"[circular]"', depth: '"[too deep]"', size: '"…"' } as const
const nothing: ReadonlySet<string> = new Set()

/** A walk over one record, which bounds characters and depth. */
export function startWalk(): Walk {
  return createWalk({ depth: bounds.depth, values: Number.POSITIVE_INFINITY, chars: bounds.totalChars })
}

/**
 * Lets `write` use one of `among` parts of what is left: one large value does not take the room of the
 * others.
 */
export function withShare<T>(walk: Walk, among: number, write: () => T): T {
  const left = walk.charsLeft
  const share = Math.ceil(left / among)
  walk.charsLeft = share
  const json = write()
  if (walk.charsLeft <= 0) walk.isCut = true
  walk.charsLeft = left - (share - walk.charsLeft)
  return json
}

/**
 * The JSON text of a value, or `undefined` for what JSON leaves out: `undefined` and functions. Never throws.
 */
export function serialise(value: unknown, walk: Walk): string | undefined {
  switch (typeof value) {
    case 'string':
      return charge(quote(value, Math.min(bounds.textChars, Math.max(walk.charsLeft, 0))), walk)
    case 'number':
      return charge(Number.isFinite(value) ? `${value}` : `"${value}"`, walk)
    case 'boolean':
      return charge(value ? 'true' : 'false', walk)
    case 'bigint':
      return charge(quote(integerText(value), bounds.textChars), walk)
    case 'symbol':
      return charge(value === unreadable ? unreadableJson : quote(String(value), bounds.textChars), walk)
    case 'object':
      return value === null ? charge('null', walk) : serialiseObject(value, walk)
    default:
      return undefined
  }
}

/** `,"key":value` for each own key that is not skipped. Throws only if listing the keys does. */
function serialiseFields(source: object, walk: Walk, skip = nothing, comma = ','): string {
  const keys = Object.keys(source)
  // Listing a million keys is work as well, and counts.
  walk.charsLeft -= keys.length >> 4
  let json = ''
  let separator = comma
  let written = 0
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    if (skip.has(key)) continue
    if (written >= bounds.keys || walk.charsLeft <= 0) {
      walk.isCut = true
      return json + separator + cut
    }
    walk.charsLeft--
    const value = serialise(readSafely(source, key), walk)
    if (value === undefined) continue
    json += `${separator}${quote(key, bounds.keyChars)}:${value}`
    walk.charsLeft -= key.length
    separator = ','
    written++
  }
  return json
}

/** `,"key":value`, or '' for what JSON leaves out. The key needs no escaping. */
export function serialiseField(key: string, value: unknown, walk: Walk): string {
  const json = serialise(value, walk)
  return json === undefined ? '' : `,"${key}":${json}`
}

/** An error's type, message, code, stack, cause and inner errors; then its own fields, if `withFields`. */
export function serialiseError(error: object, walk: Walk, withFields: boolean): string {
  let json = `{"type":${quote(errorType(error), bounds.keyChars)}`
  const message = readSafely(error, 'message')
  // `format.colorize({ all: true })` paints the error that was logged itself.
  json += serialiseField('message', typeof message === 'string' ? uncoloured(message) : message, walk)
  json += serialiseField('code', readSafely(error, 'code'), walk)
  const stack = readSafely(error, 'stack')
  if (typeof stack === 'string') {
    json += `,"stack":${charge(quoteStack(stack, Math.min(bounds.textChars, Math.max(walk.charsLeft, 0))), walk)}`
  }
  json += serialiseField('cause', readSafely(error, 'cause'), walk)
  json += serialiseField('aggregateErrors', readSafely(error, 'errors'), walk)
  // A SuppressedError's two.
  json += serialiseField('error', readSafely(error, 'error'), walk)
  json += serialiseField('suppressed', readSafely(error, 'suppressed'), walk)
  if (withFields) json += serialiseFields(error, walk, namedKeys)
  return `${json}}`
}

function serialiseObject(value: object, walk: Walk): string {
  if (walk.charsLeft <= 0) return '"…"'
  const refusal = enterObject(walk, value)
  if (refusal !== undefined) return charge(refusals[refusal], walk)
  walk.charsLeft -= 2
  try {
    return serialiseView(value, viewOf(value), walk)
  } catch {
    return charge(unreadableJson, walk)
  } finally {
    leaveObject(walk)
  }
}

function serialiseView(value: object, view: View, walk: Walk): string {
  switch (view.kind) {
    case 'fields':
      return `{${serialiseFields(value, walk, nothing, '')}}`
    case 'error':
      return serialiseError(value, walk, true)
    case 'entries':
      return serialiseEntries(view.entries, walk)
    case 'items':
      return serialiseItems(view.items, walk)
    case 'instead':
      return serialise(view.value, walk) ?? 'null'
  }
}

function serialiseEntries(entries: Iterable<readonly [unknown, unknown]>, walk: Walk): string {
  let json = ''
  let looked = 0
  for (const [key, value] of entries) {
    if (looked++ >= bounds.keys || walk.charsLeft <= 0) {
      json += `,${cut}`
      walk.isCut = true
      break
    }
    const name = isObjectOrList(key) ? '[object]' : String(key)
    const item = serialise(value, walk)
    if (item !== undefined) json += `,${charge(quote(name, bounds.keyChars), walk)}:${item}`
  }
  return `{${json.slice(1)}}`
}

function serialiseItems(items: Iterable<unknown>, walk: Walk): string {
  let json = ''
  let looked = 0
  for (const item of items) {
    if (looked++ >= bounds.items || walk.charsLeft <= 0) {
      json += ',"…"'
      walk.isCut = true
      break
    }
    json += `,${serialise(item, walk) ?? charge('null', walk)}`
  }
  return `[${json.slice(1)}]`
}

function charge(json: string, walk: Walk): string {
  walk.charsLeft -= json.length
  return json
}

/** Written of every error already, so not among its fields again. */
const namedKeys: ReadonlySet<string> = new Set([
  'type',
  'name',
  'message',
  'code',
  'stack',
  'cause',
  'errors',
  'aggregateErrors',
  'error',
  'suppressed',
])

/** The name that people know: `TypeError`, `PaymentError`. */
function errorType(error: object): string {
  const name = readSafely(error, 'name')
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name
  const maker = readSafely(error, 'constructor')
  const own = typeof maker === 'function' ? readSafely(maker, 'name') : undefined
  return typeof own === 'string' && own !== '' && own !== 'Object' ? own : 'Error'
}
