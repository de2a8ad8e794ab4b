/**
 * What the state machine asks to be done: values, so that whoever runs it (a worker, a test, a replay over old logs)
 * decides how.
 */
import type { AlertName, ChannelPreview, Notification, Severity, SuppressedReason } from '../model.ts'

/** One consequence of a record or of time passing: somebody is told, or a reason why not is recorded. */
export type Effect =
  | {
      readonly type: 'notify'
      readonly notification: Notification
      /** The channel's quota is used up: whoever takes over from it is to tell this. */
      readonly fallBack?: true
    }
  | ({
      /** An alert began to fire, or came back. */
      readonly type: 'fired'
      readonly severity: Severity
      readonly channels: readonly ChannelPreview[]
    } & AlertName)
  | ({
      readonly type: 'suppressed'
      readonly channel: string
      readonly reason: SuppressedReason
      /** Records that this channel will not be told of; absent where it was never to be told. */
      readonly count?: number
    } & AlertName)
  | {
      /** The channel's quota is used up, and now something has to wait for it or go another way; said once. */
      readonly type: 'quota-exhausted'
      readonly channel: string
      /** Alerts that are due on the channel. */
      readonly alerts: number
      /** Of the most severe among them. */
      readonly severity: Severity
      /** When the quota allows the next message, epoch ms. */
      readonly until: number
    }
  | {
      readonly type: 'dropped'
      readonly reason: 'alert-limit'
      /** Records counted under the "too many kinds" alert because there was no room for an alert of their own. */
      readonly count: number
    }

/** The channel is not told of so many records of the alert; without a count, of none that it would have been told. */
export function suppressed(
  alert: { readonly id: string; readonly rule: string; readonly key: string },
  channel: string,
  reason: SuppressedReason,
  count?: number,
): Extract<Effect, { type: 'suppressed' }> {
  const { id, rule, key } = alert
  return {
    type: 'suppressed',
    channel,
    alert: id,
    rule,
    key,
    reason,
    ...(count === undefined ? {} : { count }),
  }
}
