/**
 * The format of a journal, in `<state.dir>/<name>.journal`: lines of JSON. Line 1 is the header,
 * `{"alertJournal":1,"at":1767225600000}`, with `"contains":["<name>"]` if it took over other journals. Each
 * further line is a list of changes that count all or not at all: `["alert/4f1c",{…}]` sets a key,
 * `["alert/4f1c"]` removes it; later lines win. Which keys there are is in `state/state-format.ts`.
 */
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import type { Change } from './journal-types.ts'

/** The version this code writes; a file of a higher one is left alone. */
export const journalVersion = 1

/**
 * The header. `contains` names other journals whose entries are in this one and whose files may still exist;
 * `writer` is the process in its fleet.
 */
export function headerLine(at: number, contains: readonly string[] = [], writer?: string): string {
  const header = { alertJournal: journalVersion, at, writer, ...(contains.length > 0 && { contains }) }
  return `${JSON.stringify(header)}\n`
}

/** Changes as one line; `undefined` if a value cannot be written as JSON. */
export function changesLine(changes: readonly Change[]): string | undefined {
  try {
    return `${JSON.stringify(changes.map(([key, value]) => (value === undefined ? [key] : [key, value])))}\n`
  } catch {
    return undefined
  }
}

/** The version in a header; `undefined` if the line is not a header. */
export function versionOf(line: string): number | undefined {
  const header = parseJson(line)
  if (!isObject(header) || typeof header['alertJournal'] !== 'number') return undefined
  return header['alertJournal']
}

/** The journals that a header names as contained. */
export function containedIn(line: string): readonly string[] {
  const header = parseJson(line)
  if (versionOf(line) === undefined || !isObject(header) || !Array.isArray(header['contains'])) return []
  return header['contains'].filter((name) => typeof name === 'string')
}

/** The process of a fleet that a header names as its writer. */
export function writerIn(line: string): string | undefined {
  const header = parseJson(line)
  return isObject(header) && typeof header['writer'] === 'string' ? header['writer'] : undefined
}

/** The changes in a line; `undefined` if the line is damaged. */
export function readChanges(line: string): readonly Change[] | undefined {
  const changes = parseJson(line)
  if (!Array.isArray(changes)) return undefined
  const isChange = (change: unknown) =>
    Array.isArray(change) && change.length >= 1 && change.length <= 2 && typeof change[0] === 'string'
  return changes.every(isChange) ? (changes as unknown as readonly Change[]) : undefined
}
