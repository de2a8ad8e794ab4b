/**
 * How an error is called, and which of its properties every error has: `JSON.stringify` sees none of them.
 */
import { readSafely } from './read-safely.ts'

/** What is written of every error under its own name, so not once more among its fields. */
export const namedKeys: ReadonlySet<string> = new Set([
  'type',
  'name',
  'message',
  'code',
  'stack',
  'cause',
  'errors',
  'aggregateErrors',
])

/** The name a person knows it by: `TypeError`, `PaymentError`. */
export function errorType(error: object): string {
  const name = readSafely(error, 'name')
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name
  const maker = readSafely(error, 'constructor')
  const own = typeof maker === 'function' ? readSafely(maker, 'name') : undefined
  return typeof own === 'string' && own !== '' && own !== 'Object' ? own : 'Error'
}
