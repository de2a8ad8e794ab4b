/**
 * The message of a log call as it was written: without the error's message that winston appends, with the
 * arguments that `format.splat()` would have filled in.
 */
import { isError, isObjectOrList, readSafely, unreadable } from 'alert-core/adapter'
import type { Call } from './info.ts'
import { isFieldsObject, uncoloured } from './read-safely.ts'
import { serialise, startWalk } from './serialise.ts'

const maxChars = 16_384
const maxJsonChars = 1_000
const token = /%[scdjifoO%]/g

/** The message's text, or ''; `error` is the call's own error, if any. Never throws. */
export function messageOf({ main, splat }: Call, error: object | undefined): string {
  const message = main.message ?? main.msg
  const errorText = error === undefined ? '' : plain(textOf(readSafely(error, 'message')))
  if (typeof message === 'string') return withoutError(fill(plain(message), splat), errorText)
  if (isError(message)) return errorText
  if (isFieldsObject(message)) return ofObject(message) || errorText
  return message === undefined || message === null ? errorText : textOf(message)
}

function plain(message: string): string {
  return uncoloured(message.length > maxChars ? `${message.slice(0, maxChars)}…` : message)
}

/**
 * 'charging failed card declined' → 'charging failed'; a crash loses the stack that winston puts under its
 * message.
 */
function withoutError(text: string, errorText: string): string {
  if (!text.includes('\n')) return withoutEnd(text, errorText)
  const stack = text.search(/\n(?: {4}at | {2}No stack trace)/)
  return withoutEnd(stack === -1 ? text : withoutHead(text.slice(0, stack), errorText), errorText)
}

function withoutEnd(text: string, errorText: string): string {
  const end = text.length - errorText.length - 1
  if (errorText === '' || end <= 0 || text[end] !== ' ' || !text.endsWith(errorText)) return text
  // 'uncaughtException: boom' is one sentence.
  return text[end - 1] === ':' ? text : text.slice(0, end)
}

/** A stack repeats 'TypeError: boom' above its frames, under a message that ended with 'boom'. */
function withoutHead(text: string, errorText: string): string {
  const end = text.lastIndexOf(errorText)
  const start = text.lastIndexOf('\n', end === -1 ? text.length : end)
  return start === -1 ? text : text.slice(0, start)
}

/** What pino users write: `logger.error({ msg, … })`; else the object as JSON. */
function ofObject(message: object): string {
  const text = readSafely(message, 'msg') ?? readSafely(message, 'message')
  if (typeof text === 'string') return plain(text)
  return isError(readSafely(message, 'err')) || isError(readSafely(message, 'error')) ? '' : asJson(message)
}

/** Fills the tokens whose argument fits; '50%discount' followed by fields stays as it is. */
function fill(text: string, args: readonly unknown[]): string {
  if (args.length === 0 || !text.includes('%')) return text
  let next = 0
  return text.replace(token, (sign) => {
    if (sign === '%%') return '%'
    const filled = next < args.length ? fitting(sign, args[next]) : undefined
    if (filled === undefined) return sign
    next++
    return filled
  })
}

function fitting(sign: string, value: unknown): string | undefined {
  switch (sign) {
    case '%s':
      return isFieldsObject(value) ? undefined : textOf(value)
    case '%d':
    case '%i':
    case '%f':
      return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
    case '%c':
      return isFieldsObject(value) ? undefined : ''
    default:
      return asJson(value)
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.length > maxChars ? value.slice(0, maxChars) : value
  if (isError(value)) return textOf(readSafely(value, 'message'))
  if (isObjectOrList(value) || value === unreadable) return asJson(value)
  return value === undefined || value === null ? '' : String(value)
}

function asJson(value: unknown): string {
  return (serialise(value, startWalk()) ?? '').slice(0, maxJsonChars)
}
