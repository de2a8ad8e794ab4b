/**
 * line → record: parses a line that passed the gate and gives its parts their names, whatever the logger
 * called them. Never throws; what cannot be a record is returned as a failure to be counted.
 */
import type { AlertDirective, ErrorInfo, LogRecord } from '../model.ts'
import { isObject } from '../text/is-object.ts'
import { readDirective } from './alert-field.ts'
import { readError } from './error-info.ts'
import { cleanLabel, createLevelLabels, type Levels, levelRank } from './levels.ts'
import { boundPlain, toPlain } from './plain.ts'
import { readTime } from './record-time.ts'
import { createIdPlaces, type IdPaths, type IdPlace, nothingFound, takeIds } from './request-ids.ts'

/** How the logger names things. */
export interface ReaderOptions {
  readonly messageKey?: string | undefined
  readonly errorKey?: string | undefined
  /** pino's `nestedKey`: where the fields lie. */
  readonly nestedKey?: string | undefined
  readonly levels?: Levels | undefined
  /** Where to look for ids first. */
  readonly trace?: IdPaths | undefined
  /** Epoch ms, for lines without a time. */
  readonly now: () => number
  /** Longest line that is parsed, UTF-16 units; default 1 Mi. */
  readonly maxLineChars?: number
}

/** Why a line cannot be a record. */
export interface ReadFailure {
  readonly failed: 'not-json' | 'not-an-object' | 'too-long' | 'unreadable'
}

type Fields = Record<string, unknown>

const maxMessage = 10_000
/** Google's and Elastic's names for the level. */
const otherLevelKeys = ['severity', 'log.level']
/** A shorter line cannot hold anything deep or large enough to matter. */
const harmlessLine = 2_048

/** Makes the reader of one logger's lines. */
export function createReader(options: ReaderOptions): (line: string) => LogRecord | ReadFailure {
  const { maxLineChars = 1024 * 1024 } = options
  const toRecord = createNaming(options)
  return (line) => {
    if (line.length > maxLineChars) return { failed: 'too-long' }
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      return { failed: 'not-json' }
    }
    if (!isObject(value)) return { failed: 'not-an-object' }
    return toRecord(
      line.length > harmlessLine || line.includes('__proto__') ? (boundPlain(value).value as Fields) : value,
    )
  }
}

/** Makes the reader of objects that are not lines yet and may hold anything: what `hub.publish` builds. */
export function createRecordReader(options: ReaderOptions): (value: unknown) => LogRecord | ReadFailure {
  const toRecord = createNaming(options)
  return (value) => {
    const plain = toPlain(value)
    if (isObject(plain)) return toRecord(plain)
    return { failed: plain === undefined ? 'unreadable' : 'not-an-object' }
  }
}

/** An object without a prototype whose fields the engine keeps as fast as any other's. */
const Bare = function Bare() {} as unknown as new () => Fields
Bare.prototype = Object.create(null)

/** What a field may hold: ids, or what the record has a name for. */
interface Meaning {
  readonly places: readonly IdPlace[]
  readonly isNamed: boolean
}

const mostRemembered = 32

type Draft = { -readonly [Name in keyof LogRecord]: LogRecord[Name] }

