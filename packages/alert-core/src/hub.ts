/**
 * The pipeline, read top to bottom: line → read → match → track ┆ route → render → send → settle. It is the only file that knows
 * every part. Left of the bar all is synchronous and cannot throw; right of it failures are values and counted.
 */
import { randomUUID } from 'node:crypto'
import { shiftSnapshot } from './alerts/shift-snapshot.ts'
import { createTracker, type Effect } from './alerts/tracker.ts'
import { type ChannelQueue, createQueue } from './deliver/queue.ts'
import { createRenderer } from './deliver/render.ts'
import { type Explanation, explainRecord } from './explanation.ts'
import { startHeartbeat } from './heartbeat.ts'
import { createReader, createRecordReader, type ReadFailure } from './inspect/read.ts'
import { type Clock, systemClock, type Timer } from './kernel/clock.ts'
import { AlertError } from './kernel/errors.ts'
import { createSteadyClock } from './kernel/steady-clock.ts'
import { createMetrics } from './metrics.ts'
import type { AlertEvent, LogRecord, Notification, Occurrence } from './model.ts'
import {
  type AlertOptions,
  type ChannelPlan,
  checkOptions,
  checkSilence,
  invalidOptions,
  type Plan,
  type Problem,
  type SilenceOptions,
} from './options.ts'
import { createOwnTroubles } from './own-troubles.ts'
import type { Sender } from './provider.ts'
import { createReport, type LineFailure, type Stats } from './report.ts'
import { createSetup, replacePlan } from './setup.ts'
import { createJournal } from './spool/journal.ts'
import { createState, noState, type State, type TakenUp } from './state/state.ts'

/** What of the outside world a hub touches; tests, replay and the doors put in their own. */
export interface HubPorts {
  readonly clock?: Clock
  readonly fetch?: typeof fetch
  readonly env?: Readonly<Record<string, string | undefined>>
  /** In place of every channel's provider: replay and dry runs look at the messages themselves. */
  readonly sender?: (channel: string) => Sender
  /** How lines name things: pino's own configuration, where it is known. */
  readonly wire?: WireConfig
}

/** The part of a logger's configuration that decides what its lines look like. */
export interface WireConfig {
  readonly messageKey?: string
  readonly errorKey?: string
  readonly nestedKey?: string
  /** Label to number, pino's `levels.values`. */
  readonly levels?: Readonly<Record<string, number>>
}

/** What `flush()` and `close()` achieved: `told` when nothing is left, else how many notifications still wait. */
export interface FlushResult {
  readonly told: boolean
  readonly waiting: number
}

export interface Hub {
  /** One NDJSON line of the logger. Never throws, never waits. */
  write(line: string): void
  /** Whether `write` would read this line: false only for what is surely below the threshold. */
  wants(line: string): boolean
  /** Counts a line that could not be handed in whole. */
  miss(failure: LineFailure): void
  /** A trouble at hand without a logger: `publish({ code, service, error, … })`. Never throws, never waits. */
  publish(trouble: Trouble): void
  /** Hears every {@link AlertEvent}; returns the way to stop. */
  subscribe(listener: (event: AlertEvent) => void, filter?: (event: AlertEvent) => boolean): () => void
  /** Tells at once what waits to be told; resolves when it is delivered or refused, or after `closeTimeout`. */
  flush(): Promise<FlushResult>
  /** Like `flush`, with the counts that grew meanwhile, then lets go of every resource. Later lines are only counted. */
  close(): Promise<FlushResult>
  stats(): Stats
  /**
   * Replaces rules, channels, recipients, silences, inhibit, schedules, level, redact and include by those of these options; alerts, timers,
   * quotas and what was told stay, other keys are passed over. Options with a problem change nothing: all problems are returned.
   */
  reload(options: AlertOptions): readonly Problem[]
  /** Silences alerts until a moment, also beyond a reload; returns the id that lifts it. Throws `ALERT_SILENCE_INVALID`. */
  silence(silence: SilenceOptions): string
  /** Lifts a silence made at run time; false where there is none of this id. */
  unsilence(id: string): boolean
  /** What would become of a record: a line of the logger, or the object that it holds. Nothing changes. Never throws. */
  explain(record: string | object): Explanation
  /** The same for Prometheus, in its text form; rejects where the package prom-client is not installed. */
  metrics(): Promise<string>
}

