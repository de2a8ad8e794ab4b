/**
 * Classifies a reply: one table for all HTTP statuses. A provider whose refusal is inside a 200 reads the
 * body first.
 */

import { cleanLine, cutChars } from '../text/text.ts'
import type { HttpFailure } from './http-failure.ts'
import type { HttpReply } from './request.ts'

/** The server accepted the request. */
export interface Accepted {
  readonly status: 'delivered'
}

/** A later attempt may succeed. */
export interface Retry {
  readonly status: 'retry'
  readonly why: string
  /** The delay that the server asks for, ms. */
  readonly delayMs?: number
  readonly httpStatus?: number
  /** The server may have accepted the request. */
  readonly uncertain?: true
}

/** The server refused the request; it is not sent again. */
export interface Refused {
  readonly status: 'failed'
  readonly why: string
  readonly httpStatus?: number
  /** What was sent is too long. */
  readonly tooLong?: true
  /** The address, its certificate or the credentials are wrong: the next request would be refused too. */
  readonly lasting?: true
}

/** The outcome of one attempt; a receipt is the same, with what only a provider knows. */
export type HttpOutcome = Accepted | Retry | Refused

const longestDelayMs = 3_600_000

/** Answered by a gateway after it has forwarded the request. */
const gatewayGaveUp = [502, 504]

/** The table: no reply, 408, 425, 429, 5xx → retry; 2xx → delivered; all else → failed, 413 as too long. */
export function classify(reply: HttpReply | HttpFailure): HttpOutcome {
  if ('failed' in reply) {
    if (reply.impossible) return { status: 'failed', why: reply.failed }
    if (reply.lasting) return { status: 'failed', why: reply.failed, lasting: true }
    return { status: 'retry', why: reply.failed, ...(reply.uncertain && { uncertain: true }) }
  }
  const { status, retryAfterMs } = reply
  if (status >= 200 && status < 300) return { status: 'delivered' }
  const why = describe(reply)
  if (!isTransient(status)) {
    return { status: 'failed', why, httpStatus: status, ...(status === 413 && { tooLong: true }) }
  }
  return {
    status: 'retry',
    why,
    httpStatus: status,
    // A time in the past, or none, does not count as a hint.
    ...(retryAfterMs !== undefined &&
      retryAfterMs > 0 && { delayMs: Math.min(retryAfterMs, longestDelayMs) }),
    ...(gatewayGaveUp.includes(status) && { uncertain: true }),
  }
}

function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

function describe(reply: HttpReply): string {
  const answered = `${reply.host === undefined ? 'HTTP' : `${reply.host} answered`} ${reply.status}`
  if (reply.status >= 300 && reply.status < 400) return `${answered}: redirects are not followed`
  const excerpt = reply.excerpt ?? cutChars(cleanLine(reply.text), 200)
  return excerpt ? `${answered}: ${excerpt}` : answered
}
