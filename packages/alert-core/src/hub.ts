/**
 * The pipeline, read top to bottom: line → read → match → track ┆ route → render → send → settle. It is the only file that knows
 * every part. Left of the bar all is synchronous and cannot throw; right of it failures are values and counted.
 */
import { randomUUID } from 'node:crypto'
import { createTracker, type Effect } from './alerts/tracker.ts'
import { type Explanation, explainRecord } from './explanation.ts'
import { createAlarm } from './hub/alarm.ts'
import { type Beginning, createBeginning } from './hub/beginning.ts'
import { createChannels } from './hub/channels.ts'
import type { Extras, Hub, HubPorts } from './hub/contract.ts'
import { createEnding } from './hub/ending.ts'
import { createFaults } from './hub/faults.ts'
import { createHanding } from './hub/handing.ts'
import { startSignOfLife } from './hub/health.ts'
import { createSilencing } from './hub/silencing.ts'
import { type Trouble, troubleFields } from './hub/trouble.ts'
import { createContext } from './inspect/context.ts'
import { createReader, createRecordReader, type ReadFailure } from './inspect/read.ts'
import { systemClock } from './kernel/clock.ts'
import { createSteadyClock } from './kernel/steady-clock.ts'
import { createMetrics } from './metrics.ts'
import type { LogRecord, Notification, Occurrence } from './model.ts'
import { invalidOptions } from './options/invalid.ts'
import { warningsOf } from './options/warnings.ts'
import type { AlertOptions, CheckedOptions, Plan, Problem } from './options.ts'
import { createOwnTroubles } from './own-troubles.ts'
import { createReport, type LineFailure, type Stats } from './report.ts'
import { createSetup, replacePlan } from './setup.ts'
import { noState } from './state/no-state.ts'

export type { Extras, FlushResult, Hub, HubPorts, Wanted, WireConfig } from './hub/contract.ts'
export type { Trouble } from './hub/trouble.ts'

/**
 * Opens a hub for options that have been checked. A bad one disables what it concerns and is told as a `fault` event and a process
 * warning, unless `strict` is set: then the first thing this does is throw `ALERT_OPTIONS_INVALID` with every problem.
 */
