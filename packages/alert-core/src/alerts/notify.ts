/**
 * Notifies one channel: chooses what is due on it, makes one notification of that, sets when the channel is
 * due next, and learns later what became of the notification.
 */
import {
  type Alert,
  isSameLife,
  type Notification,
  type NotificationItem,
  type Reason,
  severities,
  severityRank,
} from '../model.ts'
import { removeIfDone } from './alert-life.ts'
import { type Channel, type ChannelPlan, isFallingBack, nothingDue, type Urgency } from './channel.ts'
import {
  alertFor,
  markNotified,
  noteSendingOutcome,
  suppressUnnotified,
  unnotified,
  wasAccepted,
  worstOf,
} from './channel-state.ts'
import { type Due, dueOf, finalReason, schedule } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { confirmPast } from './history.ts'
import { type ChannelState, copyAlert, type LiveAlert } from './live-alert.ts'
import { openMerged } from './merge-similar.ts'
import { composeNotification, isNotice, joinedIds } from './notification.ts'
import { noteFailed } from './send-digest.ts'
import { mergedIdOf } from './similar.ts'
import { channelOf, firingOf, mutesOf, type TrackerState } from './tracker-state.ts'

/**
 * How much is sent: `due`, what is due on a free channel; `flush`, all that may be sent by now, without
 * waiting for more or for the channel's turn; `end`, all that is unsent.
 */
export type Occasion = 'due' | 'flush' | 'end'

interface DueAlert {
  readonly alert: LiveAlert
  readonly channelState: ChannelState
  readonly reason: Reason
  /** When it became due, epoch ms. */
  readonly at: number
  readonly urgency: Urgency
}

const urgencies: readonly Urgency[] = ['critical', 'other', 'end']

/** The notifications that the channel is sent on this occasion. */
export function notifyAll(state: TrackerState, channel: Channel, occasion: Occasion, now: number): Effect[] {
  const effects: Effect[] = []
  while (occasion !== 'due' || isTurnOf(channel, now)) {
    const effect = notifyOnce(state, channel, occasion, now)
    if (effect === undefined) break
    effects.push(effect)
  }
  return effects
}

function isTurnOf({ due, freeAt }: Channel, now: number): boolean {
  return urgencies.some((urgency) => now >= due[urgency] && now >= freeAt[urgency])
}

/** The channel's notification now, if something is due. */
function notifyOnce(
  state: TrackerState,
  channel: Channel,
  occasion: Occasion,
  now: number,
): Extract<Effect, { type: 'notify' }> | undefined {
  const { plan } = channel
  const candidates = collectCandidates(state, channel, occasion, now)
  const urgency = triggerOf(channel, candidates, occasion, now)
  if (urgency === undefined) {
    for (const { at, urgency } of candidates) dueNoLaterThan(channel, urgency, at)
    return undefined
  }
  const fallsBack = isFallingBack(channel, now, urgency)
  const chosen = candidates.filter((one) => {
    // An end costs nothing, so it never falls back.
    const isIncluded = urgency === 'end' ? one.urgency === 'end' : !fallsBack || one.urgency !== 'end'
    if (!isIncluded) dueNoLaterThan(channel, one.urgency, one.at)
    return isIncluded
  })
  const items = chosen.map(({ alert, channelState, reason }) =>
    notifyOf(alert, channelState, reason, plan, now),
  )
  const id = state.newId()
  const paid = chosen.filter((one) => one.urgency === urgency)
  const firstDueAt = Math.min(...paid.map(({ at }) => at))
  const deferred = urgency === 'end' || fallsBack ? undefined : channel.deferralOf(urgency, firstDueAt, now)
  const newKinds = chosen.filter(({ reason }) => reason === 'first' || reason === 'regression').length
  channel.markSent(now, { id, newKinds, urgency })
  for (const { channelState } of fallsBack ? chosen : []) delete channelState.sending
  scheduleNext(state, channel, chosen)
  const composed = composeNotification(id, plan.name, items, now)
  const notification = deferred === undefined ? composed : { ...composed, deferred }
  return { type: 'notify', notification, ...(fallsBack ? { fallBack: true } : {}) }
}

/** What may be in a message now; for the rest of the alerts, sets when the channel is due. */
function collectCandidates(
  state: TrackerState,
  channel: Channel,
  occasion: Occasion,
  now: number,
): DueAlert[] {
  const { plan } = channel
  const candidates: DueAlert[] = []
  channel.due = nothingDue()
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) continue
    const due = dueOf(alert, channelState, plan)
    const at = due?.at ?? Number.POSITIVE_INFINITY
    const joins = due !== undefined && due.joinAt <= now ? due.reason : undefined
    const reason = occasion === 'end' ? finalReason(alert, channelState, plan, now) : joins
    // What is due was checked by `muteDue`; what only joins was not.
    const isUnchecked = reason !== undefined && reason !== 'resolved' && at > now
    if (reason === undefined || (isUnchecked && isMuted(alert, channelState)))
      dueNoLaterThan(channel, due?.urgency ?? 'other', at)
    else candidates.push({ alert, channelState, reason, at, urgency: candidateUrgency(reason, due) })
  }
  return candidates

  function isMuted(alert: LiveAlert, channelState: ChannelState): boolean {
    const mute = mutesOf(state)?.(alertFor(alert, channelState), plan.name, now, firingOf(state, now))
    return mute !== undefined
  }
}

