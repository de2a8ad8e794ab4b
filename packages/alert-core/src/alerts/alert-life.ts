/**
 * The life of an alert: it starts with a record, continues with further ones, becomes worse, ends by a
 * resolve record or by quiet, and is removed when nothing of it is left to send.
 */
import type {
  Acknowledgement,
  Alert,
  Answered,
  EndCause,
  LogRecord,
  NotificationItem,
  Occurrence,
} from '../model.ts'
import {
  filteredCount,
  lastNotifiedOf,
  openChannelState,
  renewChannelState,
  suppressUnnotified,
  unnotified,
} from './channel-state.ts'
import { endedTooSoon, isDone, previewsOf, schedule } from './due.ts'
import { acknowledgedEffect, type Effect, suppressed } from './effect.ts'
import { addPast, keptMs, ownEntries, takePast } from './history.ts'
import { addSigns, distinctField, releaseImpact } from './impact.ts'
import { numberOf } from './key-state.ts'
import {
  addProcess,
  beginAlert,
  type ChannelState,
  copyAlert,
  countRecord,
  firedByOf,
  type LiveAlert,
  type LiveProcess,
  quietAt,
  raiseSeverity,
  timeOf,
} from './live-alert.ts'
import { endMutes, expectMuteChange, updateMutesOf } from './mute.ts'
import type { Collected } from './pending.ts'
import { noteEnd } from './send-digest.ts'
import { mergedIdOf } from './similar.ts'
import { historySize, type TrackerState } from './tracker-state.ts'

const nothing: readonly Effect[] = []

/** The alert of this id, if it fires and its quiet time is not over. */
export function firingAlert(state: TrackerState, id: string, now: number): LiveAlert | undefined {
  const alert = state.alerts.get(id)
  return alert !== undefined && alert.endedAt === undefined && now < quietAt(alert) ? alert : undefined
}

/** A record starts an alert, or a new life of one that ended. */
export function startAlert(
  state: TrackerState,
  occurrence: Occurrence,
  now: number,
  collected?: Collected,
): Effect[] {
  const alert = addAlert(state, occurrence, now, collected?.lastAt)
  state.counted += collected?.count ?? 1
  countRecord(alert, occurrence, now, collected)
  const firedBy = firedByOf(occurrence, collected)
  if (firedBy !== undefined) alert.firedBy = firedBy
  noteRelease(state, alert, occurrence, now)
  notePlace(state, alert, occurrence, now, collected)
  const refusing = applyFilters(state, alert)
  schedule(state, alert)
  const { id, rule, key, severity } = alert
  const channels = previewsOf(state, alert, now)
  return [
    { type: 'fired', alert: id, rule, key, severity, channels },
    ...refusing.map((channel) => suppressed(alert, channel, 'filtered')),
  ]
}

/** Adds an alert with what each channel was sent of it before. No record is counted, no filter asked yet. */
export function addAlert(state: TrackerState, occurrence: Occurrence, now: number, seenAt = now): LiveAlert {
  const former = state.alerts.get(occurrence.id)
  const past = state.history.size > 0 ? takePast(state.history, occurrence.id, now) : undefined
  const alert = beginAlert(occurrence, now, seenAt, former ?? past)
  for (const { plan } of state.channels) {
    const { name } = plan
    const channelState = former?.channelStates.get(name)
    if (former && channelState) noteFiltered(state, name, former, channelState)
    const notified =
      past !== undefined && Object.hasOwn(past.notified, name) ? past.notified[name] : undefined
    alert.channelStates.set(
      name,
      former && channelState
        ? renewChannelState(former, channelState, now, alert.isFlapping === true)
        : openChannelState(now, notified, alert.isFlapping),
    )
  }
  if (former?.impact !== undefined) releaseImpact(former.impact, state.impactRoom)
  state.alerts.set(alert.id, alert)
  state.ended.delete(alert.id)
  state.firing = undefined
  expectEnd(state, endsOrExpiresAt(alert))
  return alert
}

/** Counts one more record of a firing alert, in constant time. */
export function continueAlert(
  state: TrackerState,
  alert: LiveAlert,
  occurrence: Occurrence,
  now: number,
  collected?: Collected,
): readonly Effect[] {
  state.counted += collected?.count ?? 1
  const before = alert.resolveAfterMs
  countRecord(alert, occurrence, now, collected)
  notePlace(state, alert, occurrence, now, collected)
  if (before !== alert.resolveAfterMs) expectEnd(state, quietAt(alert))
  const { acknowledged } = alert
  const isWorse = raiseSeverity(alert, occurrence, now)
  if (isWorse) {
    applyFilters(state, alert)
    expectMuteChange(state, now)
  }
  const unmuted = alert.hasMuted ? updateMutesOf(state, alert, now) : nothing
  const effects =
    isWorse && acknowledged !== undefined
      ? [acknowledgedEffect(alert, acknowledged, 'escalated'), ...unmuted]
      : unmuted
  if (!isWorse && alert.scheduled) return effects
  alert.scheduled = true
  schedule(state, alert)
  return effects
}

