/**
 * An object → record: gives its parts their names, whatever the logger called them.
 */
import type { AlertDirective, ErrorInfo, LogRecord } from '../model.ts'
import { getPath, isObject } from '../text/get-path.ts'
import { readDirective } from './alert-field.ts'
import { isStack, readError } from './error-info.ts'
import { describeLeaves } from './leaves.ts'
import { cleanLabel, createLevelLabels, type Levels, levelRank } from './levels.ts'
import {
  errorNames,
  eventNames,
  flatErrorNames,
  holderNames,
  levelNames,
  messageNames,
  severityNumberNames,
  timeNames,
} from './names.ts'
import {
  createIdPlaces,
  type FoundIds,
  type IdPaths,
  type IdPlace,
  nothingFound,
  takeIds,
} from './request-ids.ts'
import { cutKey } from './shorten-line.ts'

/** How the logger names things. */
export interface Naming {
  readonly messageKey?: string | undefined
  readonly errorKey?: string | undefined
  /** pino's `nestedKey`: under it lie the fields. */
  readonly nestedKey?: string | undefined
  readonly levels?: Levels | undefined
  /** Where to look for ids first. */
  readonly trace?: IdPaths | undefined
  /** Epoch ms, for lines without a time. */
  readonly now: () => number
}

type Fields = Record<string, unknown>
type ReadFields = Readonly<Fields>
type Draft = { -readonly [Name in keyof LogRecord]: LogRecord[Name] }

const maxMessage = 10_000

/** An object without a prototype whose fields the engine keeps as fast as any other's. */
const Bare = function Bare() {} as unknown as new () => Fields
Bare.prototype = Object.create(null)

/**
 * What a field may be: ids, a part of the record, an object with fields, an error or a part of one, the mark
 * of a cut.
 */
interface Meaning {
  readonly places: readonly IdPlace[]
  readonly kind:
    | 'ids'
    | 'level'
    | 'time'
    | 'message'
    | 'alert'
    | 'nothing'
    | 'holder'
    | 'error'
    | 'error-part'
    | 'cut'
}

const mostRemembered = 32

/** Makes records; `object` is plain and bounded, `whole` what it was before it was cut. */
export function createToRecord(naming: Naming): (object: ReadFields, whole?: ReadFields) => LogRecord {
  const { messageKey = 'msg', errorKey = 'err', nestedKey, levels, trace, now } = naming
  const labelOf = createLevelLabels(levels)
  const places = createIdPlaces(trace)
  const errorKeys = [...new Set([errorKey, ...errorNames])]
  const messageKeys = [...new Set([messageKey, ...messageNames])]
  const meaningOf = createMeanings(places, messageKey, errorKeys, nestedKey)

  return (object, whole) => {
    const fields: Fields = new Bare()
    const ids = nothingFound()
    let level: unknown
    let time: unknown
    let message: unknown
    let alert: unknown
    let cutFrom: unknown
    let thrown: unknown
    let holders: string[] | undefined
    let hasError = false
    let hasParts = false
    let hasNested = false
    let order = 0
    for (const key in object) {
      const value = object[key]
      const meaning = meaningOf(key, order++)
      if (meaning !== undefined) {
        if (meaning.places.length > 0) takeIds(ids, meaning.places, value)
        switch (meaning.kind) {
          case 'level':
            level = value
            continue
          case 'time':
            time = value
            continue
          case 'message':
            message = value
            continue
          case 'alert':
            alert = value
            continue
          case 'nothing':
            continue
          case 'cut':
            cutFrom = value
            continue
          case 'error':
            hasError = true
            break
          case 'error-part':
            hasParts = true
            break
          case 'holder':
            if (!isObject(value)) break
            if (holders === undefined) holders = [key]
            else holders.push(key)
        }
      }
      fields[key] = value
      if (typeof value !== 'object' || value === null) continue
      if (thrown === undefined && looksThrown(value)) thrown = value
      if ((value as Fields)['alert'] !== undefined) hasNested = true
    }
    const nested = nestedKey ?? (hasNested ? guessNested(object) : undefined)
    if (nested !== undefined) raise(object[nested], fields, ids, places)
    if (whole !== undefined) for (const [key, its] of places) takeIds(ids, its, whole[key])

    const text =
      typeof message === 'string' && message !== '' ? message : messageOf(object, fields, messageKeys)
    const given =
      hasError || thrown !== undefined || nested !== undefined
        ? errorOf(fields, errorKeys, thrown)
        : undefined
    const err =
      (hasParts && given?.stack === undefined ? errorInParts(object) : undefined) ??
      given ??
      (holders === undefined ? undefined : errorInHolders(object, holders, fields, errorKeys)) ??
      (text !== undefined && isStack(text) ? readError(text) : undefined)
    const msg =
      (text !== undefined && err?.stack === text ? err.message : text) ??
      err?.message ??
      eventOf(object) ??
      ''
    const record: Draft = {
      time: readTime(time) ?? timeOf(object) ?? now(),
      level: 0,
      levelLabel: '',
      msg: msg.length > maxMessage ? msg.slice(0, maxMessage) : msg,
      fields,
    }
    if (typeof level === 'number') {
      record.level = level
      record.levelLabel = labelOf(level)
    } else putLevel(record, object, levels, labelOf)
    if (err !== undefined) record.err = err
    if (ids.requestId !== undefined) record.requestId = ids.requestId
    if (ids.traceId !== undefined) record.traceId = ids.traceId
    if (cutFrom !== undefined) record.cutFrom = typeof cutFrom === 'number' ? cutFrom : 0
    const directive =
      alert !== undefined || hasNested || whole !== undefined
        ? directiveOf(whole ?? object, nested, holders)
        : undefined
    if (directive !== undefined) record.alert = directive
    return record
  }
}

