/**
 * line → record: parses a line that passed the gate and gives its parts their names, whatever the logger called them. Never throws;
 * what is no record comes back as a failure to be counted.
 */
import type { ErrorInfo, LogRecord } from '../model.ts'
import { readDirective } from './directive.ts'
import { readError } from './error-info.ts'
import { createLevelLabels, type Levels, levelRank } from './levels.ts'
import { createIdReader, requestIdPaths, traceIdPaths } from './request-ids.ts'

/** How the logger names things. */
export interface ReaderOptions {
  readonly messageKey?: string | undefined
  readonly errorKey?: string | undefined
  /** pino's `nestedKey`: where the fields lie. */
  readonly nestedKey?: string | undefined
  readonly levels?: Levels | undefined
  /** Where to look for ids first. */
  readonly trace?:
    | { readonly requestId?: readonly string[] | undefined; readonly traceId?: readonly string[] | undefined }
    | undefined
  /** Epoch ms, for lines without a time. */
  readonly now: () => number
  /** Longest line that is parsed, UTF-16 units; default 1 Mi. */
  readonly maxLineChars?: number
}

/** A line that is no record, and why. */
export interface ReadFailure {
  readonly failed: 'not-json' | 'not-an-object' | 'too-long' | 'unreadable'
}

type Fields = Record<string, unknown>

/** Makes the reader of one logger's lines. */
export function createReader(options: ReaderOptions): (line: string) => LogRecord | ReadFailure {
  const { maxLineChars = 1024 * 1024 } = options
  const read = createRecordReader(options)
  return (line) => {
    if (line.length > maxLineChars) return { failed: 'too-long' }
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      return { failed: 'not-json' }
    }
    return read(value)
  }
}

/** Makes the reader of objects that are not lines yet: what `hub.publish` builds. */
export function createRecordReader(options: ReaderOptions): (value: unknown) => LogRecord | ReadFailure {
  const { messageKey = 'msg', errorKey = 'err', nestedKey, levels, trace, now } = options
  const labelOf = createLevelLabels(levels)
  const readRequestId = createIdReader([...(trace?.requestId ?? []), ...requestIdPaths])
  const readTraceId = createIdReader([...(trace?.traceId ?? []), ...traceIdPaths])
  const errorKeys = [...new Set([errorKey, 'err', 'error', 'exception'])]
  const messageKeys = [...new Set([messageKey, 'msg', 'message'])]

  function toFields(object: Fields): Fields {
    const fields: Fields = Object.create(null)
    const nested = nestedKey === undefined ? undefined : object[nestedKey]
    for (const key in object) {
      if (Object.hasOwn(object, key) && !notFields.has(key)) fields[key] = object[key]
    }
    if (nestedKey !== undefined && isObject(nested)) {
      delete fields[nestedKey]
      for (const key in nested) if (Object.hasOwn(nested, key)) fields[key] = nested[key]
    }
    return fields
  }

  function toRecord(object: Fields): LogRecord {
    const fields = toFields(object)
    const level = levelRank(object['level'], levels) ?? levelRank(object['severity'], levels) ?? 0
    const error = takeError(fields, errorKeys) ?? ownError(object)
    const text = takeMessage(fields, messageKeys)
    const alert = readDirective(takeAlert(fields))
    const requestId = readRequestId(fields)
    const traceId = readTraceId(fields)
    return {
      time: timeOf(object, now),
      level,
      levelLabel: typeof object['level'] === 'string' ? object['level'] : labelOf(level),
      msg: text ?? error?.message ?? '',
      fields,
      ...(error === undefined ? {} : { err: error }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(traceId === undefined ? {} : { traceId }),
      ...(alert === undefined ? {} : { alert }),
    }
  }

  return (value) => {
    if (!isObject(value)) return { failed: 'not-an-object' }
    try {
      return toRecord(value)
    } catch {
      return { failed: 'unreadable' }
    }
  }
}

/** Told by the record's own properties. */
const notFields: ReadonlySet<string> = new Set(['level', 'time', 'timestamp', 'v'])

function takeError(fields: Fields, keys: readonly string[]): ErrorInfo | undefined {
  for (const key of keys) {
    const error = readError(fields[key])
    if (error === undefined) continue
    // The field stays for `match`; its stack is in the record already.
    return error
  }
  return undefined
}

/** `logger.error(error)` of some loggers spreads the error over the record itself. */
function ownError(object: Fields): ErrorInfo | undefined {
  return typeof object['stack'] === 'string'
    ? readError({ ...object, type: object['type'] ?? object['name'] })
    : undefined
}

function takeMessage(fields: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = fields[key]
    if (typeof text !== 'string') continue
    delete fields[key]
    if (text !== '') return text
  }
  return undefined
}

/** The field itself, or inside what winston's metadata format wraps. */
function takeAlert(fields: Fields): unknown {
  for (const holder of [fields, fields['metadata'], fields['meta']]) {
    if (isObject(holder) && Object.hasOwn(holder, 'alert')) return holder['alert']
  }
  return undefined
}

const earliest = Date.UTC(2000, 0, 1)
const latest = Date.UTC(2200, 0, 1)

/** Epoch ms from a number of ms or s, or a text in ISO or RFC form; else the time of arrival. */
function timeOf(object: Fields, now: () => number): number {
  for (const value of [object['time'], object['timestamp'], object['@timestamp']]) {
    const time = typeof value === 'number' ? value : typeof value === 'string' ? textTime(value) : Number.NaN
    if (time >= earliest && time <= latest) return time
    if (time * 1000 >= earliest && time * 1000 <= latest) return time * 1000
  }
  return now()
}

function textTime(text: string): number {
  if (text.length > 64) return Number.NaN
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text)
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
