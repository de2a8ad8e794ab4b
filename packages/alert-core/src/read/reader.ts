/**
 * line → record: parses a line that passed the gate. Never throws; what cannot be a record is returned as a
 * failure to be counted.
 */
import type { LogRecord } from '../model.ts'
import { getPath, isObject } from '../text/get-path.ts'
import { boundPlain, copyPlain, toPlain } from './plain.ts'
import { shortenLine } from './shorten-line.ts'
import { createToRecord, type Naming } from './to-record.ts'

export interface ReaderOptions extends Naming {
  /** Fields that the options name: they are read from the largest record too. */
  readonly named?: (() => readonly string[]) | undefined
  /** A longer line is shortened before it is parsed, UTF-16 units; default 1 Mi. */
  readonly maxLineChars?: number
}

/** Why a line cannot be a record. */
export interface ReadFailure {
  readonly failed: 'not-json' | 'not-an-object' | 'too-long' | 'unreadable'
}

type Fields = Readonly<Record<string, unknown>>

/** A shorter line cannot hold anything deep or large enough to matter. */
const harmlessLine = 2_048

/** Makes the reader of one logger's lines. */
export function createReader(options: ReaderOptions): (line: string) => LogRecord | ReadFailure {
  const { maxLineChars = 1024 * 1024 } = options
  const toRecord = createToRecord(options)
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
    if (line.length <= harmlessLine && !line.includes('__proto__')) return toRecord(whole)
    const { value, isCut } = boundPlain(whole)
    return isCut ? cutRecord(value as Fields, whole, line.length) : toRecord(value as Fields)
  }

  function cutRecord(value: Fields, whole: Fields, chars: number): LogRecord {
    const record = toRecord(value, whole)
    return {
      ...record,
      fields: withNamed(record, whole, options.named?.() ?? []),
      cutFrom: record.cutFrom || chars,
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
function withNamed({ fields }: LogRecord, whole: Fields, named: readonly string[]): LogRecord['fields'] {
  const missing = named.filter((path) => getPath(fields, path) === undefined && path !== '__proto__')
  if (missing.length === 0) return fields
  const found = Object.assign(Object.create(null), fields)
  for (const path of missing) {
    const value = toPlain(getPath(whole, path))
    if (value !== undefined) found[path] = value
  }
  return found
}
