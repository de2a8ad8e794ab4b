/**
 * Between a record and its alert: counts what has to come together for each key (`when`), lets it prove that it stays so (`for`), and
 * watches for what stays away (`absent`). A key that nothing has come of is forgotten when memory is short, the longest unused first.
 */
import type { AlertCondition, Occurrence } from '../model.ts'
import { type Absence, createAbsences, type Ready, type Watch } from './absence.ts'
import { createKeys } from './condition-keys.ts'
import {
  gather,
  heldBy,
  type KeyState,
  loadGathered,
  reached,
  type SavedKey,
  saveGathered,
} from './key-state.ts'
import { firesAt, growPending, type Held, lapses, openPending, type Pending, turnOf } from './pending.ts'

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
  take(occurrence: Occurrence, now: number): Held | undefined
  /** A record that is missed when it stays away has come. */
  seen(occurrence: Occurrence, now: number): void
  /** A resolve record: what its keys have gathered is void. */
  clear(occurrence: Occurrence): void
  /** What has stayed true for long enough, and what is missed; in the order of time. */
  due(now: number): Ready[]
  /** Never later than the next moment at which `due` has something to say, epoch ms. */
  nextAt(): number
  expect(watches: readonly Watch[], now: number): string[]
  /** How far the key would have come with one more record. */
  progress(occurrence: Occurrence, condition: AlertCondition, now: number): Progress
  /** What the key holds now; nothing where it is gone. */
  find(id: string): SavedKey | undefined
  /** Copies all of it out; without `gathered`, only what is watched for. */
  save(gathered: boolean): SavedConditions
}

const mostPending = 1_000
const nothing: SavedConditions = { keys: [], absences: [] }

/** Who hears of what happens to the keys. */
export interface ConditionsListener {
  /** So many records were to become an alert, and had to go. */
  readonly onForget: (records: number) => void
  /** The key holds something else now, or nothing any more. */
  readonly onChange: (id: string) => void
}

/** Makes the conditions, with what former ones remembered. */
export function createConditions(
  { onForget, onChange }: ConditionsListener,
  past: SavedConditions = nothing,
): Conditions {
  const keys = createKeys((id, { pending }, isForgotten) => {
    if (isForgotten && pending !== undefined) onForget(pending.count)
    pendings.delete(id)
    onChange(id)
  })
  const pendings = new Map<string, KeyState & { pending: Pending }>()
  const absences = createAbsences(past.absences, () => onForget(1))
  let next = Number.POSITIVE_INFINITY

  for (const saved of past.keys) {
    const key = loadGathered(saved)
    keys.keep(saved.id, key)
    onChange(saved.id)
    if (key.pending !== undefined) wait(saved.id, key, key.pending)
  }

  function wait(id: string, key: KeyState, pending: Pending): void {
    pendings.set(id, Object.assign(key, { pending }))
    next = Math.min(next, turnOf(pending))
    if (pendings.size <= mostPending) return
    for (const [oldest, { pending }] of pendings) {
      onForget(pending.count)
      keys.remove(oldest)
      return
    }
  }

  function take(occurrence: Occurrence, now: number): Held | undefined {
    const { id, condition } = occurrence
    if (condition === undefined) return { count: 1, firstAt: now }
    const key: KeyState = keys.find(id) ?? { scope: condition.scope }
    const holdsUntil = gather(key, occurrence, condition, now)
    keys.keep(id, key)
    onChange(id)

    const { pending } = key
    if (pending !== undefined) {
      growPending(pending, occurrence, holdsUntil, now)
      next = Math.min(next, turnOf(pending))
      return undefined
    }
    if (holdsUntil <= now) return undefined
    const held = heldBy(key, condition.when, now)
    if (condition.forMs === 0) {
      spend(id, key, condition)
      return held
    }
    wait(id, key, openPending(occurrence, held, holdsUntil, now))
    return undefined
  }

  /** Its records are the alert's now; a row goes on until it is broken. */
  function spend(id: string, key: KeyState, condition: AlertCondition | undefined): void {
    if (condition?.when?.kind !== 'streak' || key.streak === undefined) {
      keys.remove(id)
      return
    }
    pendings.delete(id)
    delete key.pending
    key.streak.unnotified = 0
    onChange(id)
  }

  function settle(now: number): Ready[] {
    const ready: Ready[] = []
    next = Number.POSITIVE_INFINITY
    for (const [id, key] of [...pendings]) {
      const { pending } = key
      if (turnOf(pending) > now) {
        next = Math.min(next, turnOf(pending))
        continue
      }
      onChange(id)
      if (lapses(pending)) {
        lapse(id, key)
        continue
      }
      const { occurrence, count, firstAt, lastAt = pending.since } = pending
      spend(id, key, occurrence.condition)
      ready.push({ occurrence, at: firesAt(pending), held: { count, firstAt, lastAt } })
    }
    return ready
  }

  function lapse(id: string, key: KeyState): void {
    pendings.delete(id)
    delete key.pending
    if (key.window === undefined && key.distinct === undefined && key.streak === undefined) keys.remove(id)
  }

  return {
    take,
    seen: absences.seen,
    clear({ id, condition }) {
      keys.remove(id)
      if (condition?.scope === undefined) return
      for (const each of keys.inScope(condition.scope)) keys.remove(each)
    },
    due(now) {
      const missed = now >= absences.nextAt() ? absences.due(now) : []
      const lasting = now >= next ? settle(now) : []
      return [...missed, ...lasting].sort((a, b) => a.at - b.at)
    },
    nextAt: () => Math.min(next, absences.nextAt()),
    expect: absences.expect,
    progress(occurrence, condition, now) {
      const { when, forMs } = condition
      if (when?.kind === 'absence') return { isMet: false, count: 0, of: 1, at: now + when.absentMs }
      const known = keys.find(occurrence.id)
      const trial: KeyState =
        known === undefined ? { scope: undefined } : loadGathered(saveGathered(occurrence.id, known))
      const isMet = gather(trial, occurrence, condition, now) > now
      const { pending } = trial
      const of = when?.count ?? 1
      if (pending !== undefined) return { isMet: true, count: pending.count + 1, of, at: firesAt(pending) }
      const count = when === undefined ? 1 : reached(trial, when, now)
      return { isMet, count, of, ...(isMet && forMs > 0 ? { at: now + forMs } : {}) }
    },
    find(id) {
      const key = keys.find(id)
      return key === undefined ? undefined : saveGathered(id, key)
    },
    save: (gathered) => {
      if (!gathered) return { keys: [], absences: absences.entries() }
      const saved = keys.entries().map(([id, key]) => saveGathered(id, key))
      return { keys: saved, absences: absences.entries() }
    },
  }
}
