/**
 * What pino's own serializer leaves out of an error's causes: their codes, the errors that one gathers, and
 * causes that are not an Error. Messages and stacks it folds into those of the error.
 */
import { types } from 'node:util'
import { isObject, isObjectOrList } from 'alert-core/adapter'

const maxCauses = 5
const maxMembers = 5
const maxText = 1_000
const parts = ['code', 'errno', 'status', 'statusCode', 'constraint'] as const
/** Of a cause that is not an Error these say what it is. */
const plainParts = ['name', 'type', 'message', 'reason', 'title', 'detail', ...parts] as const

// Of alert-core nothing is imported here: a program that only uses the hook would load it.

type Fields = Record<string, unknown>
type Properties = Readonly<Record<symbol, unknown>>

const serializers = Symbol.for('pino.serializers')

/**
 * The causes of an error, as fields to be logged beside it; undefined if pino writes all that they say, or if
 * the application itself decides what is written of errors. Never throws.
 */
export function lostCauses(logger: unknown, errorKey: string, error: unknown): Fields | undefined {
  if (!isError(error)) return undefined
  const cause = readSafely(error, 'cause')
  if (cause === undefined || cause === null || cause === '' || typeof cause === 'function') return undefined
  if (!isLost(cause, 0) || decidesItself(logger, errorKey)) return undefined
  const written = causeOf(cause, 0)
  return isObject(written) ? written : { message: written }
}

/** A cause in this chain says more than a message. */
function isLost(cause: unknown, depth: number): boolean {
  if (cause === undefined || cause === null || depth === maxCauses) return false
  if (!isError(cause)) return true
  const says = parts.some((part) => isScalar(readSafely(cause, part))) || isList(readSafely(cause, 'errors'))
  return says || isLost(readSafely(cause, 'cause'), depth + 1)
}

function causeOf(cause: unknown, depth: number): unknown {
  if (!isObjectOrList(cause)) return textOf(String(cause))
  const found: Fields = {}
  const names = isError(cause) ? parts : plainParts
  if (isError(cause)) {
    const name = readSafely(cause, 'name')
    const maker = readSafely(cause, 'constructor')
    found['type'] = name === 'Error' && typeof maker === 'function' ? maker.name : textOf(String(name))
    found['message'] = textOf(String(readSafely(cause, 'message')))
  }
  for (const name of names) {
    const value = readSafely(cause, name)
    if (isScalar(value)) found[name] = typeof value === 'string' ? textOf(value) : value
  }
  const errors = readSafely(cause, 'errors')
  if (isList(errors) && depth < maxCauses)
    found['errors'] = errors.slice(0, maxMembers).map((member) => causeOf(member, maxCauses))
  const inner = readSafely(cause, 'cause')
  if (inner !== undefined && inner !== null && depth < maxCauses) found['cause'] = causeOf(inner, depth + 1)
  return found
}

function isScalar(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || (typeof value === 'number' && Number.isFinite(value))
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}

function textOf(text: string): string {
  return text.length > maxText ? text.slice(0, maxText) : text
}

/** It has a serializer of its own for errors, or `redact`, which does not know these fields. */
function decidesItself(logger: unknown, errorKey: string): boolean {
  if (!isObjectOrList(logger)) return true
  const own = (logger as Properties)[serializers]
  const serializer = isObject(own) ? (own[errorKey] ?? own['err']) : undefined
  if (typeof serializer !== 'function' || serializer.name !== 'errSerializer') return true
  const stringifiers = propertyOf(logger, 'pino.stringifiers')
  return !isObject(stringifiers) || Object.getOwnPropertySymbols(stringifiers).length > 0
}

/** By description, the symbols of the copy of pino that was met last: to find one takes microseconds. */
const met = new Map<string, symbol>()

/** A property under a symbol of the logger's own copy of pino. */
function propertyOf(logger: unknown, description: string): unknown {
  const known = met.get(description)
  if (known !== undefined && isObjectOrList(logger) && known in logger) return (logger as Properties)[known]
  for (let holder = logger; isObjectOrList(holder); ) {
    for (const symbol of Object.getOwnPropertySymbols(holder)) {
      if (symbol.description !== description) continue
      met.set(description, symbol)
      return (holder as Properties)[symbol]
    }
    holder = Object.getPrototypeOf(holder)
  }
  return undefined
}

/** The line with such causes of the error that was logged; `object` is what pino logged. */
export function withCauses(line: string, logger: unknown, object: unknown): string {
  if (!isObject(object)) return line
  const errorKey = errorKeyOf(logger)
  if (isForeign(object)) return withForeign(line, logger, errorKey, object)
  const name = `${errorKey}.cause`
  if (object[name] !== undefined) return line
  const causes = lostCauses(logger, errorKey, readSafely(object, errorKey))
  const end = causes === undefined ? -1 : line.lastIndexOf('}')
  if (end < 1) return line
  return `${line.slice(0, end)},${JSON.stringify(name)}:${JSON.stringify(causes)}${line.slice(end)}`
}

/** pino takes an error of another realm for an object, and writes only its enumerable fields. */
export function isForeign(value: unknown): value is Error {
  return isError(value) && !(value instanceof Error)
}

function withForeign(line: string, logger: unknown, errorKey: string, error: Error): string {
  const end = line.lastIndexOf('}')
  if (end < 1 || decidesItself(logger, errorKey)) return line
  const stack = readSafely(error, 'stack')
  const written = { ...(causeOf(error, 0) as Fields), ...(typeof stack === 'string' ? { stack } : {}) }
  return `${line.slice(0, end)},${JSON.stringify(errorKey)}:${JSON.stringify(written)}${line.slice(end)}`
}

/** The name under which the logger puts an error. */
export function errorKeyOf(logger: unknown): string {
  const key = propertyOf(logger, 'pino.errorKey')
  return typeof key === 'string' ? key : 'err'
}

/** An error of another realm is not an instance of this one's Error. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (types.isProxy(value) ? false : value instanceof Error)
}

/** A getter may throw. */
function readSafely(object: object, key: string): unknown {
  try {
    return (object as Fields)[key]
  } catch {
    return undefined
  }
}
