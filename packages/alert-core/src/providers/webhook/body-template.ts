/**
 * A JSON body with `{field}` placeholders. The template is data and is filled as data: values are never
 * pasted into text that is parsed later, so no quote or line break in a log can change the structure.
 */

import { getPath } from '../../text/get-path.ts'
import { fillTemplate } from '../../text/template.ts'
import { cleanText } from '../../text/text.ts'

/** A template as it stands in the options: an object, or text that parses as JSON. */
export type BodyTemplate = string | Readonly<Record<string, unknown>> | readonly unknown[]

/** The template as a structure; `undefined` if its text is not JSON. */
export function parseTemplate(template: BodyTemplate): unknown {
  if (typeof template !== 'string') return template
  try {
    const parsed: unknown = JSON.parse(template)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}

/**
 * A copy of the template whose strings are filled from `view`, by path ('severity', 'alerts.0.code'); a bare
 * name that the view lacks is looked up in its first alert. A string that is one placeholder and nothing else
 * becomes the value itself: a number, a list, an object.
 */
export function fillBody(template: unknown, view: Readonly<Record<string, unknown>>): unknown {
  const get = (path: string) => getPath(view, path) ?? getPath(view, `alerts.0.${path}`)
  const fill = (node: unknown): unknown => {
    if (typeof node === 'string') return fillString(node, get)
    if (Array.isArray(node)) return node.map(fill)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)]))
  }
  return fill(template)
}

function fillString(text: string, get: (path: string) => unknown): unknown {
  const path = /^\{([^{}]+)\}$/.exec(text)?.[1]
  const value = path === undefined ? undefined : get(path)
  if (value !== undefined && typeof value !== 'string') return value
  return fillTemplate(text, get, cleanText)
}
