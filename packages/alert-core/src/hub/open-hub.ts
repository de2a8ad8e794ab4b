/**
 * Opens a hub for options that have been checked: makes its parts from top to bottom, each from those above
 * it, and starts them. What a part says to those below it, it says over `signals`.
 */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { createTracker, type Tracker } from '../alerts/tracker.ts'
import { noControl } from '../control/no-control.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import { createSolo } from '../fleet/solo.ts'
import type { Problem } from '../options/problem.ts'
import { invalidOptions, warningsOf } from '../options/report-problems.ts'
import type { AlertOptions, CheckedOptions, Plan } from '../options.ts'
import type { State } from '../state/state.ts'
import { type Clock, createSteadyClock, type SteadyClock, systemClock } from '../time/clock.ts'
import { createAdvance } from './advance.ts'
import { type Channels, createChannels } from './channels.ts'
import { createOptionsInForce, type OptionsInForce } from './compiled-options.ts'
import type { Controlling, ControllingOptions } from './controlling.ts'
import { createExplain } from './explain.ts'
import { startHeartbeat } from './heartbeat.ts'
import type { HubPorts, LazyParts, OpenedHub } from './hub-types.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { createMetrics } from './metrics.ts'
import { createNetwork, type Network } from './network.ts'
import type { OpenedFleet } from './open-fleet.ts'
import { createPipeline, type PipelineOptions } from './pipeline.ts'
import { createReading } from './reading.ts'
import { createReload } from './reload.ts'
import { createReporting, type Reporting } from './reporting.ts'
import { createShutdown } from './shutdown.ts'
import type { Signals } from './signals.ts'
import { createSilencing } from './silencing.ts'
import { startHub } from './startup.ts'
import { createStartupBuffer } from './startup-buffer.ts'
import type { Counters, Stats } from './stats.ts'
import { createAlertLives, createShownTexts, createStatus } from './status.ts'

/**
 * A wrong option disables what it concerns and is reported as an `error` event and a process warning. With
 * `strict` this throws `ALERT_OPTIONS_INVALID` with every problem instead, before anything is started.
 */
export function openHub(
  options: AlertOptions,
  checked: CheckedOptions,
  lazyParts: () => LazyParts,
  ports: HubPorts = {},
): OpenedHub {
  const { plan, problems } = checked
  const { clock = systemClock } = ports
  if (plan.strict && problems.length > 0) throw invalidOptions(problems)

  const steady = createSteadyClock(clock)
  const lifecycle = createLifecycle()
  const signals: Signals = new EventEmitter()
  const buffer = plan.reload && createStartupBuffer()
  const inForce = createOptionsInForce(plan, ports.wire?.levels, clock.now())
  const reporting = createReporting({ inForce, clock, signals, warn: ports.warn })
  const { counters, events, internalErrors, metaAlerts } = reporting
  const { report, reportLater } = internalErrors
  const network = createNetwork(plan, ports)
  const { fetch } = network

  const { reading, fleet, tracker, texts, lives, state, time, channels, pipeline } = openPath({
    plan,
    lazyParts,
    ports,
    inForce,
    reporting,
    lifecycle,
    buffer,
    signals,
    network,
    clock,
    steady,
  })
  const { read, readObject, context } = reading
  const { advance } = time
  const stats = createStats({ counters, tracker, channels, state, fleet, lifecycle })

  const { reload, followed } = createReload({
    options,
    checked,
    ports,
    lazyParts,
    inForce,
    lifecycle,
    tracker,
    state,
    channels,
    reporting,
    advance,
    context,
    steady,
    fetch,
  })
  const heartbeat = startHeartbeat({ plan, tracker, channels, metaAlerts, reportLater, clock, steady, fetch })
  const metrics = createMetrics({ plan: plan.metrics, stats, reportLater })
  const silencing = createSilencing({ inForce, state, fleet, tracker, clock, lazyParts, advance })
  const explain = createExplain({ inForce, read, readObject, tracker, clock })
  const status = createStatus({ inForce, tracker, events, texts, lives, stats, clock })
  const port = { ...silencing, status, explain }
  const isReachable = ports.clock === undefined
  const controlling = openControl(plan, lazyParts, { port, fleet, clock, isReachable, reportLater })
  const shutdown = createShutdown({
    closeTimeoutMs: plan.closeTimeoutMs,
    lifecycle,
    buffer,
    fleet,
    tracker,
    channels,
    state,
    reporting,
    clock,
    steady,
    time,
    followed,
    matched: pipeline.matched,
    heartbeat,
    metrics,
    controlling,
  })
  startHub({
    rulesRead: followed?.first.then(buffer?.release),
    lifecycle,
    fleet,
    state,
    inForce,
    tracker,
    channels,
    reporting,
    clock,
    advance,
    countItems: pipeline.countItems,
    earlyEnds: pipeline.earlyEnds,
    // A reload puts only options without problems in force.
    isMisconfigured: () => inForce.compiled.plan === plan && problems.some(isOfChannels),
    flush: shutdown.flush,
    answer: async (question) => (await controlling?.answer(question)) ?? {},
  })

  reportOptions(checked, reporting)
  if (ports.silentDirectory !== undefined) reportSilent(ports.silentDirectory, reporting)
  return {
    write: plan.enabled ? pipeline.write : ignore,
    publish: plan.enabled ? pipeline.publish : ignore,
    countFailure: counters.countUnread,
    wants: plan.enabled ? pipeline.wants : () => false,
    skip: () => counters.countLine(),
    reportInternalError: report,
    subscribe: events.subscribe,
    ...shutdown,
    stats,
    reload,
    ...silencing,
    status: controlling?.status ?? status,
    explain,
    control: controlling?.control ?? (async () => noControl),
    metrics: metrics.text,
    ...(controlling === undefined ? {} : { shared: controlling.shared }),
  }
}

