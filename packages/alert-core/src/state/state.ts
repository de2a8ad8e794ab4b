/**
 * What of a hub survives its process: the state machine's memory and the notifications that are not told yet, written
 * through the spool as they change, and taken up again at the next start.
 *
 *   critical record ─ at once    decision ─ at once, before its first attempt    told ─ at once    counts ─ within a second
 */

import { joinedIds } from '../alerts/merge-notifications.ts'
import { mergeSnapshots } from '../alerts/merge-snapshots.ts'
import { latestMoment, shiftSnapshot } from '../alerts/shift-snapshot.ts'
import type { Effect, SavedAlert, Tracker, TrackerSnapshot } from '../alerts/tracker.ts'
import type { Change, FormerJournal, Journal, JournalStats } from '../journal/journal-types.ts'
import type { Notification } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { createLedger, lifeOf } from './ledger.ts'
import { createRedactState, type Redact } from './redact-state.ts'
import { keys, type Remembered, readFormerJournal } from './state-format.ts'

/** What the state of a hub depends on. */
export interface StateOptions {
  readonly tracker: Tracker
  readonly clock: Clock
  /** Hides what must not be written down. */
  readonly redact: Redact
  readonly maxAlerts: number
  /** The silences made at run time. */
  readonly silences: () => readonly RuntimeSilence[]
  /** Opens the spool, which is rewritten from these entries. */
  readonly openJournal: (entries: () => Iterable<Change>) => Journal
  /** A former process left something that is not as it should be, or that is of no use any more. */
  readonly onError: (code: 'ALERT_STATE_DAMAGED' | 'ALERT_STATE_EXPIRED', message: string) => void
}

/** What was taken up from former processes. */
export interface TakenUp {
  /** Not told yet, marked late. */
  readonly unsent: readonly Notification[]
  /** Notifications that are too old to be told. */
  readonly expired: number
  /** Alerts for which there was no room. */
  readonly dropped: number
  /** What follows from the memory being another. */
  readonly effects: readonly Effect[]
  readonly silences: readonly RuntimeSilence[]
}

/** The memory of a hub beyond its process. */
export interface State {
  /** A record was tracked: it is written within a second, and at once where the alert is critical and that is news. */
  tracked(alert: string, isCritical: boolean): void
  /** These are to be told: written before this returns, and on disk before the event loop turns if one is critical. */
  savePending(notifications: readonly Notification[]): void
  /** This one needs no further attempt on its channel. */
  saveDone(notification: Notification): void
  /** A silence was made at run time, or lifted. */
  silenced(id: string, silence?: RuntimeSilence): void
  /** From now on this is hidden besides what is hidden anyway, in what was written before as well. */
  redactAs(redact: Redact): void
  /** Takes up what dead processes left; `take` hears of it whenever that happens. */
  adopt(take: (taken: TakenUp) => void): Promise<void>
  /** The notification as it is to be told: late, when it tells only what a former process had already seen. */
  markLate(notification: Notification): Notification
  stats(): JournalStats
  close(): Promise<void>
}

const syncEveryMs = 1000

