/** What the doors (pino, winston) share on the application's thread. Not for applications. */

import { createRules } from './inspect/rules.ts'
import { checkOptions } from './options.ts'

export { type Control, controlKey, createControl, type DisposableControl } from './control.ts'
export { assertOptions } from './options.ts'

/** What a door decides by, before a line crosses to the worker. */
export interface DoorPlan {
  /** The threshold on pino's scale. */
  readonly level: number
  /** A rule looks at records below the threshold: every line must cross. */
  readonly wantsAll: boolean
  readonly closeTimeoutMs: number
}

/** Reads the door's part out of options that have been checked; `levels` are the logger's own, by label. Never throws. */
export function planDoor(options: unknown, levels?: Readonly<Record<string, number>>): DoorPlan {
  const { level, rules, closeTimeoutMs } = checkOptions(options, process.env, levels).plan
  return { level, wantsAll: createRules({ rules, level, levels, labels: {} }).wantsAll, closeTimeoutMs }
}
