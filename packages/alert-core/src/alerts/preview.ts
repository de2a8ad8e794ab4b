/**
 * What a record would cause: how far its condition is, and for each channel whether it takes the alert and
 * when. Computed on copies; nothing changes.
 */
import type { ChannelPreview, Occurrence } from '../model.ts'
import { applyFilters, firingAlert } from './alert-life.ts'
import { openChannelState, renewChannelState } from './channel-state.ts'
import { previewsOf } from './due.ts'
import { keptMs } from './history.ts'
import { beginAlert, type ChannelState, countRecord, type LiveAlert, raiseSeverity } from './live-alert.ts'
import { asMerged } from './similar.ts'
import { conditionsOf, type TrackerState } from './tracker-state.ts'

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
  const counted = asMerged(state.similar, occurrence)
  const known = firingAlert(state, counted.id, now)
  const isAbsence = counted.condition?.when?.kind === 'absence'
  const alert = withRecord(state, counted, known, now)
  const progress = known !== undefined && !isAbsence ? undefined : progressOf(state, counted, now)
  const previews = previewsOf(state, alert, now)
  const channels = progress === undefined ? previews : previews.map(untilMet)
  return { ...(progress ?? { state: 'firing', count: alert.count }), channels }
}

/** Until the condition is met, all that is known of a channel is whether it takes the alert. */
function untilMet({ channel, takes }: ChannelPreview): ChannelPreview {
  return { channel, takes, why: takes ? 'condition' : 'filtered' }
}

/** Undefined if the record is enough, or the last that was needed. */
function progressOf(
  state: TrackerState,
  occurrence: Occurrence,
  now: number,
): Omit<AlertPreview, 'channels'> | undefined {
  const { condition } = occurrence
  if (condition === undefined) return undefined
  const { isMet, count, of, at } = conditionsOf(state).progress(occurrence, condition, now)
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
  const past = state.history.get(occurrence.id)
  const alert =
    known === undefined
      ? beginAlert(occurrence, now, now, former ?? past)
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
  applyFilters(state, alert)
  return alert
}
