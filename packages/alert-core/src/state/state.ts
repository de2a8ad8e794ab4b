/**
 * What of a hub survives its process: the tracker's alerts and the notifications that are not delivered yet,
 * written to the journal as they change, and adopted at the next start.
 *
 *   critical record: at once · notification: before its first attempt · delivered: at once ·
 *   counts: within 1 s, and at once where other processes are to continue with them
 */
import { joinedIds } from '../alerts/notification.ts'
import type { Tracker } from '../alerts/tracker.ts'
import type { Fleet, Item, SeenNumbers, Submitted } from '../fleet/fleet-types.ts'
import type { Change, Journal, JournalStats } from '../journal/journal-types.ts'
import type { Notification } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { SavedLife } from './entry-schemas.ts'
import { type Adopted, createFormerStates, type FormerStatesOptions } from './former-states.ts'
import { createLedger } from './ledger.ts'
import { createRedactState, type Redact } from './redact-state.ts'
import { createSaving } from './saving.ts'
import { createSeen, createSubmitted } from './seen.ts'
import { keys } from './state-format.ts'
import { changesOfUnsent, entriesOf, idsOf, isEmpty } from './whole-state.ts'

export type { Adopted } from './former-states.ts'

/** When alerts of the last day started and ended, bounded. */
export interface SavedLives {
  /** What changed since the last call, at first all; undefined: forgotten. */
  takeChanged(now: number): ReadonlyMap<string, SavedLife | undefined>
  /** All, by the same keys. */
  all(now: number): ReadonlyMap<string, SavedLife>
  /** Those of former processes, whose alerts the tracker has by now. */
  adopt(former: readonly SavedLife[], now: number): void
  clear(): void
}

export interface StateOptions extends FormerStatesOptions {
  readonly tracker: Tracker
  readonly clock: Clock
  /** Hides what must not be written. */
  readonly redact: Redact
  /** The silences made at run time. */
  readonly silences: () => readonly RuntimeSilence[]
  /** Opens the journal, which is rewritten from these entries. */
  readonly openJournal: (entries: () => Iterable<Change>, onRewritten: () => void) => Journal
  readonly lives: SavedLives
  readonly fleet: Pick<
    Fleet,
    'mayAct' | 'prepareSave' | 'noteSaved' | 'hasUnsaved' | 'isShared' | 'whenSaved' | 'decides'
  >
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
  /** How far the processes of the fleet are counted: saved with what is counted. */
  readonly seen: SeenNumbers
  /** What is saved in these calls is written at once: a kill leaves all of it, or nothing. */
  saveAsOne(work: () => void): void
  /** Saves everything now. */
  save(): void
  /** Saves what is submitted before this returns, for the process that adopts it. */
  saveSubmitted(submitted: Submitted): void
  /** Removes those up to this number. */
  removeSubmitted(number: number): void
  /** The copy of an item that may be stored. */
  redactItem(item: Item): Item
  /** Forgets everything: another process adopts it, or all of it is `submitted`. */
  restart(submitted?: Submitted): void
  /**
   * Adopts what dead processes left, and the process `deposed`; `take` is called whenever that happens.
   * `isLate`: no process ran until now.
   */
  adopt(take: (adopted: Adopted) => void, isLate: boolean, deposed?: string): Promise<void>
  /**
   * The notification's alerts count as this process's own from now on. Returns it, marked as delayed if it
   * says only what a former process had already seen.
   */
  takeOver(notification: Notification): Notification
  stats(): JournalStats
  /** Finds out whether the directory can still be used. */
  check(): void
  /** If the directory could not be used: tries it again now. */
  retry(): void
  close(): Promise<void>
}

const syncEveryMs = 1000
/** Between two syncs at once: together they take some hundredths of the time of a process. */
const leastPauseMs = 10
const entriesPerMs = 10

