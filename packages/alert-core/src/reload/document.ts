/**
 * A document that replaces parts of the options at run time: JSON or YAML whose top-level keys replace those
 * of the options.
 */
import { isObject } from '../text/get-path.ts'

/** Keys that a document may replace; the others need a restart. */
const reloadableKeys = [
  'recipients',
  'rules',
  'channels',
  'silences',
  'inhibit',
  'schedules',
  'level',
  'redact',
  'include',
] as const

/** The parsed document, or its problem as a sentence. */
export type ParsedDocument =
  | { readonly document: Readonly<Record<string, unknown>> }
  | { readonly problem: string }

/** Longest document, bytes. */
export const maxDocumentBytes = 4 * 1024 * 1024

/** Parses a document; never throws. YAML is loaded only for what is not JSON. */
export async function parseDocument(text: string): Promise<ParsedDocument> {
  const parsed = parseJson(text) ?? (await parseYaml(text))
  if ('problem' in parsed) return parsed
  const { value } = parsed
  if (!isObject(value)) return { problem: 'it must be an object' }
  const foreign = Object.keys(value).filter((key) => !isReloadable(key) && key !== '$schema')
  if (foreign.length > 0) {
    return {
      problem: `${foreign.join(', ')} cannot be replaced while running; these can: ${reloadableKeys.join(', ')}`,
    }
  }
  return { document: value as Record<string, unknown> }
}

function isReloadable(key: string): boolean {
  return (reloadableKeys as readonly string[]).includes(key)
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

async function parseYaml(text: string): Promise<{ readonly value: unknown } | { readonly problem: string }> {
  try {
    const { parse } = await import('yaml')
    return { value: parse(text, { maxAliasCount: 100 }) }
  } catch (error) {
    // The first line of several, which show the place, ends with a colon.
    const [sentence = ''] = String((error as Error).message).split(/:?\n/)
    return { problem: `it is neither JSON nor YAML: ${sentence}` }
  }
}
