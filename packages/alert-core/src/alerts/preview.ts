/**
 * What would become of a record: how far its alert has come, and for each channel whether it takes it, and what holds it back. Worked out
 * on copies; nothing changes.
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

/** What would become of a record. */
export interface AlertPreview {
  /** 'gathering': not all has come together yet; 'pending': it must stay so for a while. */
  readonly state: 'gathering' | 'pending' | 'firing'
  /** Records of the alert with this one, or what has come together with it. */
  readonly count: number
  /** What has to come together. */
  readonly of?: number
  /** When it fires if it stays true, or is missed if it stays away, epoch ms. */
  readonly firesAt?: number
  readonly channels: readonly ChannelPreview[]
}

/** What would become of the occurrence if it came now. */
export function preview(
  state: TrackerState,
  conditions: Conditions,
  occurrence: Occurrence,
  now: number,
): AlertPreview {
  const known = state.alerts.get(occurrence.id)
  const isFiring = known !== undefined && known.endedAt === undefined && now < quietAt(known)
  const isAbsence = occurrence.condition?.when?.kind === 'absence'
  const alert = next(state, occurrence, isFiring ? known : undefined, now)
  const progress = isFiring && !isAbsence ? undefined : collectedBy(conditions, occurrence, now)
  const channels = previewsOf(state, alert, now, progress !== undefined)
  return { ...(progress ?? { state: 'firing', count: alert.count }), channels }
}

/** What each channel makes of the alert now; nothing changes. */
export function previewsOf(
  state: TrackerState,
  alert: LiveAlert,
  now: number,
  isGathering = false,
): readonly ChannelPreview[] {
  const firing = firingOf(state, now)
  return state.channels.map((channel) => previewOf(state, channel, alert, isGathering, now, firing))
}

/** Nothing where the record is enough, or the last that was needed. */
function collectedBy(
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
function next(
  state: TrackerState,
  occurrence: Occurrence,
  known: LiveAlert | undefined,
  now: number,
): LiveAlert {
  const former = state.alerts.get(occurrence.id)
  const alert =
    known === undefined
      ? beginAlert(occurrence, now)
      : { ...known, channelStates: new Map<string, ChannelState>() }
  const past = state.history.find(occurrence.id)
  for (const { plan } of state.channels) {
    const channelState = former?.channelStates.get(plan.name)
    const notified = past !== undefined && past.endedAt + keptMs > now ? past.notified[plan.name] : undefined
    const fresh =
      former !== undefined && channelState !== undefined
        ? renewChannelState(former, channelState, now)
        : openChannelState(now, notified)
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
  { plan, freeAt }: Channel,
  alert: LiveAlert,
  isGathering: boolean,
  now: number,
  firing: Firing,
): ChannelPreview {
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
  return freeAt() > now ? { channel: name, takes, why: 'busy', ...until(freeAt()) } : { channel: name, takes }
}

/** Which of its times the alert waits for until `at`. */
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
