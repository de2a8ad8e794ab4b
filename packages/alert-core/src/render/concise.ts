/**
 * What happened, in one line: the log message, or the error's when the message says nothing ('request
 * errored').
 */
import type { LogRecord } from '../model.ts'

/** Messages that do not name a problem; compared in lower case and without the punctuation around them. */
const generic = new Set([
  '',
  'err',
  'error',
  'exception',
  'failed',
  'failure',
  'fatal',
  'fatal error',
  'an error occurred',
  'an error has occurred',
  'an unexpected error occurred',
  'error occurred',
  'internal error',
  'internal server error',
  'null',
  'oops',
  'request errored',
  'something went wrong',
  'uncaught exception',
  'uncaughtexception',
  'undefined',
  'unexpected error',
  'unhandled error',
  'unhandled exception',
  'unhandled promise rejection',
  'unhandled rejection',
  'unhandledrejection',
  'unknown error',
  '[object object]',
  '出错了',
  '失败',
  '异常',
  '未知错误',
  '系统异常',
  '系统错误',
  '服务器内部错误',
  '服务器错误',
  '请求失败',
  '错误',
])

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
  if (isGeneric(message)) return { message: error, error: '' }
  const own = line(withoutStack(record.err?.message ?? ''))
  return { message, error: own !== '' && message.includes(own) ? '' : error }
}

function errorLine(err: NonNullable<LogRecord['err']>, line: (text: string) => string): string {
  const own = line(withoutStack(err.message)) || line(err.type ?? '')
  const root = line(withoutStack(err.causes?.at(-1) ?? ''))
  if (root === '' || own.includes(root)) return own
  return own === '' ? root : `${own}: ${root}`
}

function isGeneric(message: string): boolean {
  return generic.has(message.toLowerCase().replace(/^[\s.:!…]{1,20}|[\s.:!…]{1,20}$/g, ''))
}

/** Some loggers append the stack to the message. */
function withoutStack(text: string): string {
  const stack = text.search(/\n[ \t]{1,20}at \S/)
  return stack < 0 ? text : text.slice(0, stack)
}
