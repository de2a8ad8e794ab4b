/**
 * The parts of a record, by the names of its fields, and where it carries its error: under a key of its own,
 * in a field that holds a stack, in an object that holds the fields, or spread over the record itself.
 */
import type { ErrorInfo } from '../model.ts'
import { getPath, isObject, isObjectOrList } from '../text/get-path.ts'
import { readError } from './error-info.ts'
import { type Meaning, traceIdOf } from './field-meanings.ts'
import { errorNames, flatErrorNames, joinedErrorNames } from './names.ts'
import { isStack, stackWithin } from './stack-text.ts'

type Fields = Record<string, unknown>
type ReadFields = Readonly<Fields>

const maxId = 200

/** An object without a prototype whose fields the engine keeps as fast as any other's. */
const Bare = function Bare() {} as unknown as new () => Fields
Bare.prototype = Object.create(null)

/** What the fields of one record are, before any of it is read further. */
interface Found {
  readonly fields: Fields
  requestId: string | undefined
  traceId: string | undefined
  /** A later find of a lower rank is better. */
  requestIdRank: number
  traceIdRank: number
  level: unknown
  time: unknown
  message: unknown
  alert: unknown
  cutFrom: unknown
  /** The first value that has a stack. */
  thrown: object | undefined
  /** Objects that may hold fields of the record. */
  holders: string[] | undefined
  hasError: boolean
  hasParts: boolean
  hasNestedAlert: boolean
  /** A field is an object, or a list. */
  hasObjects: boolean
  /** It may count levels as syslog does. */
  mayBeSyslog: boolean
}

/** Greater than any rank. */
const noRank = 1_000

/**
 * Sorts the fields of records: one look-up a field, most mean nothing. Those of every line of pino, its error
 * and Fastify's id of a request are found by comparing, unless the options give one of these names another
 * meaning: that costs less, and the engine stores a field by a name that it knows in half of the time.
 */
export function createCollect(
  meanings: ReadonlyMap<string, Meaning>,
  messageKey: string,
): (object: ReadFields) => Found {
  const reqId = meanings.get('reqId')
  const mayMean = createMayMean(meanings.keys())
  const isUsual =
    isOnly(meanings, 'level', 'level') &&
    isOnly(meanings, 'time', 'time') &&
    isOnly(meanings, messageKey, 'message') &&
    isOnly(meanings, 'err', 'error') &&
    !meanings.has('pid') &&
    !meanings.has('hostname')
  return (object) => {
    const found = nothingFound()
    const { fields } = found
    for (const key in object) {
      const value = object[key]
      const isLarge = isObjectOrList(value)
      if (isUsual) {
        if (key === 'level') {
          found.level = value
          continue
        }
        if (key === 'time') {
          found.time = value
          continue
        }
        if (key === messageKey) {
          found.message = value
          continue
        }
        if (!isLarge) {
          if (key === 'pid') {
            fields['pid'] = value
            continue
          }
          if (key === 'hostname') {
            fields['hostname'] = value
            continue
          }
          if (key === 'reqId' && reqId?.kind === 'ids') {
            takeIds(found, reqId, value)
            fields['reqId'] = value
            continue
          }
        } else if (key === 'err') {
          found.hasError = true
          fields['err'] = value
          takeLarge(found, value)
          continue
        }
      }
      const meaning = mayMean(key) ? meanings.get(key) : undefined
      if (meaning !== undefined && takeField(found, meaning, key, value)) continue
      fields[key] = value
      if (isLarge) takeLarge(found, value)
    }
    return found
  }
}

function takeLarge(found: Found, value: object): void {
  found.hasObjects = true
  found.thrown ??= asThrown(value)
  if ((value as Fields)['alert'] !== undefined) found.hasNestedAlert = true
}

/** Says no to most names without a look-up: none of `names` has their length and first character. */
function createMayMean(names: Iterable<string>): (name: string) => boolean {
  const lengths = new Int32Array(128)
  for (const name of names) lengths[name.charCodeAt(0) & 127]! |= 1 << name.length
  return (name) => (lengths[name.charCodeAt(0) & 127]! & (1 << name.length)) !== 0
}

/** It is that, and names no id. */
function isOnly(meanings: ReadonlyMap<string, Meaning>, name: string, kind: Meaning['kind']): boolean {
  const meaning = meanings.get(name)
  return meaning?.kind === kind && meaning.places.length === 0
}

