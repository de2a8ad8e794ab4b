/**
 * Checked options → the plan that the hub reads: everything resolved, durations in milliseconds, defaults
 * applied.
 */
import type { Rotation } from '../render/on-call.ts'
import type { OwnOrigin } from '../rules/compiled-rule.ts'
import type { RulePlan } from '../rules/rules.ts'
import { defaults, ms } from './defaults.ts'
import { silentLevel } from './level.ts'
import type { MuteOptions } from './mute-options.ts'
import type { ChannelPlan } from './plan-channel.ts'
import type { ReadShape } from './read-keys.ts'
import type { optionsShape } from './shape.ts'

/** Where the document of `reload` is read from. */
export interface ReloadPlan {
  readonly from: 'file' | 'url' | 'consul'
  readonly place: string
  /** Time between two reads, ms. */
  readonly everyMs: number
}

/** All options, resolved. */
export interface Plan {
  /** False: nothing is read, started or sent. */
  readonly enabled: boolean
  /** The threshold on pino's scale. */
  readonly level: number
  readonly service?: string
  readonly env?: string
  /** The release of the watched application; undefined: nothing says. */
  readonly release?: string
  /** What people call this process. */
  readonly process: string
  /** By what its lines are known; absent if the options name it: then all lines count as its own. */
  readonly origin?: OwnOrigin
  readonly labels: Readonly<Record<string, string>>
  readonly channels: readonly ChannelPlan[]
  readonly rules: readonly RulePlan[]
  readonly muting: MuteOptions
  /** The groups of recipients whose members take turns: channels have those that they reach. */
  readonly rotations: readonly Rotation[]
  /** How the lines are written; beats what the logger says. */
  readonly wire: { readonly nestedKey?: string; readonly messageKey?: string; readonly errorKey?: string }
  readonly failedRequests: boolean
  readonly clientErrors: boolean
  readonly trace: { readonly requestId?: readonly string[]; readonly traceId?: readonly string[] }
  /** What the messages of all channels show and hide. */
  readonly content: {
    readonly include: readonly string[]
    readonly redact: { readonly paths: readonly string[]; readonly patterns: readonly string[] }
    readonly traceUrl?: string
    readonly logsUrl?: string
  }
  /** The fields whose different values are counted. */
  readonly impact: readonly string[]
  readonly limits: { readonly alerts: number; readonly queue: number }
  /** Absent: no log lines are shown. */
  readonly context?: {
    readonly lines: number
    readonly by: readonly string[]
    readonly maxBytes: number
    readonly ringBytes: number
  }
  /** Absent: no state survives the process. */
  readonly stateDir?: string
  /** One process notifies for all that share the directory. */
  readonly fleet: boolean
  /** Absent: no state is shared between hosts. */
  readonly redis?: RedisPlan
  /** Absent: messages have no links to answer. */
  readonly control?: {
    readonly secret: string
    readonly url?: string
    readonly port?: number
    readonly host: string
  }
  /** Absent: the options do not change at run time. */
  readonly reload?: ReloadPlan
  /** Absent: counters are not served. */
  readonly metrics?: { readonly host: string; readonly port: number }
  /** Absent: no heartbeat is sent. */
  readonly heartbeat?: { readonly url: string; readonly everyMs: number }
  /** Absent: the environment decides. */
  readonly proxy?: string
  readonly closeTimeoutMs: number
  readonly runIn: 'worker' | 'process' | 'inline'
  readonly crashes: boolean
  readonly handleSignals: boolean
  /** Of a hub: whether the source maps of built files are read. */
  readonly sourceMaps: boolean
  readonly dryRun: boolean
  readonly strict: boolean
  /** Texts that no error, event or log may contain. */
  readonly secrets: readonly string[]
}

export interface RedisPlan {
  readonly url: string
  /** Name of the fleet; absent: by service and environment. */
  readonly fleet?: string
  /** Whether the text and the fields of records may be written. */
  readonly sample: boolean
  readonly sentinels?: readonly string[]
}

type Given = ReadShape<typeof optionsShape>

/** The parts of the plan that are not copied from the options. */
type PlannedParts = Pick<
  Plan,
  'level' | 'channels' | 'rules' | 'muting' | 'rotations' | 'secrets' | 'release' | 'process' | 'origin'
> &
  Pick<Plan['content'], 'redact'>

export function planOptions(given: Given, parts: PlannedParts): Plan {
  const { redact, ...others } = parts
  return {
    enabled: true,
    ...others,
    service: given.service,
    env: given.env,
    labels: given.labels ?? {},
    wire: given.wire ?? {},
    failedRequests: given.failedRequests ?? true,
    clientErrors: given.clientErrors ?? false,
    trace: given.trace ?? {},
    content: {
      include: given.include ?? [],
      redact,
      traceUrl: given.trace?.url,
      logsUrl: given.trace?.logs,
    },
    impact: given.impact ?? [],
    limits: {
      alerts: given.limits?.alerts ?? defaults.alerts,
      queue: given.limits?.queue ?? defaults.queue,
    },
    ...(given.state?.dir === undefined ? {} : { stateDir: given.state.dir }),
    fleet: given.state?.fleet !== false,
    ...(given.state?.redis === undefined ? {} : { redis: planRedis(given.state.redis) }),
    ...(given.context === undefined || given.context === false
      ? {}
      : { context: planContext(given.context, given.limits) }),
    ...(given.control === undefined ? {} : { control: planControl(given.control) }),
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
    ...(given.proxy === undefined ? {} : { proxy: given.proxy }),
    closeTimeoutMs: given.closeTimeout ?? ms(defaults.closeTimeout),
    runIn: given.runIn ?? defaults.runIn,
    crashes: given.crashes ?? true,
    handleSignals: given.handleSignals ?? false,
    sourceMaps: given.sourceMaps ?? true,
    dryRun: given.dryRun ?? false,
    strict: given.strict ?? false,
  }
}

/** The plan of alerting that is switched off. */
export function planNothing(secrets: readonly string[]): Plan {
  const muting = { silences: [], inhibit: [], schedules: {} }
  const redact = { paths: [], patterns: [] }
  const parts = { level: silentLevel, channels: [], rules: [], muting, rotations: [], redact, secrets }
  const nothingToDo = { ...parts, process: '' }
  return { ...planOptions({ runIn: 'inline', crashes: false }, nothingToDo), enabled: false }
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

function planRedis(given: NonNullable<NonNullable<Given['state']>['redis']>): RedisPlan {
  if (typeof given === 'string') return { url: given, sample: true }
  const { url, fleet, sentinels, sample = true } = given
  return {
    url,
    sample,
    ...(fleet === undefined ? {} : { fleet }),
    ...(sentinels === undefined ? {} : { sentinels }),
  }
}

function planControl({
  secret,
  url,
  port,
  host,
}: NonNullable<Given['control']>): NonNullable<Plan['control']> {
  return {
    secret,
    host: host ?? defaults.controlHost,
    ...(url === undefined ? {} : { url }),
    ...(port === undefined ? {} : { port }),
  }
}
