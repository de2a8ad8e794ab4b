/**
 * What follows from a record or from time passing, as values: the host of the tracker (a worker, a test, a
 * replay over old logs) decides what to do with them.
 */
import type {
  Acknowledgement,
  AlertName,
  ChannelPreview,
  Notification,
  Severity,
  SuppressedReason,
} from '../model.ts'

/** One consequence: a channel is notified, or a reason why not is recorded. */
export type Effect =
  | {
      readonly type: 'notify'
      readonly notification: Notification
      /** The channel's quota is exhausted: its fallback takes this. */
      readonly fallBack?: true
    }
  | ({
      /** An alert began to fire, or fired again. */
      readonly type: 'fired'
      readonly severity: Severity
      readonly channels: readonly ChannelPreview[]
    } & AlertName)
  | ({
      readonly type: 'suppressed'
      readonly channel: string
      readonly reason: SuppressedReason
      /** Records that this channel is not notified of; missing if it does not take the alert. */
      readonly count?: number
    } & AlertName)
  | ({
      /** Somebody acknowledged the alert, or it is not acknowledged any more. */
      readonly type: 'acknowledged'
      readonly ended?: 'escalated' | 'undone'
    } & Omit<Acknowledgement, 'at'> &
      AlertName)
  | {
      /** The channel's quota is exhausted, and alerts wait for it or fall back; again if other ones do. */
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
      /** The quota of a channel that was reported as exhausted has room again. */
      readonly type: 'quota-renewed'
      readonly channel: string
    }
  | {
      readonly type: 'dropped'
      readonly reason: 'alert-limit'
      /** Records counted under the overflow alert because there was no room for an alert of their own. */
      readonly count: number
    }

/** The acknowledgement of the alert began, or ended. */
export function acknowledgedEffect(
  alert: { readonly id: string; readonly rule: string; readonly key: string },
  { by, comment }: Acknowledgement,
  ended?: 'escalated' | 'undone',
): Effect {
  const { id, rule, key } = alert
  return {
    type: 'acknowledged',
    alert: id,
    rule,
    key,
    ...(by === undefined ? {} : { by }),
    ...(comment === undefined ? {} : { comment }),
    ...(ended === undefined ? {} : { ended }),
  }
}

/** The channel is not notified of so many records of the alert; no count if it does not take the alert. */
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
