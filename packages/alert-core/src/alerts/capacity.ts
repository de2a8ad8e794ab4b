/**
 * Keeps the table of live alerts bounded. The oldest of those that ended go first, then those that fell silent for a
 * day without ever being ended; after that, records of further kinds are counted under one surplus alert.
 */
import type { Occurrence } from '../model.ts'
import { admit, enter, finish, leave } from './alert-life.ts'
import { unnotified } from './channel-state.ts'
import { dueOf } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { rememberMs } from './history.ts'
import { type LiveAlert, raiseSeverity } from './live-alert.ts'
import { endMutes } from './mute.ts'
import { overflowOccurrence } from './overflow-alert.ts'
import { plansOf, schedule, type TrackerState } from './tracker-state.ts'

const searchEveryMs = 60_000

/** True when one more alert has room. */
export function hasRoom({ alerts, maxAlerts, overflowId }: TrackerState): boolean {
  const overflow = overflowId !== undefined && alerts.has(overflowId) ? 1 : 0
  return alerts.size - overflow < maxAlerts
}

/** Lets one alert go, its untold records passing to the surplus alert; undefined when all are still needed. */
export function makeRoom(tracked: TrackerState, now: number): Effect[] | undefined {
  for (const id of tracked.ended) {
    const alert = tracked.alerts.get(id)
    if (alert !== undefined && id !== tracked.overflowId) return evict(tracked, alert, now)
  }
  if (now < tracked.searchAt) return undefined
  const forgotten = longestSilent(tracked, now)
  if (forgotten === undefined) {
    tracked.searchAt = now + searchEveryMs
    return undefined
  }
  const effects = finish(tracked, forgotten, now)
  return tracked.alerts.has(forgotten.id) ? [...effects, ...evict(tracked, forgotten, now)] : effects
}

function longestSilent(tracked: TrackerState, now: number): LiveAlert | undefined {
  let found: LiveAlert | undefined
  for (const alert of tracked.alerts.values()) {
    if (alert.lastAt + rememberMs > now || alert.id === tracked.overflowId) continue
    if (found === undefined || alert.lastAt < found.lastAt) found = alert
  }
  return found
}

/** The record as one of the surplus alert. */
export function asOverflow(tracked: TrackerState, occurrence: Occurrence): Occurrence {
  const overflow = overflowOccurrence(occurrence, occurrence.record, tracked.overflowId)
  tracked.overflowId = overflow.id
  return overflow
}

function evict(tracked: TrackerState, alert: LiveAlert, now: number): Effect[] {
  const effects: Effect[] = endMutes(alert)
  const counts = new Map<string, number>()
  for (const plan of plansOf(tracked)) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) continue
    const count = unnotified(alert, channelState)
    if (count > 0) counts.set(plan.name, count)
    if (dueOf(alert, channelState, plan)?.reason === 'resolved')
      effects.push(suppressed(alert, plan.name, 'alert-limit'))
  }
  leave(tracked, alert)
  if (counts.size > 0) effects.push(...passOn(tracked, alert, counts, now))
  return effects
}

/** Adds the records that channels were not told of to what the surplus alert will tell them. */
function passOn(
  tracked: TrackerState,
  alert: LiveAlert,
  counts: ReadonlyMap<string, number>,
  now: number,
): Effect[] {
  const effects: Effect[] = []
  const occurrence = overflowOccurrence(alert, alert.latest, tracked.overflowId)
  tracked.overflowId = occurrence.id
  const known = tracked.alerts.get(occurrence.id)
  const goesOn = known !== undefined && known.endedAt === undefined
  const overflow = goesOn ? known : enter(tracked, occurrence, now)
  raiseSeverity(overflow, occurrence, now)
  const refusing = admit(tracked, overflow)
  if (!goesOn) for (const name of refusing) effects.push(suppressed(overflow, name, 'filtered'))

  const most = Math.max(...counts.values())
  overflow.count += most
  overflow.latest = alert.latest
  overflow.lastAt = Math.max(overflow.lastAt, now)
  tracked.dropped += most
  for (const [name, channelState] of overflow.channelStates) {
    const count = counts.get(name) ?? 0
    if (channelState.admitted) {
      channelState.carried += count - most
      continue
    }
    channelState.notifiedCount += most
    if (count > 0) effects.push(suppressed(alert, name, 'alert-limit', count))
  }
  schedule(tracked, overflow)
  return effects
}
