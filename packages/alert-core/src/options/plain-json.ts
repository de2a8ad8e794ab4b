/**
 * Any value → a copy of plain data (null, booleans, numbers, text, lists, objects). Options travel to a worker thread
 * and are read from files, so they are JSON; whatever is not gets a problem that names its place. Never throws: getters,
 * proxies, cycles and endless structures included.
 */
import type { Path, Problems } from './problem.ts'

const maxDepth = 24
const maxNodes = 20_000

/** The plain copy of a value; null stands in for what could not be copied, which is noted among the problems. */
export function toPlain(input: unknown, problems: Problems): unknown {
  let nodes = 0
  const copy = (value: unknown, path: Path, parents: readonly object[]): unknown => {
    nodes += 1
    if (value === null || typeof value !== 'object') return copyScalar(value, path, problems)
    if (parents.includes(value)) {
      problems.add(path, 'not-plain', 'refers back to an object that holds it: options are a tree.')
      return null
    }
    if (parents.length >= maxDepth || nodes > maxNodes) {
      problems.add(path, 'not-plain', 'is too deep or too large for options.')
      return null
    }
    const instance = instanceName(value)
    if (instance !== undefined) {
      problems.add(
        path,
        'not-plain',
        `is an instance of ${instance}: options are plain JSON. ${cures[instance] ?? ''}`.trim(),
      )
      return null
    }
    const within = [...parents, value]
    if (Array.isArray(value)) {
      const length = Math.min(value.length, maxNodes)
      return Array.from({ length }, (_, index) => copy(value[index], [...path, index], within))
    }
    return copyObject(value as Record<string, unknown>, path, problems, (child, childPath) =>
      copy(child, childPath, within),
    )
  }
  return guarded(input, [], problems, (value) => copy(value, [], []))
}

function copyObject(
  value: Readonly<Record<string, unknown>>,
  path: Path,
  problems: Problems,
  copy: (child: unknown, path: Path) => unknown,
): Record<string, unknown> {
  const plain: Record<string, unknown> = Object.create(null)
  for (const key of Reflect.ownKeys(value)) {
    if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue
    if (typeof key === 'symbol') {
      problems.add([...path, String(key)], 'not-plain', 'is keyed by a symbol: options are plain JSON.')
    } else if (key === '__proto__') {
      problems.add([...path, key], 'unknown-key', 'is not an option, and is never read.')
    } else {
      const childPath = [...path, key]
      const child = guarded(value, childPath, problems, () => copy(value[key], childPath))
      if (child !== undefined) plain[key] = child
    }
  }
  return plain
}

function copyScalar(value: unknown, path: Path, problems: Problems): unknown {
  switch (typeof value) {
    case 'function':
      problems.add(
        path,
        'not-plain',
        `is a function, and none can travel to the worker thread. ${moduleCure}`,
      )
      return null
    case 'symbol':
      problems.add(path, 'not-plain', 'is a symbol: options are plain JSON.')
      return null
    case 'bigint':
      problems.add(path, 'not-plain', 'is a BigInt: options are plain JSON. Write a number.')
      return null
    default:
      return value
  }
}

const moduleCure = "Write a provider in a file of its own: { type: 'module', module: './my-provider.js' }."

/** Cures for the classes that people put into options. */
const cures: Readonly<Record<string, string | undefined>> = {
  RegExp: "Write { regex: 'timeout|refused' }.",
  URL: 'Write its text: url.href.',
  Date: 'Write its text: date.toISOString().',
  Map: 'Write an object: Object.fromEntries(map).',
  Set: 'Write a list: [...set].',
  Promise: 'Await it first.',
}

/** The class of an object that is neither a list nor plain; objects of another realm are plain too. */
function instanceName(value: object): string | undefined {
  if (Array.isArray(value)) return undefined
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined
  const name: unknown = prototype.constructor?.name
  return typeof name === 'string' && /^\w{1,40}$/.test(name) ? name : 'a class'
}

/** Runs a read that a getter or a proxy may make throw; its own words are not repeated, they may hold anything. */
function guarded<T>(value: T, path: Path, problems: Problems, read: (value: T) => unknown): unknown {
  try {
    return read(value)
  } catch {
    problems.add(path, 'not-plain', 'could not be read: a getter or a proxy threw.')
    return null
  }
}
