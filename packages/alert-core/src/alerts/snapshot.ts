/**
 * The state machine's memory as plain JSON, samples included, so that it can be written down and taken up by the next
 * process.
 */
import type { ChannelState } from './channel.ts'
import type { SavedConditions } from './conditions.ts'
import { ownEntries, type PastAlert } from './history.ts'
import type { LiveAlert } from './live.ts'
import type { View } from './view.ts'

/** A live alert as plain JSON, with what each channel knows of it by the channel's name. */
export type SavedAlert = Omit<LiveAlert, 'views' | 'scheduled' | 'hasMuted'> & {
  readonly views: Readonly<Record<string, View>>
}

/** All that a tracker remembers; times are epoch ms. It survives `JSON.stringify` and `JSON.parse` unchanged in meaning. */
export interface TrackerSnapshot {
  readonly version: 1
  readonly alerts: readonly SavedAlert[]
  /** The ids of those that ended, the oldest end first. */
  readonly ended: readonly string[]
  readonly channels: readonly ChannelState[]
  readonly past: readonly PastAlert[]
  readonly surplusId?: string
  /** What has been gathered towards alerts that do not fire yet. */
  readonly conditions?: SavedConditions
  /** Records counted as surplus and not yet reported. */
  readonly dropped: number
}

/** Copies a live alert out; only its records and labels are shared. */
export function saveAlert({ views, scheduled: _, hasMuted: __, ...alert }: LiveAlert): SavedAlert {
  const saved = [...views].map(([name, view]) => [name, { ...view }] as const)
  return { ...alert, views: ownEntries(saved) }
}

/** Copies a saved alert back in; its channels do not know yet when it is due. */
export function loadAlert({ views, ...alert }: SavedAlert): LiveAlert {
  const loaded = Object.entries(views).map(([name, view]) => [name, { ...view }] as const)
  return {
    ...alert,
    code: alert.code,
    summary: alert.summary,
    runbook: alert.runbook,
    channels: alert.channels,
    escalatedAt: alert.escalatedAt,
    endedAt: alert.endedAt,
    hasMuted: loaded.some(([, view]) => view.mute !== undefined),
    views: new Map(loaded),
    scheduled: false,
  }
}