function nothingFound(): Found {
  return {
    fields: new Bare(),
    requestId: undefined,
    traceId: undefined,
    requestIdRank: noRank,
    traceIdRank: noRank,
    level: undefined,
    time: undefined,
    message: undefined,
    alert: undefined,
    cutFrom: undefined,
    thrown: undefined,
    holders: undefined,
    hasError: false,
    hasParts: false,
    hasNestedAlert: false,
    hasObjects: false,
    mayBeSyslog: false,
  }
}

/** True for a part of the record, which is not one of its fields. */
function takeField(found: Found, meaning: Meaning, key: string, value: unknown): boolean {
  if (meaning.places.length > 0) takeIds(found, meaning, value)
  switch (meaning.kind) {
    case 'ids':
      return false
    case 'level':
      found.level = value
      return true
    case 'time':
      found.time = value
      return true
    case 'message':
      found.message = value
      return true
    case 'alert':
      found.alert = value
      return true
    case 'cut':
      found.cutFrom = value
      return true
    case 'nothing':
      return true
    case 'error':
      found.hasError = true
      return false
    case 'error-part':
      found.hasParts = true
      return false
    case 'holder':
      if (isObject(value)) found.holders = [...(found.holders ?? []), key]
      return false
    case 'syslog':
      found.mayBeSyslog = true
      return false
  }
}

/** What lies under pino's `nestedKey` counts like the record's own. */
export function raise(nested: unknown, found: Found, meanings: ReadonlyMap<string, Meaning>): void {
  if (!isObject(nested)) return
  const { fields } = found
  for (const key in nested) {
    const value = nested[key]
    const meaning = meanings.get(key)
    if (meaning !== undefined) takeIds(found, meaning, value)
    if (key !== 'alert' && fields[key] === undefined) fields[key] = value
  }
}

const noHeaders: ReadFields = {}

/** Takes from one field the ids that it is or holds, unless better ones are known. */
export function takeIds(found: Found, { places, areHeaders }: Meaning, field: unknown): void {
  if (!isObject(field)) {
    takeFrom(found, places, field)
    return
  }
  const headers = areHeaders ? field : field['headers']
  const lower = isObject(headers) ? lowerCased(headers) : undefined
  takeFrom(found, places, lower === undefined ? field : areHeaders ? lower : { ...field, headers: lower })
}

/** Header names with capitals, as a client or another server wrote them; undefined if there are none. */
function lowerCased(headers: ReadFields): ReadFields | undefined {
  let lower: Fields | undefined
  for (const name in headers) {
    if (!capital.test(name)) continue
    lower ??= { ...headers }
    lower[name.toLowerCase()] ??= headers[name]
  }
  return lower
}

const capital = /[A-Z]/

function takeFrom(found: Found, places: Meaning['places'], field: unknown): void {
  // Many ids are looked for among the headers of a request: they are fetched once.
  let headers: unknown
  for (let index = 0; index < places.length; index++) {
    const { id, rank, rest, header } = places[index]!
    const isRequest = id === 'requestId'
    if (rank >= (isRequest ? found.requestIdRank : found.traceIdRank)) continue
    if (header !== undefined) headers ??= isObject(field) ? (field['headers'] ?? noHeaders) : noHeaders
    const value =
      header !== undefined
        ? (headers as ReadFields)[header]
        : rest === undefined
          ? field
          : getPath(field, rest)
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string' || text === '') continue
    const short = text.length > maxId ? text.slice(0, maxId) : text
    if (isRequest) {
      found.requestId = short
      found.requestIdRank = rank
    } else {
      const traceId = traceIdOf(short)
      if (traceId === '') continue
      found.traceId = traceId
      found.traceIdRank = rank
    }
  }
}

/**
 * The error under one of `keys`, in parts, in an object that holds fields, or in `text`, the record's
 * message.
 */
export function findError(
  object: ReadFields,
  { fields, thrown, holders, hasError, hasParts }: Found,
  keys: readonly string[],
  nested: string | undefined,
  text: string | undefined,
): ErrorInfo | undefined {
  if (hasParts) takeCauses(fields, keys)
  const mayBeKeyed = hasError || thrown !== undefined || nested !== undefined
  const keyed = mayBeKeyed ? errorUnder(fields, keys, thrown) : undefined
  if (hasParts && keyed?.stack === undefined) {
    const inParts = errorInParts(object)
    if (inParts !== undefined) return inParts
  }
  if (keyed !== undefined) return keyed
  const joined = hasParts ? errorInWords(object) : undefined
  if (joined !== undefined) return joined
  const inHolders = holders === undefined ? undefined : errorInHolders(object, holders, fields, keys)
  return inHolders ?? errorInText(text)
}

