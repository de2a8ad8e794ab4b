/**
 * What processes that ended left to this one: their alerts become part of the tracker, their unsent
 * notifications are sent as delayed, and each alert that was seen only by them is marked as such when it is
 * first sent.
 */
import { asDelivered } from '../alerts/channel-state.ts'
import { ownEntries } from '../alerts/history.ts'
import { mergeSnapshots } from '../alerts/merge-snapshots.ts'
import { noteAdopted } from '../alerts/releases.ts'
import { latestMoment, shiftSnapshot } from '../alerts/shift-snapshot.ts'
import type { Effect, SavedAlert, Tracker, TrackerSnapshot } from '../alerts/tracker.ts'
import type { JournalEntries } from '../journal/journal-types.ts'
import type { Notification } from '../model.ts'
import { type RuntimeSilence, shiftSilence } from '../mute/silences.ts'
import type { SavedDelta, SavedLife, SavedMember } from './entry-schemas.ts'
import { type FormerState, membersIn, readFormerState } from './state-format.ts'

/** What was adopted from former processes. */
export interface Adopted {
  /** Not sent yet, marked as delayed if they are late. */
  readonly unsent: readonly Notification[]
  /** Notifications that are too old to be sent. */
  readonly expired: number
  /** Alerts for which there was no room. */
  readonly dropped: number
  /** What follows from the tracker's new state. */
  readonly effects: readonly Effect[]
  readonly silences: readonly RuntimeSilence[]
  /** How far processes of the fleet are counted, here or elsewhere. */
  readonly members: readonly SavedMember[]
  /** Of alerts of the last day. */
  readonly lives: readonly SavedLife[]
  /** What processes could not submit. */
  readonly deltas: readonly SavedDelta[]
}

export interface FormerStatesOptions {
  readonly tracker: Tracker
  readonly maxAlerts: number
  /** A former process left something unreadable, or something that is too old. */
  readonly onError: (code: 'ALERT_STATE_DAMAGED' | 'ALERT_STATE_EXPIRED', message: string) => void
}

/** The alerts that came from former processes. */
export interface FormerStates {
  /**
   * Merges what former processes left into the tracker; `now` is epoch ms. `isLate`: for a while no process
   * ran. `byMs`: their moments are so much later by this clock. What another process that runs has adopted is
   * counted there, as `living` says.
   */
  adopt(
    former: readonly JournalEntries[],
    living: readonly JournalEntries[],
    now: number,
    how: { readonly isLate: boolean; readonly byMs: number },
  ): Adopted
  /** The same notification, marked as delayed if it says only what a former process had already seen. */
  withLateMark(notification: Notification): Notification
  /** The notification's alerts count as this process's own from now on. */
  forget(notification: Notification): void
  /** True once each channel was notified of all that former processes left unsent. */
  isAllNotified(): boolean
}

/** Clocks that differ by less are the same: calls take their time. */
const leastShiftMs = 1_000

const nothing: Adopted = {
  unsent: [],
  expired: 0,
  dropped: 0,
  effects: [],
  silences: [],
  members: [],
  lives: [],
  deltas: [],
}