/** What `publish` takes: `error` or `message`, the alert's own words, and any further fields. */
export interface Trouble {
  readonly message?: string
  readonly error?: unknown
  readonly level?: string | number
  readonly code?: string
  readonly severity?: 'info' | 'warning' | 'error' | 'critical'
  readonly key?: string
  readonly resolve?: true
  readonly labels?: Readonly<Record<string, string>>
  readonly runbook?: string
  readonly channels?: readonly string[]
  readonly summary?: string
  readonly [field: string]: unknown
}

/**
 * Opens a hub. A bad option disables what it concerns and is told as a `fault` event and a process warning, unless
 * `strict` is set: then the first thing this does is throw `ALERT_OPTIONS_INVALID` with every problem.
 */
export function createHub(options: AlertOptions = {}, ports: HubPorts = {}): Hub {
  const clock = ports.clock ?? systemClock
  const steady = createSteadyClock(clock)
  const { plan, problems } = checkOptions(options, ports.env, ports.wire?.levels)
  if (plan.strict && problems.length > 0) throw invalidOptions(problems)
  const levels = ports.wire?.levels
  let setup = createSetup(plan, levels, clock.now())
  const report = createReport()
  const origin = { service: plan.service, env: plan.env }

  const wire = { ...ports.wire, trace: plan.trace, now: clock.now }
  const read = createReader(wire)
  const readObject = createRecordReader(wire)
  const tracker = createTracker({
    channels: setup.tracked,
    watches: setup.rules.watches,
    now: clock.now(),
    mutes: (...asked) => setup.quiet.mutes(...asked),
    maxAlerts: plan.limits.alerts,
    newId: randomUUID,
  })
  const queues = new Map(plan.channels.map((channel) => [channel.name, openQueue(channel)]))
  const state = plan.stateDir === undefined ? noState : openState(plan.stateDir)
  const late: (() => void)[] = []
  const retiring = new Set<Promise<void>>()
  const troubles = createOwnTroubles({
    channels: () => setup.plan.channels,
    labels: plan.labels,
    clock,
    track,
  })
  const metrics = createMetrics({ stats, onFault: faultSoon })
  if (plan.metrics !== undefined) metrics.listen(plan.metrics)
  const stopHeartbeat =
    plan.heartbeat === undefined || plan.dryRun
      ? () => {}
      : startHeartbeat({
          ...plan.heartbeat,
          clock: steady,
          fetch: ports.fetch ?? globalThis.fetch,
          trouble,
          onFault: faultSoon,
        })
  let timer: Timer | undefined
  let closing: Promise<FlushResult> | undefined

  // ── every line ────────────────────────────────────────────────────────────────────────────────────────────────

  function write(line: string): void {
    report.countLine()
    if (!setup.gate(line)) return
    take(read(line))
  }

  function miss(failure: LineFailure): void {
    report.countLine()
    report.countFailure(failure)
  }

  function publish(trouble: Trouble): void {
    report.countLine()
    take(readObject(troubleFields(trouble)))
  }

  function take(record: LogRecord | ReadFailure): void {
    if ('failed' in record) report.countFailure(record.failed)
    else if (closing !== undefined) report.countFailure('closed')
    else match(record)
  }

  function match(record: LogRecord): void {
    for (const end of setup.rules.resolve(record)) track(end)
    const occurrence = setup.rules.take(record)
    if (occurrence === undefined) return
    if ('off' in occurrence) {
      report.countNotTold('off')
      return
    }
    report.countMatch()
    track(occurrence)
  }

  function track(occurrence: Occurrence): void {
    act(tracker.push(occurrence, now()))
    state.tracked(occurrence.id, occurrence.severity === 'critical')
    arm()
  }

  // The clock may be set at any time: what is remembered moves along with it.
  function now(): number {
    const stepMs = steady.takeStep()
    if (stepMs !== 0) {
      act(tracker.restore(shiftSnapshot(tracker.snapshot(), stepMs)))
      armedFor = Number.POSITIVE_INFINITY
    }
    return clock.now()
  }

  // ── only when somebody is to be told ──────────────────────────────────────────────────────────────────────────

  function act(effects: readonly Effect[]): void {
    tell(effects.flatMap((effect) => (effect.type === 'notify' ? [routed(effect)] : [])))
    for (const effect of effects) {
      switch (effect.type) {
        case 'notify':
          break
        case 'spent':
          troubles.spent(effect.channel, effect.alerts, effect.severity, effect.until)
          break
        case 'suppressed':
        case 'dropped':
          report.emit({ ...effect, at: clock.now() })
          break
      }
    }
  }

  function openState(directory: string): State {
    return createState({
      tracker,
      clock,
      redact: plan.content.redact,
      maxAlerts: plan.limits.alerts,
      silences: () => setup.quiet.named(clock.now()),
      openSpool: (entries) =>
        createJournal({
          directory,
          clock,
          entries,
          onTrouble: ({ code, message }) => stateTrouble(code, message),
        }),
      onDamage: (message) => stateTrouble('ALERT_STATE_DAMAGED', message),
    })
  }

  function stateTrouble(code: string, message: string): void {
    // A turn later, so that those hear it who subscribe to a hub that was just opened.
    queueMicrotask(() => {
      fault(code, message)
      troubles.state(code, message)
    })
  }

  function tell(notifications: readonly Notification[]): void {
    if (notifications.length === 0) return
    const told = notifications.map(state.asTold)
    state.decided(told)
    for (const notification of told) queues.get(notification.channel)?.offer(notification)
  }

  /** What a used-up quota hands on goes to the channel that takes over. */
  function routed({ notification, handOn }: Extract<Effect, { type: 'notify' }>): Notification {
    const { channel, id } = notification
    const fallback = handOn ? setup.fallbackOf(channel) : undefined
    if (fallback === undefined) return notification
    const why = 'its quota is used up'
    report.emit({
      type: 'refused',
      channel,
      notification: id,
      why,
      reason: 'quota',
      fallback,
      at: clock.now(),
    })
    return { ...notification, channel: fallback }
  }

  // One timer for the whole state machine: it is asked for its next deadline, and ticked when that comes.
  let armedFor = Number.POSITIVE_INFINITY
  function arm(): void {
    const deadline = tracker.nextDeadline()
    if (deadline >= armedFor || closing !== undefined || !isReady) return
    timer?.cancel()
    armedFor = deadline
    timer = clock.after(Math.max(0, deadline - clock.now()), () => {
      armedFor = Number.POSITIVE_INFINITY
      act(tracker.tick(now()))
      arm()
    })
  }

  // Nobody is told before it is known what was told before: by the processes that ended, and by whom.
  let isReady = state === noState
  const ready = isReady
    ? Promise.resolve()
    : state.adopt(takeUp).then(() => {
        isReady = true
        for (const send of late.splice(0)) send()
        arm()
      })

  function takeUp({ unsent, dropped, silences }: TakenUp): void {
    const at = clock.now()
    for (const silence of silences) setup.quiet.silence(silence, at)
    // What a former process was told of may end by a record that comes now.
    for (const alert of tracker.live()) setup.rules.remember(alert)
    if (dropped > 0) report.emit({ type: 'dropped', reason: 'alert-limit', count: dropped, at })
    for (const notification of unsent) {
      const queue = queues.get(notification.channel)
      if (queue === undefined) forgo(notification)
      else if (isReady) queue.offer(notification)
      else late.push(() => queue.offer(notification))
    }
  }

  /** What a former process owed a channel that there is no more. */
  function forgo(notification: Notification): void {
    const { channel, id } = notification
    const why = 'the channel is no longer among the options'
    report.emit({ type: 'refused', channel, notification: id, why, reason: 'closed', at: clock.now() })
    state.settled(notification)
  }

  function openSender(channel: ChannelPlan): Sender | Promise<Sender> {
    if (ports.sender !== undefined) return ports.sender(channel.name)
    return plan.dryRun ? drySender : channel.definition.open(channel.providerOptions)
  }

  function openQueue(channel: ChannelPlan): ChannelQueue {
    return createQueue({
      channel: channel.name,
      fallback: channel.fallback,
      sender: () => openSender(channel),
      render: createRenderer({ ...channel, ...setup.plan.content, channel: channel.name, ...origin }),
      limits: channel.definition.limits,
      clock: steady,
      now: clock.now,
      timeoutMs: channel.timeoutMs,
      retryForMs: channel.retryForMs,
      retry: channel.retry,
      maxWaiting: plan.limits.queue,
      mask: (text) => setup.mask(text),
      fetch: ports.fetch ?? globalThis.fetch,
      onEvent(event) {
        if (event.type === 'delivered') troubles.delivered(channel.name)
        report.emit(event)
      },
      onHold: (untilMs) => tracker.hold(channel.name, untilMs),
      onRefused: (notification, { reason, why }) => {
        fallBack(channel.name, notification)
        troubles.refused(channel.name, notification, reason, why)
      },
      onSettled: (notification) => state.settled(notification),
    })
  }

  function fallBack(channel: string, { joined: _, ...notification }: Notification): void {
    const fallback = setup.fallbackOf(channel)
    if (fallback === undefined) return
    const handed = { ...notification, id: randomUUID(), channel: fallback }
    state.decided([handed])
    queues.get(fallback)?.offer(handed)
  }

  // ── while it runs ─────────────────────────────────────────────────────────────────────────────────────────────

  function reload(next: AlertOptions): readonly Problem[] {
    const { plan: wanted, problems } = checkOptions(next, ports.env, levels)
    if (problems.length > 0 || closing !== undefined) return problems
    const former = setup
    setup = createSetup(replacePlan(former.plan, wanted), levels, now(), former)
    replaceQueues(former.plan)
    act(tracker.reload(setup.tracked, now(), setup.rules.watches))
    arm()
    return problems
  }

  /** A channel that stays as it was keeps its queue; what else waits goes on through the queue that takes its place. */
  function replaceQueues(former: Plan): void {
    const before = new Map(former.channels.map((channel) => [channel.name, signOf(channel, former)]))
    for (const channel of setup.plan.channels) {
      const old = queues.get(channel.name)
      if (old !== undefined && before.get(channel.name) === signOf(channel, setup.plan)) continue
      queues.set(channel.name, openQueue(channel))
      if (old !== undefined) retire(channel.name, old)
    }
    const names = new Set(setup.plan.channels.map(({ name }) => name))
    for (const [name, queue] of queues) {
      if (names.has(name)) continue
      queues.delete(name)
      retire(name, queue)
    }
  }

  function retire(name: string, queue: ChannelQueue): void {
    const done = queue.retire().then((unsent) => {
      retiring.delete(done)
      for (const notification of unsent) {
        const next = queues.get(name)
        if (next === undefined) forgo(notification)
        else next.offer(notification)
      }
    })
    retiring.add(done)
  }

  function silence(input: SilenceOptions): string {
    const { plan: wanted, problems } = checkSilence(input, Object.keys(setup.plan.quiet.schedules))
    if (wanted === undefined) {
      const faults = problems.map(({ path, message }) => `${path || 'silence'}: ${message}`)
      throw new AlertError('ALERT_SILENCE_INVALID', `The silence is wrong: ${faults.join(' ')}`)
    }
    const named = { ...wanted, id: randomUUID() }
    setup.quiet.silence(named, clock.now())
    state.silenced(named.id, named)
    return named.id
  }

  function unsilence(id: string): boolean {
    const wasThere = setup.quiet.unsilence(id)
    if (wasThere) state.silenced(id)
    act(tracker.reconsider(now()))
    arm()
    return wasThere
  }

  function explain(given: string | object): Explanation {
    if (typeof given === 'string' && !setup.gate(given)) return { outcome: 'below' }
    const record = typeof given === 'string' ? read(given) : readObject(given)
    return explainRecord(record, setup.rules, tracker, clock.now())
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  async function settle(): Promise<FlushResult> {
    const all = Promise.all([...queues.values()].map((queue) => queue.idle()))
    await within(all, plan.closeTimeoutMs, clock)
    const waiting = [...queues.values()].reduce((sum, queue) => sum + queue.waiting(), 0)
    return { told: waiting === 0, waiting }
  }

  async function flush(): Promise<FlushResult> {
    if (closing !== undefined) return closing
    if (!isReady) await within(ready, plan.closeTimeoutMs, clock)
    act(tracker.drain(now(), { growth: false }))
    arm()
    return settle()
  }

  async function end(): Promise<FlushResult> {
    timer?.cancel()
    const endAt = steady.now() + plan.closeTimeoutMs
    if (!isReady) await within(ready, plan.closeTimeoutMs, clock)
    act(tracker.drain(now(), { growth: true }))
    if (retiring.size > 0) await within(Promise.all(retiring), Math.max(0, endAt - steady.now()), clock)
    const closed = new Map<string, Promise<Notification[]>>()
    const unsent = await Promise.all([...queues.keys()].map((name) => closeChannel(name, endAt, closed)))
    const waiting = unsent.flat().length
    const isLost = waiting > 0 && state.stats().place === 'memory'
    if (isLost) report.emit({ type: 'dropped', reason: 'closed', count: waiting, at: clock.now() })
    stopHeartbeat()
    metrics.close()
    await state.close()
    return { told: waiting === 0, waiting }
  }

  /** A channel stays open for what the channels that fall back on it cannot tell. */
  function closeChannel(
    name: string,
    endAt: number,
    closed: Map<string, Promise<Notification[]>>,
  ): Promise<Notification[]> {
    const known = closed.get(name)
    if (known !== undefined) return known
    const others = setup.plan.channels.filter(({ fallback }) => fallback === name)
    const before = Promise.all(others.map((other) => closeChannel(other.name, endAt, closed)))
    const closing = queues.get(name)!.close(Math.max(0, endAt - steady.now()), before)
    closed.set(name, closing)
    return closing
  }

  // ── what it says of itself ────────────────────────────────────────────────────────────────────────────────────

  function stats(): Stats {
    const waits = [...queues].map(([name, queue]) => {
      return [name, { waiting: queue.waiting(), oldestWaitingMs: queue.oldestMs() }] as const
    })
    return report.stats(new Map(waits), state === noState ? undefined : { ...state.stats(), ready: isReady })
  }

  /** Why alerts could not be told now: nothing moves, or no channel works. */
  function trouble(): string | undefined {
    if (clock.now() - tracker.nextDeadline() > overdueMs) return 'alerts are overdue'
    const isStuck = ([name, queue]: [string, ChannelQueue]) =>
      troubles.isFailing(name) || queue.oldestMs() > stuckMs
    return queues.size > 0 && [...queues].every(isStuck) ? 'no channel takes alerts' : undefined
  }

  /** A turn later, so that those hear it who subscribe to a hub that was just opened. */
  function faultSoon(code: string, message: string): void {
    queueMicrotask(() => fault(code, message))
  }

  function fault(code: string, message: string): void {
    const told = setup.mask(message)
    report.emit({ type: 'fault', code, message: told, at: clock.now() })
    process.emitWarning(told, { code, type: 'AlertWarning' })
  }

  for (const { path, message, code } of problems) fault(code, `${path}: ${message}`)

  return {
    write,
    wants: (line) => setup.gate(line),
    miss,
    publish,
    subscribe: report.subscribe,
    flush,
    close: () => (closing ??= end()),
    stats,
    reload,
    silence,
    unsilence,
    explain,
    metrics: metrics.text,
  }
}

/** Later than this the state machine is not being asked; and a channel that keeps something for so long does not work. */
const overdueMs = 60_000
const stuckMs = 120_000

const drySender: Sender = {
  send: async (message) => ({ status: 'delivered', note: `dry run: ${message.subject}` }),
}

/** Two plans of a channel with equal signs send equally. */
function signOf({ definition: _, match: __, ...channel }: ChannelPlan, { content }: Plan): string {
  return JSON.stringify([channel, content])
}

const alertWords = ['code', 'severity', 'key', 'resolve', 'labels', 'runbook', 'channels', 'summary'] as const

/** A trouble in the shape of a log line's object: its alert words go into the `alert` field. */
function troubleFields(trouble: Trouble): Record<string, unknown> {
  const { message, error, level, ...rest } = trouble
  const alert: Record<string, unknown> = {}
  const fields: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(rest)) {
    if ((alertWords as readonly string[]).includes(name)) alert[name] = value
    else fields[name] = value
  }
  return { ...fields, level: level ?? 'error', msg: message ?? '', err: error, alert }
}

async function within(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  let timer: Timer | undefined
  await Promise.race([work, new Promise<void>((resolve) => (timer = clock.after(ms, resolve)))])
  timer?.cancel()
}
