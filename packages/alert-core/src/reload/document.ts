/**
 * A document with options: JSON or YAML. While a hub runs, its top-level keys may replace those of the
 * options.
 */
import { createRequire } from 'node:module'
import { once } from '../cache/lazy.ts'
import { isObject } from '../text/get-path.ts'

type Document = Readonly<Record<string, unknown>>

/** Keys that a document may replace; the others need a restart. */
const reloadableKeys: ReadonlySet<string> = new Set([
  'recipients',
  'rules',
  'channels',
  'silences',
  'inhibit',
  'schedules',
  'level',
  'redact',
  'include',
])

/** The parsed document, or its problem as a sentence. */
export type ParsedDocument = { readonly document: Document } | { readonly problem: string }

export const maxDocumentBytes = 4 * 1024 * 1024

/** Parses a document; never throws. YAML is loaded only for what is not JSON. */
export function parseDocument(text: string): ParsedDocument {
  const parsed = parseJson(text) ?? parseYaml(text)
  if ('problem' in parsed) return parsed
  const { value } = parsed
  return isObject(value) ? { document: value } : { problem: 'it must be an object' }
}

/**
 * What a document cannot change while a hub runs, as a sentence; undefined if there is nothing. What it holds
 * with the same value as at the start has not changed.
 */
export function unreloadable(document: Document, atStart: Document = {}): string | undefined {
  const isChanged = (key: string) => JSON.stringify(document[key]) !== JSON.stringify(atStart[key])
  const keys = [...new Set([...Object.keys(document), ...Object.keys(atStart)])].filter(
    (key) => key !== '$schema' && !reloadableKeys.has(key) && isChanged(key),
  )
  if (keys.length === 0) return undefined
  return `${keys.join(', ')} cannot be replaced while running; these can: ${[...reloadableKeys].join(', ')}`
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** The build writes `require('yaml')`, which bundlers follow. */
const loadYaml = once(() => createRequire(import.meta.url)('yaml') as typeof import('yaml'))

function parseYaml(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: loadYaml().parse(text, { maxAliasCount: 100 }) }
  } catch (error) {
    // The first line of several, which show the place, ends with a colon.
    const [sentence = ''] = String((error as Error).message).split(/:?\n/)
    return { problem: `it is neither JSON nor YAML: ${sentence}` }
  }
}
