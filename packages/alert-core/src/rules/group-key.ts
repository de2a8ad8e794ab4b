/**
 * `groupBy`: which fields make two records the same problem, as one readable text that no other values give.
 */

import { isObjectOrList } from '../text/get-path.ts'
import { cutChars, hash64 } from '../text/text.ts'
import type { GetField } from './match.ts'

/** '@fingerprint' stands for the record's own key. */
export interface Grouping {
  /** The key of a record; `own` is asked only if the grouping says '@fingerprint'. */
  key(get: GetField, own: () => string): string
  /** The part of the key that the named fields make. */
  named(get: GetField): string
  /** The named fields are the whole key. */
  readonly isWhole: boolean
}

const fingerprintPath = '@fingerprint'
const maxValue = 200
/** Of a longer value this much is shown, then a hash of all of it. */
const maxShown = 160

/** Compiles `groupBy`; the same paths always give the same key. */
export function groupBy(paths: readonly string[]): Grouping {
  const fields = paths.filter((path) => path !== fingerprintPath)
  const isWhole = fields.length === paths.length && paths.length > 0
  const named = (get: GetField) => fields.map((path) => `${path}=${shownValue(get(path))}`).join(' ')
  return {
    isWhole,
    named,
    key: (get, own) => {
      if (isWhole) return named(get)
      return fields.length === 0 ? own() : `${named(get)} · ${own()}`
    },
  }
}

/** The text by which values of a field are compared: 503 and '503' are equal, as for `match`. */
export function valueText(value: unknown): string {
  return isObjectOrList(value) ? JSON.stringify(value) : String(value)
}

/** Where a text could be read as the next field, as another kind of value, or as a cut one. */
const ambiguous = /^$|^["({[]|^\s|\s$|[=…·\n\r]/

function shownValue(value: unknown): string {
  if (value === undefined) return '(missing)'
  if (value === null) return '(null)'
  const text = valueText(value)
  if (typeof value === 'object' && text.length <= maxValue) return text
  const shown = text.length <= maxValue ? text : cutChars(text, maxShown, '')
  const written = ambiguous.test(shown) ? JSON.stringify(shown) : shown
  return text.length <= maxValue ? written : `${written}…${hash64(JSON.stringify(value))}`
}