/** Starts with nothing adopted. */
export function createFormerStates({ tracker, maxAlerts, onError }: FormerStatesOptions): FormerStates {
  /** When the alerts of former processes were last seen, by id. */
  const seenAt = new Map<string, number>()
  /** Alert and channel for which former processes had sent nothing. */
  const neverNotified = new Set<string>()

  function reportProblems(states: readonly FormerState[], expired: number): void {
    const unreadable = states.reduce((sum, state) => sum + state.unreadable, 0)
    if (unreadable > 0) {
      const message = `${unreadable} entries of the state could not be read and were skipped.`
      onError('ALERT_STATE_DAMAGED', message)
    }
    if (expired > 0) {
      const what = expired === 1 ? 'A message' : `${expired} messages`
      const message = `${what} of a former process could not be sent for seven days and will not be sent.`
      onError('ALERT_STATE_EXPIRED', message)
    }
  }

  function noteAlerts(alerts: readonly SavedAlert[], isLate: boolean): void {
    for (const { id, lastSeen, channelStates } of alerts) {
      if (isLate) seenAt.set(id, lastSeen)
      for (const [channel, { admitted, notified }] of Object.entries(channelStates)) {
        if (admitted && notified === undefined) neverNotified.add(keyOf(id, channel))
      }
    }
  }

  return {
    adopt(former, living, now, { isLate, byMs }) {
      const states = former.map((entries) => shiftState(readFormerState(entries, now), byMs))
      const expired = new Set(states.flatMap((state) => state.expired)).size
      reportProblems(states, expired)
      const members = [...states.flatMap((state) => state.members), ...living.flatMap(membersIn)]
      if (states.length === 0) return { ...nothing, expired, members }
      const merged = mergeSnapshots(states.map((state) => withoutFuture(state.snapshot, now)))
      const { kept, dropped } = withinLimit(merged, maxAlerts)
      noteAlerts(kept.alerts, isLate)
      const deliveries = new Map(states.flatMap((state) => state.deliveries.map((each) => [each.id, each])))
      const waiting = new Set([...deliveries.values()].flatMap(keysOf))
      const alerts = kept.alerts.map((alert) => withDeliveries(withQuietFrom(alert, now), waiting))
      const own = tracker.snapshot()
      const noted = { ...own, alerts: noteAdopted(own.alerts, own, kept) }
      const effects = tracker.restore(mergeSnapshots([{ ...kept, alerts }, noted]), now)
      return {
        unsent: [...deliveries.values()]
          .sort((a, b) => a.at - b.at)
          .map((notification) => (isLate ? { ...notification, late: true } : notification)),
        expired,
        dropped,
        effects,
        silences: states.flatMap((state) => state.silences),
        members,
        lives: states.flatMap((state) => state.lives),
        deltas: states.flatMap((state) => state.deltas),
      }
    },
    withLateMark(notification) {
      const { items } = notification
      if (items.length === 0) return notification
      const isOld = items.every(({ alert, reason }) => {
        return reason !== 'repeat' && reason !== 'resolved' && seenAt.get(alert.id) === alert.lastSeen
      })
      if (!isOld) return notification
      const at = Math.max(...items.map(({ alert }) => alert.lastSeen))
      return { ...notification, late: true, at: Math.min(at, notification.at) }
    },
    forget({ items, channel }) {
      for (const { alert } of items) {
        neverNotified.delete(keyOf(alert.id, channel))
        seenAt.delete(alert.id)
      }
    },
    isAllNotified: () => neverNotified.size === 0,
  }
}

/** Firing alerts first, then those that were seen or ended last. */
export function byImportance(a: SavedAlert, b: SavedAlert): number {
  return Number(a.endedAt !== undefined) - Number(b.endedAt !== undefined) || b.lastAt - a.lastAt
}

function keyOf(alert: string, channel: string): string {
  return `${alert} ${channel}`
}

function keysOf({ channel, items }: Notification): string[] {
  return items.map(({ alert }) => keyOf(alert.id, channel))
}

/** A message that does not wait any more was delivered: that is written before the channel state. */
function withDeliveries(alert: SavedAlert, waiting: ReadonlySet<string>): SavedAlert {
  const states = Object.entries(alert.channelStates).map(([name, state]) => {
    const isWaiting = waiting.has(keyOf(alert.id, name))
    return [name, isWaiting ? state : asDelivered(state)] as const
  })
  return { ...alert, channelStates: ownEntries(states) }
}

function shiftState(state: FormerState, byMs: number): FormerState {
  if (Math.abs(byMs) < leastShiftMs) return state
  const { snapshot, deliveries, silences, lives } = state
  return {
    ...state,
    snapshot: shiftSnapshot(snapshot, byMs),
    deliveries: deliveries.map((delivery) => ({ ...delivery, at: delivery.at + byMs })),
    silences: silences.map((silence) => shiftSilence(silence, byMs)),
    lives: lives.map(({ from, to, ...life }) => ({
      ...life,
      from: from + byMs,
      ...(to !== undefined && { to: to + byMs }),
    })),
  }
}

/** A clock that was set back between two processes must not make us wait for times that come again. */
function withoutFuture(snapshot: TrackerSnapshot, now: number): TrackerSnapshot {
  const aheadMs = latestMoment(snapshot) - now
  return aheadMs > 0 ? shiftSnapshot(snapshot, -aheadMs) : snapshot
}

/** No records while no process ran do not mean that the alert ended: its quiet time starts now. */
function withQuietFrom(alert: SavedAlert, now: number): SavedAlert {
  return alert.endedAt === undefined ? { ...alert, lastAt: now } : alert
}

/** The most important alerts, as many as may live. */
function withinLimit(snapshot: TrackerSnapshot, maxAlerts: number) {
  const sorted = [...snapshot.alerts].sort(byImportance)
  const alerts = sorted.slice(0, maxAlerts)
  const kept = new Set(alerts.map(({ id }) => id))
  const ended = snapshot.ended.filter((id) => kept.has(id))
  return { kept: { ...snapshot, alerts, ended }, dropped: sorted.length - alerts.length }
}
