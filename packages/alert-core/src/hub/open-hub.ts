/**
 * The pipeline, read top to bottom: line → read → match → track ┆ route → render → send → settle. It is the only file that knows
 * every part. Left of the bar all is synchronous and cannot throw; right of it failures are values and counted.
 */
import { randomUUID } from 'node:crypto'
import { createTracker, type Effect } from '../alerts/tracker.ts'
import type { LogRecord, Notification, Occurrence } from '../model.ts'
import {
  type AlertOptions,
  type CheckedOptions,
  invalidOptions,
  type Plan,
  type Problem,
  warningsOf,
} from '../options.ts'
import { createContext } from '../read/context-ring.ts'
import { createReader, createRecordReader, type ReadFailure } from '../read/reader.ts'
import { noState } from '../state/no-state.ts'
import { systemClock } from '../time/clock.ts'
import { createSteadyClock } from '../time/steady-clock.ts'
import { type AlertInput, alertInputFields } from './alert-input.ts'
import { createChannels } from './channels.ts'
import { compileOptions, replacePlan } from './compiled-options.ts'
import { type Explanation, explainRecord } from './explain.ts'
import { startSignOfLife } from './health.ts'
import type { Hub, HubPorts, LazyParts } from './hub-types.ts'
import { createInternalErrors } from './internal-errors.ts'
import { createMetaAlerts } from './meta-alerts.ts'
import { createMetrics } from './metrics.ts'
import { createSilencing } from './runtime-silences.ts'
import { createShutdown } from './shutdown.ts'
import { createStartup, type Startup } from './startup.ts'
import { createEvents, type LineFailure, type Stats } from './stats.ts'
import { createAlarm } from './timer.ts'

export type { AlertInput } from './alert-input.ts'
export type { FlushResult, Hub, HubPorts, LazyParts, Wanted, WireConfig } from './hub-types.ts'

/**
 * Opens a hub for options that have been checked. A bad one disables what it concerns and is told as a `fault` event and a process
 * warning, unless `strict` is set: then the first thing this does is throw `ALERT_OPTIONS_INVALID` with every problem.
 */
