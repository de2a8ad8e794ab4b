/**
 * The templates that users write: 'Job {job} failed with {err.code}'.
 */

import { isObjectOrList } from './get-path.ts'
import { cleanLine, cutChars } from './text.ts'

/** A placeholder, or a doubled brace (with its partner, if it has one), which is literal. */
const placeholder = /\{\{(?:([^{}]{0,200})\}\})?|\{([\p{L}\p{N}_$@][\p{L}\p{N}_$@./-]{0,199})\}/gu

const longestValue = 10_000

/**
 * The template with each `{field}` or `{a.b}` replaced by what `get` returns for it; '' if it returns nothing
 * or throws. `{{` is a literal '{', and `{{x}}` a literal '{x}'. `clean` makes each value safe to show, by
 * default as one line.
 */
export function fillTemplate(
  template: string,
  get: (path: string) => unknown,
  clean: (text: string) => string = cleanLine,
): string {
  return template.replace(placeholder, (match, literal?: string, path?: string) => {
    if (path === undefined) return literal === undefined ? match.slice(1) : `{${literal}}`
    try {
      return clean(cutChars(toText(get(path)), longestValue))
    } catch {
      return ''
    }
  })
}

/** The paths of its placeholders. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(placeholder)].flatMap(([, , path]) => (path === undefined ? [] : [path]))
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value === 'function' || typeof value === 'symbol') return ''
  if (typeof value !== 'object') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Error) return value.message
  if (Array.isArray(value) && value.every((item) => !isObjectOrList(item)))
    return value.map(toText).join(', ')
  return JSON.stringify(value) ?? ''
}
