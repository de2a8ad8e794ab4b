/**
 * Other options while a hub runs, from the application or from the document of option `reload`: rules,
 * channels and what mutes them are replaced; alerts, timers and what was sent stay.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { AlertOptions, CheckedOptions, Plan, Problem } from '../options.ts'
import type { Context } from '../read/context-ring.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { Advance } from './advance.ts'
import type { Channels } from './channels.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Followed } from './follow-document.ts'
import type { HubPorts, LazyParts } from './hub-types.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Reporting } from './reporting.ts'

export interface ReloadOptions {
  readonly options: AlertOptions
  readonly checked: CheckedOptions
  readonly ports: HubPorts
  readonly lazyParts: () => Pick<LazyParts, 'checkOptions' | 'followDocument'>
  readonly inForce: OptionsInForce
  readonly lifecycle: Lifecycle
  readonly tracker: Tracker
  readonly state: State | undefined
  readonly channels: Channels
  readonly reporting: Pick<Reporting, 'internalErrors' | 'metaAlerts' | 'noChannel'>
  readonly advance: Advance['advance']
  /** If lines are kept as context, all are wanted, whatever the rules look at. */
  readonly context: Context | undefined
  readonly steady: Clock
  readonly fetch: typeof fetch
}

export interface Reload {
  /** Puts other options in force, unless something is wrong with them: that is returned. */
  reload(options: AlertOptions): readonly Problem[]
  /** The document that the options name. */
  readonly followed: Followed | undefined
}

export function createReload(given: ReloadOptions): Reload {
  const { options, checked, ports, lazyParts, inForce, lifecycle, tracker, state, channels } = given
  const { reporting, advance, context, steady, fetch } = given
  const { internalErrors, metaAlerts, noChannel } = reporting
  const { env = process.env, wire, onWanted } = ports
  const { plan, problems } = checked

  const check = (next: AlertOptions) => lazyParts().checkOptions(next, env, wire?.levels)

  function replace(next: Plan): void {
    if (lifecycle.state === 'closed') return
    let former: Plan | undefined
    advance((now) => {
      former = inForce.replace(next, now).plan
      const { plan, rules } = inForce.compiled
      state?.setRedact(plan.content.redact)
      return tracker.reload(inForce.channels(), now, rules)
    })
    // A removed channel is sent the ends of what it was notified of before its queue goes.
    if (former !== undefined) channels.replace(former)
    channels.fallbacks.retry()
    metaAlerts.endRemoved(tracker.live())
    noChannel.reportRules()
    const { plan, rules } = inForce.compiled
    onWanted?.({ level: plan.level, wantsAll: rules.wantsAll || context !== undefined })
  }

  return {
    reload(next) {
      const { plan, problems } = check(next)
      if (problems.length === 0) replace(plan)
      return problems
    },
    followed:
      plan.reload &&
      lazyParts().followDocument({
        from: plan.reload,
        plan,
        options,
        problems,
        check,
        steady,
        fetch,
        env,
        replace,
        internalErrors,
      }),
  }
}