/** The causes that an adapter found become a part of the error that they are of. */
function takeCauses(fields: Fields, keys: readonly string[]): void {
  for (const key of keys) {
    const { [key]: error, [`${key}.cause`]: cause } = fields
    if (cause === undefined || !isObject(error) || error['cause'] !== undefined) continue
    fields[key] = { ...error, cause }
    delete fields[`${key}.cause`]
  }
}

/** The error in a message that is a stack. */
export function errorInText(text: string | undefined): ErrorInfo | undefined {
  if (text === undefined || !isStack(text)) return undefined
  const at = stackWithin(text)
  return readError(at === -1 ? text : text.slice(at))
}

/** Under the keys that errors have, else under any that holds a stack. */
function errorUnder(fields: Fields, keys: readonly string[], thrown: unknown): ErrorInfo | undefined {
  for (const key of keys) {
    const value = fields[key]
    if (value === undefined || typeof value === 'boolean') continue
    const error = readError(value)
    // pino leaves of `{ error }` what an Error has of enumerable fields; the error itself may lie elsewhere.
    if (error === undefined || (error.stack === undefined && thrown !== undefined && thrown !== value))
      continue
    // Rules may say `err.statusCode` whatever the logger calls its error.
    if (key !== 'err' && fields['err'] === undefined) fields['err'] = value
    return error
  }
  if (thrown !== undefined) return readError(thrown)
  const { errors, reason, cause } = fields
  // What a promise was rejected with need not be an error.
  if (isObject(reason)) return readError(reason)
  if (isObject(cause) || (typeof cause === 'string' && isStack(cause))) return readError(cause)
  return Array.isArray(errors) && isObject(errors[0]) ? readError(errors) : undefined
}

function errorInHolders(
  object: ReadFields,
  holders: readonly string[],
  fields: Fields,
  keys: readonly string[],
): ErrorInfo | undefined {
  for (const key of holders) {
    const holder = object[key] as ReadFields
    const inner: Fields = { ...holder }
    const error =
      errorUnder(inner, keys, Object.values(holder).find(asThrown)) ??
      errorInParts(holder) ??
      errorInWords(holder)
    if (error === undefined) continue
    if (inner['err'] !== undefined && fields['err'] === undefined) fields['err'] = inner['err']
    return error
  }
  return undefined
}

/**
 * An error spread over the record itself, as `logger.error(error)` of some loggers does, or under flat names.
 */
function errorInParts(object: ReadFields): ErrorInfo | undefined {
  for (const name of errorNames) {
    const parts: Fields = {}
    for (const flat of flatErrorNames)
      if (flat.startsWith(`${name}.`) && object[flat] !== undefined)
        parts[flat.slice(name.length + 1)] = object[flat]
    const error = readError(parts)
    if (error !== undefined) return error
  }
  const { type, name, code, message = object['msg'], cause } = object
  const stack = object['stack'] ?? object['stack_trace']
  if (typeof stack !== 'string' && !Array.isArray(stack)) return undefined
  return readError({
    type,
    name: typeof name === 'string' && /Error|Exception/.test(name) ? name : undefined,
    stack,
    code,
    // The record's message need not be the error's.
    message: isSaidBy(stack, message) ? message : undefined,
    cause,
  })
}

/** What an object says of its error as `errorMessage` and the like. */
function errorInWords(object: ReadFields): ErrorInfo | undefined {
  const parts: Fields = {}
  for (const [part, names] of Object.entries(joinedErrorNames))
    parts[part] = names.map((name) => object[name]).find((value) => value !== undefined)
  const { message, stack } = parts
  const isText = typeof message === 'string' && message !== ''
  return isText || typeof stack === 'string' || Array.isArray(stack) ? readError(parts) : undefined
}

function isSaidBy(stack: string | readonly unknown[], message: unknown): boolean {
  const texts = typeof stack === 'string' ? [stack] : stack.filter((line) => typeof line === 'string')
  return texts.length === 0 || typeof message !== 'string' || texts.join('\n').includes(message)
}

/** The value if it looks like an error: it has a stack. */
function asThrown(value: unknown): object | undefined {
  if (!isObjectOrList(value)) return undefined
  const stack = (value as Fields)['stack'] ?? (value as Fields)['stack_trace']
  return typeof stack === 'string' || Array.isArray(stack) ? value : undefined
}
