/**
 * What became of a notification: what its provider accepted is open until its end is sent, and reminders
 * count from the delivery.
 */
import type { Notification } from '../model.ts'
import { removeIfDone } from './alert-life.ts'
import { settleSending } from './channel-state.ts'
import { schedule, type TrackerState } from './tracker-state.ts'

/** The provider of the notification's channel accepted it, or will not. */
export function settle(
  state: TrackerState,
  notification: Notification,
  isDelivered: boolean,
  now: number,
): void {
  const { channel, items } = notification
  for (const { alert: copy, reason, fallbackFrom } of items) {
    if (reason === 'resolved') continue
    const alert = state.alerts.get(copy.id)
    const channelState = alert?.channelStates.get(channel)
    if (alert === undefined || channelState === undefined) {
      if (isDelivered) state.history.confirm(copy.id, channel, now)
      continue
    }
    // What fell back was not notified to this channel by itself, and is open on it all the same.
    if (fallbackFrom === undefined) settleSending(channelState, isDelivered, now)
    else if (isDelivered) channelState.opened ??= alert.startedAt
    alert.scheduled = false
    schedule(state, alert)
    removeIfDone(state, alert)
  }
}
