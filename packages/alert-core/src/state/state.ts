/**
 * What of a hub survives its process: the tracker's alerts and the notifications that are not delivered yet,
 * written to the journal as they change, and adopted at the next start.
 *
 *   critical record: at once · notification: before its first attempt · delivered: at once ·
 *   counts: within 1 s
 */
import { joinedIds } from '../alerts/notification.ts'
import type { Tracker, TrackerSnapshot } from '../alerts/tracker.ts'
import type { Change, Journal, JournalStats } from '../journal/journal-types.ts'
import type { Notification } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { type Adopted, byImportance, createFormerStates, type FormerStatesOptions } from './former-states.ts'
import { createLedger } from './ledger.ts'
import { createRedactState, type Redact } from './redact-state.ts'
import { keys } from './state-format.ts'

export type { Adopted } from './former-states.ts'

/** What the state of a hub depends on. */
export interface StateOptions extends FormerStatesOptions {
  readonly tracker: Tracker
  readonly clock: Clock
  /** Hides what must not be written. */
  readonly redact: Redact
  /** The silences made at run time. */
  readonly silences: () => readonly RuntimeSilence[]
  /** Opens the journal, which is rewritten from these entries. */
  readonly openJournal: (entries: () => Iterable<Change>) => Journal
}

/** The state of a hub beyond its process. */
export interface State {
  /** Saves the alert within a second; at once if its record is critical, up to 100 times a second. */
  saveAlert(alert: string, isCritical: boolean): void
  /** Saves notifications before this returns, and on disk before the event loop turns if one is critical. */
  saveUnsent(notifications: readonly Notification[]): void
  /** Removes a notification that needs no further attempt on its channel. */
  removeUnsent(notification: Notification): void
  saveSilence(silence: RuntimeSilence): void
  removeSilence(id: string): void
  /** Hides this too from now on, also in what was written before. */
  setRedact(redact: Redact): void
  /** Adopts what dead processes left; `take` is called whenever that happens. */
  adopt(take: (adopted: Adopted) => void): Promise<void>
  /** The same notification, marked as delayed if it says only what a former process had already seen. */
  withLateMark(notification: Notification): Notification
  /** The notification's alerts count as this process's own from now on. */
  forgetFormer(notification: Notification): void
  stats(): JournalStats
  close(): Promise<void>
}

const syncEveryMs = 1000
/** In a flood of critical records the counts are within a second. */
const mostAtOnce = 100

