/**
 * The keys of conditions, with what each has gathered: bounded by their number and by how much they hold together. The longest unused goes
 * first.
 */
import { createLru } from '../cache/lru.ts'
import { type KeyState, sizeOf } from './key-state.ts'

/** The keys that have gathered something. */
export interface Keys {
  /** Counts as use. */
  find(id: string): KeyState | undefined
  /** Keeps the key with what it holds by now; others may have to go. */
  keep(id: string, key: KeyState): void
  remove(id: string): void
  /** The keys that a record names which knows no fingerprint. */
  inScope(scope: string): readonly string[]
  /** All, longest unused first. */
  entries(): readonly (readonly [id: string, key: KeyState])[]
}

const mostKeys = 50_000
/** Numbers of 8 bytes in all keys together. */
const mostNumbers = 4_000_000

interface Kept {
  readonly key: KeyState
  size: number
}

/** Keeps nothing yet; `onGone` hears of each key that was removed, or `forgotten` for want of room. */
export function createKeys(onGone: (id: string, key: KeyState, isForgotten: boolean) => void): Keys {
  const known = createLru<string, Kept>(mostKeys, (id, kept) => drop(id, kept, true))
  const scopes = new Map<string, Set<string>>()
  let numbers = 0

  function keep(id: string, key: KeyState): void {
    const kept = known.get(id) ?? enter(id, key)
    const size = sizeOf(key)
    numbers += size - kept.size
    kept.size = size
    while (numbers > mostNumbers && known.size > 1) known.shift()
  }

  function enter(id: string, key: KeyState): Kept {
    const kept = { key, size: 0 }
    known.set(id, kept)
    if (key.scope === undefined) return kept
    const ids = scopes.get(key.scope) ?? new Set()
    scopes.set(key.scope, ids.add(id))
    return kept
  }

  function drop(id: string, { key, size }: Kept, isForgotten: boolean): void {
    numbers -= size
    onGone(id, key, isForgotten)
    if (key.scope === undefined) return
    const ids = scopes.get(key.scope)
    ids?.delete(id)
    if (ids?.size === 0) scopes.delete(key.scope)
  }

  return {
    find: (id) => known.get(id)?.key,
    keep,
    remove(id) {
      const kept = known.get(id)
      if (kept !== undefined && known.delete(id)) drop(id, kept, false)
    },
    inScope: (scope) => [...(scopes.get(scope) ?? [])],
    entries() {
      const kept = known.values()
      return known.keys().map((id, index) => [id, kept[index]!.key] as const)
    },
  }
}
