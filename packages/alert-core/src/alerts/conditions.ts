/**
 * Between a record and its alert: counts what must come together for each key (`when`), waits until it has
 * stayed true (`for`), and watches for absences (`absent`). Memory is bounded: the key unused for the longest
 * time is dropped first.
 */
import { createLru } from '../cache/lru.ts'
import type { AlertCondition, Occurrence } from '../model.ts'
import { type Absence, type AbsenceWatch, createAbsenceTable, type MetCondition } from './absence.ts'
import { createKeys } from './condition-keys.ts'
import {
  addKeyProcess,
  addToKey,
  collectedOf,
  countOf,
  detailsSince,
  type KeyState,
  latestIn,
  loadKey,
  type SavedKey,
  saveKey,
} from './key-state.ts'
import {
  type Collected,
  collectedBy,
  createPendingTable,
  firesAt,
  lapses,
  openPending,
  type Pending,
} from './pending.ts'
import { addToSpike, countWithin, measureSpike, openSpike, restartSpike, type SpikeWhen } from './spike.ts'

/** The state of all conditions as plain JSON. */
export interface SavedConditions {
  readonly keys: readonly SavedKey[]
  readonly absences: readonly Absence[]
}

/** How far one key is. */
export interface Progress {
  readonly isMet: boolean
  /** Records, values or failures in a row that count now. */
  readonly count: number
  readonly of: number
  /** When it fires if it stays true, or is missing, epoch ms. */
  readonly at?: number
}

/** The conditions of all rules. */
export interface Conditions {
  /**
   * Counts a record that came at `at` and whose alert does not fire; returns what the alert starts with if
   * the condition is met. Those of other processes come later than they were logged, and are put in order.
   */
  add(occurrence: Occurrence, at: number): Collected | undefined
  /** Counts a record while the spike of its key fires; returns how many records the window has now. */
  followSpike(occurrence: Occurrence, when: SpikeWhen, now: number): number
  /** A record came whose absence is watched. */
  markSeen(occurrence: Occurrence, now: number): void
  /** A resolve record: drops what its keys have counted. */
  clear(occurrence: Occurrence, now: number): void
  /** Takes what stayed true for long enough, and what is missing; in the order of time. */
  takeMet(now: number): MetCondition[]
  /** Never later than the next moment at which `takeMet` returns something, epoch ms. */
  nextAt(): number
  setWatches(watches: readonly AbsenceWatch[], now: number): string[]
  /** How far the key would be with one more record. */
  progress(occurrence: Occurrence, condition: AlertCondition, now: number): Progress
  /** The key's present state; undefined if it was dropped. */
  find(id: string): SavedKey | undefined
  /** Copies the state; without `withKeys`, only the absence watches. */
  save(withKeys: boolean): SavedConditions
}

const nothing: SavedConditions = { keys: [], absences: [] }

/** For so many keys or groups of keys is known when a record last ended their row. */
const mostResets = 1_000

/** Called when keys change. */
export interface ConditionsListener {
  /** So many records of a pending alert were dropped because there are too many. */
  readonly onEvict: (records: number) => void
  /** The key changed or was dropped. */
  readonly onChange: (id: string) => void
  /** When the rule began to watch for spikes, epoch ms; by default it always did. */
  readonly watchedSince?: (rule: string) => number
  /** The process whose records name none, while another one may continue what is counted. */
  readonly processNow?: () => string | undefined
}

