/**
 * What an adapter asks its hub, and how requests and answers are written, whatever lies between the two: the
 * port of a thread, the pipe of a process, or a BroadcastChannel.
 */

import type { ControlAnswer, ControlRequest } from '../control/control.ts'
import type { ControlPort, HubStatus } from '../control/hub-status.ts'
import { AlertError } from '../errors/alert-error.ts'
import type { AcknowledgeOptions, SilenceRequest } from '../hub/answer-types.ts'
import type { Explanation } from '../hub/explain.ts'
import type { FlushOptions, FlushResult } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import { createPendingRequests, type Outcome, outcomeOf, valueIn } from '../requests/pending-requests.ts'
import { holdingClock } from '../time/clock.ts'

/** Takes on the alert with this id. */
export interface AcknowledgeRequest extends AcknowledgeOptions {
  readonly id: string
}

/** Requests by name, with what is given and what comes back. */
interface Requests {
  flush: { given: FlushOptions | undefined; value: FlushResult }
  close: { given: undefined; value: FlushResult }
  stats: { given: undefined; value: Stats | undefined }
  explain: { given: string | object; value: Explanation }
  silence: { given: SilenceRequest; value: string }
  unsilence: { given: string; value: boolean }
  acknowledge: { given: AcknowledgeRequest; value: string }
  status: { given: undefined; value: HubStatus }
  control: { given: ControlRequest; value: ControlAnswer }
}

export type Verb = keyof Requests
export type Given<One extends Verb> = Requests[One]['given']
export type Value<One extends Verb> = Requests[One]['value']

/** Requests that only a hub can answer; the others have an answer for the case that no hub does. */
export type RequiredVerb = 'explain' | 'silence' | 'unsilence' | 'acknowledge' | 'status' | 'control'

/** Crosses to the hub's side. */
export interface HostRequest {
  readonly request: Verb
  readonly id: number
  readonly given?: unknown
}

/** Comes back from there. */
export interface Answer extends Outcome {
  readonly answer: number
}

/** The hub, or a link to it. */
export type Answering = {
  readonly [One in Verb]: (given: never) => Value<One> | Promise<Value<One>>
}

/** What a hub offers, as requests name it. */
type AnsweringHub = Omit<Answering, 'acknowledge'> & {
  acknowledge(id: string, options?: AcknowledgeOptions): string
  readonly shared?: Pick<ControlPort, 'status' | 'silence' | 'unsilence' | 'acknowledge'>
}

/** The hub with one argument for each request. */
export function hubAnswering<Given extends AnsweringHub>(hub: Given) {
  const { status, silence, unsilence, acknowledge } = hub.shared ?? hub
  return {
    ...hub,
    status,
    silence,
    unsilence,
    acknowledge: ({ id, ...options }: AcknowledgeRequest) => acknowledge(id, options),
  }
}

/** Answers a request. Never rejects. */
export async function answer(hub: Answering, { request, id, given }: HostRequest): Promise<Answer> {
  return { answer: id, ...(await outcomeOf(() => hub[request](given as never))) }
}

export const noAnswer: FlushResult = { delivered: false, pending: 0 }
const withoutAnswer = { flush: noAnswer, close: noAnswer, stats: undefined } as const

function resultOf<One extends Verb>(verb: One, outcome: Outcome = {}): Value<One> {
  const value = valueIn(outcome)
  if (value !== undefined) return value as Value<One>
  if (verb in withoutAnswer) return withoutAnswer[verb as keyof typeof withoutAnswer] as Value<One>
  throw workerUnreachable()
}

/** The error of a request that only a hub could answer. */
export function workerUnreachable(
  message = 'No worker answers: it has ended, or could not start.',
): AlertError {
  return new AlertError('ALERT_WORKER_UNREACHABLE', message)
}

/** Requests of a link that wait for their answers. */
export interface HubRequests {
  /** Rejects with an AlertError if the hub refuses, or without an answer that only a hub can give. */
  request<One extends Verb>(verb: One, given: Given<One>): Promise<Value<One>>
  /**
   * Returns the request that this answers, if it still waits: an exit of the worker after `close` loses
   * nothing.
   */
  settle(answer: Answer): Verb | undefined
  /** Posts all again, for a hub that was not up when they were posted. */
  repost(): void
  /** Those that wait get no answer. */
  abandon(): void
  /** No answer comes any more, now or later. */
  close(): void
}

export interface HubRequestsOptions {
  /** Sends a request to the hub's side, behind all lines written before it. */
  readonly post: (request: HostRequest) => void
  /** A request waits no longer. */
  readonly timeoutMs?: number
  readonly onTimeout?: () => void
}

export function createHubRequests({ post, ...limits }: HubRequestsOptions): HubRequests {
  const pending = createPendingRequests<{ readonly request: Verb; readonly given: unknown }>({
    post: (id, { request, given }) => post({ request, id, ...(given === undefined ? {} : { given }) }),
    // The process must not end before a request that is awaited.
    clock: holdingClock,
    ...limits,
  })
  return {
    request: async (request, given) => resultOf(request, await pending.ask({ request, given })),
    settle: ({ answer: id, ...outcome }) => pending.settle(id, outcome)?.request,
    repost: pending.repost,
    abandon: pending.abandon,
    close: pending.close,
  }
}

/**
 * What `work` resolves to; `otherwise()` if it takes longer than `ms`, or rejects. The timer is referenced.
 */
export function bounded<Value>(ms: number, work: Promise<Value>, otherwise: () => Value): Promise<Value> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise()), ms)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      () => {
        clearTimeout(timer)
        resolve(otherwise())
      },
    )
  })
}