/** What lies under pino's `nestedKey` counts like the record's own. */
function raise(
  nested: unknown,
  fields: Fields,
  ids: FoundIds,
  places: ReadonlyMap<string, readonly IdPlace[]>,
): void {
  if (!isObject(nested)) return
  for (const key in nested) {
    const value = nested[key]
    const place = places.get(key)
    if (place !== undefined) takeIds(ids, place, value)
    if (key !== 'alert' && fields[key] === undefined) fields[key] = value
  }
}

/** Under the keys that errors have, else under any that holds a stack. */
function errorOf(fields: Fields, keys: readonly string[], thrown: unknown): ErrorInfo | undefined {
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
  const { errors } = fields
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
    const error = errorOf(inner, keys, Object.values(holder).find(looksThrown)) ?? errorInParts(holder)
    if (error === undefined) continue
    if (inner['err'] !== undefined && fields['err'] === undefined) fields['err'] = inner['err']
    return error
  }
  return undefined
}

/** The first text under a message's key; what else lies there is written out. */
function messageOf(object: ReadFields, fields: Fields, keys: readonly string[]): string | undefined {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    const value = object[key] ?? fields[key]
    if (value === undefined || value === null || value === '') continue
    if (typeof value !== 'string' && index > 2) continue
    // Under any other name rules may ask for it.
    if ((key === 'msg' || key === 'message') && key in fields) delete fields[key]
    if (typeof value === 'string') return value
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return undefined
}

function putLevel(
  record: Draft,
  object: ReadFields,
  levels: Levels | undefined,
  labelOf: (level: number) => string,
): void {
  for (const name of levelNames) {
    const written = object[name] ?? (name.includes('.') ? getPath(object, name) : undefined)
    const rank = written === undefined ? undefined : levelRank(written, levels)
    if (rank === undefined) continue
    const label = typeof written === 'string' ? cleanLabel(written) : ''
    record.level = rank
    record.levelLabel = label === '' || Number.isFinite(Number(label)) ? labelOf(rank) : label
    return
  }
  for (const name of severityNumberNames) {
    const number = object[name]
    if (typeof number !== 'number' || !(number >= 1 && number <= 24)) continue
    record.level = 10 * Math.ceil(number / 4)
    record.levelLabel = labelOf(record.level)
    return
  }
}

/**
 * One look-up a field: most mean nothing. Records of one log call have the same fields in the same places.
 */
function createMeanings(
  places: ReadonlyMap<string, readonly IdPlace[]>,
  messageKey: string,
  errorKeys: readonly string[],
  nestedKey: string | undefined,
): (key: string, order: number) => Meaning | undefined {
  const meanings = new Map<string, Meaning>()
  const add = (keys: readonly string[], kind: Meaning['kind']) => {
    for (const key of keys) meanings.set(key, { places: places.get(key) ?? [], kind })
  }
  add([...places.keys()], 'ids')
  add(
    holderNames.filter((name) => name !== nestedKey),
    'holder',
  )
  add([...flatErrorNames, 'stack', 'stack_trace'], 'error-part')
  add([...errorKeys, 'errors'], 'error')
  add(['level'], 'level')
  add(['time'], 'time')
  add(['alert'], 'alert')
  add([messageKey], 'message')
  add(['__proto__'], 'nothing')
  add([cutKey], 'cut')

  const latestKeys: string[] = new Array(mostRemembered).fill('')
  const latestMeanings: (Meaning | undefined)[] = new Array(mostRemembered).fill(undefined)
  return (key, order) => {
    if (order >= mostRemembered) return meanings.get(key)
    if (latestKeys[order] !== key) {
      latestKeys[order] = key
      latestMeanings[order] = meanings.get(key)
    }
    return latestMeanings[order]
  }
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
    message,
    cause,
  })
}

