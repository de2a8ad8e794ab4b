// Lines as real loggers write them, and records made of them.
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'
import type { LogRecord } from '#core/model.ts'
import { createReader, type ReaderOptions } from '#core/read/reader.ts'

/** When a line without a time of its own arrives in these tests, epoch ms. */
export const arrival = Date.UTC(2026, 8, 1)

/** The lines that pino writes for what `log` does. */
export function pinoLines(options: LoggerOptions, log: (logger: Logger) => void): string[] {
  const lines: string[] = []
  const stream: DestinationStream = { write: (line) => void lines.push(line) }
  log(pino(options, stream))
  return lines
}

/** The one line that pino writes. */
export function pinoLine(options: LoggerOptions, log: (logger: Logger) => void): string {
  const [line, ...more] = pinoLines(options, log)
  if (line === undefined || more.length > 0) throw new Error(`expected one line, got ${more.length + 1}`)
  return line
}

/** Reads a line, or an object as a line, that is expected to be a record. */
export function readRecord(line: string | object, options: Partial<ReaderOptions> = {}): LogRecord {
  const text = typeof line === 'string' ? line : JSON.stringify(line)
  const record = createReader({ now: () => arrival, ...options })(text)
  if ('failed' in record) throw new Error(`no record: ${record.failed}: ${text.slice(0, 100)}`)
  return record
}

/** A record with the given parts. */
export function makeRecord(parts: Partial<LogRecord> = {}): LogRecord {
  return { time: arrival, level: 50, levelLabel: 'error', msg: '', fields: {}, ...parts }
}
