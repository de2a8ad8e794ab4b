/**
 * Opens a hub for options that have been checked: makes its parts from top to bottom, each from those above
 * it, and starts them.
 */
import { randomUUID } from 'node:crypto'
import { createTracker, type Tracker } from '../alerts/tracker.ts'
import { noControl } from '../control/no-control.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import { createSolo } from '../fleet/solo.ts'
import { invalidOptions, warningsOf } from '../options/report-problems.ts'
import type { AlertOptions, CheckedOptions, Plan, Problem } from '../options.ts'
import { createContext } from '../read/context-ring.ts'
import { createReader, createRecordReader } from '../read/reader.ts'
import { setSourceMapsEnabled } from '../source-maps/original-place.ts'
import { type Clock, createSteadyClock, systemClock } from '../time/clock.ts'
import { createChannels } from './channels.ts'
import { createOptionsInForce, type OptionsInForce } from './compiled-options.ts'
import { createEvents } from './events.ts'
import { createExplain } from './explain.ts'
import { createFleetHost } from './fleet-host.ts'
import { startHeartbeat } from './heartbeat.ts'
import type { HubPorts, LazyParts, OpenedHub, WireConfig } from './hub-types.ts'
import { createInternalErrors } from './internal-errors.ts'
import { createLifecycle } from './lifecycle.ts'
import { createMetaAlerts } from './meta-alerts.ts'
import { createMetrics } from './metrics.ts'
import { createNetwork, type Network } from './network.ts'
import { createMute, createPipeline } from './pipeline.ts'
import { createReload } from './reload.ts'
import { createShutdown } from './shutdown.ts'
import { createSilencing } from './silencing.ts'
import { createStartup } from './startup.ts'
import { createStartupBuffer } from './startup-buffer.ts'
import { createCounters, type Stats } from './stats.ts'
import { createAlertLives, createShownTexts, createStatus } from './status.ts'
import { createUnreached } from './unreached.ts'

/**
 * A wrong option disables what it concerns and is reported as an `error` event and a process warning. With
 * `strict` this throws `ALERT_OPTIONS_INVALID` with every problem instead, before anything is started.
 */
export function openHub(
  options: AlertOptions,
  { plan, problems }: CheckedOptions,
  lazyParts: () => LazyParts,
  ports: HubPorts = {},
): OpenedHub {
  const { env = process.env, onWanted } = ports
  const levels = ports.wire?.levels
  if (plan.strict && problems.length > 0) throw invalidOptions(problems)

  const network = createNetwork(plan, ports)
  const { fetch } = network
  const path = openPath(plan, lazyParts, ports, network)
  const { clock, steady, lifecycle, buffer, inForce, counters, events, internalErrors, metaAlerts } = path
  const { unreached } = path
  const { read, readObject, context, tracker, fleet, state, channels, pipeline } = path
  const { write, publish, advance, stopTimer } = pipeline
  const { reportLater } = internalErrors

  const check = (next: AlertOptions) => lazyParts().checkOptions(next, env, levels)
  const replace = createReload({
    inForce,
    lifecycle,
    tracker,
    state,
    channels,
    unreached,
    advance,
    context,
    onWanted,
  })
  const followed =
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
    })
  const rulesRead = followed?.first.then(buffer?.release)
  const host = createFleetHost({
    ...path,
    flush: () => flush(),
    answer: async (question) => controlling?.answer(question),
  })
  const startup = createStartup({ ...path, rulesRead, host })
  const heartbeat = startHeartbeat({ plan, tracker, channels, metaAlerts, reportLater, clock, steady, fetch })
  const metrics = createMetrics({ plan: plan.metrics, stats, reportLater })
  const silencing = createSilencing({ inForce, state, fleet, tracker, clock, lazyParts, advance })
  const explain = createExplain({ inForce, read, readObject, tracker, clock })
  const page = () => controlling?.address()
  const status = createStatus({ ...path, stats, page })
  const controlling =
    plan.stateDir === undefined && plan.control === undefined
      ? undefined
      : lazyParts().openControlling({
          plan,
          port: { ...silencing, status, explain },
          fleet,
          clock,
          isReachable: ports.clock === undefined,
          reportLater,
        })
  const { flush, close, closeSync } = createShutdown({
    ...path,
    closeTimeoutMs: plan.closeTimeoutMs,
    startup,
    advance,
    stopTimer,
    followed,
    heartbeat,
    metrics,
    controlling,
  })

  function reload(next: AlertOptions): readonly Problem[] {
    const { plan, problems } = check(next)
    if (problems.length === 0) replace(plan)
    return problems
  }

  function stats(): Stats {
    const kept = state && { ...state.stats(), ready: startup.isDone() }
    return counters.stats(channels.waiting(), tracker.recordCounts(), kept, fleet.stats())
  }

  for (const { code, message } of warningsOf({ plan, problems })) internalErrors.report(code, message)
  // The rules of a document are to come.
  if (plan.reload === undefined) unreached.reportRules()

  return {
    write: plan.enabled ? write : ignore,
    publish: plan.enabled ? publish : ignore,
    countFailure: counters.countUnread,
    wants: (line) =>
      plan.enabled && (buffer?.isOpen() || context !== undefined || inForce.compiled.gate(line)),
    skip: () => counters.countLine(),
    reportInternalError: internalErrors.report,
    subscribe: events.subscribe,
    flush,
    close,
    closeSync,
    stats,
    reload,
    ...silencing,
    status,
    explain,
    control: controlling?.control ?? (async () => noControl),
    metrics: metrics.text,
    ...(controlling === undefined ? {} : { shared: controlling.shared }),
  }
}