function isOfChannels({ path }: Problem): boolean {
  return path === 'channels' || path.startsWith('channels.')
}

const ignore = () => {}

function reportOptions(checked: CheckedOptions, { internalErrors, noChannel }: Reporting): void {
  for (const { code, message } of warningsOf(checked)) internalErrors.report(code, message)
  // The rules of a document are to come.
  if (checked.plan.reload === undefined) noChannel.reportRules()
}

function reportSilent(directory: string, { internalErrors, metaAlerts }: Reporting): void {
  const code = 'ALERT_STATE_UNUSABLE'
  const cure = 'bring its network drive back and start the application again, or choose a local disk.'
  const message = `The state directory ${directory} cannot be used: it does not answer (ETIMEDOUT). Alerting continues in memory until the next start: ${cure}`
  internalErrors.reportLater(code, message)
  queueMicrotask(() => metaAlerts.noteStateProblem({ code, message, directory }))
}

/** Nothing reaches a hub without a state directory and a page. */
function openControl(
  plan: Plan,
  lazyParts: () => LazyParts,
  options: Omit<ControllingOptions, 'plan'>,
): Controlling | undefined {
  const { stateDir, redis, control } = plan
  if (stateDir === undefined && redis === undefined && control === undefined) return undefined
  return lazyParts().openControlling({ plan, ...options })
}

interface StatsOptions {
  readonly counters: Counters
  readonly tracker: Tracker
  readonly channels: Channels
  readonly state: State | undefined
  readonly fleet: Fleet
  readonly lifecycle: Lifecycle
}

function createStats({ counters, tracker, channels, state, fleet, lifecycle }: StatsOptions): () => Stats {
  return () => {
    const kept = state && { ...state.stats(), ready: lifecycle.hasStarted() }
    return counters.stats(channels.waiting(), tracker.recordCounts(), kept, fleet.stats())
  }
}

type Made = 'reading' | 'tracker' | 'advance' | 'fleet' | 'state' | 'channels'

interface PathOptions extends Omit<PipelineOptions, Made> {
  readonly plan: Plan
  readonly lazyParts: () => LazyParts
  readonly ports: HubPorts
  readonly network: Network
  readonly steady: SteadyClock
}

/** What a line meets on its way, from the reader to the channels. */
function openPath(options: PathOptions) {
  const { plan, lazyParts, ports, inForce, reporting, lifecycle, buffer, signals, network } = options
  const { clock, steady } = options
  const reading = createReading({ plan, wire: ports.wire, inForce, clock })
  const { stateDir, redis } = plan
  const hasState = stateDir !== undefined || redis !== undefined
  const { fleet, journal }: OpenedFleet = hasState
    ? lazyParts().openFleet(plan, steady, clock.now)
    : { fleet: createSolo() }
  const tracker = openTracker(plan, inForce, clock, fleet)
  const texts = createShownTexts(inForce)
  const lives = createAlertLives(tracker, texts)
  const state =
    stateDir === undefined && journal === undefined
      ? undefined
      : lazyParts().openState({ journal, inForce, tracker, lives, fleet, clock, reporting })
  const time = createAdvance({ tracker, clock, steady, lifecycle, fleet, signals })
  const { advance } = time
  const channels = createChannels({
    inForce,
    tracker,
    advance,
    fleet,
    state,
    reporting,
    clock,
    steady,
    network,
    ports,
  })
  const pipeline = createPipeline({
    inForce,
    reading,
    buffer,
    lifecycle,
    tracker,
    advance,
    fleet,
    state,
    channels,
    reporting,
    signals,
    clock,
  })
  return { reading, fleet, tracker, texts, lives, state, time, channels, pipeline }
}

function openTracker(plan: Plan, inForce: OptionsInForce, clock: Clock, fleet: Fleet): Tracker {
  return createTracker({
    channels: inForce.channels(),
    watches: inForce.compiled.rules.watches,
    spikes: inForce.compiled.rules.spikes,
    // Until the document is read, which a reload puts in force, it is not known which rules there are.
    canEnd: (alert) => plan.reload !== undefined || inForce.compiled.rules.canEnd(alert),
    now: clock.now(),
    mutes: inForce.mutes,
    maxAlerts: plan.limits.alerts,
    newId: randomUUID,
    ...((plan.stateDir !== undefined || plan.redis !== undefined) && {
      processesTotal: () => (fleet.isShared() ? fleet.stats()?.processes : undefined),
    }),
    ...(plan.process === '' ? {} : { process: plan.process }),
    ...(plan.release === undefined ? {} : { release: plan.release }),
  })
}
