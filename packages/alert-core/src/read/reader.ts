/**
 * line → record: parses a line that passed the gate and gives its parts their names, whatever the logger
 * called them. Never throws; what cannot be a record is returned as a failure to be counted.
 */
import type { ErrorInfo, LogRecord } from '../model.ts'
import { getPath, isObject } from '../text/get-path.ts'
import { directiveOf, guessNested } from './alert-field.ts'
import { type IdPaths, meaningsOf } from './field-meanings.ts'
import { createLevelLabels, type Levels, levelOf, levelRanks } from './levels.ts'
import { errorNames, messageNames, timeNames } from './names.ts'
import { boundPlain, copyPlain, toPlain } from './plain.ts'
import { eventOf, messageOf } from './record-message.ts'
import { createCollect, errorInText, findError, raise, takeIds } from './record-parts.ts'
import { shortenLine } from './shorten-line.ts'
import { stackWithin } from './stack-text.ts'
import { withUsualNames } from './syslog-fields.ts'

/** How the logger names things, and what the options add. */
export interface ReaderOptions {
  readonly messageKey?: string | undefined
  readonly errorKey?: string | undefined
  /** pino's `nestedKey`: under it lie the fields. */
  readonly nestedKey?: string | undefined
  readonly levels?: Levels | undefined
  /** Where to look for ids first. */
  readonly trace?: IdPaths | undefined
  /** Reads a failed request at error level where pino-http logs it below; default true. */
  readonly failedRequests?: boolean
  /** Whether source maps are read for the stacks of errors; default true. */
  readonly sourceMaps?: boolean
  /** Epoch ms, for lines without a time. */
  readonly now: () => number
  /** Fields that the options name: they are read from the largest record too. */
  readonly named?: (() => readonly string[]) | undefined
  /** A longer line is shortened before it is parsed, UTF-16 units; default 1 Mi. */
  readonly maxLineChars?: number
}

/** Why a line cannot be a record. */
export interface ReadFailure {
  readonly failed: 'not-json' | 'not-an-object' | 'too-long' | 'unreadable'
}

type Fields = Record<string, unknown>
type ReadFields = Readonly<Fields>
type Draft = { -readonly [Name in keyof LogRecord]: LogRecord[Name] }

/**
 * Makes a plain object. The engine notes whether objects that are written as `{ … }` live on. While many
 * alerts start, all records do, as the first ones of their alerts; from then on it would make every record
 * in its old space, where it stays, with all that it holds, until that is collected. Of what a constructor
 * makes it notes nothing.
 */
const PlainRecord = function PlainRecord() {} as unknown as new () => Draft
PlainRecord.prototype = Object.prototype

/** A shorter line cannot hold anything deep or large enough to matter. */
const harmlessLine = 2_048
const maxMessage = 10_000
const errorLevel = 50

/** Makes the reader of one logger's lines. */
export function createReader(options: ReaderOptions): (line: string) => LogRecord | ReadFailure {
  const { maxLineChars = 1024 * 1024 } = options
  const toRecord = createToRecord(options, bounded)
  return (given) => {
    const line = given.length > maxLineChars ? shortenLine(given) : given
    if (line === undefined) return { failed: 'too-long' }
    let whole: unknown
    try {
      whole = JSON.parse(line)
    } catch {
      return { failed: 'not-json' }
    }
    if (!isObject(whole)) return { failed: 'not-an-object' }
    return line.length <= harmlessLine ? toRecord(whole as Fields, line) : bounded(whole as Fields, line)
  }

  function bounded(whole: ReadFields, line: string): LogRecord {
    const { value, isCut } = boundPlain(whole)
    if (!isCut) return toRecord(value as Fields)
    const record = toRecord(value as Fields, undefined, whole)
    return {
      ...record,
      fields: withNamed(record, whole, options.named?.() ?? []),
      cutFrom: record.cutFrom || line.length,
    }
  }
}

/** Makes the reader of objects that are not lines yet and may hold anything: what `hub.publish` builds. */
export function createRecordReader(options: ReaderOptions): (value: unknown) => LogRecord | ReadFailure {
  const toRecord = createToRecord(options)
  return (given) => {
    const { value, isCut } = copyPlain(given)
    if (!isObject(value)) return { failed: value === undefined ? 'unreadable' : 'not-an-object' }
    const record = toRecord(value)
    if (!isCut || !isObject(given)) return record
    return { ...record, fields: withNamed(record, given, options.named?.() ?? []), cutFrom: 0 }
  }
}

/**
 * The fields, and those that the options name and the cut took: by their whole path, which wins over nesting.
 */
function withNamed({ fields }: LogRecord, whole: ReadFields, named: readonly string[]): ReadFields {
  const missing = named.filter((path) => getPath(fields, path) === undefined && path !== '__proto__')
  if (missing.length === 0) return fields
  const found = Object.assign(Object.create(null), fields)
  for (const path of missing) {
    const value = toPlain(getPath(whole, path))
    if (value !== undefined) found[path] = value
  }
  return found
}

type ToRecord = (object: ReadFields, line?: string, whole?: ReadFields) => LogRecord

/**
 * Makes records; `object` is plain and bounded, `whole` what it was before it was cut. Of an object that was
 * parsed from a short `line` only '__proto__' in what it holds is a danger: then `bounded` makes the record.
 */
