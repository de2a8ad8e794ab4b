/**
 * Options → plan: everything resolved, flat, in milliseconds, with the defaults by kind of provider applied. What the hub
 * reads.
 */

import type { Severity } from '../model.ts'
import type { ChannelTimes } from '../mute/mutes.ts'
import type { ProviderDefinition, ProviderLimits } from '../provider/provider.ts'
import type { Matches } from '../rules/match.ts'
import type { RulePlan } from '../rules/rules.ts'
import type { Backoff } from '../time/backoff.ts'
import type { Duration } from '../time/duration.ts'
import type { CheckedChannel } from './channel-options.ts'
import { defaults, kindDefaults, ms, type SendResolved } from './defaults.ts'
import type { MuteOptions } from './mute-options.ts'
import type { ReadShape } from './read-keys.ts'
import type { optionsShape } from './shape.ts'

/** What a hub needs of a provider once its options are checked. */
export type ChannelProvider = Pick<ProviderDefinition, 'title' | 'limits' | 'addresses' | 'renews' | 'open'>

/** One channel, ready to be opened. */
export interface ChannelPlan {
  readonly name: string
  readonly type: string
  readonly definition: ChannelProvider
  /** As the provider's schema made them; holds secrets. */
  readonly providerOptions: Record<string, unknown>
  /** What the user knows better than the provider's page. */
  readonly providerLimits?: ProviderLimits
  readonly minSeverity: Severity
  /** No channel that is given can be used: it takes what was meant for any of them. */
  readonly isStandIn?: true
  readonly match?: Matches
  /** Addresses; groups are resolved. */
  readonly to: readonly string[]
  readonly waitMs: number
  readonly afterMs: number
  readonly intervalMs: number
  readonly repeatMs: number | false
  readonly repeatMaxMs: number
  readonly sendResolved: SendResolved
  readonly max: number
  readonly limits: readonly { readonly count: number; readonly perMs: number }[]
  readonly fallback?: string
  /** In the provider's own ids; groups are resolved. */
  readonly mentions: Readonly<Partial<Record<Severity, readonly string[]>>>
  readonly schedules?: ChannelTimes
  readonly format: 'short' | 'full' | { readonly subject?: string; readonly body?: string }
  readonly timeoutMs: number
  readonly retryForMs: number
  readonly retry: Backoff
  readonly locale: 'en' | 'zh-CN'
  /** Absent: the system's. Asking for it here would cost every start some milliseconds, on the caller's thread. */
  readonly timeZone?: string | undefined
}

/** Where the document lies that stands in place of options. */
export interface ReloadPlan {
  readonly from: 'file' | 'url' | 'consul'
  readonly place: string
  /** Between two looks, ms. */
  readonly everyMs: number
}

/** Everything that the options decide. */
export interface Plan {
  /** The threshold on pino's scale. */
  readonly level: number
  readonly service?: string
  readonly env?: string
  readonly labels: Readonly<Record<string, string>>
  readonly channels: readonly ChannelPlan[]
  readonly rules: readonly RulePlan[]
  readonly muting: MuteOptions
  readonly trace: { readonly requestId?: readonly string[]; readonly traceId?: readonly string[] }
  /** What messages show and hide, equal for all channels. */
  readonly content: {
    readonly include: readonly string[]
    readonly redact: { readonly paths: readonly string[]; readonly patterns: readonly string[] }
    readonly traceUrl?: string
  }
  readonly limits: { readonly alerts: number; readonly queue: number }
  /** Absent: no lines are shown. */
  readonly context?: {
    readonly lines: number
    readonly by: readonly string[]
    readonly maxBytes: number
    readonly ringBytes: number
  }
  /** Absent: nothing survives the process. */
  readonly stateDir?: string
  /** Absent: nothing replaces the options while they are in force. */
  readonly reload?: ReloadPlan
  /** Absent: counters are not served. */
  readonly metrics?: { readonly host: string; readonly port: number }
  /** Absent: no sign of life is sent. */
  readonly heartbeat?: { readonly url: string; readonly everyMs: number }
  readonly closeTimeoutMs: number
  readonly runIn: 'worker' | 'process' | 'inline'
  readonly handleSignals: boolean
  readonly dryRun: boolean
  readonly strict: boolean
  /** What must not show in any error, event or log. */
  readonly secrets: readonly string[]
}

type Given = ReadShape<typeof optionsShape>

/** The parts of the plan that are not just taken over from the options. */
type PlannedParts = Pick<Plan, 'level' | 'channels' | 'rules' | 'muting' | 'secrets'> &
  Pick<Plan['content'], 'redact'>

