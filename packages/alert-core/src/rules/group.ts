/**
 * `groupBy`: which fields make two records the same trouble. '@fingerprint' stands for the record's own key.
 */
import type { GetField } from './match.ts'

export interface Grouping {
  /** The key of a record; `own` is asked only where the grouping says '@fingerprint'. */
  key(get: GetField, own: () => string): string
  /** The part of the key that the named fields make. */
  named(get: GetField): string
  /** The named fields are the whole key. */
  readonly isWhole: boolean
}

const fingerprintPath = '@fingerprint'
const maxValue = 200

/** Compiles `groupBy`; the same paths always give the same key. */
export function groupBy(paths: readonly string[]): Grouping {
  const fields = paths.filter((path) => path !== fingerprintPath)
  const isWhole = fields.length === paths.length && paths.length > 0
  const named = (get: GetField) => fields.map((path) => `${path}=${valueText(get(path))}`).join(' ')
  return {
    isWhole,
    named,
    key: (get, own) => {
      if (isWhole) return named(get)
      return fields.length === 0 ? own() : `${named(get)} · ${own()}`
    },
  }
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.slice(0, maxValue)
}
