/**
 * Checking options takes half a millisecond; a process that makes a logger per request gives the same ones each time.
 */
import { stableJson } from './stable-json.ts'

const maxKnown = 100

/** `make`, called once for equal plain data; not at all remembered where it throws, or where the data is not plain. */
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