function candidateUrgency(reason: Reason, due: Due | undefined): Urgency {
  return reason === 'resolved' ? 'end' : (due?.urgency ?? 'other')
}

/** The most urgent kind that may be sent now; undefined if nothing may. */
function triggerOf(
  channel: Channel,
  candidates: readonly DueAlert[],
  occasion: Occasion,
  now: number,
): Urgency | undefined {
  const mayTrigger = (one: DueAlert) => {
    if (occasion === 'end') return true
    if (occasion === 'flush') return now >= quotaFreeAt(channel, one.urgency)
    return one.at <= now && now >= channel.freeAt[one.urgency]
  }
  const triggers = candidates.filter(mayTrigger)
  if (triggers.length === 0) return undefined
  const has = (urgency: Urgency) => triggers.some((one) => one.urgency === urgency)
  if (has('critical')) return 'critical'
  // What only joins an end makes it cost as much as any other message.
  const joinsEnd = candidates.some(({ urgency }) => urgency !== 'end') && now >= channel.roomAt.other
  return has('other') || (joinsEnd && now >= channel.freeAt.other) ? 'other' : 'end'
}

/** When its quota lets it act again, epoch ms; at once if another channel takes over. */
function quotaFreeAt({ plan, roomAt }: Channel, urgency: Urgency): number {
  return plan.fallsBack ? Number.NEGATIVE_INFINITY : roomAt[urgency]
}

function dueNoLaterThan(channel: Channel, urgency: Urgency, at: number): void {
  if (at < channel.due[urgency]) channel.due[urgency] = at
}

// The end of an alert that ended before it was sent is due at once.
function scheduleNext(state: TrackerState, channel: Channel, chosen: readonly DueAlert[]): void {
  for (const { alert, channelState } of chosen) {
    alert.scheduled = false
    const due = dueOf(alert, channelState, channel.plan)
    if (due !== undefined) dueNoLaterThan(channel, due.urgency, due.at)
    removeIfDone(state, alert)
  }
}

/** The item about one alert; marks the channel as notified of it. */
export function notifyOf(
  alert: LiveAlert,
  channelState: ChannelState,
  reason: Reason,
  plan: ChannelPlan,
  now: number,
): NotificationItem {
  const added = unnotified(alert, channelState)
  const shown = reason === 'resolved' ? endedAlert(alert, channelState) : alertFor(alert, channelState)
  const last = channelState.notified ?? channelState.past
  const fellBackAt = reason === 'resolved' ? channelState.fellBackAt : undefined
  const notifiedAt = last?.at ?? fellBackAt
  const previousSeverity =
    reason === 'escalated' && last !== undefined ? severities[worstOf(last)] : undefined
  const { silenceEnded, since } = channelState
  const isFirst = reason === 'first' && channelState.notified === undefined
  const unacknowledgedMs = isFirst && plan.afterMs > 0 && since !== undefined ? now - since : undefined
  delete channelState.silenceEnded
  const others = [...alert.channelStates].flatMap(([name, other]) =>
    name !== plan.name && wasAccepted(alert, other) ? [name] : [],
  )
  markNotified(alert, channelState, reason, plan, now)
  const nextAt = alert.endedAt === undefined && channelState.admitted ? channelState.nextAt : undefined
  return {
    alert: shown,
    reason,
    added,
    ...(notifiedAt === undefined ? {} : { notifiedAt }),
    ...(previousSeverity === undefined ? {} : { previousSeverity }),
    ...(unacknowledgedMs === undefined ? {} : { unacknowledgedMs }),
    ...(silenceEnded === undefined || reason === 'resolved' ? {} : { silenceEnded }),
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(others.length === 0 ? {} : { notifiedChannels: others }),
  }
}

/** The alert as it ended for the channel: a life that the channel does not take is not what ended. */
function endedAlert(alert: LiveAlert, channelState: ChannelState): Alert {
  const { former, admitted } = channelState
  return former !== undefined && !admitted ? former.alert : copyAlert(alert)
}

/** Whether another message that the alert fires still waits for its delivery on the same channel. */
export type IsWaiting = (alert: string) => boolean

