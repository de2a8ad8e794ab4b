/**
 * Keeps the table of live alerts bounded. The oldest of those that ended go first, then those that fell silent for a
 * day without ever being ended; after that, records of further kinds are counted under one surplus alert.
 */
import type { Occurrence } from '../model.ts'
import { dueOf } from './due.ts'
import { type Effect, notTold } from './effect.ts'
import { rememberMs } from './history.ts'
import { admit, enter, finish, leave } from './life.ts'
import { type LiveAlert, raiseSeverity } from './live.ts'
import { type Memory, plansOf, schedule } from './memory.ts'
import { endMutes } from './mute.ts'
import { surplusOccurrence } from './surplus.ts'
import { untold } from './view.ts'

const searchEveryMs = 60_000

/** True when one more alert has room. */
export function hasRoom({ alerts, maxAlerts, surplusId }: Memory): boolean {
  const surplus = surplusId !== undefined && alerts.has(surplusId) ? 1 : 0
  return alerts.size - surplus < maxAlerts
}

/** Lets one alert go, its untold records passing to the surplus alert; undefined when all are still needed. */
export function makeRoom(memory: Memory, now: number): Effect[] | undefined {
  for (const id of memory.ended) {
    const alert = memory.alerts.get(id)
    if (alert !== undefined && id !== memory.surplusId) return evict(memory, alert, now)
  }
  if (now < memory.searchAt) return undefined
  const forgotten = longestSilent(memory, now)
  if (forgotten === undefined) {
    memory.searchAt = now + searchEveryMs
    return undefined
  }
  const effects = finish(memory, forgotten, now)
  return memory.alerts.has(forgotten.id) ? [...effects, ...evict(memory, forgotten, now)] : effects
}

function longestSilent(memory: Memory, now: number): LiveAlert | undefined {
  let found: LiveAlert | undefined
  for (const alert of memory.alerts.values()) {
    if (alert.lastAt + rememberMs > now || alert.id === memory.surplusId) continue
    if (found === undefined || alert.lastAt < found.lastAt) found = alert
  }
  return found
}

/** The record as one of the surplus alert. */
export function asSurplus(memory: Memory, occurrence: Occurrence): Occurrence {
  const surplus = surplusOccurrence(occurrence, occurrence.record, memory.surplusId)
  memory.surplusId = surplus.id
  return surplus
}

function evict(memory: Memory, alert: LiveAlert, now: number): Effect[] {
  const effects: Effect[] = endMutes(alert)
  const counts = new Map<string, number>()
  for (const plan of plansOf(memory)) {
    const view = alert.views.get(plan.name)
    if (view === undefined) continue
    const count = untold(alert, view)
    if (count > 0) counts.set(plan.name, count)
    if (dueOf(alert, view, plan)?.reason === 'resolved')
      effects.push(notTold(alert, plan.name, 'alert-limit'))
  }
  leave(memory, alert)
  if (counts.size > 0) effects.push(...passOn(memory, alert, counts, now))
  return effects
}

/** Adds the records that channels were not told of to what the surplus alert will tell them. */
function passOn(
  memory: Memory,
  alert: LiveAlert,
  counts: ReadonlyMap<string, number>,
  now: number,
): Effect[] {
  const effects: Effect[] = []
  const occurrence = surplusOccurrence(alert, alert.latest, memory.surplusId)
  memory.surplusId = occurrence.id
  const known = memory.alerts.get(occurrence.id)
  const goesOn = known !== undefined && known.endedAt === undefined
  const surplus = goesOn ? known : enter(memory, occurrence, now)
  raiseSeverity(surplus, occurrence, now)
  const refusing = admit(memory, surplus)
  if (!goesOn) for (const name of refusing) effects.push(notTold(surplus, name, 'filtered'))

  const most = Math.max(...counts.values())
  surplus.count += most
  surplus.latest = alert.latest
  surplus.lastAt = Math.max(surplus.lastAt, now)
  memory.dropped += most
  for (const [name, view] of surplus.views) {
    const count = counts.get(name) ?? 0
    if (view.admitted) {
      view.carried += count - most
      continue
    }
    view.toldCount += most
    if (count > 0) effects.push(notTold(alert, name, 'alert-limit', count))
  }
  schedule(memory, surplus)
  return effects
}
