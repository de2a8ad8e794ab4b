/**
 * A bounded map that removes the entry that was not used for the longest time. Each operation is O(1): the
 * entries form a linked list, because a Map whose first key is deleted again and again has to skip more and
 * more holes.
 */

/** A bounded map; `get` and `set` count as use, `has` and `values` do not. */
export interface Lru<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  has(key: K): boolean
  /** Removes the entry without a call of `onEvict`; true if the key was known. */
  delete(key: K): boolean
  /** Evicts the oldest entry, if there is one. */
  shift(): void
  clear(): void
  readonly size: number
  /** A copy of the values, longest unused first. */
  values(): V[]
  /** A copy of the keys, longest unused first. */
  keys(): K[]
}

interface Entry<K, V> {
  readonly key: K
  value: V
  older: Entry<K, V> | undefined
  newer: Entry<K, V> | undefined
}

/** Makes a map of at most `max` entries; `onEvict` is called for each entry that is removed to make room. */
export function createLru<K, V>(max: number, onEvict?: (key: K, value: V) => void): Lru<K, V> {
  const most = max > 0 ? Math.floor(max) : 0
  const entries = new Map<K, Entry<K, V>>()
  let oldest: Entry<K, V> | undefined
  let newest: Entry<K, V> | undefined

  const unlink = (entry: Entry<K, V>) => {
    if (entry.older) entry.older.newer = entry.newer
    else oldest = entry.newer
    if (entry.newer) entry.newer.older = entry.older
    else newest = entry.older
  }

  const append = (entry: Entry<K, V>) => {
    entry.older = newest
    entry.newer = undefined
    if (newest) newest.newer = entry
    else oldest = entry
    newest = entry
  }

  const use = (entry: Entry<K, V>) => {
    if (entry === newest) return
    unlink(entry)
    append(entry)
  }

  const remove = (entry: Entry<K, V>) => {
    entries.delete(entry.key)
    unlink(entry)
  }

  const evict = (entry: Entry<K, V>) => {
    remove(entry)
    onEvict?.(entry.key, entry.value)
  }

  function list<T>(pick: (entry: Entry<K, V>) => T): T[] {
    const found: T[] = []
    for (let entry = oldest; entry; entry = entry.newer) found.push(pick(entry))
    return found
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      use(entry)
      return entry.value
    },
    set(key, value) {
      const known = entries.get(key)
      if (known) {
        known.value = value
        use(known)
        return
      }
      const entry: Entry<K, V> = { key, value, older: undefined, newer: undefined }
      entries.set(key, entry)
      append(entry)
      while (entries.size > most && oldest) evict(oldest)
    },
    has: (key) => entries.has(key),
    delete(key) {
      const entry = entries.get(key)
      if (!entry) return false
      remove(entry)
      return true
    },
    shift() {
      if (oldest) evict(oldest)
    },
    clear() {
      entries.clear()
      oldest = undefined
      newest = undefined
    },
    get size() {
      return entries.size
    },
    values: () => list((entry) => entry.value),
    keys: () => list((entry) => entry.key),
  }
}