export function openHub(
  options: AlertOptions,
  { plan, problems }: CheckedOptions,
  lazyParts: () => LazyParts,
  ports: HubPorts = {},
): Hub {
  const { clock = systemClock, fetch = globalThis.fetch, env = process.env, wire: { levels } = {} } = ports
  if (plan.strict && problems.length > 0) throw invalidOptions(problems)

  // ── the parts ─────────────────────────────────────────────────────────────────────────────────────────────────

  let current = compileOptions(plan, levels, clock.now())
  const compiled = () => current
  const steady = createSteadyClock(clock)
  const wire = { ...ports.wire, trace: plan.trace, now: clock.now }
  const read = createReader(wire)
  const readObject = createRecordReader(wire)
  const context =
    plan.context === undefined ? undefined : createContext({ ...plan.context, read, now: clock.now })
  const events = createEvents((key) => compiled().shownKey(key))
  const internalErrors = createInternalErrors(events, clock, (text) => compiled().mask(text), ports.warn)
  const tracker = createTracker({
    channels: compiled().tracked,
    watches: compiled().rules.watches,
    now: clock.now(),
    mutes: (...asked) => compiled().muting.mutes(...asked),
    maxAlerts: plan.limits.alerts,
    newId: randomUUID,
  })
  const alarm = createAlarm({
    tracker,
    clock,
    steady,
    act,
    isOn: () => startup.isReady() && !shutdown.isClosing(),
  })
  const metaAlerts = createMetaAlerts({
    channels: () => compiled().plan.channels,
    labels: plan.labels,
    clock,
    track,
    takes: (channel, occurrence) => compiled().takes(channel, occurrence),
    onAlone: (channel, why) =>
      internalErrors.report('ALERT_CHANNEL_FAILED', `Channel ${channel} does not tell an alert: ${why}.`),
  })
  const parts = { compiled, events, internalErrors, tracker, alarm, metaAlerts, clock, steady, act, fetch }
  const state =
    plan.stateDir === undefined ? noState : lazyParts().openState({ ...parts, directory: plan.stateDir })
  const channels = createChannels({ ...parts, state, ports })
  const { fallbacks } = channels
  const silencing = createSilencing({ ...parts, state, lazyParts, onLifted: reconsider })
  const metrics = createMetrics({ stats, onError: internalErrors.reportLater })
  if (plan.metrics !== undefined) metrics.listen(plan.metrics)
  const stopSignOfLife = startSignOfLife({ ...parts, plan, channels })
  const { isOver, ...shutdown } = createShutdown({
    ...parts,
    state,
    channels,
    fallbacks,
    startup: () => startup,
    closeTimeoutMs: plan.closeTimeoutMs,
    stopFollowing: () => followed?.stop(),
    letGo() {
      stopSignOfLife()
      metrics.close()
    },
  })

  // ── every line ────────────────────────────────────────────────────────────────────────────────────────────────

  function write(line: string, times = 1): void {
    events.countLine(times)
    if (startup.early?.keep(line.length, () => look(line, times)) !== true) look(line, times)
  }

  function look(line: string, times: number): void {
    if (current.gate(line)) takeAll(read(line), times)
    context?.push(line)
  }

  function countFailure(failure: LineFailure): void {
    events.countLine()
    events.countFailure(failure)
  }

  function publish(trouble: AlertInput): void {
    events.countLine()
    const record = readObject(alertInputFields(trouble))
    if (startup.early?.keep(0, () => take(record)) !== true) take(record)
  }

  function takeAll(record: LogRecord | ReadFailure, times: number): void {
    for (let n = 0; n < times; n++) take(record)
  }

  function take(record: LogRecord | ReadFailure): void {
    if ('failed' in record) events.countFailure(record.failed)
    else if (isOver()) events.countFailure('closed')
    else match(record)
  }

  function match(record: LogRecord): void {
    for (const end of current.rules.resolve(record)) track(end)
    const occurrence = current.rules.take(record)
    if (occurrence === undefined) return
    if ('off' in occurrence) {
      events.countOff(occurrence.off)
      return
    }
    events.countMatch(occurrence.rule)
    track(occurrence)
  }

  function track(occurrence: Occurrence): void {
    const at = alarm.now()
    act(tracker.push(occurrence, at))
    if (context !== undefined) tracker.addContext(occurrence.id, at, () => context.before(occurrence.record))
    state.saveAlert(occurrence.id, occurrence.severity === 'critical')
    alarm.arm()
  }

  // ── only when somebody is to be told ──────────────────────────────────────────────────────────────────────────

  function act(effects: readonly Effect[]): void {
    if (effects.length === 0) return
    const notified = effects.filter((effect) => effect.type === 'notify')
    notify(notified.flatMap(({ notification, fallBack }) => (fallBack ? [] : notification)))
    for (const { notification, fallBack } of notified)
      if (fallBack) fallbacks.beyondQuota(markedLate(notification))
    for (const effect of effects) {
      switch (effect.type) {
        case 'notify':
          break
        case 'quota-exhausted':
          metaAlerts.noteQuotaExhausted(effect.channel, effect.alerts, effect.severity, effect.until)
          break
        case 'fired':
        case 'suppressed':
        case 'dropped':
          events.emit({ ...effect, at: clock.now() })
          break
      }
    }
  }

  function markedLate(notification: Notification): Notification {
    const marked = state.withLateMark(notification)
    state.forgetFormer(notification)
    return marked
  }

  function notify(notifications: readonly Notification[]): void {
    if (notifications.length === 0) return
    const notified = notifications.map(markedLate)
    state.saveUnsent(notified)
    for (const notification of notified) channels.offer(notification)
  }

  // ── the start ─────────────────────────────────────────────────────────────────────────────────────────────────

  const check = (next: AlertOptions) => lazyParts().checkOptions(next, env, levels)
  const followed =
    plan.reload &&
    lazyParts().followDocument({ ...parts, from: plan.reload, plan, options, problems, env, check, replace })
  const startup: Startup = createStartup({
    ...parts,
    state,
    fallbacks,
    rulesKnown: followed?.first,
    arm: alarm.arm,
  })

  // ── while it runs ─────────────────────────────────────────────────────────────────────────────────────────────

  function reload(next: AlertOptions): readonly Problem[] {
    const { plan: wanted, problems } = check(next)
    if (problems.length === 0) replace(wanted)
    return problems
  }

  function replace(wanted: Plan): void {
    if (isOver()) return
    const former = current
    current = compileOptions(replacePlan(former.plan, wanted), levels, alarm.now(), former)
    channels.replace(former.plan)
    state.setRedact(current.plan.content.redact)
    act(tracker.reload(current.tracked, alarm.now(), current.rules.watches))
    fallbacks.retry()
    alarm.arm()
    ports.onWanted?.({ level: current.plan.level, wantsAll: current.rules.wantsAll || context !== undefined })
  }

  function reconsider(): void {
    act(tracker.updateMutes(alarm.now()))
    alarm.arm()
  }

  function explain(given: string | object): Explanation {
    if (typeof given === 'string' && !current.gate(given)) return { outcome: 'below' }
    const record = typeof given === 'string' ? read(given) : readObject(given)
    return explainRecord(record, {
      rules: current.rules,
      tracker,
      now: clock.now(),
      shownKey: current.shownKey,
    })
  }

  function stats(): Stats {
    return events.stats(
      channels.waiting(),
      state === noState ? undefined : { ...state.stats(), ready: startup.isReady() },
    )
  }

  // What stays away is missed from the start, also where nothing is ever logged.
  alarm.arm()
  for (const { code, message } of warningsOf({ plan, problems })) internalErrors.report(code, message)

  return {
    write,
    wants: (line) => context !== undefined || current.gate(line),
    reportInternalError: internalErrors.report,
    countFailure,
    publish,
    subscribe: events.subscribe,
    flush: shutdown.flush,
    close: shutdown.close,
    closeSync: shutdown.closeSync,
    stats,
    reload,
    ...silencing,
    explain,
    metrics: metrics.text,
  }
}
