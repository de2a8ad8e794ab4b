/**
 * What the conditions of rules kept back in a replay: records that no alert counts, and how near each rule
 * was to an alert.
 */
import { type AlertOptions, checkOptions, type Explanation, type Hub } from 'alert-core'

/** One rule with a condition on its records. */
export interface KeptBack {
  readonly rule: string
  /** As the options say it: 'count 3, within 1m, for 2m'. */
  readonly condition: string
  readonly matched: number
  /** Records that no alert counts. */
  readonly records: number
  /** The most that came together without an alert; absent if nothing was kept back. */
  readonly closest?: { readonly count: number; readonly of: number; readonly at: number }
}

export interface KeptBackWatch {
  /** Writes the line, at the time of the hub's clock. */
  write(line: string, now: number): void
  result(): readonly KeptBack[]
}

interface Watched {
  readonly condition: string
  counted: number
  closest?: NonNullable<KeptBack['closest']>
}

/** An absence keeps no record back: its alert needs none. */
export function watchKeptBack(
  hub: Hub,
  options: AlertOptions,
  env: Readonly<Record<string, string | undefined>>,
): KeptBackWatch {
  const rules = new Map<string, Watched>()
  for (const { name, when, forMs } of checkOptions(options, env).plan.rules) {
    const isAbsent = when !== undefined && 'absentMs' in when
    if (isAbsent || (when === undefined && forMs === undefined)) continue
    rules.set(name, { condition: conditionOf(options, name), counted: 0 })
  }
  let fired: string | undefined
  hub.subscribe((event) => {
    const watched = event.type === 'fired' ? rules.get(event.rule) : undefined
    if (event.type !== 'fired' || watched === undefined) return
    fired = event.alert
    // It starts with what its condition has collected.
    watched.counted += hub.status().alerts.find(({ id }) => id === fired)?.count ?? 1
  })

  return {
    write(line, now) {
      // A line is read twice for this: only if there is something to know.
      const { rule, alert, state, count, of } = rules.size === 0 ? nothing : hub.explain(line)
      fired = undefined
      hub.write(line)
      const watched = rule === undefined ? undefined : rules.get(rule)
      if (watched === undefined) return
      if (state === 'firing' && fired !== alert) watched.counted++
      if (state !== 'gathering' || count === undefined || of === undefined) return
      const { closest } = watched
      if (closest === undefined || count / of > closest.count / closest.of)
        watched.closest = { count, of, at: now }
    },
    result: () =>
      [...rules].map(([rule, { condition, counted, closest }]) => {
        const matched = hub.stats().rules[rule]?.matched ?? 0
        const records = Math.max(0, matched - counted)
        return {
          rule,
          condition,
          matched,
          records,
          ...(records === 0 || closest === undefined ? {} : { closest }),
        }
      }),
  }
}

const nothing: Partial<Explanation> = {}

function conditionOf({ rules = [] }: AlertOptions, name: string): string {
  const { when = {}, for: lasting } = rules.find((rule) => rule.name === name) ?? {}
  const parts = Object.entries(when).map(
    ([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  )
  return [...parts, ...(lasting === undefined ? [] : [`for ${lasting}`])].join(', ')
}
