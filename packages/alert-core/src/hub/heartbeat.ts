/**
 * A sign of life for a service that raises the alarm when it stays away: the one trouble that nothing in this process can
 * tell. It stops while alerts could not be told, and nothing ever waits for it.
 */

import { classify } from '../http/classify.ts'
import { request } from '../http/request.ts'
import type { Clock, Timer } from '../time/clock.ts'

/** Where the sign goes, and how often. */
export interface HeartbeatPlan {
  readonly url: string
  readonly everyMs: number
}

/** What a heartbeat depends on. */
export interface HeartbeatOptions extends HeartbeatPlan {
  readonly clock: Clock
  readonly fetch: typeof fetch
  /** Why alerts could not be told now; undefined while they can. */
  readonly trouble: () => string | undefined
  readonly onError: (code: string, message: string) => void
}

const timeoutMs = 10_000

/** Starts at once; returns the way to stop. */
export function startHeartbeat({
  url,
  everyMs,
  clock,
  fetch,
  trouble,
  onError,
}: HeartbeatOptions): () => void {
  let timer: Timer | undefined
  let notified = ''
  let controller: AbortController | undefined

  function report(what: string): void {
    if (what !== '' && what !== notified) onError('ALERT_HEARTBEAT_STOPPED', what)
    notified = what
  }

  async function beat(): Promise<void> {
    const current = new AbortController()
    controller = current
    const limit = clock.after(timeoutMs, () => current.abort())
    const outcome = classify(await request(fetch, { url, method: 'GET', signal: current.signal }))
    controller = undefined
    limit.cancel()
    if (!stopped) report(outcome.status === 'delivered' ? '' : `The heartbeat did not arrive: ${outcome.why}`)
  }

  let stopped = false
  function next(): void {
    timer = clock.after(everyMs, next)
    const why = trouble()
    // One that hangs is given up at its own limit, and no other is sent beside it.
    if (why === undefined && controller === undefined) void beat()
    else if (why !== undefined) report(`The heartbeat is withheld: ${why}`)
  }

  timer = clock.after(0, next)
  return () => {
    stopped = true
    timer?.cancel()
    controller?.abort()
  }
}
