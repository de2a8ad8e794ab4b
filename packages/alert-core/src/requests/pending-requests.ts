/**
 * The one protocol of requests and answers, whatever lies between the two sides: the port of a thread, the
 * pipe of a process, a BroadcastChannel, a link between processes of a fleet, or a socket. A request has a
 * number, which its answer repeats. How both are written is up to the wire.
 */
import { AlertError } from '../errors/alert-error.ts'
import type { AlertErrorCode } from '../errors/error-codes.ts'
import type { Clock, Timer } from '../time/clock.ts'

/** A value, or the code and message of an AlertError; neither if the request failed in another way. */
export interface Outcome {
  readonly value?: unknown
  readonly error?: Rejection
}

export interface Rejection {
  readonly code: string
  readonly message: string
}

export interface PendingRequestsOptions<Request> {
  /** Sends a request under its number. */
  readonly post: (number: number, request: Request) => void
  readonly clock: Pick<Clock, 'after'>
  /** How long a request waits, unless it says so itself; without it for ever. */
  readonly timeoutMs?: number
  readonly onTimeout?: () => void
  /** How many may wait at once: one more gets no answer. */
  readonly maxWaiting?: number
}

/** Requests that wait for their answers. */
export interface PendingRequests<Request> {
  /** Resolves to undefined if no answer comes. Never rejects. */
  ask(request: Request, timeoutMs?: number): Promise<Outcome | undefined>
  /** The answer to the request of this number, which is returned if it still waits. */
  settle(number: number, outcome: Outcome): Request | undefined
  /** Posts all again, for another side that was not there when they were posted. */
  repost(): void
  /** Those that wait get no answer; later ones may. */
  abandon(): void
  /** No answer comes any more, now or later. */
  close(): void
}

const anyNumber = 10_000

export function createPendingRequests<Request>({
  post,
  clock,
  timeoutMs,
  onTimeout,
  maxWaiting = anyNumber,
}: PendingRequestsOptions<Request>): PendingRequests<Request> {
  const waiting = new Map<number, { readonly request: Request; end(outcome?: Outcome): void }>()
  let lastNumber = 0
  let isClosed = false

  function abandon(): void {
    for (const { end } of waiting.values()) end()
  }

  return {
    async ask(request, withinMs = timeoutMs) {
      if (isClosed || waiting.size >= maxWaiting) return undefined
      return new Promise((resolve) => {
        const number = ++lastNumber
        let timer: Timer | undefined
        const end = (outcome?: Outcome) => {
          timer?.cancel()
          waiting.delete(number)
          resolve(outcome)
        }
        if (withinMs !== undefined)
          timer = clock.after(withinMs, () => {
            onTimeout?.()
            end()
          })
        waiting.set(number, { request, end })
        post(number, request)
      })
    },
    settle(number, outcome) {
      const found = waiting.get(number)
      found?.end(outcome)
      return found?.request
    },
    repost() {
      for (const [number, { request }] of waiting) post(number, request)
    },
    abandon,
    close() {
      isClosed = true
      abandon()
    },
  }
}

/**
 * What `work` returns or resolves to, or how it rejects; `otherwise` if it fails in another way. Never
 * rejects.
 */
export async function outcomeOf(work: () => unknown, otherwise?: Rejection): Promise<Outcome> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof AlertError) return { error: { code: error.code, message: error.message } }
    return otherwise === undefined ? {} : { error: otherwise }
  }
}

/** The value of an outcome; throws the AlertError of a rejection. */
export function valueIn({ value, error }: Outcome): unknown {
  if (error !== undefined) throw new AlertError(error.code as AlertErrorCode, error.message)
  return value
}
