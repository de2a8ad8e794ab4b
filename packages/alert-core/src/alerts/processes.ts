/**
 * Which processes met an alert, each with the number of its records. Bounded: of more processes the records
 * are counted, but not under their names.
 */
import type { ProcessCount } from '../model.ts'

/** The same, counted in place. */
export interface LiveProcess {
  readonly name: string
  count: number
}

/** Of more processes no name is kept. */
export const mostProcesses = 64

/** Counts records of one process; the usual alert has one, which is found at once. */
export function addProcess(processes: LiveProcess[], name: string, count: number): void {
  for (const known of processes) {
    if (known.name !== name) continue
    known.count += count
    return
  }
  if (processes.length < mostProcesses) processes.push({ name, count })
}

/** The most frequent first. */
export function sortedProcesses(processes: readonly ProcessCount[]): readonly ProcessCount[] {
  const copy = processes.map(({ name, count }) => ({ name, count }))
  return copy.length < 2 ? copy : copy.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

/** Both lists as one: what each process counted adds up. */
export function mergeProcesses(
  a: readonly ProcessCount[] = [],
  b: readonly ProcessCount[] = [],
): LiveProcess[] {
  const merged = a.map(({ name, count }) => ({ name, count }))
  for (const { name, count } of b) addProcess(merged, name, count)
  return merged
}
