/**
 * Checking options takes half a millisecond; a process that makes a logger for each request gives the same
 * options each time.
 */

const maxKnown = 100

/**
 * `make`, called once for equal plain data; its result is not remembered if it throws, or if the data is not
 * plain.
 */
export function remember<Data extends unknown[], Result>(
  make: (...data: Data) => Result,
): (...data: Data) => Result {
  const known = new Map<string, { readonly result: Result }>()
  return (...data) => {
    const key = keyOf(data)
    const found = key === undefined ? undefined : known.get(key)
    if (found !== undefined) return found.result
    const result = make(...data)
    if (known.size >= maxKnown) known.clear()
    if (key !== undefined) known.set(key, { result })
    return result
  }
}

function keyOf(data: unknown): string | undefined {
  try {
    return stableJson(data)
  } catch {
    return undefined
  }
}

/**
 * JSON in which equal values have equal texts, whatever the order of their keys; functions and the like
 * count. Throws on cycles.
 */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint')
      return `@${typeof item}`
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
