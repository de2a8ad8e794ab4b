/**
 * Inhibition: while a source fires, its targets are not notified. Both must have every field of `equal`, with
 * equal values; an alert that is source and target is not inhibited by another that is both.
 */
import type { Mute } from '../alerts/tracker.ts'
import type { Alert } from '../model.ts'
import type { Levels } from '../read/levels.ts'
import { compileMatch, type GetField, type Matches } from '../rules/match.ts'

/** One inhibition, checked. */
export interface InhibitionPlan {
  readonly source: Matches
  readonly target: Matches
  readonly equal: readonly string[]
}

/** Whether an alert is inhibited by another of those that fire. */
export type Inhibition = (alert: Alert, firing: () => readonly Alert[]) => Mute | undefined

/** The sources of one inhibition among the firing alerts, by the values of its `equal` fields. */
type Sources = ReadonlyMap<string, readonly { readonly id: string; readonly isTarget: boolean }[]>

const inhibited: Mute = { reason: 'inhibited' }

export function createInhibition(
  plans: readonly InhibitionPlan[],
  fieldsOf: (alert: Alert) => GetField,
  levels?: Levels,
): Inhibition {
  const rules = plans.map(({ source, target, equal }) => {
    const isSource = compileMatch(source, levels)
    const isTarget = compileMatch(target, levels)
    // The tracker asks many times with the same list while it works on one moment.
    const known = new WeakMap<readonly Alert[], Sources>()

    function sourcesIn(firing: readonly Alert[]): Sources {
      const before = known.get(firing)
      if (before !== undefined) return before
      const sources = new Map<string, { readonly id: string; readonly isTarget: boolean }[]>()
      for (const alert of firing) {
        const get = fieldsOf(alert)
        const key = isSource(get) ? valuesOf(equal, get) : undefined
        if (key === undefined) continue
        const same = sources.get(key) ?? []
        same.push({ id: alert.id, isTarget: isTarget(get) })
        sources.set(key, same)
      }
      known.set(firing, sources)
      return sources
    }

    return (alert: Alert, get: GetField, firing: () => readonly Alert[]): boolean => {
      if (!isTarget(get)) return false
      const key = valuesOf(equal, get)
      if (key === undefined) return false
      const isBoth = isSource(get)
      const sources = sourcesIn(firing()).get(key) ?? []
      return sources.some(({ id, isTarget }) => id !== alert.id && !(isBoth && isTarget))
    }
  })

  return (alert, firing) => {
    if (rules.length === 0) return undefined
    const get = fieldsOf(alert)
    return rules.some((inhibits) => inhibits(alert, get, firing)) ? inhibited : undefined
  }
}

/** The values of these fields as one text; `undefined` if one is missing. */
function valuesOf(paths: readonly string[], get: GetField): string | undefined {
  const values = paths.map(get)
  return values.some((value) => value === undefined || value === null)
    ? undefined
    : JSON.stringify(values.map((value) => (typeof value === 'object' ? value : String(value))))
}