function looksThrown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const stack = (value as Fields)['stack'] ?? (value as Fields)['stack_trace']
  return typeof stack === 'string' || Array.isArray(stack)
}

/** What every line has: not what the log call was given. */
const common = new Set([
  ...['level', 'time', 'pid', 'hostname', 'name', 'msg', 'message', 'v', 'severity', 'timestamp'],
  ...['@timestamp', 'service', 'env', 'version', 'host', 'logger'],
])

/** The name of a record without a message: of its event, else its significant values. */
function eventOf(object: ReadFields): string | undefined {
  for (const name of eventNames) {
    const value = object[name] ?? (name.includes('.') ? getPath(object, name) : undefined)
    // Every line of pino and bunyan has the logger's name.
    if (typeof value === 'string' && value.trim() !== '' && !(name === 'name' && 'pid' in object))
      return value
  }
  return describeLeaves(object, common)
}

const idOrAlert = new Set(['code', 'severity', 'key', 'resolve', 'labels', 'runbook', 'channels', 'summary'])

/**
 * pino does not say its `nestedKey`: it is the only field besides the common ones, and holds an `alert` field
 * as it should be.
 */
function guessNested(object: ReadFields): string | undefined {
  let found: string | undefined
  for (const key in object) {
    if (common.has(key)) continue
    if (found !== undefined || !isObject(object[key])) return undefined
    found = key
  }
  if (found === undefined) return undefined
  const alert = (object[found] as ReadFields)['alert']
  if (typeof alert === 'boolean') return found
  return isObject(alert) && Object.keys(alert).every((key) => idOrAlert.has(key)) ? found : undefined
}

/** The `alert` field, also where pino's nestedKey or winston's metadata format put it. */
function directiveOf(
  object: ReadFields,
  nestedKey: string | undefined,
  holders: readonly string[] | undefined,
): false | AlertDirective | undefined {
  const own = object['alert'] === undefined ? undefined : readDirective(object['alert'])
  if (own !== undefined || (nestedKey === undefined && holders === undefined)) return own
  return (
    directiveIn(nestedKey === undefined ? undefined : object[nestedKey]) ??
    directiveIn(object['metadata']) ??
    directiveIn(object['meta'])
  )
}

function directiveIn(holder: unknown): false | AlertDirective | undefined {
  return isObject(holder) && holder['alert'] !== undefined ? readDirective(holder['alert']) : undefined
}

function timeOf(object: ReadFields): number | undefined {
  for (const name of timeNames) {
    const written = object[name] ?? (name.includes('.') ? getPath(object, name) : undefined)
    const time = written === undefined ? undefined : readTime(written)
    if (time !== undefined) return time
  }
  return undefined
}

const earliest = Date.UTC(2000, 0, 1)
const latest = Date.UTC(2200, 0, 1)
/** By how much a number's unit differs from milliseconds. */
const scales = [1, 1_000, 1 / 1_000, 1 / 1_000_000]
const longestTime = 64
const digits = /^\d{9,20}(?:\.\d{1,9})?$/

/**
 * Epoch ms of a time in milliseconds, seconds, micro- or nanoseconds, ISO or another date's text, or as
 * Google's `{ seconds, nanos }`; `undefined` unless it lies between the years 2000 and 2200.
 */
function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') return scaled(value)
  if (isObject(value) && typeof value['seconds'] === 'number')
    return scaled(value['seconds'] + (Number(value['nanos']) || 0) / 1e9)
  if (typeof value !== 'string' || value.length > longestTime) return undefined
  if (digits.test(value)) return scaled(Number(value))
  const time = Date.parse(value)
  return time >= earliest && time <= latest ? time : undefined
}

function scaled(value: number): number | undefined {
  for (const scale of scales) {
    const time = value * scale
    if (time >= earliest && time <= latest) return scale === 1 ? time : Math.round(time)
  }
  return undefined
}
