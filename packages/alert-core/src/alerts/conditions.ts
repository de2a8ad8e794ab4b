/**
 * Between a record and its alert: counts what has to come together for each key (`when`), lets it prove that it stays so (`for`), and
 * watches for what stays away (`absent`). A key that nothing has come of is forgotten when memory is short, the longest unused first.
 */
import type { AlertCondition, Occurrence } from '../model.ts'
import { type Absence, type AbsenceWatch, createAbsenceTable, type MetCondition } from './absence.ts'
import { createKeys } from './condition-keys.ts'
import {
  addToKey,
  collectedOf,
  type KeyState,
  loadKey,
  reached,
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

/** All that conditions remember, as plain JSON. */
export interface SavedConditions {
  readonly keys: readonly SavedKey[]
  readonly absences: readonly Absence[]
}

/** How far one key has come. */
export interface Progress {
  /** All has come together. */
  readonly isMet: boolean
  /** Records, values or failures in a row that count by now. */
  readonly count: number
  readonly of: number
  /** When it fires if it stays true, or is missed, epoch ms. */
  readonly at?: number
}

/** The conditions of all rules. */
export interface Conditions {
  /** A record whose alert does not fire: what the alert starts with, once all has come together. */
  take(occurrence: Occurrence, now: number): Collected | undefined
  /** A record that is missed when it stays away has come. */
  markSeen(occurrence: Occurrence, now: number): void
  /** A resolve record: what its keys have gathered is void. */
  clear(occurrence: Occurrence): void
  /** What has stayed true for long enough, and what is missed; in the order of time. */
  due(now: number): MetCondition[]
  /** Never later than the next moment at which `due` has something to say, epoch ms. */
  nextAt(): number
  setWatches(watches: readonly AbsenceWatch[], now: number): string[]
  /** How far the key would have come with one more record. */
  progress(occurrence: Occurrence, condition: AlertCondition, now: number): Progress
  /** What the key holds now; nothing where it is gone. */
  find(id: string): SavedKey | undefined
  /** Copies all of it out; without `gathered`, only what is watched for. */
  save(withKeys: boolean): SavedConditions
}

const mostPending = 1_000
const nothing: SavedConditions = { keys: [], absences: [] }

/** Who hears of what happens to the keys. */
export interface ConditionsListener {
  /** So many records were to become an alert, and had to go. */
  readonly onEvict: (records: number) => void
  /** The key holds something else now, or nothing any more. */
  readonly onChange: (id: string) => void
}

/** Makes the conditions, with what former ones remembered. */
export function createConditions(
  { onEvict, onChange }: ConditionsListener,
  past: SavedConditions = nothing,
): Conditions {
  const keys = createKeys((id, { pending }, isForgotten) => {
    if (isForgotten && pending !== undefined) onEvict(pending.count)
    pendings.delete(id)
    onChange(id)
  })
  const pendings = new Map<string, KeyState & { pending: Pending }>()
  const absences = createAbsenceTable(past.absences, () => onEvict(1))
  let next = Number.POSITIVE_INFINITY

  for (const saved of past.keys) {
    const key = loadKey(saved)
    keys.keep(saved.id, key)
    onChange(saved.id)
    if (key.pending !== undefined) addPending(saved.id, key, key.pending)
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

  function take(occurrence: Occurrence, now: number): Collected | undefined {
    const { id, condition } = occurrence
    if (condition === undefined) return { count: 1, firstAt: now }
    const key: KeyState = keys.find(id) ?? { scope: condition.scope }
    const holdsUntil = addToKey(key, occurrence, condition, now)
    keys.keep(id, key)
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

  /** Its records are the alert's now; a row goes on until it is broken. */
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
    take,
    markSeen: absences.markSeen,
    clear({ id, condition }) {
      keys.remove(id)
      if (condition?.scope === undefined) return
      for (const each of keys.inScope(condition.scope)) keys.remove(each)
    },
    due(now) {
      const missed = now >= absences.nextAt() ? absences.due(now) : []
      const lasting = now >= next ? takeLasting(now) : []
      return [...missed, ...lasting].sort((a, b) => a.at - b.at)
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
      const count = when === undefined ? 1 : reached(trial, when, now)
      return { isMet, count, of, ...(isMet && forMs > 0 ? { at: now + forMs } : {}) }
    },
    find(id) {
      const key = keys.find(id)
      return key === undefined ? undefined : saveKey(id, key)
    },
    save: (withKeys) => {
      if (!withKeys) return { keys: [], absences: absences.entries() }
      const saved = keys.entries().map(([id, key]) => saveKey(id, key))
      return { keys: saved, absences: absences.entries() }
    },
  }
}
