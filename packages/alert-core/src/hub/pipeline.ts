/**
 * The path of a line, read top to bottom, one function a stage:
 *
 *   ingest ─ match ─ track ┆ mute ─ notify ─ deliver
 *   every line             ┆ only when a channel is to be notified
 *
 * Left of the bar all is synchronous and cannot throw; right of it failures are values and counted. Between
 * the two is the tracker: a change of it (`advance`) asks `inForce.mutes` about what is due, and says what
 * follows as effects, which `notify` carries out.
 */
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { Fleet, Item } from '../fleet/fleet-types.ts'
import type { LogRecord, Occurrence } from '../model.ts'
import type { ReadFailure } from '../read/reader.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { Advance } from './advance.ts'
import { type AlertInput, alertInputFields } from './alert-input.ts'
import type { Channels } from './channels.ts'
import type { OptionsInForce } from './compiled-options.ts'
import { createItemCounter, createSubmit } from './count-items.ts'
import { createEarlyEnds, type EarlyEnds } from './early-ends.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { NoChannelReports } from './no-channel.ts'
import type { Reading } from './reading.ts'
import type { Reporting } from './reporting.ts'
import type { Signals } from './signals.ts'
import type { StartupBuffer } from './startup-buffer.ts'

export interface PipelineOptions {
  readonly inForce: OptionsInForce
  readonly reading: Reading
  readonly buffer: StartupBuffer | undefined
  readonly lifecycle: Lifecycle
  readonly tracker: Tracker
  readonly advance: Advance['advance']
  readonly fleet: Fleet
  readonly state: State | undefined
  readonly channels: Channels
  readonly reporting: Reporting
  readonly signals: Signals
  readonly clock: Clock
}

export interface Pipeline {
  write(line: string, times?: number): void
  /** Whether `write` would read this line. */
  wants(line: string): boolean
  publish(input: AlertInput): void
  /** Counts what other processes submitted. */
  countItems(items: readonly Item[], process: string): void
  /** Records that were matched so far, whatever came of it. */
  matched(): number
  /** Absent without a state. */
  readonly earlyEnds: EarlyEnds | undefined
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { inForce, reading, buffer, lifecycle, tracker, advance, fleet, state, channels } = options
  const { reporting, signals, clock } = options
  const { read, readObject, context } = reading
  const { counters, events, metaAlerts, noChannel } = reporting
  const countItems = createItemCounter({ tracker, state, inForce, advance })
  const submit = createSubmit({ fleet, inForce, context, clock })
  const isAlone = () => fleet.isAlone?.() === true
  const earlyEnds = state && createEarlyEnds({ inForce, clock, isAlone, track })
  let matched = 0
  signals.on('effects', notify)
  signals.on('metaAlert', trackMetaAlert)

  // ── every line

  function write(line: string, times = 1): void {
    counters.countLine(times)
    if (buffer?.isOpen()) buffer.add(line.length, () => ingest(line, times))
    else ingest(line, times)
  }

  function wants(line: string): boolean {
    return buffer?.isOpen() || context !== undefined || inForce.compiled.gate(line)
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
    matched++
    const { rules } = inForce.compiled
    if (record.alert) noChannel.noteRecord(record.alert)
    const ends = rules.resolve(record)
    for (const end of ends) track(end)
    if (!fleet.decides) fleet.submitEnd(rules.names(record).ended, record)
    else earlyEnds?.keep(record, ends)
    const occurrence = rules.take(record)
    if (occurrence === undefined) return
    if ('off' in occurrence) {
      counters.countOff(occurrence.off, occurrence.reason)
      return
    }
    counters.countMatch(occurrence.rule)
    if (record.alert) noChannel.noteMatched(record.alert, occurrence)
    track(occurrence)
  }

  function trackMetaAlert(occurrence: Occurrence): void {
    matched++
    if (occurrence.action === 'fire') counters.countMatch(occurrence.rule)
    track(occurrence)
  }

  function track(occurrence: Occurrence): void {
    const { id, severity, record } = occurrence
    if (occurrence.action === 'fire') earlyEnds?.noteFired(id)
    if (submit?.(occurrence)) return
    advance((now) => {
      const effects = tracker.push(occurrence, now)
      if (context !== undefined) tracker.addContext(id, now, () => context.before(record))
      return effects
    })
    state?.saveAlert(id, severity === 'critical')
  }

  // ── only when a channel is to be notified, and nothing mutes it

  function notify(effects: readonly Effect[], now: number): void {
    const due = effects.filter((effect) => effect.type === 'notify')
    if (due.length > 0) channels.deliver(due)
    for (const effect of effects) {
      if (effect.type === 'quota-exhausted') metaAlerts.noteQuotaExhausted(effect)
      else if (effect.type === 'quota-renewed') metaAlerts.noteQuotaRenewed(effect.channel)
      else if (effect.type !== 'notify') events.emit({ ...effect, at: now })
      if (effect.type === 'fired') checkReach(effect, inForce, noChannel)
    }
  }

  return { write, wants, publish, countItems, matched: () => matched, earlyEnds }
}

/** Most alerts are taken by some channel, and their rules are as they should be. */
function checkReach(
  fired: Extract<Effect, { type: 'fired' }>,
  { compiled }: OptionsInForce,
  noChannel: NoChannelReports,
): void {
  const hasDigest = compiled.tracked.some(({ digest }) => digest?.only)
  const isTaken = hasDigest || fired.channels.some(({ takes }) => takes)
  if (!isTaken || compiled.warnedRules.has(fired.rule)) noChannel.noteFired(fired, isTaken)
}
