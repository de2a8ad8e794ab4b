/**
 * What happened, in one line: the log message, or the error's when the message says nothing ('request
 * errored').
 */
import { isGenericMessage } from '../fingerprint/message.ts'
import type { ErrorInfo, LogRecord } from '../model.ts'

/** What happened, by the record; both are one line and may be ''. */
export interface Concise {
  readonly message: string
  /** What the error adds to the message: its own message and that of the root cause. */
  readonly error: string
}

/** Reads both from a record; `line` makes a raw text safe to show (cleaned, redacted, one line). */
export function concise(record: LogRecord, line: (text: string) => string): Concise {
  const message = line(withoutStack(record.msg))
  const error = record.err ? errorLine(record.err, line) : ''
  if (error === '') return { message, error: '' }
  if (isGenericMessage(message)) return { message: error, error: '' }
  const own = line(withoutStack(record.err?.message ?? ''))
  if (own === '' || !message.includes(own)) return { message, error }
  const root = rootLine(record.err!, line)
  return { message, error: message.includes(root) ? '' : root }
}

function errorLine(err: ErrorInfo, line: (text: string) => string): string {
  const own = line(withoutStack(err.message)) || line(err.type ?? '')
  const root = rootLine(err, line)
  if (root === '' || own.includes(root)) return own
  return own === '' ? root : `${own}: ${root}`
}

/** The message of the cause that began it, with its code unless the message says it. */
function rootLine({ message, root, causes }: ErrorInfo, line: (text: string) => string): string {
  const text = withoutStack(root?.message ?? causes?.at(-1) ?? '')
  if (text === message) return ''
  const code = root?.code
  return line(code === undefined || text.includes(code) ? text : `${text} (${code})`)
}

/** Some loggers append the stack to the message. */
function withoutStack(text: string): string {
  const stack = text.search(/\n[ \t]{1,20}at \S/)
  return stack < 0 ? text : text.slice(0, stack)
}
