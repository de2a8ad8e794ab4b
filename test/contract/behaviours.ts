/**
 * What every provider over HTTP meets, whatever its API.
 */
import type { Behaviour } from '#kit/behaviour.ts'

/** Each means: later. */
export const httpPassing: readonly Behaviour[] = [
  'error',
  { status: 503 },
  { status: 502 },
  { status: 408 },
  'reset',
]

/** Answers of somebody else that stands between. */
export const httpOdd: readonly Behaviour[] = [
  'redirect',
  { status: 400 },
  { status: 404, body: 'gone' },
  { status: 403 },
]
