/**
 * What a hub compiles from its plan, and compiles anew when the plan is replaced while it runs: rules, gate,
 * what mutes channels, and the channels as the tracker sees them.
 */
import { randomUUID } from 'node:crypto'
import type { Mutes, ChannelPlan as TrackedChannel } from '../alerts/tracker.ts'
import { once } from '../cache/lazy.ts'
import type { Alert, Occurrence } from '../model.ts'
import { createMuting, type Muting } from '../mute/mutes.ts'
import { type RuleWarning, ruleWarnings } from '../options/rule-warnings.ts'
import type { Plan } from '../options.ts'
import { createGate } from '../read/gate.ts'
import type { Levels } from '../read/levels.ts'
import { createMask, createRedactor, type Redactor } from '../redact/redact.ts'
import { alertField, compileMatch, createAdmission, type GetField } from '../rules/match.ts'
import { createResolveIndex, type ResolveIndex } from '../rules/resolution.ts'
import { namedFields } from '../rules/rule-reach.ts'
import { createRules, type Rules } from '../rules/rules.ts'
import { createDaily } from '../time/daily.ts'
import { partOfLimit } from '../time/rate-limit.ts'

export interface CompiledOptions {
  readonly plan: Plan
  /** The logger's own by label. */
  readonly levels: Levels | undefined
  readonly rules: Rules
  /** What is valid in them and without effect. */
  readonly warnings: readonly RuleWarning[]
  /** The rules that have such warnings. */
  readonly warnedRules: ReadonlySet<string | undefined>
  readonly gate: (line: string) => boolean
  readonly muting: Muting
  readonly tracked: readonly TrackedChannel[]
  /** Hides the secrets of the options. */
  readonly mask: (text: string) => string
  /** The readable key of an alert without secrets and what `redact` names. */
  readonly shownKey: (key: string) => string
  /** The channel to which this one falls back, if it does. */
  fallbackOf(channel: string): string | undefined
  /** Whether the channel's own filter takes an alert that starts with this occurrence. */
  takes(channel: string, occurrence: Occurrence): boolean
  readonly resolveIndex: ResolveIndex
  /** The fields of a record that the options name. */
  readonly namedFields: readonly string[]
}

/** The options that hold now: read `compiled` each time, a reload replaces it. */
export interface OptionsInForce {
  readonly compiled: CompiledOptions
  /** Mute, the stage between track and notify: asked about each alert and channel that are due. */
  mutes(): Mutes | undefined
  /** The channels as the tracker is to see them. */
  channels(): readonly TrackedChannel[]
  /** So many notify separately: each has its part of the limits. Returns whether that changes one. */
  divideLimits(processes: number): boolean
  /** Puts another plan in force; returns what it replaces. */
  replace(plan: Plan, now: number): CompiledOptions
}

/** `levels` are the logger's own by label, `now` is epoch ms. */
export function createOptionsInForce(plan: Plan, levels: Levels | undefined, now: number): OptionsInForce {
  let processes = 1
  const inForce: { -readonly [Name in keyof OptionsInForce]: OptionsInForce[Name] } = {
    compiled: compileOptions(plan, levels, now),
    mutes: () => inForce.compiled.muting.mutes,
    channels() {
      const { tracked } = inForce.compiled
      return processes === 1 ? tracked : tracked.map((channel) => withPart(channel, processes))
    },
    divideLimits(among: number) {
      const isOther = among !== processes
      processes = among
      return isOther && inForce.compiled.tracked.some(({ limits }) => limits.length > 0)
    },
    replace(next: Plan, now: number) {
      const former = inForce.compiled
      inForce.compiled = compileOptions(replacePlan(former.plan, next), levels, now, former)
      return former
    },
  }
  return inForce
}

function withPart(channel: TrackedChannel, processes: number): TrackedChannel {
  const limits = channel.limits.map((limit) => partOfLimit(limit, processes))
  return { ...channel, limits }
}