const ignore = () => {}

/** The parts that a line meets on its way, from the reader to the channels. */
function openPath(plan: Plan, lazyParts: () => LazyParts, ports: HubPorts, network: Network) {
  const { clock = systemClock, wire, warn } = ports
  const steady = createSteadyClock(clock)
  const lifecycle = createLifecycle()
  const buffer = plan.reload && createStartupBuffer()
  const inForce = createOptionsInForce(plan, wire?.levels, clock.now())
  const counters = createCounters()
  const events = createEvents({ counters, inForce })
  const internalErrors = createInternalErrors({ events, clock, inForce, warn })
  const metaAlerts = createMetaAlerts({ inForce, internalErrors, clock })
  setSourceMapsEnabled(plan.sourceMaps)
  const unreached = createUnreached(inForce, internalErrors)
  const { read, readObject, context } = createReading(plan, wire, clock, inForce)
  const { stateDir: directory, redis } = plan
  const hasState = directory !== undefined || redis !== undefined
  const { fleet, journal } = hasState ? lazyParts().openFleet(plan, steady) : { fleet: createSolo() }
  const tracker = openTracker(plan, inForce, clock, fleet)
  const texts = createShownTexts(inForce)
  const lives = createAlertLives(tracker, texts)
  const state =
    hasState && (directory !== undefined || journal !== undefined)
      ? lazyParts().openState({
          directory: directory ?? '',
          shared: journal,
          inForce,
          tracker,
          lives,
          fleet,
          clock,
          internalErrors,
          metaAlerts,
        })
      : undefined
  const channels = createChannels({
    inForce,
    tracker,
    events,
    counters,
    fleet,
    state,
    metaAlerts,
    clock,
    steady,
    network,
    ports,
  })
  const pipeline = createPipeline({
    inForce,
    read,
    readObject,
    buffer,
    context,
    lifecycle,
    tracker,
    fleet,
    state,
    channels,
    metaAlerts,
    unreached,
    counters,
    events,
    clock,
    steady,
  })
  metaAlerts.publishTo((occurrence) => {
    if (occurrence.action === 'fire') counters.countMatch(occurrence.rule)
    pipeline.track(occurrence)
  })
  channels.advanceWith(pipeline.advance)
  return {
    clock,
    steady,
    lifecycle,
    buffer,
    inForce,
    counters,
    events,
    internalErrors,
    metaAlerts,
    unreached,
    read,
    readObject,
    context,
    tracker,
    texts,
    lives,
    fleet,
    state,
    channels,
    pipeline,
  }
}

function createReading(plan: Plan, wire: WireConfig | undefined, { now }: Clock, inForce: OptionsInForce) {
  const naming = {
    ...wire,
    ...plan.wire,
    trace: plan.trace,
    failedRequests: plan.failedRequests,
    now,
    named: () => inForce.compiled.namedFields,
  }
  const read = createReader(naming)
  const context = plan.context && createContext({ ...plan.context, read, now })
  return { read, readObject: createRecordReader(naming), context }
}

function openTracker(plan: Plan, inForce: OptionsInForce, clock: Clock, fleet: Fleet): Tracker {
  return createTracker({
    channels: inForce.compiled.tracked,
    watches: inForce.compiled.rules.watches,
    spikes: inForce.compiled.rules.spikes,
    canEnd: (alert) => inForce.compiled.rules.canEnd(alert),
    now: clock.now(),
    mutes: createMute(inForce),
    maxAlerts: plan.limits.alerts,
    newId: randomUUID,
    ...((plan.stateDir !== undefined || plan.redis !== undefined) && {
      processesTotal: () => (fleet.isShared() ? fleet.stats()?.processes : undefined),
    }),
    ...(plan.process === '' ? {} : { process: plan.process }),
    ...(plan.release === undefined ? {} : { release: plan.release }),
  })
}
