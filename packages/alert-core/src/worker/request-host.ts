/**
 * Questions to whichever road there is: what was written before is handed over first, and every wait ends.
 */
import type { FlushResult } from '../hub/hub-types.ts'
import { bounded } from './bounded.ts'
import type { Host } from './host.ts'
import { type Given, noAnswer, type RequiredVerb, type Value, workerUnreachable } from './requests.ts'

/** What asking depends on. */
export interface RequestingOptions {
  readonly closeTimeoutMs: number
  /** The road there is now. */
  readonly host: () => Host | undefined
  /** Opens one if need be; resolves when every line kept has been handed over. */
  readonly handedOver: () => Promise<void>
  /** How many lines are kept. */
  readonly kept: () => number
  /** So many roads may be asked in turn. */
  readonly most: number
}

/** The ways to ask. */
export interface Requesting {
  /** Whether all is told: `otherwise` says so where nobody answers in time. */
  result(ask: (host: Host) => Promise<FlushResult>, otherwise?: () => FlushResult): Promise<FlushResult>
  /** Rejects with an AlertError where the hub refuses, or nobody answers in time. */
  request<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>>
  /** The answer of nobody. */
  unsent(): FlushResult
}

/** Beyond the hub's own deadline, for its answer to come back. */
export const graceMs = 1_000
/** A thread or a process may take so long to come up on a busy machine. */
const startMs = 5_000

/** Asks nothing yet. */
export function createRequesting({
  closeTimeoutMs,
  host,
  handedOver,
  kept,
  most,
}: RequestingOptions): Requesting {
  const unsent = () => ({ ...noAnswer, waiting: kept() })

  /** A road that is lost meanwhile has answered for nobody: its lines go on by the next one, and so does the question. */
  async function asked(ask: (host: Host) => Promise<FlushResult>): Promise<FlushResult> {
    for (let attempt = 0; attempt < most; attempt++) {
      await handedOver()
      const current = host()
      if (current === undefined) continue
      const result = await ask(current)
      if (host() === current || result.delivered) return result
    }
    return unsent()
  }

  return {
    result: (ask, otherwise = unsent) => bounded(closeTimeoutMs + graceMs, asked(ask), otherwise),
    async request(request, given) {
      const answer = handedOver().then(
        () => host()?.ask(request, given) ?? Promise.reject(workerUnreachable()),
      )
      // A refusal is an answer too.
      const isAnswered = answer.then(
        () => true,
        () => true,
      )
      if (await bounded(closeTimeoutMs + startMs, isAnswered, () => false)) return answer
      throw workerUnreachable()
    },
    unsent,
  }
}
