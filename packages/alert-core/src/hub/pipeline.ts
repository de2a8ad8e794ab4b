/**
 * The path of a line, read top to bottom, one function a stage:
 *
 *   ingest ─ match ─ track ┆ mute ─ notify ─ deliver
 *   every line             ┆ only when a channel is to be notified
 *
 * Left of the bar all is synchronous and cannot throw; right of it failures are values and counted.
 */
import type { Effect, Mutes, Tracker } from '../alerts/tracker.ts'
import { createLru } from '../cache/lru.ts'
import type { Fleet, Item } from '../fleet/fleet-types.ts'
import type { LogRecord, Notification, Occurrence } from '../model.ts'
import type { Context } from '../read/context-ring.ts'
import type { ReadFailure } from '../read/reader.ts'
import type { State } from '../state/state.ts'
import type { Clock, SteadyClock } from '../time/clock.ts'
import { createAbsorb, withOrigin } from './absorb.ts'
import { type Advance, createAdvance } from './advance.ts'
import { type AlertInput, alertInputFields } from './alert-input.ts'
import type { Channels } from './channels.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { MetaAlerts } from './meta-alerts.ts'
import type { StartupBuffer } from './startup-buffer.ts'
import type { Counters } from './stats.ts'
import type { Unreached } from './unreached.ts'

/** What the stages depend on. */
export interface PipelineOptions {
  readonly inForce: OptionsInForce
  readonly read: (line: string) => LogRecord | ReadFailure
  readonly readObject: (value: unknown) => LogRecord | ReadFailure
  readonly buffer: StartupBuffer | undefined
  readonly context: Context | undefined
  readonly lifecycle: Lifecycle
  readonly tracker: Tracker
  readonly fleet: Fleet
  readonly state: State | undefined
  readonly channels: Channels
  readonly metaAlerts: MetaAlerts
  readonly counters: Counters
  readonly unreached: Unreached
  readonly events: Events
  readonly clock: Clock
  readonly steady: SteadyClock
}

export interface Pipeline {
  write(line: string, times?: number): void
  publish(input: AlertInput): void
  /** Where an occurrence goes in that no rule made: a meta-alert. */
  track(occurrence: Occurrence): void
  /** Counts what other processes submitted. */
  absorb(items: readonly Item[], process: string): void
  /** What former processes left is about to be known, and what records end until then may be part of it. */
  readonly earlyEnds: { open(): void; replay(): void }
  readonly advance: Advance['advance']
  readonly stopTimer: Advance['stopTimer']
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { inForce, read, readObject, buffer, context, lifecycle, tracker, fleet, state } = options
  const { channels, metaAlerts, unreached, counters, events, clock, steady } = options
  const { advance, stopTimer } = createAdvance({ tracker, clock, steady, lifecycle, fleet, notify })
  const absorb = createAbsorb({ tracker, state, inForce, advance })
  const earlyEnds = createEarlyEnds(inForce, track)
  if (state !== undefined) earlyEnds.open()

  // ── every line

  function write(line: string, times = 1): void {
    counters.countLine(times)
    if (buffer?.isOpen()) buffer.add(line.length, () => ingest(line, times))
    else ingest(line, times)
  }

  function publish(input: AlertInput): void {
    counters.countLine()
    const record = readObject(alertInputFields(input))
    if (buffer?.isOpen()) buffer.add(0, () => admit(record))
    else admit(record)
  }

  function ingest(line: string, times: number): void {
    if (inForce.compiled.gate(line)) {
      const record = read(line)
      for (let n = 0; n < times; n++) admit(record)
    }
    context?.push(line)
  }

  function admit(record: LogRecord | ReadFailure): void {
    if ('failed' in record) counters.countFailure(record.failed)
    else if (lifecycle.state === 'closed') counters.countFailure('closed')
    else match(record)
  }

  function match(record: LogRecord): void {
    const { rules } = inForce.compiled
    if (typeof record.alert === 'object' && record.alert.ignored !== undefined)
      unreached.noteIgnored(record.alert)
    const ends = rules.resolve(record)
    for (const end of ends) track(end)
    if (!fleet.decides) fleet.submitEnd(rules.names(record).ended, record)
    else if (earlyEnds.isOpen()) earlyEnds.keep(record, ends)
    const occurrence = rules.take(record)
    if (occurrence === undefined) return
    if ('off' in occurrence) {
      counters.countOff(occurrence.off, occurrence.reason)
      return
    }
    counters.countMatch(occurrence.rule)
    if (typeof record.alert === 'object' && record.alert.channels !== undefined)
      unreached.noteNamed(record, occurrence)
    track(occurrence)
  }