export function createState(options: StateOptions): State {
  const { tracker, clock, fleet, lives } = options
  let redact = options.redact
  let redacted = createRedactState(redact)
  const unsent = new Map<string, Notification>()
  const ledger = createLedger(() => redacted)
  let former = createFormerStates(options)
  /** A follower's file holds none: another process may end one, and that file would bring it back. */
  const ownSilences = () => (fleet.decides || fleet.mayAct?.() !== false ? options.silences() : [])
  const pace = createPace({ ...options, entries: () => ledger.size(), sync: () => saving.sync() })
  const members = createSeen(clock, pace.syncSoon)
  const submitted = createSubmitted(() => redacted)
  const whole = {
    submitted,
    tracker,
    unsent,
    ledger,
    members,
    lives: () => lives.all(clock.now()),
    changedLives: () => lives.takeChanged(clock.now()),
    silences: ownSilences,
    redacted: () => redacted,
  }
  const saving = createSaving({ whole, fleet, pace, journal: () => journal })
  const { write } = saving
  const journal: Journal = options.openJournal(() => entriesOf(whole), noteRewritten)
  // From here on the tracker notes which keys of conditions change.
  tracker.takeChangedKeys()
  tracker.takeChangedSeen()

  /** Everything was written, with what was not saved yet. */
  function noteRewritten(): void {
    members.takeUnsaved()
    fleet.noteSaved()
  }

  return {
    stats: journal.stats,
    check: journal.rewrite,
    retry: journal.retry,
    saveAlert(id, isUrgent) {
      pace.syncSoon()
      if (isUrgent) saving.writeCritical(() => ledger.changesOf(tracker.partOf([id])))
    },
    saveUnsent(notifications) {
      for (const notification of notifications) unsent.set(notification.id, notification)
      const changes = notifications.flatMap((notification) => changesOfUnsent(whole, notification))
      write(changes, notifications.some(isCritical))
      pace.syncSoon()
    },
    removeUnsent(notification) {
      const removed = joinedIds(notification).filter((id) => unsent.delete(id))
      const changes = ledger.changesOf(tracker.partOf(idsOf(notification), notification.channel))
      write([...removed.map((id): Change => [keys.delivery + id, undefined]), ...changes])
      if (unsent.size === 0 && former.isAllNotified()) journal.removeAdopted()
    },
    saveSilence: (silence) => write([[keys.silence + silence.id, silence]], true),
    removeSilence: (id) => write([[keys.silence + id, undefined]], true),
    seen: members,
    saveAsOne: saving.asOne,
    save: () => saving.sync(),
    saveSubmitted: (given) => journal.write(submitted.keep(given)),
    removeSubmitted: (number) => journal.write(submitted.remove(number)),
    redactItem: (item) => redacted.item(item),
    restart(given) {
      if (given !== undefined) submitted.keep(given)
      for (const one of [unsent, ledger, members, lives]) one.clear()
      former = createFormerStates(options)
      tracker.takeChangedKeys()
      tracker.takeChangedSeen()
      journal.restart(given !== undefined)
    },
    setRedact(next) {
      if (JSON.stringify(next) === JSON.stringify(redact)) return
      redact = next
      redacted = createRedactState(redact)
      journal.rewrite()
    },
    async adopt(take, isLate, deposed) {
      await journal.adopt((found, living, byMs = 0) => {
        const adopted = former.adopt(found, living, clock.now(), { isLate, byMs })
        lives.adopt(adopted.lives, clock.now())
        for (const { member, number } of adopted.members) members.note(member, number)
        if (found.length > 0 || tracker.snapshot({ withKeys: false }).releases !== undefined) pace.syncSoon()
        take({ ...adopted, unsent: addUnknown(unsent, adopted.unsent) })
      }, deposed)
    },
    takeOver(notification) {
      const marked = former.withLateMark(notification)
      former.forget(notification)
      return marked
    },
    async close() {
      saving.sync(true)
      pace.stop()
      await journal.close(isEmpty(whole))
    },
  }
}

/** Returns those that were added. */
function addUnknown(unsent: Map<string, Notification>, found: readonly Notification[]): Notification[] {
  const added = found.filter(({ id }) => !unsent.has(id))
  for (const notification of added) unsent.set(notification.id, notification)
  return added
}

function isCritical({ severity }: Notification): boolean {
  return severity === 'critical'
}

interface PaceOptions {
  readonly clock: Clock
  readonly fleet: Pick<Fleet, 'isShared' | 'whenSaved'>
  /** How many entries a sync compares: it takes as long as they are many. */
  readonly entries: () => number
  readonly sync: () => void
}

interface Pace {
  syncSoon(): void
  /** A sync was made. */
  note(): void
  /** The next one is not due any more. */
  stop(): void
}

/** When what was counted is saved: within a second, or at once where other processes continue with it. */
function createPace({ clock, fleet, entries, sync }: PaceOptions): Pace {
  let timer: Timer | undefined
  let syncedAt = Number.NEGATIVE_INFINITY

  /** If this process is killed, another one of its host takes over with what is on disk. */
  const savesAtOnce = () => fleet.whenSaved === undefined && fleet.isShared()

  function dueInMs(): number {
    if (!savesAtOnce()) return syncEveryMs
    const pauseMs = leastPauseMs + entries() / entriesPerMs
    return Math.min(syncedAt + pauseMs - clock.now(), syncEveryMs)
  }

  return {
    syncSoon() {
      if (timer !== undefined) return
      const ms = dueInMs()
      timer = ms > 0 ? clock.after(ms, sync) : afterThisTurn(sync)
    },
    note() {
      syncedAt = clock.now()
    },
    stop() {
      timer?.cancel()
      timer = undefined
    },
  }
}

/** Together with all that is counted in this turn of the event loop. */
function afterThisTurn(work: () => void): Timer {
  let isCancelled = false
  queueMicrotask(() => {
    if (!isCancelled) work()
  })
  return {
    cancel() {
      isCancelled = true
    },
  }
}
