/**
 * Keeps the table of live alerts bounded. The alert that ended first is evicted first, then one that only a
 * resolve record ends and that had no record for a day; after that, records of further kinds are counted
 * under the overflow alert, so that counts still add up.
 */
import type { LogRecord, Occurrence, Severity } from '../model.ts'
import { hash64 } from '../text/text.ts'
import { addAlert, applyFilters, endAlert, removeAlert } from './alert-life.ts'
import { unnotified } from './channel-state.ts'
import { dueOf, schedule } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { keptMs } from './history.ts'
import { type LiveAlert, raiseSeverity } from './live-alert.ts'
import { endMutes } from './mute.ts'
import type { TrackerState } from './tracker-state.ts'

/** The rule named by the alert about too many kinds of errors. */
export const overflowRule = '@too-many-kinds'

const searchEveryMs = 60_000
/** How long the overflow alert lasts without records. */
const resolveAfterMs = 900_000

/** Whether there is room for one more alert. */
export function hasRoom({ alerts, maxAlerts, overflowId }: TrackerState): boolean {
  const overflow = overflowId !== undefined && alerts.has(overflowId) ? 1 : 0
  return alerts.size - overflow < maxAlerts
}

/** Evicts one alert, whose unsent records pass to the overflow alert; undefined if all are still needed. */
export function makeRoom(state: TrackerState, now: number): Effect[] | undefined {
  for (const id of state.ended) {
    const alert = state.alerts.get(id)
    if (alert !== undefined && id !== state.overflowId) return evict(state, alert, now)
  }
  if (now < state.searchAt) return undefined
  const quiet = longestQuiet(state, now)
  if (quiet === undefined) {
    state.searchAt = now + searchEveryMs
    return undefined
  }
  const effects = endAlert(state, quiet, now, 'quiet')
  return state.alerts.has(quiet.id) ? [...effects, ...evict(state, quiet, now)] : effects
}

function longestQuiet(state: TrackerState, now: number): LiveAlert | undefined {
  let found: LiveAlert | undefined
  for (const alert of state.alerts.values()) {
    if (alert.lastAt + keptMs > now || alert.id === state.overflowId) continue
    if (found === undefined || alert.lastAt < found.lastAt) found = alert
  }
  return found
}

/** The record as an occurrence of the overflow alert. */
export function toOverflow(state: TrackerState, occurrence: Occurrence): Occurrence {
  const overflow = overflowOccurrence(occurrence, occurrence.record, state.overflowId)
  state.overflowId = overflow.id
  return overflow
}

function evict(state: TrackerState, alert: LiveAlert, now: number): Effect[] {
  const effects: Effect[] = endMutes(alert)
  const counts = new Map<string, number>()
  for (const { plan } of state.channels) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) continue
    const count = unnotified(alert, channelState)
    if (count > 0) counts.set(plan.name, count)
    if (dueOf(alert, channelState, plan)?.reason === 'resolved')
      effects.push(suppressed(alert, plan.name, 'alert-limit'))
  }
  removeAlert(state, alert)
  if (counts.size > 0) effects.push(...addToOverflow(state, alert, counts, now))
  return effects
}

/** Adds the unsent records of an evicted alert to the overflow alert, channel by channel. */
function addToOverflow(
  state: TrackerState,
  alert: LiveAlert,
  counts: ReadonlyMap<string, number>,
  now: number,
): Effect[] {
  const effects: Effect[] = []
  const occurrence = overflowOccurrence(alert, alert.latest, state.overflowId)
  state.overflowId = occurrence.id
  const known = state.alerts.get(occurrence.id)
  const isFiring = known !== undefined && known.endedAt === undefined
  const overflow = isFiring ? known : addAlert(state, occurrence, now)
  raiseSeverity(overflow, occurrence, now)
  const refusing = applyFilters(state, overflow)
  if (!isFiring) for (const name of refusing) effects.push(suppressed(overflow, name, 'filtered'))

  const most = Math.max(...counts.values())
  overflow.count += most
  if (alert.rank >= overflow.rank) overflow.latest = alert.latest
  overflow.lastAt = Math.max(overflow.lastAt, now)
  state.dropped += most
  for (const [name, channelState] of overflow.channelStates) {
    const count = counts.get(name) ?? 0
    if (channelState.admitted) {
      channelState.notifiedCount += most - count
      continue
    }
    channelState.notifiedCount += most
    if (count > 0) effects.push(suppressed(alert, name, 'alert-limit', count))
  }
  schedule(state, overflow)
  return effects
}

/** What the overflow alert takes from a record, or from an evicted alert. */
interface OverflowSource {
  readonly severity: Severity
  readonly labels: Readonly<Record<string, string>>
}

/** An occurrence of the overflow alert; of the labels only service and env are kept. */
function overflowOccurrence(source: OverflowSource, record: LogRecord, id?: string): Occurrence {
  const labels = originOf(source.labels)
  return {
    id: id ?? hash64(JSON.stringify([overflowRule, labels])),
    rule: overflowRule,
    key: 'too many kinds of errors',
    severity: source.severity,
    action: 'fire',
    record,
    labels,
    summary: 'Too many kinds of errors',
    resolveAfterMs,
  }
}

function originOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const origin: Record<string, string> = Object.create(null)
  for (const name of ['service', 'env']) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined
    if (value !== undefined) origin[name] = value
  }
  return origin
}