/** An alert of a record begins: it may be new in its release, or back in it. */
function noteRelease(state: TrackerState, alert: LiveAlert, occurrence: Occurrence, now: number): void {
  const { id, rule, release = state.release } = occurrence
  if (release === undefined || alert.isAbsence || rule.startsWith('@')) return
  alert.release = release
  const firstEverAt = state.releases.firstAt(id)
  if (firstEverAt !== undefined) alert.firstEverAt = firstEverAt
  const note = state.releases.begin(id, release, now)
  if (note !== undefined) alert.releaseNote = note
}

/** Counts where a record was met, and the values of its fields. */
function notePlace(
  state: TrackerState,
  alert: LiveAlert,
  { process = state.process, release = state.release, impact, condition }: Occurrence,
  now: number,
  collected?: Collected,
): void {
  if (process !== undefined) {
    alert.processes ??= []
    countProcesses(alert.processes, process, state.process ?? process, collected)
    const total = state.processesTotal?.()
    if (total !== undefined) alert.processesTotal = total
  }
  if (release !== undefined && alert.release !== undefined && alert.release !== release) {
    alert.release = release
    state.releases.note(alert.id, release, now)
  }
  const signs = collected?.impact ?? impact
  const value = collected === undefined ? condition?.value : undefined
  if (signs === undefined && value === undefined) return
  alert.impact ??= new Map()
  if (signs !== undefined) addSigns(alert.impact, signs, state.impactRoom)
  if (value !== undefined) addSigns(alert.impact, { [distinctField]: [numberOf(value)] }, state.impactRoom)
}

/** What a condition collected may have come from several processes, this one among them. */
function countProcesses(
  processes: LiveProcess[],
  latest: string,
  own: string,
  { count = 1, processes: others }: Pick<Collected, 'processes'> & { readonly count?: number } = {},
): void {
  let left = count
  for (const { name, count: met } of others ?? []) {
    addProcess(processes, name, Math.min(met, left))
    left -= Math.min(met, left)
  }
  if (left > 0) addProcess(processes, others === undefined ? latest : own, left)
}

/**
 * Asks the filters of channels that do not take the alert yet; returns the names of those that still do not.
 */
export function applyFilters(state: TrackerState, alert: LiveAlert): string[] {
  let copy: Alert | undefined
  const refusing: string[] = []
  for (const { plan } of state.channels) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined || channelState.admitted) continue
    if (plan.takesAll && alert.channels === undefined) {
      channelState.admitted = true
      continue
    }
    copy ??= copyAlert(alert)
    channelState.admitted = plan.admits(copy)
    if (!channelState.admitted) refusing.push(plan.name)
  }
  return refusing
}

/** Ends the alert at this moment, epoch ms, by this record if one ends it. */
export function endAlert(
  state: TrackerState,
  alert: LiveAlert,
  at: number,
  by: EndCause,
  endRecord?: LogRecord,
): Effect[] {
  const effects: Effect[] = []
  if (endRecord !== undefined) alert.endRecord = { ...endRecord, time: timeOf(endRecord, at) }
  alert.endedAt = at
  alert.endedBy = by
  state.ended.add(alert.id)
  if (by !== 'merged') noteEnd(state, alert, at)
  effects.push(...endMutes(alert))
  expectMuteChange(state, at)
  for (const { plan } of state.channels) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined || !endedTooSoon(alert, channelState, plan)) continue
    const count = unnotified(alert, channelState)
    if (count > 0) effects.push(suppressed(alert, plan.name, 'ended', count))
    suppressUnnotified(alert, channelState)
    channelState.admitted = false
  }
  schedule(state, alert)
  expectEnd(state, endsOrExpiresAt(alert))
  removeIfDone(state, alert)
  return effects
}

/** This life is over for the channel: counts its records that the channel's filter did not take. */
export function noteFiltered(
  { filtered }: TrackerState,
  channel: string,
  alert: LiveAlert,
  channelState: ChannelState,
): void {
  const count = filteredCount(alert, channelState)
  if (count > 0) filtered.set(channel, (filtered.get(channel) ?? 0) + count)
}

/** Notes a moment at which an alert may end. */
export function expectEnd(state: TrackerState, at: number): void {
  if (at < state.endsAt) state.endsAt = at
}

/** When the alert ends by quiet or, once it ended, expires; epoch ms. */
export function endsOrExpiresAt(alert: LiveAlert): number {
  return alert.endedAt === undefined ? quietAt(alert) : alert.endedAt + keptMs
}

