/** Reading values of unknown shape, and showing them. */
import { h } from './dom.js'

/** The value when it is an object, else an empty one. */
export const asObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

/** True for an object with something in it. */
export const isFilledObject = (value) => Object.keys(asObject(value)).length > 0

/** The value when it is a list, else an empty one; at most 200 items are looked at. */
export const asList = (value) => (Array.isArray(value) ? value.slice(0, 200) : [])

/** Text, numbers and booleans as text; everything else as nothing. */
export function asText(value) {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** The first of the values that is text and not empty. */
export const firstText = (...values) => values.map(asText).find((text) => text !== '') ?? ''

/** The JSON in a text; undefined if it is not JSON. */
export function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The fields of a form body; a Map, because the names are the sender's. */
export function parseForm(text) {
  return new Map(new URLSearchParams(text))
}

const maxColoured = 100_000
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g

/** JSON indented and coloured; what is not JSON, or too long to colour, as it came. */
export function jsonView(body) {
  const value = parseJson(body)
  const isFlat = value === undefined || typeof value !== 'object' || value === null
  if (isFlat || body.length > maxColoured) return h('pre', { tabindex: 0 }, body)
  const text = indent(value) ?? body
  const pre = h('pre', { class: 'json', tabindex: 0 })
  let from = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon] = match
    pre.append(text.slice(from, match.index))
    const kind = string === undefined ? 'json-value' : colon === undefined ? 'json-text' : 'json-key'
    pre.append(h('span', { class: kind }, string ?? whole), colon ?? '')
    from = match.index + whole.length
  }
  pre.append(text.slice(from))
  return pre
}

/**
 * Indented lines grow with the square of the depth: what is deeper than any real message is left as it came.
 */
function indent(value) {
  const isShallow = (node, levels) =>
    typeof node !== 'object' || node === null
      ? true
      : levels > 0 && Object.values(node).every((inner) => isShallow(inner, levels - 1))
  return isShallow(value, 30) ? JSON.stringify(value, null, 2) : undefined
}

/** A part of a path, decoded if it can be. */
export function decode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
