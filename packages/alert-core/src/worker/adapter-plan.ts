/**
 * What a door decides by on the application's thread.
 */

import type { Plan } from '../options/plan.ts'
import { type CheckedOptions, checkOptions } from '../options.ts'
import { wantsAllLines } from '../rules/wants-all-lines.ts'

/** What a door decides by, before a line crosses to the worker. */
export interface AdapterPlan extends Pick<Plan, 'closeTimeoutMs' | 'runIn' | 'handleSignals'> {
  /** The threshold on pino's scale. */
  readonly level: number
  /** A rule looks at records below the threshold, or they are to be shown with alerts: every line must cross. */
  readonly wantsAll: boolean
  /** The whole of it, for the hub to start with. */
  readonly checked: CheckedOptions
}

/** Reads the door's part out of options that have been checked; `levels` are the logger's own, by label. Never throws. */
export function planAdapter(options: unknown, levels?: Readonly<Record<string, number>>): AdapterPlan {
  const checked = checkOptions(options, process.env, levels)
  const { level, rules, context, closeTimeoutMs, runIn, handleSignals } = checked.plan
  const wantsAll = context !== undefined || wantsAllLines(rules, level, levels)
  return { level, wantsAll, closeTimeoutMs, runIn, handleSignals, checked }
}