/** The provider of the notification's channel accepted it, or will not; only what it accepted is charged. */
export function noteOutcome(
  state: TrackerState,
  notification: Notification,
  isDelivered: boolean,
  now: number,
  isWaiting: IsWaiting = () => false,
): Effect[] {
  const effects: Effect[] = []
  const { channel, items, digest } = notification
  const isCharged = isDelivered && (digest !== undefined || items.some(costs))
  const own = channelOf(state, channel)
  own?.noteOutcome(joinedIds(notification), now, isCharged)
  if (!isDelivered && own !== undefined) noteFailed(state, own, notification)
  for (const item of items) {
    const { alert: copy, fallbackFrom } = item
    if (!costs(item)) continue
    const alert = state.alerts.get(copy.id)
    const channelState = alert?.channelStates.get(channel)
    if (alert === undefined || channelState === undefined) {
      if (!isDelivered) continue
      confirmPast(state.history, copy.id, channel, now)
      const merged = state.alerts.get(mergedIdOf(state.similar, copy.id))
      if (merged !== undefined && merged.endedAt === undefined) openMerged(state, merged, channel)
      else if (fallbackFrom !== undefined && own !== undefined)
        effects.push(...endFallback(state, own, copy, now))
      continue
    }
    // What fell back was not notified to this channel by itself, and is open on it all the same.
    if (fallbackFrom === undefined) {
      // Of two messages about an alert the first one may fail, and the second still be accepted.
      if (isDelivered || !isWaiting(copy.id)) noteSendingOutcome(channelState, isDelivered, now)
    } else if (isDelivered && own !== undefined)
      effects.push(...openFallback(alert, channelState, own.plan, { copy, now }))
    alert.scheduled = false
    schedule(state, alert)
    removeIfDone(state, alert)
  }
  return effects
}

/** An end costs nothing, nor does the answer of somebody. */
function costs(item: NotificationItem): boolean {
  return item.reason !== 'resolved' && (item.answered === undefined || !isNotice(item))
}

/**
 * The end of an alert that was over, and of which nothing was left to send, before the provider accepted what
 * fell back of it.
 */
function endFallback(state: TrackerState, { plan }: Channel, copy: Alert, now: number): Effect[] {
  const past = state.history.get(copy.id)
  // Another process that continues with the alert sends its end.
  if (past === undefined) return []
  const { name, sendResolved } = plan
  const isCritical = sendResolved === 'critical' && copy.severity === 'critical'
  // On a channel for people a message that says that the alert ended needs no end after it.
  if (sendResolved !== 'always' && !(isCritical && copy.state === 'firing')) return []
  const alert = { ...copy, state: 'resolved' as const, endedAt: copy.endedAt ?? past.endedAt }
  const items = [{ alert, reason: 'resolved' as const, added: 0, notifiedAt: now }]
  return [{ type: 'notify', notification: composeNotification(state.newId(), name, items, now) }]
}

/**
 * What fell back is known on this channel: of that it is not notified again by itself. It may be about a life
 * that is over, unlike the present one: then only the end of that life is owed.
 */
function openFallback(
  alert: LiveAlert,
  channelState: ChannelState,
  plan: ChannelPlan,
  { copy, now }: { readonly copy: Alert; readonly now: number },
): Effect[] {
  if (channelState.opened !== undefined) return []
  const isPresent = isSameLife(copy, alert)
  channelState.fellBackAt = now
  const known = isPresent
    ? knowPresent(alert, channelState, plan, { copy, now })
    : knowFormer(channelState, copy)
  channelState.opened = isPresent ? alert.startedAt : alert.startedAt - 1
  return known > 0 ? [suppressed(alert, plan.name, 'already-notified', known)] : []
}

/** How many records the channel is not notified of by itself any more. */
function knowPresent(
  alert: LiveAlert,
  channelState: ChannelState,
  plan: ChannelPlan,
  { copy, now }: { readonly copy: Alert; readonly now: number },
): number {
  const { admitted, notified, notifiedCount, former } = channelState
  // Of the lives before it the channel knows nothing yet.
  if (!admitted || notified !== undefined || (former?.unsent ?? 0) > 0) return 0
  markNotified(alert, channelState, 'first', plan, now)
  delete channelState.sending
  // What came since is for a reminder, or an escalation.
  channelState.notifiedCount = Math.max(notifiedCount, Math.min(copy.count, alert.count))
  channelState.notified = { ...channelState.notified!, rank: severityRank(copy.severity) }
  return channelState.notifiedCount - notifiedCount
}

function knowFormer(channelState: ChannelState, copy: Alert): number {
  const { former } = channelState
  channelState.former = former ?? { alert: { ...copy, state: 'resolved' }, unsent: 0 }
  if (former === undefined || !isSameLife(former.alert, copy)) return 0
  channelState.former = { ...former, unsent: 0 }
  return former.unsent
}

/** Suppresses what was not sent before the end of the stream because its `after` was not over. */
export function suppressRest(state: TrackerState, channel: Channel): Effect[] {
  const effects: Effect[] = []
  const { name } = channel.plan
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(name)
    const count = channelState === undefined ? 0 : unnotified(alert, channelState)
    if (channelState === undefined || count === 0) continue
    effects.push(suppressed(alert, name, 'closed', count))
    suppressUnnotified(alert, channelState)
    channelState.admitted = false
    removeIfDone(state, alert)
  }
  return effects
}
