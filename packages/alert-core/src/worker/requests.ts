/**
 * What a door may ask a hub, and how the hub's side answers, whatever lies between them. A refusal crosses as what an AlertError is made of.
 */

import { AlertError } from '../errors/alert-error.ts'
import type { AlertErrorCode } from '../errors/error-codes.ts'
import type { Explanation } from '../hub/explain.ts'
import type { FlushResult } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { SilenceOptions } from '../options.ts'

/** Questions by name, with what is given and what comes back. */
interface Requests {
  flush: { given: undefined; value: FlushResult }
  close: { given: undefined; value: FlushResult }
  stats: { given: undefined; value: Stats | undefined }
  explain: { given: string | object; value: Explanation }
  silence: { given: SilenceOptions; value: string }
  unsilence: { given: string; value: boolean }
}

export type Verb = keyof Requests
export type Given<One extends Verb> = Requests[One]['given']
export type Value<One extends Verb> = Requests[One]['value']

/** Questions that somebody has to answer: the others can do without. */
export type RequiredVerb = 'explain' | 'silence' | 'unsilence'

/** Crosses to the hub's side. */
export interface HostRequest {
  readonly ask: Verb
  readonly id: number
  readonly given?: unknown
}

/** Comes back from there. */
export interface Answer {
  readonly answer: number
  readonly value?: unknown
  readonly rejected?: { readonly code: AlertErrorCode; readonly message: string }
}

/** The hub, or what stands before it. */
export type Answering = {
  readonly [One in Verb]: (given: never) => Value<One> | Promise<Value<One>>
}

/** Answers a question. Never rejects. */
export async function answer(hub: Answering, { ask, id, given }: HostRequest): Promise<Answer> {
  try {
    return { answer: id, value: await hub[ask](given as never) }
  } catch (error) {
    if (!(error instanceof AlertError)) return { answer: id }
    return { answer: id, rejected: { code: error.code, message: error.message } }
  }
}

/** The answer where nobody answers. */
export const noAnswer: FlushResult = { delivered: false, pending: 0 }
const otherwise = { flush: noAnswer, close: noAnswer, stats: undefined } as const

/** The value that an answer, or that there is none, comes to; rejects with an AlertError for a refusal, and where nobody did what was wished. */
export async function outcomeOf<One extends Verb>(verb: One, answer?: Answer): Promise<Value<One>> {
  if (answer?.rejected !== undefined) throw new AlertError(answer.rejected.code, answer.rejected.message)
  if (answer?.value !== undefined) return answer.value as Value<One>
  if (verb in otherwise) return otherwise[verb as keyof typeof otherwise] as Value<One>
  throw workerUnreachable()
}

/** The error of a wish that nobody answers. */
export function workerUnreachable(): AlertError {
  return new AlertError(
    'ALERT_WORKER_UNREACHABLE',
    'Nobody answers: the worker has ended, or could not start.',
  )
}
