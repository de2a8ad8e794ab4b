/**
 * Any value → a copy of plain data. Options are sent to a worker thread and read from files, so they must be
 * JSON; each other value becomes a problem with its path. Never throws, also not on getters, proxies, cycles
 * and endless structures.
 */
import { createWalk, enterObject, leaveObject, readSafely, unreadable } from '../read/safe-walk.ts'
import { isObjectOrList } from '../text/get-path.ts'
import type { Path, Problems } from './problem.ts'

const limits = { depth: 24, values: 20_000, chars: Number.POSITIVE_INFINITY }

/** The plain copy of a value. What cannot be copied becomes null and is added to the problems. */
export function toPlain(input: unknown, problems: Problems): unknown {
  const walk = createWalk(limits)

  function copy(value: unknown, path: Path): unknown {
    if (!isObjectOrList(value)) return copyScalar(value, path, problems)
    const refusal = enterObject(walk, value)
    if (refusal !== undefined) {
      const isCycle = refusal === 'cycle'
      const problem = isCycle
        ? 'refers back to an object that contains it: options must be a tree.'
        : tooLarge
      problems.add(path, 'not-plain', problem)
      return null
    }
    try {
      return copyObject(value, path)
    } catch {
      problems.add(path, 'not-plain', cannotRead)
      return null
    } finally {
      leaveObject(walk)
    }
  }

  function copyObject(value: object, path: Path): unknown {
    const instance = instanceName(value)
    if (instance !== undefined) {
      const cure = cures[instance] ?? ''
      problems.add(
        path,
        'not-plain',
        `is an instance of ${instance}: options must be plain JSON. ${cure}`.trim(),
      )
      return null
    }
    if (Array.isArray(value)) {
      const length = Math.min(value.length, limits.values)
      return Array.from({ length }, (_, index) => copyField(value, index, [...path, index]) ?? null)
    }
    return copyFields(value, path)
  }

  function copyFields(value: object, path: Path): Record<string, unknown> {
    const plain: Record<string, unknown> = Object.create(null)
    for (const key of Reflect.ownKeys(value)) {
      if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue
      if (typeof key === 'symbol') {
        problems.add(
          [...path, String(key)],
          'not-plain',
          'has a symbol as its key: options must be plain JSON.',
        )
      } else if (key === '__proto__') {
        problems.add([...path, key], 'unknown-key', 'is not an option, and is not read.')
      } else {
        const field = copyField(value, key, [...path, key])
        if (field !== undefined) plain[key] = field
      }
    }
    return plain
  }

  function copyField(holder: object, key: string | number, path: Path): unknown {
    walk.valuesLeft--
    const value = readSafely(holder, String(key))
    if (value !== unreadable) return copy(value, path)
    problems.add(path, 'not-plain', cannotRead)
    return null
  }

  return copy(input, [])
}

const tooLarge = 'is nested too deeply, or is too large.'
/** The error's own message is not repeated: it may contain a secret. */
const cannotRead = 'could not be read: a getter or a proxy threw.'

function copyScalar(value: unknown, path: Path, problems: Problems): unknown {
  switch (typeof value) {
    case 'function':
      problems.add(
        path,
        'not-plain',
        `is a function, which cannot be sent to the worker thread. ${moduleCure}`,
      )
      return null
    case 'symbol':
      problems.add(path, 'not-plain', 'is a symbol: options must be plain JSON.')
      return null
    case 'bigint':
      problems.add(path, 'not-plain', 'is a BigInt: options must be plain JSON. Write a number.')
      return null
    default:
      return value
  }
}

const moduleCure = "Write your provider in a file of its own: { type: 'module', module: './my-provider.js' }."

const cures: Readonly<Record<string, string | undefined>> = {
  RegExp: "Write { regex: 'timeout|refused' }.",
  URL: 'Write its text, url.href.',
  Date: 'Write its text, date.toISOString().',
  Map: 'Write an object, Object.fromEntries(map).',
  Set: 'Write an array, [...set].',
  Promise: 'Await it first.',
}

/** The class of an object that is neither an array nor plain. Objects of another realm are plain too. */
function instanceName(value: object): string | undefined {
  if (Array.isArray(value)) return undefined
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined
  const name: unknown = prototype.constructor?.name
  return typeof name === 'string' && /^\w{1,40}$/.test(name) ? name : 'a class'
}
