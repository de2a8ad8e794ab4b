/**
 * The message of a record under other names than the logger's own, and words for what has none: the name of
 * its event, or its significant values, such as `code 401, reason expired`.
 */
import { getPath, isObject } from '../text/get-path.ts'
import { commonNames, eventNames } from './names.ts'

type Fields = Readonly<Record<string, unknown>>

const significant = [
  'title',
  'detail',
  'reason',
  'code',
  'status',
  'statusCode',
  'statusText',
  'error',
  'type',
  'name',
]
const maxLeaves = 4
const maxDepth = 4
const maxLooked = 60
const maxValue = 120

/** The first text under a message's key; what else lies there is written out. */
export function messageOf(
  object: Fields,
  fields: Record<string, unknown>,
  keys: readonly string[],
): string | undefined {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    const value = object[key] ?? fields[key]
    if (value === undefined || value === null || value === '') continue
    if (typeof value !== 'string' && index > 2) continue
    // Under any other name rules may ask for it.
    if ((key === 'msg' || key === 'message') && key in fields) delete fields[key]
    if (typeof value === 'string') return value
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return undefined
}

/** 'worker.crashed', 'job:failed', 'payment_failed': rather an event than a logger. */
const eventName = /^[A-Za-z][\w-]{0,60}[.:/_][\w.:/-]{1,60}$/

/** The name of a record without a message: of its event, else its significant values. */
export function eventOf(object: Fields): string | undefined {
  for (const name of eventNames) {
    const value = object[name] ?? (name.includes('.') ? getPath(object, name) : undefined)
    if (typeof value === 'string' && value.trim() !== '' && !(name === 'name' && 'pid' in object))
      return value
  }
  const leaves = describeLeaves(object, commonNames)
  // Every line of pino and bunyan may have the logger's name.
  const { name } = object
  if (typeof name !== 'string' || !eventName.test(name)) return leaves
  return leaves === undefined ? name : `${name}: ${leaves}`
}

interface Leaf {
  readonly name: string
  readonly value: string
  readonly rank: number
}

/**
 * Up to four scalars, those with known names first; `undefined` if there are none. Names in `without` are
 * passed over.
 */
export function describeLeaves(value: object, without?: ReadonlySet<string>): string | undefined {
  const leaves: Leaf[] = []
  collect(value, leaves, 0, without)
  if (leaves.length === 0) return undefined
  return leaves
    .sort((a, b) => a.rank - b.rank)
    .slice(0, maxLeaves)
    .map(({ name, value: text }) => (name === '' ? text : `${name} ${text}`))
    .join(', ')
}

/** Lists under these names are of the object itself, not of one of its fields. */
const lists = new Set(['errors', 'messages', 'message', 'details', 'issues', 'formErrors', 'items', 'data'])

/** `listName` names the items of a list. */
function collect(
  value: object,
  leaves: Leaf[],
  depth: number,
  without?: ReadonlySet<string>,
  listName = '',
): void {
  const isList = Array.isArray(value)
  for (const name of Object.keys(value)) {
    if (leaves.length >= maxLooked) return
    if (without?.has(name)) continue
    const field = (value as Record<string, unknown>)[name]
    if (isObject(field) || Array.isArray(field)) {
      if (depth < maxDepth) collect(field, leaves, depth + 1, undefined, lists.has(name) ? '' : name)
    } else if (isScalar(field)) {
      const known = significant.indexOf(name)
      leaves.push({
        name: isList ? listName : name,
        value: String(field).slice(0, maxValue),
        rank: (known === -1 ? significant.length : known) + depth / 10,
      })
    }
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.trim() !== ''
  return typeof value === 'number' || typeof value === 'boolean'
}