function createToRecord(
  options: ReaderOptions,
  bounded?: (object: ReadFields, line: string) => LogRecord,
): ToRecord {
  const {
    messageKey = 'msg',
    errorKey = 'err',
    nestedKey,
    levels,
    trace,
    now,
    failedRequests = true,
    sourceMaps = true,
  } = options
  const labels = createLevelLabels(levels)
  const ranks = levelRanks(levels)
  const errorLabel = ranks === undefined ? (labels.get(errorLevel) ?? String(errorLevel)) : 'error'
  const errorKeys = [...new Set([errorKey, ...errorNames])]
  const messageKeys = [...new Set([messageKey, ...messageNames])]
  const meanings = meaningsOf({ messageKey, errorKeys, nestedKey, trace })
  const collect = createCollect(meanings, messageKey)
  // Most records have the level of the one before.
  let latest: unknown
  let latestRank = 0
  let latestLabel = ''

  return toRecord

  function toRecord(object: ReadFields, line?: string, whole?: ReadFields): LogRecord {
    const found = collect(object)
    const renamed = found.mayBeSyslog ? withUsualNames(object, labels) : undefined
    if (renamed !== undefined)
      return toRecord(renamed, line, whole && (withUsualNames(whole, labels) ?? whole))
    if (line !== undefined && bounded !== undefined && found.hasObjects && line.includes('__proto__'))
      return bounded(object, line)
    const { fields, level, time, message, cutFrom, holders } = found
    const nested = nestedKey ?? (found.hasNestedAlert ? guessNested(object) : undefined)
    if (nested !== undefined) raise(object[nested], found, meanings)
    if (whole !== undefined)
      for (const key in whole) {
        const meaning = meanings.get(key)
        if (meaning !== undefined) takeIds(found, meaning, whole[key])
      }

    const text =
      typeof message === 'string' && message !== '' ? message : messageOf(object, fields, messageKeys)
    const isFlat = !found.hasObjects && !found.hasError && !found.hasParts && nested === undefined
    const err = isFlat ? errorInText(text) : findError(object, found, errorKeys, nested, text)
    const msg =
      (text !== undefined && err?.stack !== undefined ? withoutStack(text, err) : text) ??
      err?.message ??
      eventOf(object) ??
      (errorKeys.some((key) => object[key] === null) ? 'an error that is null' : '')
    if (level !== latest || typeof level !== 'number') takeLevel(level, object)
    const isUsualTime = typeof time === 'number' && time >= earliestTime && time <= latestTime
    const record = new PlainRecord()
    record.time = isUsualTime ? (time as number) : (timeOf(object) ?? now())
    record.level = latestRank
    record.levelLabel = latestLabel
    record.msg = msg.length > maxMessage ? msg.slice(0, maxMessage) : msg
    record.fields = fields
    if (err !== undefined) {
      record.err = sourceMaps || err.stack === undefined ? err : { ...err, isBuilt: true }
      if (failedRequests && record.level < errorLevel && isFailedRequest(fields, err.message)) {
        record.level = errorLevel
        record.levelLabel = errorLabel
      }
    }
    if (found.requestId !== undefined) record.requestId = found.requestId
    if (found.traceId !== undefined) record.traceId = found.traceId
    if (cutFrom !== undefined) record.cutFrom = typeof cutFrom === 'number' ? cutFrom : 0
    const directive =
      found.alert !== undefined || found.hasNestedAlert || whole !== undefined
        ? directiveOf(whole ?? object, nested, holders)
        : undefined
    if (directive !== undefined) record.alert = directive
    return record
  }

  function takeLevel(level: unknown, object: ReadFields): void {
    latest = level
    if (typeof level === 'number') {
      latestRank = ranks?.get(level) ?? level
      latestLabel = labels.get(level) ?? String(level)
      return
    }
    const found = levelOf(object, levels)
    latestRank = found?.rank ?? 0
    latestLabel = found === undefined ? '' : found.label || (labels.get(found.rank) ?? String(found.rank))
  }
}

/** The words of a message, which may be the error's stack or end in it. */
function withoutStack(text: string, { message, stack }: ErrorInfo): string {
  if (stack === text) return message
  const at = text.includes('\n') ? stackWithin(text) : -1
  return at === -1 ? text : text.slice(0, at).trim()
}

/** As pino-http logs it, at the level of all requests unless `customLogLevel` is set. */
function isFailedRequest({ res, responseTime }: ReadFields, message: string): boolean {
  // Also if `customAttributeKeys` gives the others other names.
  if (madeUp.test(message)) return true
  const status = typeof responseTime === 'number' ? getPath(res, 'statusCode') : undefined
  return typeof status === 'number' && status >= 500
}

const madeUp = /^failed with status code 5\d\d$/

/** What is not between these is not a time in milliseconds. */
const earliestTime: number = Date.UTC(2000, 0, 1)
const latestTime: number = Date.UTC(2200, 0, 1)
/** By how much a number's unit differs from milliseconds. */
const scales = [1, 1_000, 1 / 1_000, 1 / 1_000_000]
const longestTime = 64
const digits = /^\d{9,20}(?:\.\d{1,9})?$/

/** Epoch ms under the first name that holds a time; `undefined` if there is none. */
function timeOf(object: Readonly<Record<string, unknown>>): number | undefined {
  for (const name of timeNames) {
    const written = object[name] ?? (name.includes('.') ? getPath(object, name) : undefined)
    const time = written === undefined ? undefined : readTime(written)
    if (time !== undefined) return time
  }
  return undefined
}

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
  return isPlausible(time) ? time : undefined
}

function scaled(value: number): number | undefined {
  for (const scale of scales) {
    const time = value * scale
    if (isPlausible(time)) return scale === 1 ? time : Math.round(time)
  }
  return undefined
}

function isPlausible(time: number): boolean {
  return time >= earliestTime && time <= latestTime
}