/** The plan of the options, of which some may be missing. */
export function planOptions(given: Given, parts: PlannedParts): Plan {
  const { redact, ...others } = parts
  return {
    ...others,
    service: given.service,
    env: given.env,
    labels: given.labels ?? {},
    trace: given.trace ?? {},
    content: { include: given.include ?? [], redact, traceUrl: given.trace?.url },
    limits: {
      alerts: given.limits?.alerts ?? defaults.alerts,
      queue: given.limits?.queue ?? defaults.queue,
    },
    ...(given.state?.dir === undefined ? {} : { stateDir: given.state.dir }),
    ...(given.context === undefined || given.context === false
      ? {}
      : { context: planContext(given.context, given.limits) }),
    ...(given.reload === undefined ? {} : { reload: planReload(given.reload) }),
    ...(given.metrics === undefined
      ? {}
      : {
          metrics: {
            host: given.metrics.host ?? defaults.metricsHost,
            port: given.metrics.port ?? defaults.metricsPort,
          },
        }),
    ...(given.heartbeat === undefined
      ? {}
      : {
          heartbeat: {
            url: given.heartbeat.url,
            everyMs: given.heartbeat.every ?? ms(defaults.heartbeatEvery),
          },
        }),
    closeTimeoutMs: given.closeTimeout ?? ms(defaults.closeTimeout),
    runIn: given.runIn ?? defaults.runIn,
    handleSignals: given.handleSignals ?? false,
    dryRun: given.dryRun ?? false,
    strict: given.strict ?? false,
  }
}

function planContext(
  { lines, by, maxBytes }: Exclude<Given['context'], false | undefined>,
  limits: Given['limits'],
): NonNullable<Plan['context']> {
  return {
    lines: lines ?? defaults.contextLines,
    by: by ?? defaults.contextBy,
    maxBytes: maxBytes ?? defaults.contextMaxBytes,
    ringBytes: limits?.contextBytes ?? defaults.contextBytes,
  }
}

function planReload({ file, url, consul, every }: NonNullable<Given['reload']>): ReloadPlan {
  if (file !== undefined) return { from: 'file', place: file, everyMs: every ?? ms(defaults.reloadFileEvery) }
  const everyMs = every ?? ms(defaults.reloadUrlEvery)
  return url !== undefined
    ? { from: 'url', place: url, everyMs }
    : { from: 'consul', place: consul!, everyMs }
}

/** What a channel takes over from its surroundings. */
export interface ChannelSurroundings {
  readonly to: readonly string[]
  readonly mentions: ChannelPlan['mentions']
  readonly locale?: 'en' | 'zh-CN' | undefined
  readonly timeZone?: string | undefined
}

/** The plan of one channel; undefined where its provider is not known or not content. */
export function planChannel(
  { name, shared, provider }: CheckedChannel,
  surroundings: ChannelSurroundings,
): ChannelPlan | undefined {
  if (provider?.options === undefined) return undefined
  const { type, definition, options: providerOptions } = provider
  const kind = kindDefaults[definition.kind]
  const own = definition.defaults ?? {}
  const repeatMs = shared.repeat ?? ms(own.repeat ?? defaults.repeat)
  const firstMs = shared.retry?.first ?? ms(kind.retryFirst)
  return {
    name,
    type,
    definition,
    providerOptions,
    ...(shared.providerLimits === undefined ? {} : { providerLimits: given(shared.providerLimits) }),
    minSeverity: shared.minSeverity ?? own.minSeverity ?? kind.minSeverity,
    ...(shared.match === undefined ? {} : { match: shared.match }),
    to: surroundings.to,
    waitMs: shared.wait ?? ms(defaults.wait),
    afterMs: shared.after ?? 0,
    intervalMs: shared.interval ?? ms(kind.interval),
    repeatMs,
    repeatMaxMs: shared.repeatMax ?? Math.max(repeatMs || 0, ms(own.repeatMax ?? defaults.repeatMax)),
    sendResolved: planSendResolved(shared.sendResolved) ?? kind.sendResolved,
    max: shared.max ?? own.max ?? defaults.max,
    limits: shared.limit?.map(({ count, per }) => ({ count, perMs: per })) ?? kind.limit.map(quota),
    ...(shared.fallback === undefined ? {} : { fallback: shared.fallback }),
    mentions: surroundings.mentions,
    ...(shared.schedules === undefined ? {} : { schedules: { only: [], not: [], ...shared.schedules } }),
    format: shared.format ?? kind.format,
    timeoutMs: shared.timeout ?? ms(defaults.timeout),
    retryForMs: shared.retryFor ?? ms(defaults.retryFor),
    retry: {
      firstMs,
      factor: shared.retry?.factor ?? defaults.retryFactor,
      maxMs: shared.retry?.max ?? Math.max(firstMs, ms(defaults.retryMax)),
      ...(kind.retryExact === undefined ? {} : { exactFirst: kind.retryExact }),
    },
    locale: shared.locale ?? surroundings.locale ?? defaults.locale,
    timeZone: shared.timeZone ?? surroundings.timeZone,
  }
}

/** Without the keys that are undefined: they would hide the provider's own. */
function given(limits: { readonly [Key in keyof ProviderLimits]?: ProviderLimits[Key] | undefined }) {
  return Object.fromEntries(
    Object.entries(limits).filter(([, value]) => value !== undefined),
  ) as ProviderLimits
}

function quota({ count, per }: { readonly count: number; readonly per: Duration }) {
  return { count, perMs: ms(per) }
}

function planSendResolved(asked: boolean | undefined): SendResolved | undefined {
  if (asked === undefined) return undefined
  return asked ? 'always' : 'never'
}
