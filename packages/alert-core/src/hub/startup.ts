/**
 * The start of a hub: lines wait in the buffer until the rules are known, and notifications until it is also
 * known what former processes have sent.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { Fleet, FleetHost } from '../fleet/fleet-types.ts'
import type { Notification } from '../model.ts'
import type { Adopted, State } from '../state/state.ts'
import { systemClock, type Timer } from '../time/clock.ts'
import type { Channels } from './channels.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'
import type { InternalErrors } from './internal-errors.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Pipeline } from './pipeline.ts'
import { releaseOf } from './silencing.ts'

/** What the start depends on. */
export interface StartupOptions {
  /**
   * Resolves when the document of `reload` was read for the first time and no line waits for it; absent if
   * the options name none.
   */
  readonly rulesRead: Promise<void> | undefined
  readonly lifecycle: Lifecycle
  readonly fleet: Fleet
  /** What the hub does for the fleet. */
  readonly host: Omit<FleetHost, 'adopt'>
  readonly state: State | undefined
  readonly inForce: OptionsInForce
  readonly tracker: Tracker
  readonly channels: Channels
  readonly events: Events
  readonly internalErrors: Pick<InternalErrors, 'report'>
  readonly pipeline: Pick<Pipeline, 'advance' | 'earlyEnds'>
}

export interface Startup {
  /** Whether the rules and the state of former processes are known. */
  isDone(): boolean
  /** Resolves when they are. */
  readonly done: Promise<unknown>
}

/** A network drive that is gone answers nothing, not even an error. */
const deadlineMs = 15_000

const lateMessage = `What former processes left in the state directory is not read after ${deadlineMs / 1_000} s: alerting starts without it, and takes it up when it comes.`

/** Reads at once what former processes left. */
export function createStartup(options: StartupOptions): Startup {
  const { rulesRead, lifecycle, fleet, host, state, inForce, tracker, channels, events, pipeline } = options
  const { internalErrors } = options
  const { advance, earlyEnds } = pipeline
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
      host.seen.note(member, number)
      host.absorb(items, process)
    }
    earlyEnds.replay()
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
  }

  let done: Promise<unknown> = Promise.resolve()
  if (state === undefined && rulesRead === undefined) finish()
  else {
    const adopt = async (deposed?: string) => {
      if (state !== undefined) earlyEnds.open()
      await state?.adopt(takeUp, unsent !== undefined, deposed)
    }
    const all = Promise.all([fleet.join({ ...host, adopt }), rulesRead])
    const late = new Promise<void>((resolve) => {
      if (state === undefined) return
      // The machine's own clock: the disk knows no other.
      deadline = systemClock.after(deadlineMs, () => {
        if (lifecycle.state === 'starting') internalErrors.report('ALERT_START_LATE', lateMessage)
        resolve()
      })
    })
    done = Promise.race([all, late]).then(finish)
  }

  return { isDone: () => unsent === undefined, done }
}
