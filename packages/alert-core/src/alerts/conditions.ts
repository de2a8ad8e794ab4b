/**
 * Between a record and its alert: counts what has to come together for each key (`when`), lets it prove that it stays so (`for`), and
 * watches for what stays away (`absent`). A key that nothing has come of is forgotten when memory is short, the longest unused first.
 */
import { createLru } from '../kernel/lru.ts'
import type { Occurrence } from '../model.ts'
import { type Absence, createAbsences, type Ready, type Watch } from './absence.ts'
import {
  type Gathered,
  gather,
  heldBy,
  loadGathered,
  reached,
  type SavedKey,
  saveGathered,
  sizeOf,
} from './gathered.ts'
import { firesAt, growPending, type Held, lapses, openPending, type Pending, turnOf } from './pending.ts'

/** All that conditions remember, as plain JSON. */
export interface SavedConditions {
  readonly keys: readonly SavedKey[]
  readonly absences: readonly Absence[]
}

/** How far one key has come. */
export interface Progress {
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
  progress(occurrence: Occurrence, now: number): Progress | undefined
  /** The keys that changed since this was last asked, with what they hold now; nothing where they are gone. */
  takeChanges(): Map<string, SavedKey | undefined>
  /** Copies all of it out; without `gathered`, only what is watched for. */
  save(gathered: boolean): SavedConditions
}

const mostKeys = 50_000
/** Numbers in all windows together. */
const mostMoments = 1_000_000
const mostPending = 1_000
const nothing: SavedConditions = { keys: [], absences: [] }

/**
 * Makes the conditions, with what former ones remembered and the keys of theirs that changed; `onForget` hears of records that were pending
 * and had to go.
 */
export function createConditions(
  onForget: (records: number) => void,
  past: SavedConditions = nothing,
  changes: Iterable<string> = [],
): Conditions {
  const keys = createLru<string, Gathered>(mostKeys, (id, key) => {
    if (key.pending !== undefined) onForget(key.pending.count)
    drop(id, key)
  })
  const pendings = new Map<string, Gathered & { pending: Pending }>()
  const scopes = new Map<string, Set<string>>()
  const absences = createAbsences(past.absences)
  const changed = new Set(changes)
  let moments = 0
  let next = Number.POSITIVE_INFINITY

  for (const saved of past.keys) {
    const key = loadGathered(saved)
    moments += sizeOf(key)
    changed.add(saved.id)
    enter(saved.id, key)
    if (key.pending !== undefined) wait(saved.id, key, key.pending)
  }

  function enter(id: string, key: Gathered): void {
    keys.set(id, key)
    if (key.scope === undefined) return
    const ids = scopes.get(key.scope) ?? new Set()
    scopes.set(key.scope, ids.add(id))
  }

  function wait(id: string, key: Gathered, pending: Pending): void {
    pendings.set(id, Object.assign(key, { pending }))
    next = Math.min(next, turnOf(pending))
    if (pendings.size <= mostPending) return
    for (const [oldest, { pending }] of pendings) {
      onForget(pending.count)
      remove(oldest)
      return
    }
  }

  function remove(id: string): void {
    const key = keys.get(id)
    if (key !== undefined && keys.delete(id)) drop(id, key)
  }

  function drop(id: string, key: Gathered): void {
    moments -= sizeOf(key)
    changed.add(id)
    pendings.delete(id)
    if (key.scope === undefined) return
    const ids = scopes.get(key.scope)
    ids?.delete(id)
    if (ids?.size === 0) scopes.delete(key.scope)
  }

  function take(occurrence: Occurrence, now: number): Held | undefined {
    const { id, premise } = occurrence
    if (premise === undefined) return { count: 1, firstAt: now }
    const known = keys.get(id)
    const key: Gathered = known ?? { scope: premise.scope }
    moments -= sizeOf(key)
    const holdsUntil = gather(key, occurrence, premise, now)
    moments += sizeOf(key)
    changed.add(id)
    if (known === undefined) enter(id, key)
    while (moments > mostMoments && keys.size > 1) keys.shift()

    const { pending } = key
    if (pending !== undefined) {
      growPending(pending, occurrence, holdsUntil)
      next = Math.min(next, turnOf(pending))
      return undefined
    }
    if (holdsUntil <= now) return undefined
    const held = heldBy(key, premise.when, now)
    if (premise.forMs === 0) {
      spend(id, key)
      return held
    }
    wait(id, key, openPending(occurrence, held, holdsUntil, now))
    return undefined
  }

  /** Its records are the alert's now; a row goes on until it is broken. */
  function spend(id: string, key: Gathered): void {
    pendings.delete(id)
    if (key.streak === undefined) {
      remove(id)
      return
    }
    delete key.pending
    key.streak.untold = 0
    changed.add(id)
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
      changed.add(id)
      if (lapses(pending)) {
        lapse(id, key)
        continue
      }
      const { occurrence, count, firstAt } = pending
      spend(id, key)
      ready.push({ occurrence, at: firesAt(pending), held: { count, firstAt } })
    }
    return ready
  }

  function lapse(id: string, key: Gathered): void {
    pendings.delete(id)
    delete key.pending
    if (key.window === undefined && key.distinct === undefined && key.streak === undefined) remove(id)
  }

  return {
    take,
    seen: absences.seen,
    clear({ id, premise }) {
      remove(id)
      if (premise?.scope === undefined) return
      for (const each of [...(scopes.get(premise.scope) ?? [])]) remove(each)
    },
    due(now) {
      const missed = now >= absences.nextAt() ? absences.due(now) : []
      const lasting = now >= next ? settle(now) : []
      return [...missed, ...lasting].sort((a, b) => a.at - b.at)
    },
    nextAt: () => Math.min(next, absences.nextAt()),
    expect: absences.expect,
    progress(occurrence, now) {
      const when = occurrence.premise?.when
      if (when?.kind === 'absence') {
        const dueAt = absences.find(occurrence.id)?.dueAt
        return { count: 0, of: 1, at: dueAt ?? now + when.absentMs }
      }
      const key = keys.has(occurrence.id) ? keys.get(occurrence.id) : undefined
      const of = when?.count ?? 1
      if (key?.pending !== undefined) return { count: key.pending.count, of, at: firesAt(key.pending) }
      return { count: key === undefined ? 0 : reached(key, when, now), of }
    },
    takeChanges() {
      const changes = new Map<string, SavedKey | undefined>()
      for (const id of changed) {
        const key = keys.has(id) ? keys.get(id) : undefined
        changes.set(id, key === undefined ? undefined : saveGathered(id, key))
      }
      changed.clear()
      return changes
    },
    save: (gathered) => {
      if (!gathered) return { keys: [], absences: absences.entries() }
      const ids = keys.keys()
      const values = keys.values()
      return { keys: ids.map((id, index) => saveGathered(id, values[index]!)), absences: absences.entries() }
    },
  }
}
