/**
 * One checked channel → its plan: everything resolved, in milliseconds, with the defaults of its kind of
 * provider.
 */
import { type Severity, severities, severityRank } from '../model.ts'
import type { ChannelTimes } from '../mute/mutes.ts'
import type { ProviderDefinition, ProviderLimits } from '../provider/provider.ts'
import type { Recipient } from '../render/on-call.ts'
import type { Matches } from '../rules/match.ts'
import type { Backoff } from '../time/backoff.ts'
import type { Duration } from '../time/duration.ts'
import type { CheckedChannel } from './channel-options.ts'
import { defaults, kindDefaults, ms, type SendResolved } from './defaults.ts'
import { providers } from './provider-table.ts'

/** The parts of a provider that a hub needs once the options are checked. */
export type ChannelProvider = Pick<
  ProviderDefinition,
  'title' | 'kind' | 'family' | 'limits' | 'addresses' | 'renews' | 'notices' | 'open'
>

/** One channel, ready to be opened. */
export interface ChannelPlan {
  readonly name: string
  readonly type: string
  readonly definition: ChannelProvider
  /** The provider's own options, after its schema; they contain secrets. */
  readonly providerOptions: Record<string, unknown>
  /** The user's values for limits of the provider. */
  readonly providerLimits?: ProviderLimits
  readonly minSeverity: Severity
  /** No channel of the options is usable: this one takes the alerts of all of them. */
  readonly isStandIn?: true
  readonly match?: Matches
  /** Addresses, with groups resolved, but for those whose members take turns. */
  readonly to: readonly Recipient[]
  readonly waitMs: number
  readonly afterMs: number
  readonly intervalMs: number
  readonly repeatMs: number | false
  readonly repeatMaxMs: number
  readonly sendResolved: SendResolved
  readonly max: number
  /** Absent: no digest. */
  readonly digest?: {
    /** 'HH:MM' */
    readonly at: string
    readonly days?: readonly string[]
    readonly quiet: boolean
    readonly only: boolean
  }
  readonly limits: readonly { readonly count: number; readonly perMs: number }[]
  readonly fallback?: string
  /** The provider's own ids, with groups resolved like those of `to`. */
  readonly mentions: Readonly<Partial<Record<Severity, readonly Recipient[]>>>
  readonly schedules?: ChannelTimes
  readonly format: 'short' | 'full' | { readonly subject?: string; readonly body?: string }
  readonly timeoutMs: number
  readonly retryForMs: number
  readonly retry: Backoff
  readonly locale: 'en' | 'zh-CN'
  /**
   * Absent: the system's, which is not read here because that takes some milliseconds on the caller's thread.
   */
  readonly timeZone?: string | undefined
}

/** What a channel takes from the other options. */
export interface ChannelContext {
  readonly to: readonly Recipient[]
  readonly mentions: ChannelPlan['mentions']
  readonly locale?: 'en' | 'zh-CN' | undefined
  readonly timeZone?: string | undefined
}

/** The plan of one channel; `undefined` if its provider is unknown or one of its own options is wrong. */
export function planChannel(
  { name, shared, provider }: CheckedChannel,
  context: ChannelContext,
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
    ...(shared.providerLimits === undefined ? {} : { providerLimits: definedOnly(shared.providerLimits) }),
    minSeverity: shared.minSeverity ?? own.minSeverity ?? kind.minSeverity,
    ...(shared.match === undefined ? {} : { match: shared.match }),
    to: context.to,
    waitMs: shared.wait ?? ms(defaults.wait),
    afterMs: shared.after ?? 0,
    intervalMs: shared.interval ?? ms(kind.interval),
    repeatMs,
    repeatMaxMs: shared.repeatMax ?? Math.max(repeatMs || 0, ms(own.repeatMax ?? defaults.repeatMax)),
    sendResolved: planSendResolved(shared.sendResolved) ?? kind.sendResolved,
    max: shared.max ?? own.max ?? defaults.max,
    ...(shared.digest === undefined ? {} : { digest: planDigest(shared.digest) }),
    limits: shared.limit?.map(({ count, per }) => ({ count, perMs: per })) ?? kind.limit.map(quota),
    ...(shared.fallback === undefined ? {} : { fallback: shared.fallback }),
    mentions: context.mentions,
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
    locale: shared.locale ?? context.locale ?? defaults.locale,
    timeZone: shared.timeZone ?? context.timeZone,
  }
}

/** Undefined keys would hide the provider's own limits. */
function definedOnly(limits: { readonly [Key in keyof ProviderLimits]?: ProviderLimits[Key] | undefined }) {
  return Object.fromEntries(
    Object.entries(limits).filter(([, value]) => value !== undefined),
  ) as ProviderLimits
}

function planDigest({
  at,
  days,
  quiet = false,
  only = false,
}: NonNullable<CheckedChannel['shared']['digest']>): NonNullable<ChannelPlan['digest']> {
  return { at, ...(days === undefined ? {} : { days }), quiet, only }
}

function quota({ count, per }: { readonly count: number; readonly per: Duration }) {
  return { count, perMs: ms(per) }
}

function planSendResolved(isOn: boolean | undefined): SendResolved | undefined {
  if (isOn === undefined) return undefined
  return isOn ? 'always' : 'never'
}

/**
 * A `console` channel for the case that none of these is usable: alerts appear on stderr, from the lowest
 * severity of them.
 */
export function standInFor(
  channels: readonly CheckedChannel[],
  { locale, timeZone }: Pick<ChannelContext, 'locale' | 'timeZone'>,
): ChannelPlan[] {
  const name = 'console'
  const severitiesGiven = channels.flatMap(({ shared }) => shared.minSeverity ?? [])
  const shared = severitiesGiven.length === 0 ? {} : { minSeverity: lowest([...severitiesGiven, 'error']) }
  const provider = { type: name, definition: providers.console, options: {} }
  const plan = planChannel(
    { name, path: ['channels', name], shared, provider },
    { to: [], mentions: {}, locale, timeZone },
  )
  return plan === undefined ? [] : [{ ...plan, isStandIn: true }]
}

function lowest(given: readonly Severity[]): Severity {
  return severities[Math.min(...given.map(severityRank))]!
}
