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

/**
 * Remembers what was last worked out for a text. A problem that repeats says the very same again and again,
 * and one that never says the same twice must not pay for the memory: a look costs four characters and a
 * comparison, no hash of the text.
 */
export interface Memo<T> {
  /** What was set for the text, unless another text has taken its place. */
  get(text: string): { readonly value: T } | undefined
  set(text: string, value: T): void
}

const longest = 500

/** Makes a memo of `size` places, a power of two; texts over 500 characters are not kept. */
export function createMemo<T>(size: number): Memo<T> {
  const texts: string[] = new Array(size).fill('')
  const values: ({ readonly value: T } | undefined)[] = new Array(size).fill(undefined)

  function placeOf(text: string): number {
    const { length } = text
    const spread =
      length * 31 +
      text.charCodeAt(0) * 7 +
      text.charCodeAt(length >> 1) * 13 +
      text.charCodeAt((length * 3) >> 2) * 17 +
      text.charCodeAt(length - 1) * 3
    return spread & (size - 1)
  }

  return {
    get(text) {
      const place = placeOf(text)
      return text !== '' && texts[place] === text ? values[place] : undefined
    },
    set(text, value) {
      if (text === '' || text.length > longest) return
      const place = placeOf(text)
      texts[place] = text
      values[place] = { value }
    },
  }
}