  function track(occurrence: Occurrence): void {
    const { id, severity, record } = occurrence
    if (earlyEnds.isOpen() && occurrence.action === 'fire') earlyEnds.noteFired(id)
    const origin = {
      context: () => context?.before(record) ?? [],
      names: () => inForce.compiled.rules.names(record).raised,
    }
    const submitted = fleet.decides ? occurrence : withOrigin(occurrence, inForce.compiled.plan)
    if (fleet.submit?.(submitted, clock.now(), origin)) return
    advance((now) => {
      const effects = tracker.push(occurrence, now)
      if (context !== undefined) tracker.addContext(id, now, () => context.before(record))
      return effects
    })
    state?.saveAlert(id, severity === 'critical')
  }

  // ── only when a channel is to be notified; mute was already asked, by the tracker: see `createMute` below

  function notify(effects: readonly Effect[], now: number): void {
    deliver(effects.filter((effect) => effect.type === 'notify'))
    for (const effect of effects) {
      if (effect.type === 'quota-exhausted') metaAlerts.noteQuotaExhausted(effect)
      else if (effect.type !== 'notify') events.emit({ ...effect, at: now })
      if (effect.type === 'fired') checkReach(effect)
    }
  }

  function checkReach(fired: Extract<Effect, { type: 'fired' }>): void {
    const hasDigest = inForce.compiled.tracked.some(({ digest }) => digest?.only)
    const isReached = hasDigest || fired.channels.some(({ takes }) => takes)
    if (!isReached || inForce.compiled.warnedRules.has(fired.rule)) unreached.noteFired(fired, isReached)
  }

  function deliver(due: readonly Extract<Effect, { type: 'notify' }>[]): void {
    const own: Notification[] = []
    for (const { notification, fallBack } of due) if (!fallBack) own.push(takeOver(notification))
    if (own.length > 0) state?.saveUnsent(own)
    const offer = () => {
      for (const notification of own) channels.offer(notification)
    }
    if (fleet.whenSaved === undefined) offer()
    else if (own.length > 0) void fleet.whenSaved(offer)
    for (const { notification, fallBack } of due)
      if (fallBack) channels.fallbacks.beyondQuota(takeOver(notification))
  }

  /** From a former process, if its alerts were that one's. */
  function takeOver(notification: Notification): Notification {
    return state?.takeOver(notification) ?? notification
  }

  return { write, publish, track, absorb, earlyEnds, advance, stopTimer }
}

/** More alerts than that do not end in the moments of a start. */
const mostEarly = 1_000

interface EarlyEnd {
  readonly record: LogRecord
  readonly names: readonly string[]
  readonly ends: readonly Occurrence[]
  readonly order: number
}

/**
 * What records ended before it was known what former processes left: the same records end that too, unless
 * it has fired again since.
 */
function createEarlyEnds(inForce: OptionsInForce, track: (end: Occurrence) => void) {
  let isOpen = false
  let order = 0
  const kept = createLru<string, EarlyEnd>(mostEarly)
  const firedAt = createLru<string, number>(mostEarly)

  function replayOne({ record, names, ends, order }: EarlyEnd): void {
    const { resolveIndex } = inForce.compiled
    const isOver = ({ id }: Occurrence) => (firedAt.get(id) ?? 0) < order
    const found = new Map(ends.filter(isOver).map((end) => [end.id, end]))
    for (const name of names) {
      for (const end of resolveIndex.ended(name, record)) {
        if (isOver(end)) found.set(end.id, end)
        else resolveIndex.raised(name, end)
      }
    }
    for (const end of found.values()) track(end)
  }

  return {
    isOpen: () => isOpen,
    open() {
      isOpen = true
    },
    keep(record: LogRecord, ends: readonly Occurrence[]): void {
      const names = inForce.compiled.rules.names(record).ended
      if (names.length === 0 && ends.length === 0) return
      const key = JSON.stringify([names, ends.map(({ id }) => id)])
      kept.set(key, { record, names, ends, order: ++order })
    },
    noteFired(id: string): void {
      if (kept.size > 0) firedAt.set(id, ++order)
    },
    /** Now it is known. */
    replay(): void {
      if (!isOpen) return
      isOpen = false
      const all = [...kept.values()]
      for (const end of all) replayOne(end)
      kept.clear()
      firedAt.clear()
    },
  }
}

/**
 * The stage between track and notify: the tracker asks it for each alert and channel that are due; undefined
 * while nothing mutes.
 */
export function createMute(inForce: OptionsInForce): () => Mutes | undefined {
  return () => inForce.compiled.muting.mutes
}
