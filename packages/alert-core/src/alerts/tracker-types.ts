/**
 * What the state machine of alerts takes and answers. Times are epoch ms.
 */
import type { Alert, ContextLine, Occurrence } from '../model.ts'
import type { AbsenceWatch } from './absence.ts'
import type { ChannelPlan } from './channel-timing.ts'
import type { Effect } from './effect.ts'
import type { SavedKey } from './key-state.ts'
import type { Mutes } from './mute.ts'
import type { AlertPreview } from './preview.ts'
import type { TrackerSnapshot } from './snapshot.ts'

/** Who is to be told of what, and how much may be remembered. */
export interface TrackerOptions {
  readonly channels: readonly ChannelPlan[]
  /** Rules that watch for what stays away. */
  readonly watches?: readonly AbsenceWatch[]
  /** From when on they watch, epoch ms. */
  readonly now?: number
  /** Silences, inhibitions and schedules: asked when somebody is about to be told. */
  readonly mutes?: Mutes
  /** Alerts that may live at once; further kinds are counted together. */
  readonly maxAlerts?: number
  /** Makes the ids of notifications. */
  readonly newId?: () => string
}

/** Decides who is told of what, and when. */
export interface Tracker {
  /** A rule took a record. Constant time; it tells nobody by itself, so that records of one burst are told together. */
  push(occurrence: Occurrence, now: number): readonly Effect[]
  /** Gives an alert that began at this very moment the lines that led to it; they are asked for only then. */
  addContext(id: string, now: number, lines: () => readonly ContextLine[]): void
  /** Time has passed. Afterwards `nextDeadline()` is later than `now`. */
  tick(now: number): readonly Effect[]
  /** When `tick` is next to be called: `Infinity` is never, what is past is now. It may be too early, never too late. */
  nextDeadline(): number
  /**
   * Tells at once what waits, whatever `wait`, `interval` and a provider's wish to be left alone say. With `growth`,
   * which is for the end of the stream where nobody goes on, also what would be told much later: all counts that grew, however soon after
   * the last time and whatever the quota; what is still before its `after` is given up as 'closed'.
   */
  drain(now: number, options: { readonly growth: boolean }): readonly Effect[]
  /** The channel's provider asked not to be called before `untilMs`. */
  pause(channel: string, untilMs: number): void
  /** When the channel's quota has room for one more message, epoch ms; in the past if there is no such channel. */
  quotaRoomAt(channel: string): number
  /** Takes one message from the channel's quota. */
  charge(channel: string, now: number): void
  /** Other channels, and other rules that watch; alerts, timers and what was told stay. */
  reload(channels: readonly ChannelPlan[], now: number, watches?: readonly AbsenceWatch[]): readonly Effect[]
  /** Silences or the like have changed: looks again at what is muted. */
  updateMutes(now: number): readonly Effect[]
  /** What would become of this occurrence; nothing changes. */
  preview(occurrence: Occurrence, now: number): AlertPreview
  /** The keys of conditions that changed since this was last asked, at first all, with what they hold now. */
  takeChangedKeys(): ReadonlyMap<string, SavedKey | undefined>
  /** The alerts that fire. */
  live(): readonly Alert[]
  /** All that is remembered; without `gathered`, of conditions only what is watched for. */
  snapshot(parts?: { readonly withKeys: boolean }): TrackerSnapshot
  /** The part of the snapshot that is about these alerts and this channel. */
  partOf(ids: readonly string[], channel?: string): Pick<TrackerSnapshot, 'alerts' | 'past' | 'channels'>
  /** Takes up a former memory in place of this one, with the present channels. */
  restore(snapshot: TrackerSnapshot, now?: number): readonly Effect[]
}
