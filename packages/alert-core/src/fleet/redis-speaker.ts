/**
 * The part of a process that notifies for a fleet in Redis: takes what was submitted, and writes what became
 * of it together with the state, all or nothing. What it decided is done once that is written.
 */
import { type RuntimeSilence, shiftSilence } from '../mute/silences.ts'
import type { Clock } from '../time/clock.ts'
import type { FleetHost } from './fleet-types.ts'
import type { Outbox } from './outbox.ts'
import { hasLast, type StateHistory, withWrite } from './redis-history.ts'
import { createRedisInbox } from './redis-inbox.ts'
import type { JournalKeeper, StateChanges } from './redis-journal.ts'
import { alertsNotified } from './redis-notified.ts'
import type { RedisStore, StoredChange } from './redis-store.ts'

export interface RedisSpeakerOptions {
  readonly id: string
  readonly process: string
  readonly options: string
  readonly store: RedisStore
  readonly journal: JournalKeeper
  readonly host: () => FleetHost
  readonly clock: Clock
  readonly outbox: Outbox
  /** Shown text of an entry, as it may be stored. */
  readonly encode: (key: string, value: unknown) => string
  /** How far the clock of Redis is ahead. */
  readonly aheadMs: () => number
  /** Another process has the lease, or it is not known. */
  readonly onRefused: () => void
  readonly onFailure: (error: unknown) => void
}

export type RedisSpeaker = ReturnType<typeof createRedisSpeaker>

const retryMs = 250
/** If its clock is set, or drifts, the state is written as a whole by the new one. */
const mostDriftMs = 1_000

interface Act {
  readonly act: () => void
  readonly done: () => void
}

export function createRedisSpeaker(options: RedisSpeakerOptions) {
  const { id, store, journal, host, clock, outbox, encode, aheadMs, onRefused, onFailure } = options
  let term: string | undefined
  let stateId = ''
  /** Which writes the state here continues, up to the last one that is known to be done. */
  let history: StateHistory = []
  /** Never the same again, also under another term. */
  let revision = 0
  /** Rises when the process stops to notify: what was asked for before concerns it no more. */
  let epoch = 0
  const acts = createActs()
  let flying: Promise<void> | undefined
  /** How far the clock of Redis is ahead of the one of the state. */
  let writtenAheadMs = 0
  let isFlushDue = false
  let isFailing = false
  let silences = ''
  const inbox = createRedisInbox({ ...options, flushSoon })

  journal.onChange(flushSoon)

  function flushSoon(): void {
    if (isFlushDue || term === undefined) return
    isFlushDue = true
    queueMicrotask(() => {
      isFlushDue = false
      void flush()
    })
  }

  /** One call at a time; what changes meanwhile goes with the next one. False if it is not written. */
  async function flush(): Promise<boolean> {
    while (flying !== undefined) await flying
    if (term === undefined) return false
    if (!journal.hasChanges() && acts.isEmpty() && inbox.removable().length === 0) return true
    flying = write(term)
    await flying
    flying = undefined
    if (isFailing) clock.after(retryMs, flushSoon)
    else if (journal.hasChanges() || !acts.isEmpty()) flushSoon()
    return !isFailing
  }

  async function write(ownTerm: string): Promise<void> {
    const began = epoch
    acts.start()
    const { changes, ahead } = takeChanges(journal, aheadMs(), writtenAheadMs)
    const { seen, silences: current } = host()
    const own = seen.saved(id)
    const gone = inbox.removable()
    const list = JSON.stringify(current())
    const written = withWrite(history, { term: ownTerm, revision: ++revision })
    try {
      const outcome = await store.save({
        id,
        term: ownTerm,
        stateId,
        history: written,
        revision,
        since: history.at(-1)?.revision ?? 0,
        isWhole: changes.isWhole,
        aheadMs: ahead,
        changes: encoded(changes, encode),
        notified: alertsNotified(changes.values, ahead),
        received: gone,
        ...(list === silences ? {} : { silences: byRedisClock(current(), aheadMs()) }),
      })
      if (began !== epoch) return
      isFailing = outcome === 'refused'
      if (outcome === 'done') {
        history = written
        writtenAheadMs = ahead
        silences = list
        outbox.see(own)
        inbox.remove(gone)
        acts.carryOut()
        return
      }
      giveBack(changes, journal, acts)
      if (outcome === 'differs') journal.rewrite()
      else onRefused()
    } catch (error) {
      if (began !== epoch) return
      isFailing = true
      giveBack(changes, journal, acts)
      onFailure(error)
    }
  }

  return {
    /** Writes under this term from now on; `past`: what was in Redis, if the process has that from there. */
    begin(next: string, of: string, past = history): void {
      epoch++
      term = next
      stateId = of
      history = past
      silences = ''
    },
    /** Reads what was submitted. */
    open: inbox.open,
    read: inbox.read,
    take: inbox.take,
    flush,
    /** Neither reads nor writes any more; `isOver`: what it decided is another process's. */
    stop(isOver: boolean): void {
      epoch++
      term = undefined
      inbox.close()
      acts.end(isOver)
    },
    whenSaved(act: () => void): Promise<void> {
      const done = acts.add(act)
      flushSoon()
      return done
    },
    /** Whether what was written here is part of the state in Redis. */
    isIn: (past: StateHistory) => hasLast(past, history),
    received: inbox.received,
  }
}

/** `written`: how far the clock of Redis was ahead of the one of the state. */
function takeChanges(journal: JournalKeeper, aheadMs: number, written: number) {
  if (Math.abs(aheadMs - written) > mostDriftMs) journal.rewrite()
  const changes = journal.take()
  return { changes, ahead: changes.isWhole ? aheadMs : written }
}

function giveBack(changes: StateChanges, journal: JournalKeeper, acts: ReturnType<typeof createActs>): void {
  journal.putBack(changes)
  acts.putBack()
}

function byRedisClock(silences: readonly RuntimeSilence[], aheadMs: number): string {
  return JSON.stringify(silences.map((silence) => shiftSilence(silence, aheadMs)))
}

function encoded({ values }: StateChanges, encode: RedisSpeakerOptions['encode']): StoredChange[] {
  return [...values].map(([key, value]) => [key, value === undefined ? undefined : encode(key, value)])
}

/** What waits until it is written that it was decided. */
function createActs() {
  let waiting: Act[] = []
  /** Those that wait for the call under way. */
  let deciding: readonly Act[] = []

  function finish(acts: readonly Act[], isDropped: boolean): void {
    for (const { act, done } of acts) {
      if (!isDropped) act()
      done()
    }
  }

  return {
    isEmpty: () => waiting.length === 0,
    add: (act: () => void) => new Promise<void>((done) => void waiting.push({ act, done })),
    start(): void {
      deciding = waiting
      waiting = []
    },
    carryOut(): void {
      const acts = deciding
      deciding = []
      finish(acts, false)
    },
    putBack(): void {
      waiting = [...deciding, ...waiting]
      deciding = []
    },
    end(isDropped: boolean): void {
      const acts = [...deciding, ...waiting]
      deciding = []
      waiting = []
      finish(acts, isDropped)
    },
  }
}
