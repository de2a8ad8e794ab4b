/**
 * A channel whose quota is exhausted: reported with how many alerts wait, once an hour at most. They are sent
 * when the quota allows it, or by the channel that takes over.
 */
import type { Channel } from './channel-timing.ts'
import { dueOf } from './due.ts'
import type { Effect } from './effect.ts'
import type { LiveAlert } from './live-alert.ts'
import type { TrackerState } from './tracker-state.ts'

const leastReportMs = 3_600_000

/**
 * Reports that the channel's quota is exhausted, if alerts wait for it and the last report is long enough
 * ago.
 */
export function reportQuotaExhausted(state: TrackerState, channel: Channel, now: number): readonly Effect[] {
  const until = channel.unreportedUntil()
  if (until === undefined || now < Math.min(channel.due.critical, channel.due.other)) return []
  if (now >= until) {
    channel.markReported(until)
    return []
  }
  const waiting = waitingFor(state, channel, now)
  if (waiting.length === 0) return []
  channel.markReported(Math.max(until, now + leastReportMs))
  const severity = waiting.reduce((worst, alert) => (alert.rank > worst.rank ? alert : worst)).severity
  return [{ type: 'quota-exhausted', channel: channel.plan.name, alerts: waiting.length, severity, until }]
}

/** The alerts that are due and wait for the quota; if there are none, sets when the next one is due. */
function waitingFor(state: TrackerState, channel: Channel, now: number): LiveAlert[] {
  const waiting: LiveAlert[] = []
  const next = { critical: Number.POSITIVE_INFINITY, other: Number.POSITIVE_INFINITY }
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(channel.plan.name)
    const due = channelState === undefined ? undefined : dueOf(alert, channelState, channel.plan)
    if (due === undefined || due.urgency === 'end') continue
    if (due.at <= now && now < channel.quotaAt(due.urgency)) waiting.push(alert)
    next[due.urgency] = Math.min(next[due.urgency], due.at)
  }
  if (waiting.length === 0) Object.assign(channel.due, next)
  return waiting
}