export function openHub(
  options: AlertOptions,
  { plan, problems }: CheckedOptions,
  extras: () => Extras,
  ports: HubPorts = {},
): Hub {
  const { clock = systemClock, fetch = globalThis.fetch, env = process.env, wire: { levels } = {} } = ports
  if (plan.strict && problems.length > 0) throw invalidOptions(problems)

  // ── the parts ─────────────────────────────────────────────────────────────────────────────────────────────────

  let current = createSetup(plan, levels, clock.now())
  const setup = () => current
  const steady = createSteadyClock(clock)
  const wire = { ...ports.wire, trace: plan.trace, now: clock.now }
  const read = createReader(wire)
  const readObject = createRecordReader(wire)
  const context =
    plan.context === undefined ? undefined : createContext({ ...plan.context, read, now: clock.now })
  const report = createReport((key) => setup().shownKey(key))
  const faults = createFaults(report, clock, (text) => setup().mask(text), ports.warn)
  const tracker = createTracker({
    channels: setup().tracked,
    watches: setup().rules.watches,
    now: clock.now(),
    mutes: (...asked) => setup().quiet.mutes(...asked),
    maxAlerts: plan.limits.alerts,
    newId: randomUUID,
  })
  const alarm = createAlarm({
    tracker,
    clock,
    steady,
    act,
    isOn: () => beginning.isReady() && !ending.isClosing(),
  })
  const troubles = createOwnTroubles({
    channels: () => setup().plan.channels,
    labels: plan.labels,
    clock,
    track,
    takes: (channel, occurrence) => setup().takes(channel, occurrence),
    onAlone: (channel, why) =>
      faults.say('ALERT_CHANNEL_REFUSED', `Channel ${channel} does not tell an alert: ${why}.`),
  })
  const parts = { setup, report, faults, tracker, alarm, troubles, clock, steady, act, fetch }
  const state =
    plan.stateDir === undefined ? noState : extras().openState({ ...parts, directory: plan.stateDir })
  const handing = createHanding({ ...parts, state, offer: (notification) => channels.offer(notification) })
  const channels = createChannels({ ...parts, state, handing, ports, onHold: tracker.hold })
  const silencing = createSilencing({ ...parts, state, extras, onLifted: reconsider })
  const metrics = createMetrics({ stats, onFault: faults.saySoon })
  if (plan.metrics !== undefined) metrics.listen(plan.metrics)
  const stopSignOfLife = startSignOfLife({ ...parts, plan, channels })
  const { isOver, ...ending } = createEnding({
    ...parts,
    state,
    channels,
    handing,
    beginning: () => beginning,
    closeTimeoutMs: plan.closeTimeoutMs,
    stopFollowing: () => followed?.stop(),
    letGo() {
      stopSignOfLife()
      metrics.close()
    },
  })

  // ── every line ────────────────────────────────────────────────────────────────────────────────────────────────

  function write(line: string, times = 1): void {
    report.countLine(times)
    if (beginning.early?.keep(line.length, () => look(line, times)) !== true) look(line, times)
  }

  function look(line: string, times: number): void {
    if (current.gate(line)) takeAll(read(line), times)
    context?.push(line)
  }

  function miss(failure: LineFailure): void {
    report.countLine()
    report.countFailure(failure)
  }

  function publish(trouble: Trouble): void {
    report.countLine()
    const record = readObject(troubleFields(trouble))
    if (beginning.early?.keep(0, () => take(record)) !== true) take(record)
  }

  function takeAll(record: LogRecord | ReadFailure, times: number): void {
    for (let n = 0; n < times; n++) take(record)
  }

  function take(record: LogRecord | ReadFailure): void {
    if ('failed' in record) report.countFailure(record.failed)
    else if (isOver()) report.countFailure('closed')
    else match(record)
  }

  function match(record: LogRecord): void {
    for (const end of current.rules.resolve(record)) track(end)
    const occurrence = current.rules.take(record)
    if (occurrence === undefined) return
    if ('off' in occurrence) {
      report.countOff(occurrence.off)
      return
    }
    report.countMatch(occurrence.rule)
    track(occurrence)
  }

  function track(occurrence: Occurrence): void {
    const at = alarm.now()
    act(tracker.push(occurrence, at))
    if (context !== undefined) tracker.illustrate(occurrence.id, at, () => context.before(occurrence.record))
    state.tracked(occurrence.id, occurrence.severity === 'critical')
    alarm.arm()
  }

  // ── only when somebody is to be told ──────────────────────────────────────────────────────────────────────────

  function act(effects: readonly Effect[]): void {
    if (effects.length === 0) return
    const told = effects.filter((effect) => effect.type === 'notify')
    tell(told.flatMap(({ notification, handOn }) => (handOn ? [] : notification)))
    for (const { notification, handOn } of told) if (handOn) handing.beyondQuota(state.asTold(notification))
    for (const effect of effects) {
      switch (effect.type) {
        case 'notify':
          break
        case 'spent':
          troubles.spent(effect.channel, effect.alerts, effect.severity, effect.until)
          break
        case 'fired':
        case 'suppressed':
        case 'dropped':
          report.emit({ ...effect, at: clock.now() })
          break
      }
    }
  }

  function tell(notifications: readonly Notification[]): void {
    if (notifications.length === 0) return
    const told = notifications.map(state.asTold)
    state.decided(told)
    for (const notification of told) channels.offer(notification)
  }

  // ── the start ─────────────────────────────────────────────────────────────────────────────────────────────────

  const check = (next: AlertOptions) => extras().checkOptions(next, env, levels)
  const followed =
    plan.reload &&
    extras().followDocument({ ...parts, from: plan.reload, plan, options, problems, env, check, replace })
  const beginning: Beginning = createBeginning({
    ...parts,
    state,
    handing,
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
    current = createSetup(replacePlan(former.plan, wanted), levels, alarm.now(), former)
    channels.replace(former.plan)
    state.redactAs(current.plan.content.redact)
    act(tracker.reload(current.tracked, alarm.now(), current.rules.watches))
    handing.retry()
    alarm.arm()
    ports.onWanted?.({ level: current.plan.level, wantsAll: current.rules.wantsAll || context !== undefined })
  }

  function reconsider(): void {
    act(tracker.reconsider(alarm.now()))
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
    return report.stats(
      channels.waiting(),
      state === noState ? undefined : { ...state.stats(), ready: beginning.isReady() },
    )
  }

  // What stays away is missed from the start, also where nothing is ever logged.
  alarm.arm()
  for (const { code, message } of warningsOf({ plan, problems })) faults.say(code, message)

  return {
    write,
    wants: (line) => context !== undefined || current.gate(line),
    fault: faults.say,
    miss,
    publish,
    subscribe: report.subscribe,
    flush: ending.flush,
    close: ending.close,
    leave: ending.leave,
    stats,
    reload,
    ...silencing,
    explain,
    metrics: metrics.text,
  }
}
