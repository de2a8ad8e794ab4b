/**
 * Reading a field by its path out of data that nobody vouches for.
 */

/**
 * The value at a path like 'err.code' or 'items.0.id', else `undefined`. Sees own properties only; a key that
 * holds the dots itself ('a.b') wins over nesting. Never throws, whatever getters and proxies do.
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