function createNaming(options: ReaderOptions): (object: Fields) => LogRecord {
  const { messageKey = 'msg', errorKey = 'err', nestedKey, levels, trace, now } = options
  const labelOf = createLevelLabels(levels)
  const places = createIdPlaces(trace)
  const errorKeys = [...new Set([errorKey, 'err', 'error', 'exception'])]
  const messageKeys = [...new Set([messageKey, 'msg', 'message'])]
  // One look-up a field: most are neither.
  const special = new Map<string, Meaning>(
    [...places].map(([key, its]) => [key, { places: its, isNamed: false }]),
  )
  for (const key of ['level', 'time', 'alert', 'v', ...messageKeys.slice(0, 1)]) {
    special.set(key, { places: places.get(key) ?? [], isNamed: true })
  }

  // Records of one log call have the same fields in the same places: what each one means is looked up once.
  const latestKeys: string[] = new Array(mostRemembered).fill('')
  const latestMeanings: (Meaning | undefined)[] = new Array(mostRemembered).fill(undefined)

  function meaningOf(key: string, order: number): Meaning | undefined {
    if (order >= mostRemembered) return special.get(key)
    if (latestKeys[order] !== key) {
      latestKeys[order] = key
      latestMeanings[order] = special.get(key)
    }
    return latestMeanings[order]
  }

  return (object) => {
    const nested = nestedKey === undefined ? undefined : object[nestedKey]
    const fields: Fields = new Bare()
    const ids = nothingFound()
    let thrown: unknown
    let order = 0
    for (const key in object) {
      const value = object[key]
      const its = meaningOf(key, order++)
      if (its !== undefined) {
        takeIds(ids, its.places, value)
        if (its.isNamed) continue
      }
      fields[key] = value
      if (thrown === undefined && looksThrown(value)) thrown = value
    }
    if (isObject(nested)) {
      for (const key in nested) {
        const value = nested[key]
        const place = places.get(key)
        if (place !== undefined) takeIds(ids, place, value)
        if (key !== 'alert' && fields[key] === undefined) fields[key] = value
      }
    }

    const err = errorOf(fields, errorKeys, thrown, object)
    const msg = messageOf(object, fields, messageKeys) ?? err?.message ?? ''
    let written = object['level']
    let rank = levelRank(written, levels)
    for (let index = 0; rank === undefined && index < otherLevelKeys.length; index++) {
      written = object[otherLevelKeys[index]!]
      rank = levelRank(written, levels)
    }
    const level = rank ?? 0
    const record: Draft = {
      time:
        readTime(object['time']) ?? readTime(object['timestamp']) ?? readTime(object['@timestamp']) ?? now(),
      level,
      levelLabel: rank === undefined ? '' : labelOfRecord(written, level),
      msg: msg.length > maxMessage ? msg.slice(0, maxMessage) : msg,
      fields,
    }
    if (err !== undefined) record.err = err
    if (ids.requestId !== undefined) record.requestId = ids.requestId
    if (ids.traceId !== undefined) record.traceId = ids.traceId
    const alert = directiveOf(object, nested)
    if (alert !== undefined) record.alert = alert
    return record
  }

  function labelOfRecord(written: unknown, level: number): string {
    const label = typeof written === 'string' ? cleanLabel(written) : ''
    return label === '' || Number.isFinite(Number(label)) ? labelOf(level) : label
  }
}

/**
 * Under the keys that errors have, else under any, else spread over the record itself as
 * `logger.error(error)` of some loggers does.
 */
function errorOf(
  fields: Fields,
  keys: readonly string[],
  thrown: unknown,
  object: Fields,
): ErrorInfo | undefined {
  for (const key of keys) {
    const value = fields[key]
    const error = value === undefined ? undefined : readError(value)
    if (error === undefined) continue
    // Rules may say `err.statusCode` whatever the logger calls its error.
    if (key !== 'err' && fields['err'] === undefined) fields['err'] = value
    return error
  }
  if (thrown !== undefined) return readError(thrown)
  if (typeof object['stack'] !== 'string') return undefined
  const { type, name, stack, code, message = object['msg'] } = object
  return readError({ type, name, stack, code, message })
}

function looksThrown(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Fields)['stack'] === 'string'
}

/** The first text under a message's key; what else lies there is written out. */
function messageOf(object: Fields, fields: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = object[key] ?? fields[key]
    if (value === undefined || value === null || value === '') continue
    if (key in fields) delete fields[key]
    if (typeof value === 'string') return value
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return undefined
}

/** The `alert` field, also where pino's nestedKey or winston's metadata format put it. */
function directiveOf(object: Fields, nested: unknown): false | AlertDirective | undefined {
  const own = object['alert'] === undefined ? undefined : readDirective(object['alert'])
  if (own !== undefined) return own
  return directiveIn(nested) ?? directiveIn(object['metadata']) ?? directiveIn(object['meta'])
}

function directiveIn(holder: unknown): false | AlertDirective | undefined {
  return isObject(holder) && holder['alert'] !== undefined ? readDirective(holder['alert']) : undefined
}