/** Starts with the saved state. */
export function createConditions(listener: ConditionsListener, saved: SavedConditions = nothing): Conditions {
  const { onEvict, onChange, watchedSince = () => Number.NEGATIVE_INFINITY } = listener
  const keys = createKeys((id, { pending }, isEvicted) => {
    if (isEvicted && pending !== undefined) onEvict(pending.count)
    pendings.delete(id)
    onChange(id)
  })
  const pendings = createPendingTable((id, { count }) => {
    onEvict(count)
    keys.remove(id)
  })
  const absences = createAbsenceTable(saved.absences, () => onEvict(1))
  const since = ({ rule }: Occurrence) => watchedSince(rule)
  const resets = createResets()

  for (const savedKey of saved.keys) {
    const key = loadKey(savedKey)
    keys.put(savedKey.id, key)
    onChange(savedKey.id)
    if (key.pending !== undefined) pendings.put(savedKey.id, key.pending)
  }

  function add(occurrence: Occurrence, at: number): Collected | undefined {
    const { id, condition } = occurrence
    if (condition === undefined) return { count: 1, firstAt: at }
    const key: KeyState = keys.find(id) ?? { scope: condition.scope }
    const holdsUntil = addToKey(key, occurrence, condition, at, since(occurrence), resets.of(occurrence))
    addKeyProcess(key, occurrence.process ?? listener.processNow?.(), at)
    const now = Math.max(at, latestIn(key))
    keys.put(id, key)
    onChange(id)
    if (key.pending !== undefined) {
      pendings.extend(key.pending, occurrence, holdsUntil, now)
      return undefined
    }
    if (holdsUntil <= now) return undefined
    const collected = collectedOf(key, condition.when, now, since(occurrence))
    if (condition.forMs === 0) reset(id, key, condition)
    else {
      key.pending = openPending(occurrence, collected, holdsUntil, now)
      pendings.put(id, key.pending)
    }
    return condition.forMs === 0 ? collected : undefined
  }

  /** Its records belong to the alert now; a streak continues until a resolve record, and so does a spike. */
  function reset(id: string, key: KeyState, condition: AlertCondition | undefined): void {
    if (key.streak !== undefined) key.streak.unnotified = 0
    restart(id, isKept(key, condition) ? key : undefined)
  }

  /** A resolve record: the key starts anew, but for what is usual. */
  function clearKey(id: string): void {
    const key = keys.find(id)
    if (key?.spike !== undefined) restartSpike(key.spike)
    restart(id, key?.spike === undefined ? undefined : key)
  }

  function restart(id: string, kept: KeyState | undefined): void {
    if (kept === undefined) {
      keys.remove(id)
      return
    }
    dropPending(id, kept)
    forgetDetails(kept)
    onChange(id)
  }

  function dropPending(id: string, key: KeyState): void {
    pendings.delete(id)
    delete key.pending
    if (isEmpty(key)) keys.remove(id)
  }

  function takeLasting(now: number): MetCondition[] {
    return pendings.changed(now).flatMap(([id, pending]): MetCondition[] => {
      const key = keys.find(id)!
      onChange(id)
      if (lapses(pending)) {
        dropPending(id, key)
        return []
      }
      const met = metBy(key, pending, now, since(pending.occurrence))
      reset(id, key, pending.occurrence.condition)
      return [met]
    })
  }

  return {
    add,
    followSpike({ id, condition }, when, now) {
      const key: KeyState = keys.find(id) ?? { scope: condition?.scope }
      const count = addSpikeRecord(key, when, now)
      keys.put(id, key)
      onChange(id)
      return count
    },
    markSeen: absences.markSeen,
    clear({ id, condition }, now) {
      clearKey(id)
      resets.note(condition?.scope ?? id, now)
      if (condition?.scope === undefined) return
      for (const each of keys.inScope(condition.scope)) clearKey(each)
    },
    takeMet(now) {
      const missing = now >= absences.nextAt() ? absences.takeMissing(now) : []
      return [...missing, ...takeLasting(now)].sort((a, b) => a.at - b.at)
    },
    nextAt: () => Math.min(pendings.nextAt(), absences.nextAt()),
    setWatches: absences.setWatches,
    progress: (occurrence, condition, now) =>
      progressOf(keys.find(occurrence.id), occurrence, condition, now, since(occurrence)),
    find: (id) => savedOf(id, keys.find(id)),
    save: (withKeys) => ({
      keys: withKeys ? keys.entries().map(([id, key]) => saveKey(id, key)) : [],
      absences: absences.entries(),
    }),
  }
}

/** They are part of the alert now. */
function forgetDetails(key: KeyState): void {
  delete key.impact
  delete key.processes
  delete key.texts
}

function savedOf(id: string, key: KeyState | undefined): SavedKey | undefined {
  return key === undefined ? undefined : saveKey(id, key)
}

/** When a record last ended the row of a key, or of a rule and group. */
function createResets() {
  const known = createLru<string, number>(mostResets)
  return {
    note: (id: string, now: number) => known.set(id, now),
    of({ id, condition }: Occurrence): number | undefined {
      if (condition?.when?.kind !== 'streak') return undefined
      return known.get(id) ?? known.get(condition.scope ?? id)
    },
  }
}

/** A condition that has lasted, and what its alert starts with. */
function metBy(key: KeyState, pending: Pending, now: number, since: number): MetCondition {
  const { occurrence, firstAt } = pending
  const collected = {
    ...collectedOf(key, occurrence.condition?.when, now, since),
    ...detailsSince(key, firstAt),
    ...collectedBy(pending),
  }
  return { occurrence, at: firesAt(pending), collected }
}

/** Whether its records say something beyond the alert that they made. */
function isKept({ streak, spike }: KeyState, condition: AlertCondition | undefined): boolean {
  const kind = condition?.when?.kind
  return (kind === 'streak' && streak !== undefined) || (kind === 'spike' && spike !== undefined)
}

function isEmpty({ window, distinct, streak, spike }: KeyState): boolean {
  return [window, distinct, streak, spike].every((records) => records === undefined)
}

/** Returns how many records its window has now. */
function addSpikeRecord(key: KeyState, when: SpikeWhen, now: number): number {
  key.spike ??= openSpike()
  addToSpike(key.spike, when, now)
  return countWithin(key.spike, when.withinMs, now)
}

/** How far the key would be with one more record: tried on a copy. */
function progressOf(
  known: KeyState | undefined,
  occurrence: Occurrence,
  condition: AlertCondition,
  now: number,
  since: number,
): Progress {
  const { when, forMs } = condition
  if (when?.kind === 'absence') return { isMet: false, count: 0, of: 1, at: now + when.absentMs }
  const trial: KeyState = known === undefined ? { scope: undefined } : loadKey(saveKey(occurrence.id, known))
  const isMet = addToKey(trial, occurrence, condition, now, since) > now
  const { pending } = trial
  const of = neededOf(trial, when, now, since)
  if (pending !== undefined) return { isMet: true, count: pending.count + 1, of, at: firesAt(pending) }
  const count = when === undefined ? 1 : countOf(trial, when, now)
  return { isMet, count, of, ...(isMet && forMs > 0 ? { at: now + forMs } : {}) }
}

/** The count that meets the condition. */
function neededOf(
  { spike, pending }: KeyState,
  when: AlertCondition['when'],
  now: number,
  since: number,
): number {
  if (when === undefined || when.kind === 'absence') return 1
  if (when.kind !== 'spike') return when.count
  const { threshold } = pending?.spike ?? measureSpike(spike ?? openSpike(), when, since, now)
  return Number.isFinite(threshold) ? threshold : when.atLeast
}
