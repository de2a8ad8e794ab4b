/**
 * The state of one alert on one channel: whether its filter takes the alert, when it was notified, whether
 * its provider accepted that, and how many records it was not notified of yet. What is unsent of an earlier
 * life keeps the severity, text and filter of that life.
 */
import { type Alert, type Reason, severityRank } from '../model.ts'
import type { ChannelPlan } from './channel.ts'
import { addMessage, flappingPauseMs } from './flapping.ts'
import { type ChannelState, copyAlert, type LastNotified, type LiveAlert } from './live-alert.ts'

/** The state of an alert that has just begun to fire. */
export function openChannelState(since: number, last?: LastNotified, isFlapping = false): ChannelState {
  const { worst: _, ...plain } = last ?? { at: 0, rank: 0 }
  const past = last === undefined || isFlapping ? last : plain
  return {
    admitted: false,
    since,
    notifiedCount: 0,
    repeats: past?.repeats ?? 0,
    ...(past === undefined ? {} : { past }),
  }
}

/**
 * The state for a channel that is added after others were notified: for it, the alert begins with its next
 * record.
 */
export function joinChannelState(alert: LiveAlert): ChannelState {
  return { admitted: false, notifiedCount: alert.count, repeats: 0 }
}

/** The state of the same channel in the next life of an alert that ended. */
export function renewChannelState(
  alert: LiveAlert,
  channelState: ChannelState,
  now: number,
  isFlapping: boolean,
): ChannelState {
  const { notified, opened, fellBackAt, sending, since } = channelState
  const next = openChannelState(now, lastNotifiedOf(channelState), isFlapping)
  const former = formerOf(alert, channelState)
  if (former !== undefined) next.former = former
  // Both lives may begin in the same millisecond.
  const earlier = (life: number) => Math.min(life, now - 1)
  if (opened !== undefined) next.opened = earlier(opened)
  if (fellBackAt !== undefined) next.fellBackAt = fellBackAt
  if (sending !== undefined) next.sending = { ...sending, life: earlier(sending.life) }
  // The first message stays due when it was: a flapping alert must not put it off for ever.
  if (notified === undefined && former !== undefined && former.unsent > 0 && since !== undefined)
    next.since = since
  return next
}

/** When the channel was last notified, in this life or before. */
export function lastNotifiedOf({ notified, past, repeats, nextAt }: ChannelState): LastNotified | undefined {
  if (notified === undefined) return past
  const last = { ...notified, repeats, ...(nextAt === undefined ? {} : { nextAt }) }
  return past === undefined ? last : { ...last, worst: Math.max(worstOf(notified), worstOf(past)) }
}

/** What an alert must exceed to be an escalation. */
export function worstOf({ rank, worst = rank }: LastNotified): number {
  return Math.max(rank, worst)
}

function formerOf(alert: LiveAlert, channelState: ChannelState): ChannelState['former'] {
  const unsent = unnotified(alert, channelState)
  const { former, admitted, notifiedCount, opened, sending } = channelState
  if (unsent === 0 && opened === undefined && sending === undefined) return undefined
  const isUnsent = admitted && alert.count > notifiedCount
  const isFormerWorse = former !== undefined && severityRank(former.alert.severity) > alert.rank
  if (former !== undefined && (isUnsent ? former.unsent > 0 && isFormerWorse : !admitted))
    return { alert: former.alert, unsent }
  return { alert: copyAlert(alert), unsent }
}

/** How many records the channel was not notified of yet. */
export function unnotified(alert: LiveAlert, { former, admitted, notifiedCount }: ChannelState): number {
  return (former?.unsent ?? 0) + (admitted ? alert.count - notifiedCount : 0)
}

/** How many records of this life the channel's filter does not take. */
export function filteredCount(alert: LiveAlert, { admitted, notifiedCount }: ChannelState): number {
  return admitted ? 0 : alert.count - notifiedCount
}

/** Drops what is unsent. */
export function suppressUnnotified(alert: LiveAlert, channelState: ChannelState): void {
  if (channelState.admitted) channelState.notifiedCount = alert.count
  delete channelState.former
}

/**
 * The alert as the channel is notified of it: severity and text are those of the worst life with unsent
 * records that its filter took.
 */
export function alertFor(alert: LiveAlert, { former, admitted }: ChannelState): Alert {
  const present = copyAlert(alert)
  if (former === undefined || former.unsent === 0) return present
  if (!admitted) return former.alert
  if (severityRank(former.alert.severity) <= alert.rank) return present
  const { state, count, firstSeen, lastSeen } = present
  return { ...former.alert, state, count, firstSeen, lastSeen }
}

/** The rank of `alertFor`. */
export function rankFor(alert: LiveAlert, { former, admitted }: ChannelState): number {
  const formerRank = former === undefined || former.unsent === 0 ? -1 : severityRank(former.alert.severity)
  return admitted ? Math.max(alert.rank, formerRank) : formerRank
}

