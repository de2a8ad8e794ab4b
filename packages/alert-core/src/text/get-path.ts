/**
 * Reads a field by its path out of untrusted data.
 */

/**
 * The value at a path such as 'err.code' or 'items.0.id', else `undefined`. Reads own properties only; a key
 * that contains the dots itself ('a.b') takes precedence. Never throws, also if a getter or a proxy does.
 */
export function getPath(root: unknown, path: string): unknown {
  try {
    return walk(root, path)
  } catch {
    return undefined
  }
}

function walk(root: unknown, path: string): unknown {
  let value = root
  let rest = path
  while (typeof value === 'object' && value !== null) {
    if (Object.hasOwn(value, rest)) return value[rest as keyof typeof value]
    const dot = rest.indexOf('.')
    if (dot < 0) return undefined
    const key = rest.slice(0, dot)
    if (!Object.hasOwn(value, key)) return undefined
    value = value[key as keyof typeof value]
    rest = rest.slice(dot + 1)
  }
  return undefined
}

/** True for an object with keys: neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
