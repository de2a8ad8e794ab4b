/**
 * Requests of a link to its current host: lines written before are taken by the host first, and every wait
 * ends.
 */
import type { FlushResult } from '../hub/hub-types.ts'
import type { Host } from './host.ts'
import {
  bounded,
  type Given,
  noAnswer,
  type RequiredVerb,
  type Value,
  workerUnreachable,
} from './requests.ts'

export interface LinkRequestsOptions {
  readonly closeTimeoutMs: number
  readonly currentHost: () => Host | undefined
  /** Opens a host if needed; resolves when it has taken every kept line. */
  readonly allTaken: () => Promise<void>
  readonly keptLines: () => number
  /** How many hosts may be asked, one after another. */
  readonly maxHosts: number
}

export interface LinkRequests {
  /** A flush or close; `otherwise` gives its result if no answer comes in time. */
  flush(ask: (host: Host) => Promise<FlushResult>, otherwise?: () => FlushResult): Promise<FlushResult>
  /** Rejects with an AlertError if the hub refuses, or no answer comes in time. */
  request<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>>
  /** The result without an answer. */
  unanswered(): FlushResult
}

/** Beyond the hub's own deadline, for its answer to come back. */
export const graceMs = 1_000
/** A thread or a process may take so long to start on a busy machine. */
const startMs = 5_000

export function createLinkRequests({
  closeTimeoutMs,
  currentHost,
  allTaken,
  keptLines,
  maxHosts,
}: LinkRequestsOptions): LinkRequests {
  const unanswered = () => ({ ...noAnswer, pending: keptLines() })

  /**
   * A host that is lost meanwhile has not answered: its lines go to the next one, and so does the request.
   */
  async function askHosts(ask: (host: Host) => Promise<FlushResult>): Promise<FlushResult> {
    for (let attempt = 0; attempt < maxHosts; attempt++) {
      await allTaken()
      const host = currentHost()
      if (host === undefined) continue
      const result = await ask(host)
      if (currentHost() === host || result.delivered) return result
    }
    return unanswered()
  }

  return {
    flush: (ask, otherwise = unanswered) => bounded(closeTimeoutMs + graceMs, askHosts(ask), otherwise),
    async request(request, given) {
      const answer = allTaken().then(
        () => currentHost()?.request(request, given) ?? Promise.reject(workerUnreachable()),
      )
      // A refusal is an answer too.
      const isAnswered = answer.then(
        () => true,
        () => true,
      )
      if (await bounded(closeTimeoutMs + startMs, isAnswered, () => false)) return answer
      throw workerUnreachable()
    },
    unanswered,
  }
}
