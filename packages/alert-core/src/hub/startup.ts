/**
 * The start of a hub: lines wait in the buffer until the rules are known, and notifications until it is also
 * known what former processes have sent.
 */
import type { Fleet } from '../fleet/fleet-types.ts'
import type { Notification } from '../model.ts'
import type { Adopted } from '../state/state.ts'
import { systemClock, type Timer } from '../time/clock.ts'
import { createFleetHost, type FleetHostOptions } from './fleet-host.ts'
import type { Lifecycle } from './lifecycle.ts'
import { releaseOf } from './silencing.ts'

export interface StartupOptions extends FleetHostOptions {
  /**
   * Resolves when the document of `reload` was read for the first time and no line waits for it; absent if
   * the options name none.
   */
  readonly rulesRead: Promise<void> | undefined
  readonly lifecycle: Lifecycle
  readonly fleet: FleetHostOptions['fleet'] & Pick<Fleet, 'join'>
}

/** A network drive that is gone answers nothing, not even an error. */
const deadlineMs = 15_000

const lateMessage = `What former processes left in the state directory is not read after ${deadlineMs / 1_000} s: alerting starts without it, and takes it up when it comes.`

/** Reads at once what former processes left. When that and the rules are known, the hub is 'running'. */
export function startHub(options: StartupOptions): void {
  const { rulesRead, lifecycle, fleet, state, inForce, tracker, channels, advance } = options
  const { earlyEnds } = options
  const { compiled } = inForce
  const { events, internalErrors, metaAlerts } = options.reporting
  const host = createFleetHost(options)
  let unsent: Notification[] | undefined = []
  let deadline: Timer | undefined

  function takeUp(taken: Adopted): void {
    advance((now) => {
      const { muting, plan } = inForce.compiled
      for (const silence of taken.silences)
        if (silence.release === undefined || silence.release === releaseOf(plan)) muting.silence(silence, now)
      // A record that comes now may end an alert of which a former process has notified.
      for (const alert of tracker.live()) inForce.compiled.rules.remember(alert)
      const { dropped, expired } = taken
      if (dropped > 0) events.emit({ type: 'dropped', reason: 'alert-limit', count: dropped, at: now })
      if (expired > 0) events.emit({ type: 'dropped', reason: 'expired', count: expired, at: now })
      if (unsent === undefined) resume(taken.unsent)
      else unsent.push(...taken.unsent)
      return taken.effects
    })
    for (const { member, number, items, process } of taken.deltas) {
      if (number <= host.seen.of(member)) continue
      host.saveAsOne(() => {
        host.seen.note(member, number)
        host.countItems(items, process)
      })
    }
    if (fleet.decides) earlyEnds?.replay()
    else earlyEnds?.submit(fleet.submitEnd)
    if (unsent === undefined) endRemoved()
  }

  function resume(notifications: readonly Notification[]): void {
    // An end is offered after its start, also if they come from two processes.
    const byAge = [...notifications].sort((a, b) => a.at - b.at)
    for (const notification of byAge) channels.fallbacks.resume(notification)
  }

  function finish(): void {
    if (unsent === undefined) return
    deadline?.cancel()
    const waiting = unsent
    unsent = undefined
    lifecycle.enter('running')
    resume(waiting)
    advance(() => [])
    endRemoved()
  }

  /** Until the document is read, it is not known which channels there are. */
  function endRemoved(): void {
    const isKnown = rulesRead === undefined || inForce.compiled !== compiled
    if (state !== undefined && isKnown) metaAlerts.endRemoved(tracker.live())
  }

  async function adopt(deposed?: string): Promise<void> {
    earlyEnds?.open()
    // Taken up without them, alerts of rules and channels that the document names would be closed.
    if (rulesRead !== undefined) await rulesRead
    if (lifecycle.state === 'closed') return
    // The clock may have been set while another process notified: what is adopted is of this clock.
    advance(() => [])
    await state?.adopt(takeUp, unsent !== undefined, deposed)
  }

  /** Resolves when the state directory does not answer. */
  function late(): Promise<void> {
    return new Promise((resolve) => {
      if (state === undefined) return
      // The machine's own clock: the disk knows no other.
      deadline = systemClock.after(deadlineMs, () => {
        if (lifecycle.state === 'starting') internalErrors.report('ALERT_START_LATE', lateMessage)
        resolve()
      })
    })
  }

  if (state === undefined && rulesRead === undefined) finish()
  else {
    // The timer is set for what falls due, which was another process's to see to.
    const lead = () => advance(() => [])
    const joined = fleet.join({ ...host, adopt, lead }).then(() => {
      if (!fleet.decides) earlyEnds?.submit(fleet.submitEnd)
    })
    void Promise.race([Promise.all([joined, rulesRead]), late()]).then(finish)
  }
}