/** Opens the state of a hub. */
export function createState(options: StateOptions): State {
  const { tracker, clock, maxAlerts, onError } = options
  let redact = options.redact
  let redacted = createRedactState(redact)
  const deliveries = new Map<string, Notification>()
  const ledger = createLedger(() => redacted)
  /** Critical alerts that were written at once, and which life of them. */
  const urgent = new Map<string, string>()
  /** Alerts of former processes with something untold, and when they were last seen. */
  const inherited = new Map<string, number>()
  /** By alert and channel, what former processes had not told of at all. */
  const owed = new Set<string>()
  let timer: Timer | undefined
  const journal = options.openJournal(entries)
  // From here on the state machine notes which keys of conditions change.
  tracker.takeChanges()

  function* entries(): Generator<Change> {
    for (const [id, notification] of deliveries) {
      yield [keys.delivery + id, redacted.notification(notification)]
    }
    const { alerts, past, channels, conditions, ...rest } = tracker.snapshot()
    ledger.clear()
    yield* ledger.restOf(rest)
    for (const silence of options.silences()) yield [keys.silence + silence.id, silence]
    yield* ledger.absencesOf(conditions)
    for (const gathered of conditions?.keys ?? []) {
      yield [keys.gathered + gathered.id, redacted.gathered(gathered)]
    }
    const ranked = { alerts: [...alerts].sort(firingFirst), past: [...past].reverse() }
    for (const channel of channels) yield* ledger.changesOf({ alerts: [], past: [], channels: [channel] })
    for (const alert of ranked.alerts) yield* ledger.changesOf({ alerts: [alert], past: [], channels: [] })
    for (const one of ranked.past) yield* ledger.changesOf({ alerts: [], past: [one], channels: [] })
  }

  // ── what has changed ──────────────────────────────────────────────────────────────────────────────────────────

  function sync(): void {
    timer = undefined
    const snapshot = tracker.snapshot({ gathered: false })
    const { alerts, past: _, channels: __, conditions, ...rest } = snapshot
    const changes = [...ledger.changesOf(snapshot), ...ledger.absencesOf(conditions)]
    for (const [id, gathered] of tracker.takeChanges()) {
      changes.push([keys.gathered + id, gathered === undefined ? undefined : redacted.gathered(gathered)])
    }
    changes.push(...ledger.restOf(rest), ...ledger.without(snapshot))
    const live = new Set(alerts.map(({ id }) => id))
    for (const id of urgent.keys()) if (!live.has(id)) urgent.delete(id)
    journal.write(changes)
  }

  function touch(): void {
    timer ??= clock.after(syncEveryMs, sync)
  }

  // ── a former life ─────────────────────────────────────────────────────────────────────────────────────────────

  function takeUp(formerJournals: readonly FormerJournal[]): TakenUp {
    const now = clock.now()
    const remembered = formerJournals.map((formerJournal) => readFormerJournal(formerJournal, now))
    const unreadable = remembered.reduce((sum, { unreadable }) => sum + unreadable, 0)
    if (unreadable > 0) {
      const message = `${unreadable} entries of the state made no sense and were passed over.`
      onError('ALERT_STATE_DAMAGED', message)
    }
    const expired = new Set(remembered.flatMap((one) => one.expired)).size
    if (expired > 0) {
      const what = expired === 1 ? 'A message' : `${expired} messages`
      const message = `${what} of a former process could not be told for seven days, and nobody is told any more.`
      onError('ALERT_STATE_EXPIRED', message)
    }
    if (remembered.length === 0) return { unsent: [], expired, dropped: 0, effects: [], silences: [] }
    const former = mergeSnapshots(remembered.map((one) => setToNow(one, now)))
    const { kept, dropped } = withinLimit(former, maxAlerts)
    for (const { id, lastSeen } of kept.alerts) inherited.set(id, lastSeen)
    for (const { id, channelStates } of kept.alerts) {
      for (const [channel, { admitted, notified }] of Object.entries(channelStates)) {
        if (admitted && notified === undefined) owed.add(owedKey(id, channel))
      }
    }
    const alerts = kept.alerts.map((alert) => heardUntil(alert, now))
    const effects = tracker.restore(mergeSnapshots([{ ...kept, alerts }, tracker.snapshot()]), now)
    const found = new Map(remembered.flatMap((one) => one.deliveries.map((each) => [each.id, each] as const)))
    const unsent = [...found.values()].filter(({ id }) => !deliveries.has(id)).sort((a, b) => a.at - b.at)
    for (const notification of unsent) deliveries.set(notification.id, notification)
    touch()
    return {
      unsent: unsent.map((notification) => ({ ...notification, late: true })),
      expired,
      dropped,
      effects,
      silences: remembered.flatMap((one) => one.silences),
    }
  }

  return {
    stats: journal.stats,
    tracked(id, isCritical) {
      touch()
      if (!isCritical) return
      const excerpt = tracker.excerpt([id])
      const [alert] = excerpt.alerts
      if (alert === undefined || urgent.get(id) === lifeOf(alert)) return
      urgent.set(id, lifeOf(alert))
      // In the kernel's hands it outlives the process; the disk is waited for when somebody is to be told.
      journal.write(ledger.changesOf(excerpt))
    },
    savePending(notifications) {
      const changes: Change[] = []
      for (const notification of notifications) {
        deliveries.set(notification.id, notification)
        changes.push([keys.delivery + notification.id, redacted.notification(notification)])
        const ids = notification.items.map((item) => item.alert.id)
        changes.push(...ledger.changesOf(tracker.excerpt(ids, notification.channel)))
      }
      journal.write(
        changes,
        notifications.some(({ severity }) => severity === 'critical'),
      )
      touch()
    },
    saveDone(notification) {
      const gone = joinedIds(notification).filter((id) => deliveries.delete(id))
      journal.write(gone.map((id) => [keys.delivery + id, undefined]))
      if (deliveries.size === 0 && owed.size === 0) journal.forgetTaken()
    },
    silenced: (id, silence) => journal.write([[keys.silence + id, silence]], true),
    redactAs(next) {
      if (JSON.stringify(next) === JSON.stringify(redact)) return
      redact = next
      redacted = createRedactState(redact)
      journal.rewrite()
    },
    async adopt(take) {
      await journal.adopt((formerJournals) => take(takeUp(formerJournals)))
    },
    markLate(notification) {
      const { items, channel } = notification
      for (const { alert } of items) owed.delete(owedKey(alert.id, channel))
      const isOld = items.every(({ alert, reason }) => {
        return reason !== 'repeat' && reason !== 'resolved' && inherited.get(alert.id) === alert.lastSeen
      })
      for (const { alert } of items) inherited.delete(alert.id)
      if (!isOld) return notification
      const at = Math.max(...items.map(({ alert }) => alert.lastSeen))
      return { ...notification, late: true, at: Math.min(at, notification.at) }
    },
    async close() {
      timer?.cancel()
      sync()
      const { alerts, past, channels, conditions } = tracker.snapshot()
      const isWatching = options.silences().length > 0 || (conditions?.absences.length ?? 0) > 0
      const isIdle = !isWatching && (conditions?.keys.length ?? 0) === 0
      const isFresh = channels.every(
        ({ sentAt, heldUntil }) => sentAt === undefined && heldUntil === undefined,
      )
      await journal.close(
        isIdle && deliveries.size === 0 && alerts.length === 0 && past.length === 0 && isFresh,
      )
    },
  }
}

