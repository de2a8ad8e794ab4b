/**
 * What a record would cause: how far its condition is, and for each channel whether it takes the alert and
 * when. Computed on copies; nothing changes.
 */
import { type ChannelPreview, type Occurrence, severityRank } from '../model.ts'
import { type ChannelState, openChannelState, renewChannelState } from './channel-state.ts'
import type { Channel, ChannelPlan } from './channel-timing.ts'
import type { Conditions } from './conditions.ts'
import { dueOf } from './due.ts'
import { keptMs } from './history.ts'
import { beginAlert, copyAlert, countRecord, type LiveAlert, quietAt, raiseSeverity } from './live-alert.ts'
import { type Firing, firingOf } from './mute.ts'
import type { TrackerState } from './tracker-state.ts'

/** What a record would cause. */
export interface AlertPreview {
  /** 'gathering': the condition is not met yet; 'pending': it must stay true for a while. */
  readonly state: 'gathering' | 'pending' | 'firing'
  /** Records of the alert with this one, or what counts towards its condition. */
  readonly count: number
  /** The count that meets the condition. */
  readonly of?: number
  /** When it fires if it stays true, or if no record comes, epoch ms. */
  readonly firesAt?: number
  readonly channels: readonly ChannelPreview[]
}

/** What the occurrence would cause if it came now. */
export function preview(state: TrackerState, occurrence: Occurrence, now: number): AlertPreview {
  const known = state.alerts.get(occurrence.id)
  const isFiring = known !== undefined && known.endedAt === undefined && now < quietAt(known)
  const isAbsence = occurrence.condition?.when?.kind === 'absence'
  const alert = withRecord(state, occurrence, isFiring ? known : undefined, now)
  const progress = isFiring && !isAbsence ? undefined : progressOf(state.conditions, occurrence, now)
  const channels = previewsOf(state, alert, now, progress !== undefined)
  return { ...(progress ?? { state: 'firing', count: alert.count }), channels }
}

/** What each channel would do with the alert now; nothing changes. */
export function previewsOf(
  state: TrackerState,
  alert: LiveAlert,
  now: number,
  isGathering = false,
): readonly ChannelPreview[] {
  const firing = firingOf(state, now)
  return state.channels.map((channel) => previewOf(state, channel, alert, isGathering, now, firing))
}

/** Undefined if the record is enough, or the last that was needed. */
function progressOf(
  conditions: Conditions,
  occurrence: Occurrence,
  now: number,
): Omit<AlertPreview, 'channels'> | undefined {
  const { condition } = occurrence
  if (condition === undefined) return undefined
  const { isMet, count, of, at } = conditions.progress(occurrence, condition, now)
  if (isMet && condition.forMs === 0) return undefined
  return { state: isMet ? 'pending' : 'gathering', count, of, ...(at === undefined ? {} : { firesAt: at }) }
}

/** The alert as it would be with this record. */
function withRecord(
  state: TrackerState,
  occurrence: Occurrence,
  known: LiveAlert | undefined,
  now: number,
): LiveAlert {
  const former = state.alerts.get(occurrence.id)
  const past = state.history.find(occurrence.id)
  const alert =
    known === undefined
      ? beginAlert(occurrence, now, now, former?.starts ?? past?.starts)
      : { ...known, channelStates: new Map<string, ChannelState>() }
  for (const { plan } of state.channels) {
    const channelState = former?.channelStates.get(plan.name)
    const notified = past !== undefined && past.endedAt + keptMs > now ? past.notified[plan.name] : undefined
    const fresh =
      former !== undefined && channelState !== undefined
        ? renewChannelState(former, channelState, now, alert.isFlapping === true)
        : openChannelState(now, notified, alert.isFlapping)
    alert.channelStates.set(
      plan.name,
      known !== undefined && channelState !== undefined ? { ...channelState } : fresh,
    )
  }
  countRecord(alert, occurrence, now)
  raiseSeverity(alert, occurrence, now)
  return alert
}

function previewOf(
  state: TrackerState,
  channel: Channel,
  alert: LiveAlert,
  isGathering: boolean,
  now: number,
  firing: Firing,
): ChannelPreview {
  const { plan } = channel
  const { name } = plan
  const copy = copyAlert(alert)
  const channelState: ChannelState = { ...(alert.channelStates.get(name) ?? openChannelState(now)) }
  const takes = channelState.admitted || plan.admits(copy)
  if (!takes) return { channel: name, takes, why: 'filtered' }
  if (isGathering) return { channel: name, takes, why: 'condition' }
  const mute = state.mutes?.(copy, name, now, firing)
  if (mute !== undefined) return { channel: name, takes, why: mute.reason, ...until(mute.endsAt) }

  channelState.admitted = true
  delete channelState.mute
  channelState.since ??= now
  const due = dueOf(alert, channelState, plan)
  if (due === undefined) return { channel: name, takes, why: 'repeat' }
  if (due.at > now)
    return { channel: name, takes, why: whyLater(alert, channelState, plan, due.at), at: due.at }
  const freeAt = channel.freeAt(due.urgency)
  return freeAt > now ? { channel: name, takes, why: 'busy', ...until(freeAt) } : { channel: name, takes }
}

/** Which time the alert waits for until `at`. */
function whyLater(
  alert: LiveAlert,
  { notified, since = 0 }: ChannelState,
  { afterMs, waitMs }: ChannelPlan,
  at: number,
): 'after' | 'wait' | 'repeat' {
  if (notified !== undefined) return 'repeat'
  if (afterMs > 0 && at === since + afterMs) return 'after'
  const isCritical = alert.rank >= severityRank('critical')
  return !isCritical && at === since + waitMs ? 'wait' : 'repeat'
}

function until(at: number | undefined): { readonly at?: number } {
  return at !== undefined && Number.isFinite(at) ? { at } : {}
}
