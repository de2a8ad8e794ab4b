/**
 * A harmless copy of data that nobody vouches for: plain objects, lists and scalars, bounded in depth and size, whatever getters,
 * proxies, cycles and classes the original holds. What cannot be read is left out.
 */

const maxDepth = 16
const maxKeys = 200
const maxValues = 5_000
const maxText = 16_384
const maxTotal = 262_144

interface Walk {
  values: number
  chars: number
  readonly above: object[]
}

/** Copies `value`. Errors keep type, message, stack, code, cause and inner errors, which no other way of copying sees. Never throws. */
export function toPlain(value: unknown): unknown {
  return copy(value, { values: 0, chars: 0, above: [] })
}

function copy(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return copyText(value, walk)
    case 'number':
    case 'boolean':
      return value
    case 'bigint':
      return String(value)
    case 'object':
      return value === null ? null : copySafely(value, walk)
    default:
      return undefined
  }
}

function copyText(text: string, walk: Walk): string {
  const room = Math.min(maxText, maxTotal - walk.chars)
  walk.chars += Math.min(text.length, room)
  // A cut text would keep the long one alive, so it is copied.
  return text.length <= room ? text : Buffer.from(text.slice(0, room)).toString()
}

function copySafely(object: object, walk: Walk): unknown {
  if (walk.above.length >= maxDepth || walk.values >= maxValues || walk.above.includes(object))
    return undefined
  walk.above.push(object)
  try {
    return copyObject(object, walk)
  } catch {
    return undefined
  } finally {
    walk.above.pop()
  }
}

function copyObject(object: object, walk: Walk): unknown {
  if (Array.isArray(object)) return copyItems(object, walk)
  if (object instanceof Error) return copyError(object, walk)
  if (object instanceof Date) return Number.isNaN(object.getTime()) ? undefined : object.toISOString()
  if (ArrayBuffer.isView(object)) return `[${object.byteLength} bytes]`
  if (object instanceof Set) return copyItems([...take(object)], walk)
  if (object instanceof Map) return copyFields(Object.fromEntries(take(object)), {}, walk)
  const json = read(object, 'toJSON')
  if (typeof json === 'function') return copy(json.call(object), { ...walk, above: [...walk.above, json] })
  return copyFields(object, {}, walk)
}

function* take<T>(items: Iterable<T>): Generator<T> {
  let left = maxKeys
  for (const item of items) {
    if (left-- === 0) return
    yield item
  }
}

function copyItems(items: readonly unknown[], walk: Walk): unknown[] {
  const copied: unknown[] = []
  for (let index = 0; index < items.length && index < maxKeys && walk.values < maxValues; index++) {
    walk.values++
    copied.push(copy(items[index], walk))
  }
  return copied
}

function copyFields(from: object, to: Record<string, unknown>, walk: Walk): Record<string, unknown> {
  let left = maxKeys
  for (const key of Object.keys(from)) {
    if (left-- === 0 || walk.values++ >= maxValues) break
    if (key === '__proto__') continue
    const value = copy(read(from, key), walk)
    if (value !== undefined) to[key.length > maxText ? copyText(key, walk) : key] = value
  }
  return to
}

const errorNames = ['message', 'stack', 'code', 'cause', 'errors'] as const

function copyError(error: Error, walk: Walk): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  const type = copy(typeOfError(error), walk)
  if (type !== undefined) plain['type'] = type
  for (const name of errorNames) {
    const value = copy(read(error, name), walk)
    if (value !== undefined) plain[name] = value
  }
  return copyFields(error, plain, walk)
}

/** The name that the error gives itself, else its class: many classes do not set a name. */
function typeOfError(error: Error): unknown {
  const name = read(error, 'name')
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name
  const maker = read(error, 'constructor')
  return typeof maker === 'function' && maker.name !== '' ? maker.name : name
}

function read(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}
