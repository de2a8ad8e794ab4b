/**
 * The digests of all channels in a tracker: what they count, and when each is sent. A digest costs one
 * message of the quota and keeps to the channel's interval, but belongs to no alert.
 */
import type { Notification, SuppressedReason } from '../model.ts'
import { type Channel, type ChannelPlan, isFallingBack } from './channel.ts'
import { type ChannelDigest, createChannelDigest, type SavedDigest } from './digest.ts'
import type { Effect } from './effect.ts'
import { copyAlert, type LiveAlert } from './live-alert.ts'
import { suppressMutedSoFar } from './mute.ts'
import { recordsOf } from './notification.ts'
import type { TrackerState } from './tracker-state.ts'

/** The digests of these channels, with what was known of them. */
export function openDigests(
  plans: readonly ChannelPlan[],
  now: number,
  saved: readonly SavedDigest[] = [],
): ReadonlyMap<string, ChannelDigest> {
  return new Map(
    plans.flatMap(({ name, digest }) => {
      if (digest === undefined) return []
      const known = saved.find((one) => one.name === name)
      return [[name, createChannelDigest(name, digest, now, known)] as const]
    }),
  )
}

export function saveDigests({ digests }: Pick<TrackerState, 'digests'>): readonly SavedDigest[] {
  return [...digests.values()].map((digest) => digest.save())
}

/** When the channel is sent its digest, epoch ms; `Infinity` if it gets none. */
export function digestDueAt({ digests }: TrackerState, { plan, freeAt }: Channel): number {
  const digest = digests.get(plan.name)
  return digest === undefined ? Number.POSITIVE_INFINITY : Math.max(digest.nextAt(), freeAt.other)
}

/** The channel's digest if it is due; nothing if nothing happened and that is not to be said. */
export function sendDigest(state: TrackerState, channel: Channel, now: number): Effect[] {
  const { name } = channel.plan
  const due = state.digests.get(name)
  if (due === undefined || now < digestDueAt(state, channel)) return []
  const firing = [...state.alerts.values()]
    .filter((alert) => alert.endedAt === undefined)
    .map((alert) => ({ alert, copy: copyAlert(alert) }))
  const digest = due.take(name, firing, now)
  const isNothing = digest.fresh + digest.firing + digest.resolved === 0
  if (isNothing && !due.plan.quiet) return []
  const id = state.newId()
  const fallsBack = isFallingBack(channel, now, 'other')
  channel.markSent(now, { id, newKinds: 0, urgency: 'other' })
  const notification: Notification = {
    id,
    channel: name,
    reason: 'digest',
    severity: 'info',
    at: now,
    items: [],
    digest,
  }
  return [{ type: 'notify', notification, ...(fallsBack ? { fallBack: true } : {}) }]
}

/** An alert ended: its records stay in the digests. */
export function noteEnd({ digests }: TrackerState, alert: LiveAlert, at: number): void {
  if (digests.size === 0) return
  const copy = copyAlert(alert)
  for (const digest of digests.values()) digest.noteEnd(alert, at, copy)
}

/** What was sent and what was not, as the effects of the tracker say it. */
export function noteEffects({ digests }: TrackerState, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type === 'notify' && effect.notification.digest === undefined)
      for (const digest of digests.values()) digest.noteNotification()
    if (effect.type === 'suppressed' && effect.reason !== 'filtered' && effect.count !== undefined)
      noteUnsent(digests, effect.channel, effect.reason, effect.count)
  }
}

/**
 * A channel did not deliver a notification, and no other channel takes over. What had fallen back to it is
 * unsent on the channel that it came from.
 */
export function noteFailed({ digests }: TrackerState, { plan }: Channel, notification: Notification): void {
  if (digests.size === 0 || plan.fallsBack || notification.digest !== undefined) return
  noteUnsent(digests, plan.name, 'failed', recordsOf(notification))
  for (const { fallbackFrom, fellBack = 0 } of notification.items)
    if (fallbackFrom !== undefined) noteUnsent(digests, fallbackFrom.channel, 'failed', fellBack)
}

/** Before a digest is sent: what is muted so far counts in it, and not only when the mute ends. */
export function suppressBeforeDigest(state: TrackerState, now: number): Effect[] {
  const isDue = state.channels.some((channel) => now >= digestDueAt(state, channel))
  if (!isDue) return []
  const effects: Effect[] = []
  for (const alert of state.alerts.values()) if (alert.hasMuted) effects.push(...suppressMutedSoFar(alert))
  return effects
}

function noteUnsent(
  digests: TrackerState['digests'],
  channel: string,
  reason: SuppressedReason,
  records: number,
): void {
  if (records > 0) for (const digest of digests.values()) digest.noteSuppressed(channel, reason, records)
}
