/**
 * A channel whose quota is exhausted: reported once for each time, with how many alerts wait. They are sent
 * when the quota allows it, or by the channel that takes over.
 */
import type { Channel } from './channel-timing.ts'
import { dueOf } from './due.ts'
import type { Effect } from './effect.ts'
import type { LiveAlert } from './live-alert.ts'
import type { TrackerState } from './tracker-state.ts'

/** Reports that the channel's quota is exhausted, if alerts wait for it and that was not reported yet. */
export function reportQuotaExhausted(state: TrackerState, channel: Channel, now: number): readonly Effect[] {
  const until = channel.unreportedUntil()
  if (until === undefined || now < channel.dueAt) return []
  if (now >= until) {
    channel.markReported()
    return []
  }
  const waiting = dueAlerts(state, channel, now)
  if (waiting.length === 0) return []
  channel.markReported()
  const severity = waiting.reduce((worst, alert) => (alert.rank > worst.rank ? alert : worst)).severity
  return [{ type: 'quota-exhausted', channel: channel.plan.name, alerts: waiting.length, severity, until }]
}

/** The alerts that are due on the channel; if there are none, sets when the next one is. */
function dueAlerts(state: TrackerState, channel: Channel, now: number): LiveAlert[] {
  const waiting: LiveAlert[] = []
  let next = Number.POSITIVE_INFINITY
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(channel.plan.name)
    const due = channelState === undefined ? undefined : dueOf(alert, channelState, channel.plan)
    if (due === undefined) continue
    if (due.at <= now) waiting.push(alert)
    else next = Math.min(next, due.at)
  }
  if (waiting.length === 0) channel.dueAt = next
  return waiting
}
