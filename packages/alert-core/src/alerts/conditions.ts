/**
 * Between a record and its alert: counts what must come together for each key (`when`), waits until it has
 * stayed true (`for`), and watches for absences (`absent`). Memory is bounded: the key unused for the longest
 * time is dropped first.
 */
import type { AlertCondition, Occurrence } from '../model.ts'
import { type Absence, type AbsenceWatch, createAbsenceTable, type MetCondition } from './absence.ts'
import { createKeys } from './condition-keys.ts'
import {
  addToKey,
  collectedOf,
  countOf,
  type KeyState,
  loadKey,
  type SavedKey,
  saveKey,
} from './key-state.ts'
import {
  type Collected,
  changesAt,
  extendPending,
  firesAt,
  lapses,
  openPending,
  type Pending,
} from './pending.ts'

/** The state of all conditions as plain JSON. */
export interface SavedConditions {
  readonly keys: readonly SavedKey[]
  readonly absences: readonly Absence[]
}

/** How far one key is. */
export interface Progress {
  /** The condition is met. */
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
   * Counts a record whose alert does not fire; returns what the alert starts with if the condition is met.
   */
  add(occurrence: Occurrence, now: number): Collected | undefined
  /** A record came whose absence is watched. */
  markSeen(occurrence: Occurrence, now: number): void
  /** A resolve record: drops what its keys have counted. */
  clear(occurrence: Occurrence): void
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

const mostPending = 1_000
const nothing: SavedConditions = { keys: [], absences: [] }

/** Called when keys change. */
export interface ConditionsListener {
  /** So many records of a pending alert were dropped because there are too many. */
  readonly onEvict: (records: number) => void
  /** The key changed or was dropped. */
  readonly onChange: (id: string) => void
}

/** Starts with the saved state. */
export function createConditions(
  { onEvict, onChange }: ConditionsListener,
  saved: SavedConditions = nothing,
): Conditions {
  const keys = createKeys((id, { pending }, isEvicted) => {
    if (isEvicted && pending !== undefined) onEvict(pending.count)
    pendings.delete(id)
    onChange(id)
  })
  const pendings = new Map<string, KeyState & { pending: Pending }>()
  const absences = createAbsenceTable(saved.absences, () => onEvict(1))
  let next = Number.POSITIVE_INFINITY

  for (const savedKey of saved.keys) {
    const key = loadKey(savedKey)
    keys.put(savedKey.id, key)
    onChange(savedKey.id)
    if (key.pending !== undefined) addPending(savedKey.id, key, key.pending)
  }

  function addPending(id: string, key: KeyState, pending: Pending): void {
    pendings.set(id, Object.assign(key, { pending }))
    next = Math.min(next, changesAt(pending))
    if (pendings.size <= mostPending) return
    for (const [oldest, { pending }] of pendings) {
      onEvict(pending.count)
      keys.remove(oldest)
      return
    }
  }

  function add(occurrence: Occurrence, now: number): Collected | undefined {
    const { id, condition } = occurrence
    if (condition === undefined) return { count: 1, firstAt: now }
    const key: KeyState = keys.find(id) ?? { scope: condition.scope }
    const holdsUntil = addToKey(key, occurrence, condition, now)
    keys.put(id, key)
    onChange(id)

    const { pending } = key
    if (pending !== undefined) {
      extendPending(pending, occurrence, holdsUntil, now)
      next = Math.min(next, changesAt(pending))
      return undefined
    }
    if (holdsUntil <= now) return undefined
    const collected = collectedOf(key, condition.when, now)
    if (condition.forMs === 0) {
      resetKey(id, key, condition)
      return collected
    }
    addPending(id, key, openPending(occurrence, collected, holdsUntil, now))
    return undefined
  }

  /** Its records belong to the alert now; a streak continues until a resolve record. */
  function resetKey(id: string, key: KeyState, condition: AlertCondition | undefined): void {
    if (condition?.when?.kind !== 'streak' || key.streak === undefined) {
      keys.remove(id)
      return
    }
    pendings.delete(id)
    delete key.pending
    key.streak.unnotified = 0
    onChange(id)
  }

  function takeLasting(now: number): MetCondition[] {
    const met: MetCondition[] = []
    next = Number.POSITIVE_INFINITY
    for (const [id, key] of [...pendings]) {
      const { pending } = key
      if (changesAt(pending) > now) {
        next = Math.min(next, changesAt(pending))
        continue
      }
      onChange(id)
      if (lapses(pending)) {
        dropPending(id, key)
        continue
      }
      const { occurrence, count, firstAt, lastAt = pending.since } = pending
      resetKey(id, key, occurrence.condition)
      met.push({ occurrence, at: firesAt(pending), collected: { count, firstAt, lastAt } })
    }
    return met
  }

  function dropPending(id: string, key: KeyState): void {
    pendings.delete(id)
    delete key.pending
    if (key.window === undefined && key.distinct === undefined && key.streak === undefined) keys.remove(id)
  }

  return {
    add,
    markSeen: absences.markSeen,
    clear({ id, condition }) {
      keys.remove(id)
      if (condition?.scope === undefined) return
      for (const each of keys.inScope(condition.scope)) keys.remove(each)
    },
    takeMet(now) {
      const missing = now >= absences.nextAt() ? absences.takeMissing(now) : []
      const lasting = now >= next ? takeLasting(now) : []
      return [...missing, ...lasting].sort((a, b) => a.at - b.at)
    },
    nextAt: () => Math.min(next, absences.nextAt()),
    setWatches: absences.setWatches,
    progress(occurrence, condition, now) {
      const { when, forMs } = condition
      if (when?.kind === 'absence') return { isMet: false, count: 0, of: 1, at: now + when.absentMs }
      const known = keys.find(occurrence.id)
      const trial: KeyState =
        known === undefined ? { scope: undefined } : loadKey(saveKey(occurrence.id, known))
      const isMet = addToKey(trial, occurrence, condition, now) > now
      const { pending } = trial
      const of = when?.count ?? 1
      if (pending !== undefined) return { isMet: true, count: pending.count + 1, of, at: firesAt(pending) }
      const count = when === undefined ? 1 : countOf(trial, when, now)
      return { isMet, count, of, ...(isMet && forMs > 0 ? { at: now + forMs } : {}) }
    },
    find(id) {
      const key = keys.find(id)
      return key === undefined ? undefined : saveKey(id, key)
    },
    save: (withKeys) => {
      if (!withKeys) return { keys: [], absences: absences.entries() }
      const savedKeys = keys.entries().map(([id, key]) => saveKey(id, key))
      return { keys: savedKeys, absences: absences.entries() }
    },
  }
}
