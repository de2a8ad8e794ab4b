/**
 * Untrusted data: what holds other values, and a field by its path.
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
  while (isObjectOrList(value)) {
    if (Object.hasOwn(value, rest)) return value[rest as keyof typeof value]
    const parts = partsOf(rest)
    if (parts === undefined || !Object.hasOwn(value, parts.key)) return undefined
    value = value[parts.key as keyof typeof value]
    rest = parts.rest
  }
  return undefined
}

interface Parts {
  readonly key: string
  readonly rest: string
}

/** A part that is cut out anew has to be looked up among all names of fields before it finds one. */
const known = new Map<string, Parts>()
const mostKnown = 1_000

function partsOf(path: string): Parts | undefined {
  const before = known.get(path)
  if (before !== undefined) return before
  const dot = path.indexOf('.')
  if (dot < 0) return undefined
  const parts = { key: path.slice(0, dot), rest: path.slice(dot + 1) }
  if (known.size >= mostKnown) known.clear()
  known.set(path, parts)
  return parts
}

/** The fields that say something: neither undefined, '' nor without a part of their own. */
export function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  return isObjectOrList(value) && Object.keys(value).length === 0
}

/** True for an object with keys: neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObjectOrList(value) && !Array.isArray(value)
}

/** True for what holds other values: an object or an array. */
export function isObjectOrList(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
