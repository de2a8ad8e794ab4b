/**
 * All options as they are in force, in the words of the options: what was written, with each default beside
 * it, so that any part can be pasted into a configuration.
 */
import type { AlertOptions, ChannelPlan, Plan, RuleOptions } from 'alert-core'
import { isObject } from '../fake/json.ts'

type Options = Readonly<Record<string, unknown>>
type RulePlan = Plan['rules'][number]

/** What was written stays as it is: a reference to a secret keeps its secret. */
export function resolvedOptions(given: AlertOptions, plan: Plan): Options {
  const channels = Object.fromEntries(
    plan.channels.map((channel) => [channel.name, resolvedChannel(given, channel)]),
  )
  const rules = given.rules?.map((rule) => resolvedRule(rule, plan.rules))
  return {
    ...over(optionDefaults(plan), given),
    channels,
    ...(rules === undefined ? {} : { rules }),
  }
}

function optionDefaults(plan: Plan): Options {
  const { context, metrics, heartbeat, control, reload } = plan
  return {
    level: levelInWords(plan.level),
    closeTimeout: inWords(plan.closeTimeoutMs),
    runIn: plan.runIn,
    crashes: plan.crashes,
    handleSignals: plan.handleSignals,
    sourceMaps: plan.sourceMaps,
    failedRequests: plan.failedRequests,
    clientErrors: plan.clientErrors,
    dryRun: plan.dryRun,
    strict: plan.strict,
    limits: { ...plan.limits, ...(context === undefined ? {} : { contextBytes: context.ringBytes }) },
    ...(context === undefined
      ? {}
      : { context: { lines: context.lines, by: context.by, maxBytes: context.maxBytes } }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(heartbeat === undefined ? {} : { heartbeat: { every: inWords(heartbeat.everyMs) } }),
    ...(control === undefined ? {} : { control: { host: control.host } }),
    ...(reload === undefined ? {} : { reload: { every: inWords(reload.everyMs) } }),
  }
}

function resolvedChannel(given: AlertOptions, plan: ChannelPlan): Options {
  const written: unknown = given.channels?.[plan.name]
  // A channel of the file that ALERT_CONFIG names: what it has of its own is in the plan alone.
  const own = isObject(written) ? written : plan.providerOptions
  const defaults = {
    type: plan.type,
    minSeverity: plan.minSeverity,
    wait: inWords(plan.waitMs),
    after: inWords(plan.afterMs),
    interval: inWords(plan.intervalMs),
    repeat: inWords(plan.repeatMs),
    repeatMax: inWords(plan.repeatMaxMs),
    // Without it, alerts that were critical: no value says that.
    ...(plan.sendResolved === 'critical' ? {} : { sendResolved: plan.sendResolved === 'always' }),
    max: plan.max,
    ...(plan.digest === undefined ? {} : { digest: plan.digest }),
    limit: plan.limits.map(({ count, perMs }) => ({ count, per: inWords(perMs) })),
    ...(plan.fallback === undefined ? {} : { fallback: plan.fallback }),
    format: plan.format,
    timeout: inWords(plan.timeoutMs),
    retryFor: inWords(plan.retryForMs),
    retry: {
      first: inWords(plan.retry.firstMs),
      factor: plan.retry.factor,
      max: inWords(plan.retry.maxMs),
    },
    locale: plan.locale,
    ...(plan.timeZone === undefined ? {} : { timeZone: plan.timeZone }),
  }
  return over(defaults, own)
}

function resolvedRule(rule: RuleOptions, plans: readonly RulePlan[]): Options {
  const plan = plans.find(({ name }) => name === rule.name)
  if (plan === undefined) return { ...rule }
  const { when, resolveAfterMs } = plan
  const isAbsent = when !== undefined && 'absentMs' in when
  const defaults = {
    // Only a record ends an absence: it takes no time here.
    ...(isAbsent ? {} : { resolveAfter: inWords(resolveAfterMs) }),
    ...(when !== undefined && 'spike' in when
      ? {
          when: {
            atLeast: when.atLeast,
            reference: { windows: when.windows, atLeast: when.referenceAtLeast },
          },
        }
      : {}),
  }
  return over(defaults, { ...rule })
}

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** The threshold as the options take it. */
export function levelInWords(level: number): string | number {
  return levels[level] ?? (level === Number.MAX_SAFE_INTEGER ? 'silent' : level)
}

/** What is written stands first, then the defaults of the keys that are not. */
function over(defaults: Options, written: Options): Options {
  const merged: Record<string, unknown> = { ...written }
  for (const [key, value] of Object.entries(defaults)) {
    const own = merged[key]
    if (own === undefined) merged[key] = value
    else if (isObject(own) && isObject(value)) merged[key] = over(value, own)
  }
  return merged
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** The duration as people write it, in the largest unit that has it whole: '90s', '4h'. */
function inWords(ms: number | false): string | false {
  if (ms === false) return false
  if (ms === 0) return '0s'
  const unit = units.find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0)
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`
}
