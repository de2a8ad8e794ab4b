/**
 * Words for data that has no message: its significant values, such as `code 401, reason expired`.
 */
import { isObject } from '../text/get-path.ts'

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

function collect(value: object, leaves: Leaf[], depth: number, without?: ReadonlySet<string>): void {
  const isList = Array.isArray(value)
  for (const name of Object.keys(value)) {
    if (leaves.length >= maxLooked) return
    if (without?.has(name)) continue
    const field = (value as Record<string, unknown>)[name]
    if (isObject(field) || Array.isArray(field)) {
      if (depth < maxDepth) collect(field, leaves, depth + 1)
    } else if (isScalar(field)) {
      const known = significant.indexOf(name)
      leaves.push({
        name: isList ? '' : name,
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
