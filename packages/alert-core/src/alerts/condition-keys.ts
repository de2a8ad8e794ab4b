/**
 * The keys of conditions with the records of each: bounded by their number and by their size together. The
 * key unused for the longest time is dropped first.
 */
import { createLru } from '../cache/lru.ts'
import { type KeyState, sizeOf } from './key-state.ts'

/** The keys with records. */
export interface Keys {
  /** Counts as use of the key. */
  find(id: string): KeyState | undefined
  /** Stores the key at its present size; others may be dropped for it. */
  put(id: string, key: KeyState): void
  remove(id: string): void
  /** The keys of a rule and group, for a record that has no fingerprint. */
  inScope(scope: string): readonly string[]
  /** All, the longest unused first. */
  entries(): readonly (readonly [id: string, key: KeyState])[]
}

const mostKeys = 50_000
/** Numbers of 8 bytes in all keys together. */
const mostNumbers = 4_000_000

interface Slot {
  readonly key: KeyState
  size: number
}

/** Starts empty; `onGone` is called for each key that was removed, or evicted because there are too many. */
export function createKeys(onGone: (id: string, key: KeyState, isEvicted: boolean) => void): Keys {
  const known = createLru<string, Slot>(mostKeys, (id, slot) => drop(id, slot, true))
  const scopes = new Map<string, Set<string>>()
  let numbers = 0

  function put(id: string, key: KeyState): void {
    const slot = known.get(id) ?? add(id, key)
    const size = sizeOf(key)
    numbers += size - slot.size
    slot.size = size
    while (numbers > mostNumbers && known.size > 1) known.shift()
  }

  function add(id: string, key: KeyState): Slot {
    const slot = { key, size: 0 }
    known.set(id, slot)
    if (key.scope === undefined) return slot
    const ids = scopes.get(key.scope) ?? new Set()
    scopes.set(key.scope, ids.add(id))
    return slot
  }

  function drop(id: string, { key, size }: Slot, isEvicted: boolean): void {
    numbers -= size
    onGone(id, key, isEvicted)
    if (key.scope === undefined) return
    const ids = scopes.get(key.scope)
    ids?.delete(id)
    if (ids?.size === 0) scopes.delete(key.scope)
  }

  return {
    find: (id) => known.get(id)?.key,
    put,
    remove(id) {
      const slot = known.get(id)
      if (slot !== undefined && known.delete(id)) drop(id, slot, false)
    },
    inScope: (scope) => [...(scopes.get(scope) ?? [])],
    entries() {
      const slot = known.values()
      return known.keys().map((id, index) => [id, slot[index]!.key] as const)
    },
  }
}
