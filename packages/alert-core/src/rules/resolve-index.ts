/**
 * Which alerts a record ends that says only "the payments rule is fine again" or `alert: { code, resolve:
 * true }`: it cannot name their fingerprints, so the latest that were raised under that name are remembered.
 */
import { createLru } from '../cache/lru.ts'
import type { LogRecord, Occurrence } from '../model.ts'

const mostNames = 1_000
const mostPerName = 100

type Raised = Omit<Occurrence, 'record'>

export interface ResolveIndex {
  /** An alert was raised, and a later record may end it under this name. */
  raised(name: string, occurrence: Occurrence): void
  /** What was raised under the name; it stays open. */
  open(name: string): readonly Raised[]
  /** What was raised under the name, as ended by `record`; asked twice, there is nothing left. */
  ended(name: string, record: LogRecord): Occurrence[]
}

/** Remembers at most 1 000 names with 100 alerts each. */
export function createResolveIndex(): ResolveIndex {
  const names = createLru<string, Map<string, Raised>>(mostNames)

  return {
    raised(name, occurrence) {
      let alerts = names.get(name)
      if (alerts === undefined) {
        alerts = new Map()
        names.set(name, alerts)
      }
      if (alerts.has(occurrence.id)) return
      for (const oldest of alerts.keys()) {
        if (alerts.size < mostPerName) break
        alerts.delete(oldest)
      }
      const { record: _, ...rest } = occurrence
      alerts.set(occurrence.id, rest)
    },
    open: (name) => (names.has(name) ? [...(names.get(name)?.values() ?? [])] : []),
    ended(name, record) {
      const alerts = names.get(name)
      if (alerts === undefined) return []
      names.delete(name)
      return [...alerts.values()].map((alert) => ({ ...alert, action: 'resolve', record }))
    },
  }
}