/** Ends alerts that were quiet for long enough. */
export function endQuiet(state: TrackerState, now: number): Effect[] {
  const quiet: LiveAlert[] = []
  state.endsAt = Number.POSITIVE_INFINITY
  for (const alert of state.alerts.values()) {
    if (alert.endedAt === undefined && quietAt(alert) <= now) quiet.push(alert)
    else expectEnd(state, endsOrExpiresAt(alert))
  }
  quiet.sort((a, b) => quietAt(a) - quietAt(b))
  return quiet.flatMap((alert) => endAlert(state, alert, quietAt(alert), 'quiet'))
}

/** Drops what could not be sent within a day of the alert's end. */
export function expireEnded(state: TrackerState, now: number): Effect[] {
  const effects: Effect[] = []
  state.endsAt = Number.POSITIVE_INFINITY
  for (const alert of state.alerts.values()) {
    if (alert.endedAt !== undefined && endsOrExpiresAt(alert) <= now)
      effects.push(...expireAlert(state, alert))
    else expectEnd(state, endsOrExpiresAt(alert))
  }
  return effects
}

function expireAlert(state: TrackerState, alert: LiveAlert): Effect[] {
  const effects: Effect[] = []
  for (const [channel, channelState] of alert.channelStates) {
    const count = unnotified(alert, channelState)
    const reason = channelState.notified === undefined ? 'expired' : 'ended'
    if (count > 0) effects.push(suppressed(alert, channel, reason, count))
  }
  removeAlert(state, alert)
  return effects
}

/** Removes an ended alert if nothing of it is left to send. */
export function removeIfDone(state: TrackerState, alert: LiveAlert): void {
  if (alert.endedAt !== undefined && isDone(state, alert)) removeAlert(state, alert)
}

/** Removes an ended alert; when its channels were notified is kept in the history. */
export function removeAlert(state: TrackerState, alert: LiveAlert): void {
  if (!state.alerts.delete(alert.id)) return
  if (alert.impact !== undefined) releaseImpact(alert.impact, state.impactRoom)
  state.ended.delete(alert.id)
  for (const [name, channelState] of alert.channelStates) noteFiltered(state, name, alert, channelState)
  const notified = [...alert.channelStates].flatMap(([name, channelState]) => {
    const last = lastNotifiedOf(channelState)
    return last === undefined ? [] : [[name, last] as const]
  })
  if (notified.length === 0) return
  const { id, starts, endedAt = alert.lastAt } = alert
  addPast(state.history, { id, endedAt, starts, notified: ownEntries(notified) }, historySize(state))
}

// ── acknowledged: muted on every channel until it becomes worse or ends, or until that is undone

/** Undefined if no such alert fires. */
export function acknowledge(
  state: TrackerState,
  id: string,
  acknowledgement: Acknowledgement,
  now: number,
): readonly Effect[] | undefined {
  const alert = firingAlert(state, mergedIdOf(state.similar, id), now)
  if (alert === undefined) return undefined
  alert.acknowledged = acknowledgement
  state.hasAcknowledged = true
  const answered: Answered = { type: 'acknowledged', ...acknowledgement }
  return [acknowledgedEffect(alert, acknowledgement), ...noticesOf(state, alert, answered, now)]
}

/** Undefined if no such alert fires, or it is not acknowledged. */
export function unacknowledge(state: TrackerState, id: string, now: number): readonly Effect[] | undefined {
  const alert = firingAlert(state, mergedIdOf(state.similar, id), now)
  const acknowledged = alert?.acknowledged
  if (alert === undefined || acknowledged === undefined) return undefined
  delete alert.acknowledged
  const effects = updateMutesOf(state, alert, now, 0)
  schedule(state, alert)
  return [acknowledgedEffect(alert, acknowledged, 'undone'), ...effects]
}

/** Of a silence of more alerts than these, only so many notices are sent. */
const mostSilenced = 20

/** The notices that a silence of these alerts causes. */
export function noteSilenced(
  state: TrackerState,
  ids: readonly string[],
  answered: Answered,
  now: number,
): Effect[] {
  return ids.slice(0, mostSilenced).flatMap((id) => {
    const alert = firingAlert(state, id, now)
    return alert === undefined ? [] : noticesOf(state, alert, answered, now)
  })
}

/** A notice for each channel that wants one, and whose provider accepted a message about this life. */
function noticesOf(state: TrackerState, alert: LiveAlert, answered: Answered, now: number): Effect[] {
  return state.channels.flatMap(({ plan }): Effect[] => {
    const channelState = alert.channelStates.get(plan.name)
    const isOpen = channelState?.admitted && (channelState.opened ?? -1) >= alert.startedAt
    if (!isOpen || !plan.notices?.includes(answered.type)) return []
    const notifiedAt = channelState.notified?.at
    const item: NotificationItem = {
      alert: copyAlert(alert),
      reason: 'repeat',
      added: 0,
      answered,
      ...(notifiedAt === undefined ? {} : { notifiedAt }),
    }
    const { severity } = alert
    const about = { channel: plan.name, reason: 'repeat', severity, at: now, items: [item] } as const
    return [{ type: 'notify', notification: { id: state.newId(), ...about } }]
  })
}
