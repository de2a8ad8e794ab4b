/**
 * How far each process of the fleet is counted. It is written in one line with what is counted, so that after
 * a kill each number is in the state, or is submitted again.
 */
import { createLru } from '../cache/lru.ts'
import type { SeenNumbers, Submitted } from '../fleet/fleet-types.ts'
import type { Change } from '../journal/journal-types.ts'
import type { Clock } from '../time/clock.ts'
import type { SavedDelta, SavedMember } from './entry-schemas.ts'
import type { Redacted } from './redact-state.ts'
import { keys } from './state-format.ts'

export interface Seen extends SeenNumbers {
  hasUnsaved(): boolean
  /** The changes since the last call. */
  takeUnsaved(): Change[]
  /** All, for a journal that is written again. */
  all(): Change[]
  clear(): void
}

/** What this process submits and does not know to be saved. */
export interface SubmittedDeltas {
  /** Returns the changes. */
  keep(submitted: Submitted): readonly Change[]
  /** Forgets those up to this number; returns the changes. */
  remove(number: number): readonly Change[]
  entries(): Iterable<Change>
  size(): number
}

export function createSubmitted(redacted: () => Pick<Redacted, 'item'>): SubmittedDeltas {
  const kept = new Map<string, SavedDelta>()

  return {
    keep: ({ member, process, deltas }) =>
      deltas.map(({ number, items }): Change => {
        const key = `${keys.delta}${member}/${number}`
        const delta = { member, process, number, items: items.map(redacted().item) }
        kept.set(key, delta)
        return [key, delta]
      }),
    remove(number) {
      const seen = [...kept].filter(([, delta]) => delta.number <= number).map(([key]) => key)
      for (const key of seen) kept.delete(key)
      return seen.map((key): Change => [key, undefined])
    },
    entries: () => kept,
    size: () => kept.size,
  }
}

/** Processes of which the number is kept: those that were heard of last. */
const mostMembers = 1_000

export function createSeen(clock: Clock, onChange: () => void): Seen {
  const numbers = createLru<string, SavedMember>(mostMembers, (member) => unsaved.add(member))
  const saved = createLru<string, number>(mostMembers)
  const unsaved = new Set<string>()
  const changeOf = (member: string): Change => [keys.member + member, numbers.get(member)]

  return {
    of: (member) => numbers.get(member)?.number ?? 0,
    saved: (member) => saved.get(member) ?? 0,
    note(member, number) {
      if (number <= (numbers.get(member)?.number ?? 0)) return
      numbers.set(member, { member, number, at: clock.now() })
      unsaved.add(member)
      onChange()
    },
    hasUnsaved: () => unsaved.size > 0,
    takeUnsaved() {
      const changes = [...unsaved].map(changeOf)
      for (const member of unsaved) saved.set(member, numbers.get(member)?.number ?? 0)
      unsaved.clear()
      return changes
    },
    all: () => numbers.keys().map(changeOf),
    clear() {
      numbers.clear()
      saved.clear()
      unsaved.clear()
    },
  }
}
