/**
 * What stands in a journal: a first line that says which version it is, then one line per set of changes, which count
 * together or not at all. Plain JSON, so that a person can read it.
 */
import type { Change } from './journal-types.ts'

/** The version this code writes; a file of a higher one is left alone. */
export const journalVersion = 1

/** First line of a journal. `holds` names the journals whose contents stand in this one, and which are still there. */
export function headerLine(at: number, contains: readonly string[] = []): string {
  return `${JSON.stringify({ alertJournal: journalVersion, at, ...(contains.length > 0 && { contains }) })}\n`
}

/** Changes as one line; `undefined` where a value is no JSON. */
export function changesLine(changes: readonly Change[]): string | undefined {
  try {
    return `${JSON.stringify(changes.map(([key, value]) => (value === undefined ? [key] : [key, value])))}\n`
  } catch {
    return undefined
  }
}

/** The version that a first line says; undefined when it is none. */
export function versionOf(line: string): number | undefined {
  const header = parse(line)
  if (typeof header !== 'object' || header === null || !('alertJournal' in header)) return undefined
  return typeof header.alertJournal === 'number' ? header.alertJournal : undefined
}

/** The journals that a first line names as contained; none where it is no first line. */
export function holdsOf(line: string): readonly string[] {
  const header = parse(line)
  if (versionOf(line) === undefined || typeof header !== 'object' || header === null) return []
  const contains = 'contains' in header && Array.isArray(header.contains) ? header.contains : []
  return contains.filter((name) => typeof name === 'string')
}

/** The changes in a line; undefined when it is not whole. */
export function readChanges(line: string): readonly Change[] | undefined {
  const changes = parse(line)
  if (!Array.isArray(changes)) return undefined
  const isChange = (change: unknown) =>
    Array.isArray(change) && change.length >= 1 && change.length <= 2 && typeof change[0] === 'string'
  return changes.every(isChange) ? (changes as unknown as readonly Change[]) : undefined
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
