/**
 * The tracker's state as plain JSON, sample records included, so that it can be saved and restored by the
 * next process.
 */

import type { ChannelTiming } from './channel.ts'
import type { SavedConditions } from './conditions.ts'
import type { SavedDigest } from './digest.ts'
import { ownEntries, type PastAlert } from './history.ts'
import { loadImpact, type SavedImpact, saveImpact } from './impact.ts'
import type { ChannelState, LiveAlert } from './live-alert.ts'
import { mergeProcesses } from './live-alert.ts'
import type { SavedReleases } from './releases.ts'

/** A live alert as plain JSON, with its channel states by the channel's name. */
export type SavedAlert = Omit<
  LiveAlert,
  'channelStates' | 'scheduled' | 'hasMuted' | 'variants' | 'impact'
> & {
  readonly channelStates: Readonly<Record<string, ChannelState>>
  readonly variants?: { readonly values: readonly (readonly [string, number])[]; readonly more: number }
  readonly impact?: SavedImpact
}

/** All state of a tracker; times are epoch ms. It survives `JSON.stringify` and `JSON.parse`. */
export interface TrackerSnapshot extends SavedReleases {
  readonly version: 1
  readonly alerts: readonly SavedAlert[]
  /** The ids of those that ended, the oldest end first. */
  readonly ended: readonly string[]
  readonly channels: readonly ChannelTiming[]
  readonly past: readonly PastAlert[]
  readonly overflowId?: string
  /** Conditions that are not met yet, and absence watches. */
  readonly conditions?: SavedConditions
  /** When each rule began to watch for spikes, epoch ms. */
  readonly spikesSince?: readonly (readonly [rule: string, since: number])[]
  readonly digests?: readonly SavedDigest[]
  /** Records counted under the overflow alert and not yet reported. */
  readonly dropped: number
}

/** Copies a live alert; only its records and labels are shared. */
export function saveAlert(live: LiveAlert): SavedAlert {
  const { channelStates, scheduled: _, hasMuted: __, variants, impact, processes, ...alert } = live
  const saved = [...channelStates].map(([name, channelState]) => [name, { ...channelState }] as const)
  return {
    ...alert,
    channelStates: ownEntries(saved),
    ...(variants === undefined ? {} : { variants: { values: [...variants.values], more: variants.more } }),
    ...(processes === undefined ? {} : { processes: mergeProcesses(processes) }),
    ...(impact === undefined ? {} : { impact: saveImpact(impact) }),
  }
}

/** Copies a saved alert; it is not scheduled yet. */
export function loadAlert({ channelStates, variants, impact, processes, ...alert }: SavedAlert): LiveAlert {
  const loaded = Object.entries(channelStates).map(
    ([name, channelState]) => [name, { ...channelState }] as const,
  )
  return {
    ...alert,
    starts: alert.starts ?? [alert.startedAt],
    code: alert.code,
    summary: alert.summary,
    runbook: alert.runbook,
    channels: alert.channels,
    escalatedAt: alert.escalatedAt,
    endedAt: alert.endedAt,
    hasMuted: loaded.some(([, channelState]) => channelState.mute !== undefined),
    channelStates: new Map(loaded),
    ...(variants === undefined
      ? {}
      : { variants: { values: new Map(variants.values), more: variants.more } }),
    ...(processes === undefined ? {} : { processes: mergeProcesses(processes) }),
    ...(impact === undefined ? {} : { impact: loadImpact(impact) }),
    scheduled: false,
  }
}
