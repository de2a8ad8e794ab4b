/**
 * Other options while a hub runs: rules, channels and what mutes them are replaced; alerts, timers and what
 * was sent stay.
 */
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { Plan } from '../options.ts'
import type { Context } from '../read/context-ring.ts'
import type { State } from '../state/state.ts'
import type { Channels } from './channels.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { HubPorts } from './hub-types.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Unreached } from './unreached.ts'

/** What a reload depends on. */
export interface ReloadOptions {
  readonly inForce: OptionsInForce
  readonly lifecycle: Lifecycle
  readonly tracker: Tracker
  readonly state: State | undefined
  readonly channels: Channels
  readonly unreached: Unreached
  readonly advance: (change: (now: number) => readonly Effect[]) => void
  /** If lines are kept as context, all are wanted, whatever the rules look at. */
  readonly context: Context | undefined
  readonly onWanted: HubPorts['onWanted']
}

/** Returns the function that puts a checked plan in force. */
export function createReload(options: ReloadOptions): (plan: Plan) => void {
  const { inForce, lifecycle, tracker, state, channels, unreached, advance, context, onWanted } = options
  return (next) => {
    if (lifecycle.state === 'closed') return
    let former: Plan | undefined
    advance((now) => {
      former = inForce.replace(next, now).plan
      const { plan, tracked, rules } = inForce.compiled
      state?.setRedact(plan.content.redact)
      return tracker.reload(tracked, now, rules)
    })
    // A removed channel is sent the ends of what it was notified of before its queue goes.
    if (former !== undefined) channels.replace(former)
    channels.fallbacks.retry()
    unreached.reportRules()
    const { plan, rules } = inForce.compiled
    onWanted?.({ level: plan.level, wantsAll: rules.wantsAll || context !== undefined })
  }
}
