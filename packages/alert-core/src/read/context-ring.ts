/**
 * The lines that led to an alert. Raw lines pass through a bounded ring, unparsed; when an alert begins,
 * those of the same request or trace are looked up, else the last ones.
 */

import type { ContextLine, LogRecord } from '../model.ts'
import { getPath } from '../text/get-path.ts'
import { createQuota } from '../time/rate-limit.ts'
import type { ReadFailure } from './reader.ts'

export interface ContextOptions {
  /** Lines shown with an alert. */
  readonly lines: number
  /** Fields that say what belongs together; 'requestId' and 'traceId' wherever a record carries them. */
  readonly by: readonly string[]
  /** Of the lines shown with one alert together. */
  readonly maxBytes: number
  /** Of the lines kept, at two bytes a character at most. */
  readonly ringBytes: number
  readonly read: (line: string) => LogRecord | ReadFailure
  readonly now: () => number
}

/** The ring. */
export interface Context {
  /** Keeps a line. */
  push(line: string): void
  /** The lines before this record's own, oldest first. */
  before(record: LogRecord): readonly ContextLine[]
}

const slots = 8_192
const bytesPerChar = 2
/** Longest text shown of one line, and longest line kept, as a share of the ring. */
const maxTextChars = 300
const largestShare = 8
/** Lines that hold the id somewhere and turn out to belong elsewhere. */
const maxMisses = 50
/** A storm of different errors must not search the ring for each. */
const searches = { count: 30, perMs: 10_000 }

export function createContext({ lines, by, maxBytes, ringBytes, read, now }: ContextOptions): Context {
  const kept: string[] = []
  const maxChars = Math.floor(ringBytes / bytesPerChar)
  const quota = createQuota([searches])
  let first = 0
  let next = 0
  let chars = 0

  function push(line: string): void {
    if (line.length > maxChars / largestShare) return
    kept[next % slots] = line
    next++
    chars += line.length
    while (chars > maxChars || next - first > slots - 1) {
      chars -= kept[first % slots]!.length
      kept[first % slots] = ''
      first++
    }
  }

  /** From the newest on: those that hold one of the texts, and turn out to be `related`. */
  function search(texts: readonly string[], related: (record: LogRecord) => boolean): LogRecord[] {
    const found: LogRecord[] = []
    let misses = 0
    for (let at = next - 1; at >= first && found.length < lines && misses < maxMisses; at--) {
      const line = kept[at % slots]!
      if (texts.length > 0 && !texts.some((text) => line.includes(text))) continue
      const record = read(line)
      if (!('failed' in record) && related(record)) found.push(record)
      else misses++
    }
    return found
  }

  function before(record: LogRecord): readonly ContextLine[] {
    const at = now()
    if (quota.waitMs(at) > 0) return []
    quota.take(at)
    const ids = by.flatMap((name) => idOf(record, name) ?? [])
    const related = (other: LogRecord) => ids.some(({ name, value }) => idOf(other, name)?.value === value)
    const own =
      ids.length === 0
        ? []
        : search(
            ids.map(({ text }) => text),
            related,
          )
    const found = own.length > 0 ? own : search([], () => true)
    return withinBytes(found.map(shown), maxBytes).reverse()
  }

  return { push, before }
}

/** An id as it is compared, and as it stands in a line. */
function idOf(record: LogRecord, name: string): { name: string; value: string; text: string } | undefined {
  const value = name === 'requestId' || name === 'traceId' ? record[name] : getPath(record.fields, name)
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
  return text === '' ? undefined : { name, value: text, text: JSON.stringify(text).slice(1, -1) }
}

function shown({ time, level, levelLabel, msg, err }: LogRecord): ContextLine {
  const [text = ''] = (msg || err?.message || '').split('\n', 1)
  // Longer than is shown: what is hidden is hidden before the cut.
  return { time, level: levelLabel || String(level), text: text.slice(0, 2 * maxTextChars) }
}

/** The newest come first. */
function withinBytes(found: readonly ContextLine[], maxBytes: number): ContextLine[] {
  let left = maxBytes
  const fitting: ContextLine[] = []
  for (const line of found) {
    left -= Buffer.byteLength(line.text) + line.level.length
    if (left < 0) break
    fitting.push(line)
  }
  return fitting
}
