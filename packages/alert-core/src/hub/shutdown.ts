/**
 * How a hub sends what waits, and ends: within a time, or at once where the event loop turns no more.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import { adviceOn } from '../http/advice.ts'
import { shortFailure } from '../http/failure-brief.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { Advance } from './advance.ts'
import type { Channels } from './channels.ts'
import type { Followed } from './follow-document.ts'
import type { FlushOptions, FlushResult } from './hub-types.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Metrics } from './metrics.ts'
import type { Reporting } from './reporting.ts'
import type { StartupBuffer } from './startup-buffer.ts'

export interface ShutdownOptions {
  readonly closeTimeoutMs: number
  readonly lifecycle: Lifecycle
  readonly buffer: StartupBuffer | undefined
  readonly fleet: Fleet
  readonly tracker: Tracker
  readonly channels: Channels
  readonly state: State | undefined
  readonly reporting: Pick<Reporting, 'events' | 'internalErrors'>
  readonly clock: Clock
  readonly steady: Clock
  readonly time: Advance
  readonly followed: Pick<Followed, 'stop'> | undefined
  readonly heartbeat: { stop(): void }
  readonly metrics: Pick<Metrics, 'close'>
  readonly controlling: { close(): void } | undefined
  /** Records that were matched so far, whatever came of it. */
  readonly matched: () => number
}

/** The three ways to send what waits; each is described where the hub offers it. */
export interface Shutdown {
  flush(options?: FlushOptions): Promise<FlushResult>
  close(withinMs?: number): Promise<FlushResult>
  closeSync(): FlushResult
}

/** A flush or an end that takes longer than its time still has to say so. */
const graceMs = 1_000
/** What a flush has just waited for in vain is not waited for again; a fallback still gets so much time. */
const afterFlushMs = 300

/** The timers of our clock keep no process alive, and a message may only be waiting for its next attempt. */
async function keepingAlive<Result>(withinMs: number, work: Promise<Result>): Promise<Result> {
  const timer = setTimeout(() => {}, withinMs + graceMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}

export function createShutdown(options: ShutdownOptions): Shutdown {
  const { closeTimeoutMs, lifecycle, buffer, fleet, tracker, channels, state } = options
  const { reporting, clock, steady, time, followed, heartbeat, metrics, controlling, matched } = options
  const { events, internalErrors } = reporting
  const { advance, stopTimer } = time
  let closing: Promise<FlushResult> | undefined
  /** Refusals that an earlier flush has reported. */
  let known = 0
  /** Records that were matched before the last flush. */
  let flushed = 0
  let gaveUp = { at: Number.NEGATIVE_INFINITY, pending: 0, afterMs: 0 }

  /** The result of what was asked for at `from`. What was logged just before may have failed by then. */
  function resultOf(pending: number, from: number): FlushResult {
    const { count, lastAt } = channels.refusals()
    const isRefused = count > known && lastAt >= from - closeTimeoutMs
    known = count
    return { delivered: pending === 0 && !isRefused, pending }
  }

  async function flush({ isLeaving = false }: FlushOptions = {}): Promise<FlushResult> {
    const from = steady.now()
    if (!lifecycle.hasStarted()) await waitAtMost(lifecycle.started, closeTimeoutMs, clock)
    const records = matched()
    const elsewhere = await fleet.flush(closeTimeoutMs, { isLeaving, hasNews: records !== flushed })
    if (elsewhere?.delivered !== false && !isLeaving) flushed = records
    if (elsewhere !== undefined) return elsewhere
    advance((now) => tracker.drain(now, { growth: false }))
    await fleet.whenSaved?.(() => {})
    await channels.idle(closeTimeoutMs)
    const pending = channels.left()
    const at = steady.now()
    if (pending > 0) gaveUp = { at, pending, afterMs: at - from }
    return resultOf(pending, from)
  }

  async function close(withinMs: number): Promise<FlushResult> {
    const from = steady.now()
    lifecycle.enter('closing')
    stopTimer()
    const endAt = steady.now() + withinMs
    if (!lifecycle.hasStarted()) await waitAtMost(lifecycle.started, withinMs, clock)
    buffer?.release()
    state?.retry()
    followed?.stop()
    if ((await fleet.leave(withinMs)) === 'left') return passRestOn(endAt)
    drainLast()
    const isNew = steady.now() - gaveUp.at > graceMs || channels.left() > gaveUp.pending
    const leftMs = Math.max(afterFlushMs, withinMs - gaveUp.afterMs)
    const unsent = await channels.close(isNew ? endAt : Math.min(endAt, steady.now() + leftMs))
    if (unsent.length > 0) countUndelivered(unsent.length, new Set(unsent.map(({ channel }) => channel)))
    heartbeat.stop()
    metrics.close()
    controlling?.close()
    await state?.close()
    await fleet.close()
    return resultOf(unsent.length, from)
  }

  /** Another process continues with what is not sent, from the journal. */
  async function passRestOn(endAt: number): Promise<FlushResult> {
    lifecycle.enter('closed')
    await waitAtMost(channels.discard(), endAt - steady.now(), clock)
    fleet.keepRest()
    heartbeat.stop()
    metrics.close()
    await state?.close()
    await fleet.close()
    controlling?.close()
    return { delivered: true, pending: 0 }
  }

  function closeSync(): FlushResult {
    buffer?.release()
    state?.retry()
    fleet.keepRest()
    drainLast()
    const left = channels.left()
    const names = [...channels.waiting()].flatMap(([name, { waiting }]) => (waiting > 0 ? name : []))
    const pending = left > 0 ? countUndelivered(left, names) : 0
    // All that it writes is written before it waits for anything.
    void state?.close()
    void fleet.close()
    controlling?.close()
    return { delivered: left === 0, pending }
  }

  /**
   * What stays in the journal can wait for its time: a service that crashes again and again is notified of
   * like one that runs.
   */
  function drainLast(): void {
    if (lifecycle.state === 'closed') return
    lifecycle.enter('closed')
    advance((now) => tracker.drain(now, { growth: state?.stats().place !== 'disk' }))
    channels.fallbacks.end()
  }

  /** Returns how many are lost: those that no next start will find. */
  function countUndelivered(count: number, names: Iterable<string>): number {
    if (state?.stats().place === 'disk') return 0
    events.emit({ type: 'dropped', reason: 'closed', count, at: clock.now() })
    const notifications = count === 1 ? '1 notification was' : `${count} notifications were`
    const reasons = new Map([...names].map((name) => [name, channels.whyWaiting(name)]))
    const said = [...reasons].map(([name, why]) => {
      const short = shortFailure(why)
      return `${name}: ${short}${/[.…]$/.test(short) ? '' : '.'} ${adviceOn(why)}`.trimEnd()
    })
    const sentence = `${notifications} not delivered before the end.`
    internalErrors.report('ALERT_UNDELIVERED', [sentence, ...said].join(' '))
    return count
  }

  return {
    flush: async (options) => closing ?? keepingAlive(closeTimeoutMs, flush(options)),
    close: (withinMs = closeTimeoutMs) => (closing ??= keepingAlive(withinMs, close(withinMs))),
    closeSync,
  }
}