/** What `former` remembers of alerts, silences and secrets is kept. */
function compileOptions(
  plan: Plan,
  levels: Levels | undefined,
  now: number,
  former?: CompiledOptions,
): CompiledOptions {
  const origin = { service: plan.service, env: plan.env }
  const resolveIndex = former?.resolveIndex ?? createResolveIndex(5 * plan.limits.alerts)
  const fieldsOf = (alert: Alert): GetField => {
    return (path) => alertField(alert, origin, path)
  }
  // With the first text to hide something in: a start need not load what hides it.
  let masked: ReturnType<typeof createMask> | undefined
  const mask = (text: string) => {
    masked ??= createMask(plan.secrets)
    return masked(text)
  }
  let redactor: Redactor | undefined
  const redact = () => {
    redactor ??= createRedactor(plan.content.redact)
    return redactor
  }
  const fallbackOf = (channel: string) => plan.channels.find(({ name }) => name === channel)?.fallback
  const tracked = plan.channels.map((channel) => {
    const { match: matches, digest, ...rest } = channel
    const match = matches === undefined ? undefined : compileMatch(matches, levels)
    const takes = createAdmission({ ...rest, match }, origin)
    return {
      ...rest,
      ...(digest && {
        digest: {
          nextAfter: createDaily({ ...digest, timeZone: channel.timeZone }),
          takes,
          quiet: digest.quiet,
          only: digest.only,
        },
      }),
      fallsBack: channel.fallback !== undefined,
      renews: channel.definition.renews === true,
      closesMerged: channel.definition.kind === 'incident' || channel.definition.kind === 'webhook',
      notices: channel.definition.notices?.(channel.providerOptions) ?? [],
      admits: digest?.only ? () => false : takes,
      takesAll: !digest?.only && match === undefined && channel.minSeverity === 'info',
    }
  })
  const rules = createRules({
    rules: plan.rules,
    level: plan.level,
    levels,
    clientErrors: plan.clientErrors,
    labels: plan.labels,
    impact: { fields: plan.impact, key: impactKey(plan) },
    origin: hidesOrigin(plan) ? undefined : plan.origin,
    hidesRoutes: hidesRoutes(plan, redact),
    resolveIndex,
    isTaken: (occurrence) => tracked.some(({ admits }) => admits(asFirst(occurrence))),
    ...origin,
  })
  const warnings = ruleWarnings(plan, levels)
  return {
    plan,
    levels,
    rules,
    warnings,
    warnedRules: new Set(warnings.map(({ rule }) => rule)),
    resolveIndex,
    fallbackOf,
    tracked,
    takes: (channel, occurrence) =>
      tracked.find(({ name }) => name === channel)?.admits(asFirst(occurrence)) ?? false,
    gate: createGate({ level: plan.level, levels, wantsAll: rules.wantsAll }),
    muting: createMuting(
      { ...plan.muting, channels: plan.channels, levels },
      fieldsOf,
      former?.muting.runtimeSilences(now),
    ),
    mask,
    shownKey: (key) => mask(redact().key(key)),
    namedFields: namedFieldsOf(plan),
  }
}

/** What a line says of its process is not shown either. */
function hidesOrigin({ content }: Plan): boolean {
  return content.redact.paths.some((path) => path === 'hostname' || path === 'pid')
}

/** True if the parts of a route are not shown where requests have them. */
function hidesRoutes({ content }: Plan, redact: () => Redactor): boolean {
  // What is hidden without options leaves routes as they are.
  if (content.redact.paths.length === 0 && content.redact.patterns.length === 0) return false
  if (content.redact.paths.some((path) => /(?:^|\.)(?:url|originalUrl|\*)$/i.test(path))) return true
  const request = { url: '/a/b', originalUrl: '/a/b' }
  const fields = { req: request, request }
  return JSON.stringify(redact().value(fields)) !== JSON.stringify(fields)
}

/** Counts stay in this process, or must merge with those of others that share its state. */
function impactKey({ service = '', env = '', stateDir, redis }: Plan): string {
  return stateDir === undefined && redis === undefined
    ? keyOfProcess()
    : JSON.stringify(['impact', service, env])
}

/** Random: guesses cannot be tested against what is kept. */
const keyOfProcess = once(randomUUID)

function namedFieldsOf({ rules, channels, muting, content, context, impact }: Plan): readonly string[] {
  const { silences, inhibit } = muting
  const formats = channels.map(({ format }) => (typeof format === 'string' ? {} : format))
  return namedFields({
    rules,
    matches: [
      ...channels.map(({ match }) => match),
      ...silences.map(({ match }) => match),
      ...inhibit.flatMap(({ source, target }) => [source, target]),
    ],
    paths: [...content.include, ...(context?.by ?? []), ...inhibit.flatMap(({ equal }) => equal), ...impact],
    templates: [
      content.traceUrl,
      content.logsUrl,
      ...formats.flatMap(({ subject, body }) => [subject, body]),
    ],
  })
}

/** The alert as it would start. */
export function asFirst(occurrence: Occurrence): Alert {
  const { record, condition: _, impact: __, ...rest } = occurrence
  const { time } = record
  return {
    ...rest,
    state: 'firing',
    count: 1,
    firstSeen: time,
    lastSeen: time,
    first: record,
    latest: record,
  }
}

/** The plan with what may be replaced while a hub runs; the rest stays as it was at the start. */
function replacePlan(plan: Plan, next: Plan): Plan {
  const { level, rules, channels, muting, secrets } = next
  const { include, redact } = next.content
  return {
    ...plan,
    level,
    rules,
    channels,
    muting,
    content: { ...plan.content, include, redact },
    // A former secret stays one: it may still come back in an error.
    secrets: [...new Set([...plan.secrets, ...secrets])],
  }
}
