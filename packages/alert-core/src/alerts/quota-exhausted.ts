/**
 * A channel whose quota is used up: said once for each time it is, with how many alerts it holds back. What comes then waits
 * for the quota, or is handed on where somebody takes over.
 */
import type { Channel } from './channel-timing.ts'
import { dueOf } from './due.ts'
import type { Effect } from './effect.ts'
import type { LiveAlert } from './live-alert.ts'
import type { TrackerState } from './tracker-state.ts'

/** Says that the channel's quota is used up, if that holds something back and was not said yet. */
export function noteQuotaExhausted(state: TrackerState, channel: Channel, now: number): readonly Effect[] {
  const until = channel.unreportedUntil()
  if (until === undefined || now < channel.dueAt) return []
  if (now >= until) {
    channel.markReported()
    return []
  }
  const deferred = dueAlerts(state, channel, now)
  if (deferred.length === 0) return []
  channel.markReported()
  const severity = deferred.reduce((worst, alert) => (alert.rank > worst.rank ? alert : worst)).severity
  return [{ type: 'quota-exhausted', channel: channel.plan.name, alerts: deferred.length, severity, until }]
}

/** The alerts that the channel would tell now; when there are none, it learns when the next one is due. */
function dueAlerts(state: TrackerState, channel: Channel, now: number): LiveAlert[] {
  const deferred: LiveAlert[] = []
  let next = Number.POSITIVE_INFINITY
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(channel.plan.name)
    const due = channelState === undefined ? undefined : dueOf(alert, channelState, channel.plan)
    if (due === undefined) continue
    if (due.at <= now) deferred.push(alert)
    else next = Math.min(next, due.at)
  }
  if (deferred.length === 0) channel.dueAt = next
  return deferred
}
