/**
 * A regular request to a service that raises the alarm when the requests stop, because a dead process cannot
 * report itself. None is sent while alerts could not be sent, and nothing ever waits for one.
 */
import type { Tracker } from '../alerts/tracker.ts'
import { classify } from '../http/classify.ts'
import { request } from '../http/request.ts'
import type { Plan } from '../options.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { Channels } from './channels.ts'
import type { InternalErrors } from './internal-errors.ts'
import type { MetaAlerts } from './meta-alerts.ts'

export interface HeartbeatOptions {
  readonly plan: Plan
  readonly tracker: Tracker
  readonly channels: Channels
  readonly metaAlerts: MetaAlerts
  readonly reportLater: InternalErrors['reportLater']
  readonly clock: Clock
  readonly steady: Clock
  readonly fetch: typeof fetch
}

const timeoutMs = 10_000
/**
 * A deadline that is overdue for so long was missed; a channel on which something waits for so long does not
 * work.
 */
const overdueMs = 60_000
const stuckMs = 120_000

/** Starts at once if the options name an address. */
export function startHeartbeat(options: HeartbeatOptions): { stop(): void } {
  const { plan, tracker, channels, metaAlerts, reportLater, clock, steady, fetch } = options
  if (plan.heartbeat === undefined || plan.dryRun) return { stop() {} }
  const { url, everyMs } = plan.heartbeat
  let timer: Timer | undefined
  let pending: AbortController | undefined
  let reported = ''
  let isStopped = false

  /** Why no alert could be sent now: nothing moves, or no channel works. */
  function obstacle(): string | undefined {
    if (clock.now() - tracker.nextDeadline() > overdueMs) return 'alerts are overdue'
    const waiting = [...channels.waiting()]
    const isStuck = ([name, { oldestWaitingMs }]: (typeof waiting)[number]) =>
      metaAlerts.failing.has(name) || oldestWaitingMs > stuckMs
    return waiting.length > 0 && waiting.every(isStuck) ? 'no channel takes alerts' : undefined
  }

  /** Once for each reason; '' once it works again. */
  function report(reason: string): void {
    if (reason !== '' && reason !== reported) reportLater('ALERT_HEARTBEAT_STOPPED', reason)
    reported = reason
  }

  async function beat(): Promise<void> {
    const controller = new AbortController()
    pending = controller
    const limit = steady.after(timeoutMs, () => controller.abort())
    const outcome = classify(await request(fetch, { url, method: 'GET', signal: controller.signal }))
    pending = undefined
    limit.cancel()
    if (!isStopped)
      report(outcome.status === 'delivered' ? '' : `The heartbeat did not arrive: ${outcome.why}`)
  }

  function next(): void {
    timer = steady.after(everyMs, next)
    const reason = obstacle()
    if (reason !== undefined) report(`The heartbeat is withheld: ${reason}`)
    // One that hangs ends at its own limit, and no second one is sent beside it.
    else if (pending === undefined) void beat()
  }

  timer = steady.after(0, next)
  return {
    stop() {
      isStopped = true
      timer?.cancel()
      pending?.abort()
    },
  }
}