/** The channel is notified now. */
export function markNotified(
  alert: LiveAlert,
  channelState: ChannelState,
  reason: Reason,
  plan: ChannelPlan,
  now: number,
): void {
  const rank = rankFor(alert, channelState)
  delete channelState.isUnknown
  const isPresent = channelState.admitted
  if (isPresent) channelState.notifiedCount = alert.count
  if (isPresent || reason === 'resolved') delete channelState.former
  else if (channelState.former !== undefined) channelState.former = { ...channelState.former, unsent: 0 }
  const before = recentMessages(channelState)
  const recent = before.length === 0 ? [now] : addMessage(before, now)
  if (reason === 'resolved') {
    noteEnd(channelState, recent)
    delete channelState.opened
    delete channelState.fellBackAt
    if (channelState.sending !== undefined) channelState.sending = { ...channelState.sending, isOver: true }
    return
  }
  const isOver = alert.endedAt !== undefined || !isPresent
  // On a channel for people a message that says that the alert ended needs no end after it.
  const closes = isOver && plan.sendResolved !== 'always'
  // What the channel does not take of the present life belongs to the one before it.
  const life = isPresent ? alert.startedAt : alert.startedAt - 1
  channelState.sending = { life, ...(closes ? { isOver: true } : {}) }
  if (reason === 'escalated') channelState.repeats = 0
  fallBackAfterCalm(channelState, plan, now)
  const worst = alert.isFlapping && channelState.past ? worstOf(channelState.past) : rank
  channelState.notified = { at: now, rank, recent, ...(worst > rank ? { worst } : {}) }
  if (plan.repeatMs === false) delete channelState.nextAt
  else {
    const pauseMs = repeatDelay(plan.repeatMs, plan.repeatMaxMs, channelState.repeats)
    channelState.nextAt =
      now + Math.max(pauseMs, alert.isFlapping ? flappingPauseMs(alert, plan, recent.length) : 0)
  }
  channelState.repeats++
}

/** The state once the provider has accepted what is being sent, if something is. */
export function asDelivered(channelState: ChannelState): ChannelState {
  const { sending, ...rest } = channelState
  if (sending === undefined) return channelState
  return sending.isOver ? rest : { ...rest, opened: sending.life }
}

/** The provider accepted the message about the alert, or will never: reminders count from now, `at`. */
export function noteSendingOutcome(channelState: ChannelState, isDelivered: boolean, at: number): void {
  const { sending, notified, past } = channelState
  if (sending === undefined) return
  delete channelState.sending
  if (!isDelivered) return
  if (sending.isOver) delete channelState.opened
  else channelState.opened = sending.life
  if (notified === undefined) {
    if (past !== undefined) channelState.past = { ...past, at: Math.max(past.at, at) }
    return
  }
  const laterMs = Math.max(0, at - notified.at)
  channelState.notified = { ...notified, at: notified.at + laterMs }
  if (channelState.nextAt !== undefined) channelState.nextAt += laterMs
}

/** The provider accepted a message about this life; an end is sent only after that. */
export function wasAccepted({ startedAt }: LiveAlert, { opened, notified }: ChannelState): boolean {
  if (opened !== undefined) return opened >= startedAt
  return notified !== undefined && (notified.recent?.at(-1) ?? 0) > notified.at
}

/**
 * Calm after the promised reminder undoes the doubling, pause by pause, so that a later burst is not silent
 * for hours.
 */
function fallBackAfterCalm(channelState: ChannelState, plan: ChannelPlan, now: number): void {
  const nextAt = channelState.nextAt ?? channelState.past?.nextAt
  if (nextAt === undefined || plan.repeatMs === false) return
  let calmMs = now - nextAt
  while (channelState.repeats > 0) {
    const pauseMs = repeatDelay(plan.repeatMs, plan.repeatMaxMs, channelState.repeats - 1)
    if (calmMs < pauseMs || pauseMs === 0) return
    calmMs -= pauseMs
    channelState.repeats--
  }
}

/** How many messages about the alert the channel was sent within a day before the last one. */
export function recentCount(channelState: ChannelState): number {
  return recentMessages(channelState).length
}

function recentMessages({ notified, past }: ChannelState): readonly number[] {
  return (notified ?? past)?.recent ?? []
}

function noteEnd(channelState: ChannelState, recent: readonly number[]): void {
  const { notified, past } = channelState
  if (notified !== undefined) channelState.notified = { ...notified, recent }
  else if (past !== undefined) channelState.past = { ...past, recent }
}

/** The n-th pause between reminders, ms: doubling up to the longest, and never shorter than the first. */
function repeatDelay(repeatMs: number, repeatMaxMs: number, repeats: number): number {
  // 2^60 ms is past the end of time; further doubling would end in Infinity × 0.
  return Math.max(repeatMs, Math.min(repeatMs * 2 ** Math.min(repeats, 60), repeatMaxMs))
}