/** Opens the state of a hub. */
export function createState(options: StateOptions): State {
  const { tracker, clock } = options
  let redact = options.redact
  let redacted = createRedactState(redact)
  const unsent = new Map<string, Notification>()
  const ledger = createLedger(() => redacted)
  const former = createFormerStates(options)
  /** Records that were written at once since the last sync. */
  let writtenAtOnce = 0
  let timer: Timer | undefined
  const journal = options.openJournal(entries)
  // From here on the tracker notes which keys of conditions change.
  tracker.takeChangedKeys()
  tracker.takeChangedSeen()

  function* entries(): Generator<Change> {
    for (const [id, notification] of unsent) {
      yield [keys.delivery + id, redacted.notification(notification)]
    }
    const { alerts, past, channels, conditions, seen = [], digests = [], ...rest } = tracker.snapshot()
    ledger.clear()
    yield* ledger.restOf(rest)
    for (const one of seen) yield [keys.seen + one.id, one]
    for (const silence of options.silences()) yield [keys.silence + silence.id, silence]
    yield* ledger.absencesOf(conditions)
    for (const key of conditions?.keys ?? []) yield [keys.condition + key.id, redacted.conditionKey(key)]
    const byAge = { alerts: [...alerts].sort(byImportance), past: [...past].reverse() }
    for (const channel of channels) yield* ledger.changesOf({ alerts: [], past: [], channels: [channel] })
    yield* ledger.changesOf({ alerts: [], past: [], channels: [], digests })
    for (const alert of byAge.alerts) yield* ledger.changesOf({ alerts: [alert], past: [], channels: [] })
    for (const one of byAge.past) yield* ledger.changesOf({ alerts: [], past: [one], channels: [] })
  }

  function sync(isLast = false): void {
    timer = undefined
    const snapshot = tracker.snapshot({ withKeys: false })
    const { alerts: _, past: __, channels: ___, digests: ____, conditions, ...rest } = snapshot
    const changes = [...ledger.changesOf(snapshot), ...ledger.absencesOf(conditions)]
    for (const [id, key] of tracker.takeChangedKeys()) {
      changes.push([keys.condition + id, key === undefined ? undefined : redacted.conditionKey(key)])
    }
    for (const [id, seen] of tracker.takeChangedSeen()) changes.push([keys.seen + id, seen])
    if (isLast) changes.push(...ledger.impactOf(snapshot.alerts))
    changes.push(...ledger.restOf(rest), ...ledger.removalsOf(snapshot))
    writtenAtOnce = 0
    journal.write(changes)
  }

  function syncSoon(): void {
    timer ??= clock.after(syncEveryMs, () => sync())
  }

  /** Nothing that the next start would need. */
  function isEmpty(): boolean {
    return unsent.size === 0 && options.silences().length === 0 && holdsNothing(tracker.snapshot())
  }

  return {
    stats: journal.stats,
    saveAlert(id, isCritical) {
      syncSoon()
      if (!isCritical || writtenAtOnce >= mostAtOnce) return
      writtenAtOnce++
      // Written to the kernel it outlives the process; the disk is waited for when a channel is to be
      // notified.
      journal.write(ledger.changesOf(tracker.partOf([id])))
    },
    saveUnsent(notifications) {
      const changes: Change[] = []
      for (const notification of notifications) {
        unsent.set(notification.id, notification)
        changes.push([keys.delivery + notification.id, redacted.notification(notification)])
        const ids = notification.items.map((item) => item.alert.id)
        changes.push(...ledger.changesOf(tracker.partOf(ids, notification.channel)))
      }
      journal.write(
        changes,
        notifications.some(({ severity }) => severity === 'critical'),
      )
      syncSoon()
    },
    removeUnsent(notification) {
      const removed = joinedIds(notification).filter((id) => unsent.delete(id))
      const ids = notification.items.map((item) => item.alert.id)
      journal.write([
        ...removed.map((id): Change => [keys.delivery + id, undefined]),
        ...ledger.changesOf(tracker.partOf(ids, notification.channel)),
      ])
      if (unsent.size === 0 && former.isAllNotified()) journal.removeAdopted()
    },
    saveSilence: (silence) => journal.write([[keys.silence + silence.id, silence]], true),
    removeSilence: (id) => journal.write([[keys.silence + id, undefined]], true),
    setRedact(next) {
      if (JSON.stringify(next) === JSON.stringify(redact)) return
      redact = next
      redacted = createRedactState(redact)
      journal.rewrite()
    },
    async adopt(take) {
      await journal.adopt((found) => {
        const adopted = former.adopt(found, clock.now())
        const more = adopted.unsent.filter(({ id }) => !unsent.has(id))
        for (const notification of more) unsent.set(notification.id, notification)
        if (found.length > 0 || tracker.snapshot({ withKeys: false }).releases !== undefined) syncSoon()
        take({ ...adopted, unsent: more })
      })
    },
    withLateMark: former.withLateMark,
    forgetFormer: former.forget,
    async close() {
      timer?.cancel()
      sync(true)
      await journal.close(isEmpty())
    },
  }
}

function holdsNothing(snapshot: TrackerSnapshot): boolean {
  const { alerts, past, channels, conditions, ...others } = snapshot
  const { keys: conditionKeys = [], absences = [] } = conditions ?? {}
  const { spikesSince = [], releases = [], digests = [] } = others
  const isUnused = channels.every(
    ({ sentAt, pausedUntil }) => sentAt === undefined && pausedUntil === undefined,
  )
  const kept = [alerts, past, conditionKeys, absences, spikesSince, releases, digests]
  return isUnused && kept.every((entries) => entries.length === 0)
}