function owedKey(alert: string, channel: string): string {
  return `${alert} ${channel}`
}

function firingFirst(a: SavedAlert, b: SavedAlert): number {
  return Number(a.endedAt !== undefined) - Number(b.endedAt !== undefined) || b.lastAt - a.lastAt
}

/** A clock that was set back while nobody ran must not leave us waiting for times to come. */
function setToNow({ snapshot }: Remembered, now: number): TrackerSnapshot {
  const aheadMs = latestMoment(snapshot) - now
  return aheadMs > 0 ? shiftSnapshot(snapshot, -aheadMs) : snapshot
}

/** That nothing was heard of an alert while nobody listened does not mean that it is over: its quiet begins now. */
function heardUntil(alert: SavedAlert, now: number): SavedAlert {
  return alert.endedAt === undefined ? { ...alert, lastAt: now } : alert
}

/** The alerts that were seen last, as many as may live. */
function withinLimit(snapshot: TrackerSnapshot, maxAlerts: number) {
  const sorted = [...snapshot.alerts].sort(firingFirst)
  const alerts = sorted.slice(0, maxAlerts)
  const kept = new Set(alerts.map(({ id }) => id))
  const ended = snapshot.ended.filter((id) => kept.has(id))
  return { kept: { ...snapshot, alerts, ended }, dropped: sorted.length - alerts.length }
}
