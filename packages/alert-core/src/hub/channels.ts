/**
 * The ways out, each a queue under its channel's name: what one cannot tell goes to the channel that takes over, and a channel that is replaced
 * hands on what it had not told.
 */
import { type ChannelQueue, createQueue } from '../deliver/queue.ts'
import { alertNamesOf, type Notification } from '../model.ts'
import type { ChannelPlan, Plan } from '../options.ts'
import type { Sender } from '../provider/provider.ts'
import { createRenderer } from '../render/render.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { CompiledOptions } from './compiled-options.ts'
import type { Fallbacks } from './fallback.ts'
import type { HubPorts } from './hub-types.ts'
import type { MetaAlerts } from './meta-alerts.ts'
import type { Events, Waiting } from './stats.ts'

/** What the ways out depend on. */
export interface ChannelsOptions {
  readonly compiled: () => CompiledOptions
  readonly events: Events
  readonly state: State
  readonly metaAlerts: MetaAlerts
  readonly fallbacks: Fallbacks
  /** The wall clock, and one that goes on evenly. */
  readonly clock: Clock
  readonly steady: Clock
  readonly ports: HubPorts
  /** The provider asked to be left alone until then, epoch ms. */
  readonly onHold: (channel: string, untilMs: number) => void
}

/** All ways out. */
export interface Channels {
  /** To its channel; returns at once. */
  offer(notification: Notification): void
  /** Follows the plan that took the place of `former`: a channel that stays as it was keeps its queue. */
  replace(former: Plan): void
  /** Resolves once everything offered is delivered or refused, at the latest after `ms`. */
  idle(ms: number): Promise<void>
  /** Ends all; resolves at the latest at `endAt` of the even clock, with what is not told. */
  close(endAt: number): Promise<Notification[]>
  /** How many notifications are neither delivered nor refused. */
  left(): number
  /** What waits, by channel. */
  waiting(): ReadonlyMap<string, Waiting>
}

/** Opens a queue for each channel of the plan. */
export function createChannels(options: ChannelsOptions): Channels {
  const { compiled, events, state, metaAlerts, fallbacks, clock, steady, ports } = options
  const queues = new Map(compiled().plan.channels.map((channel) => [channel.name, openQueue(channel)]))
  /** Queues whose place was taken, until what they had in flight is over. */
  const retiring = new Map<ChannelQueue, { readonly name: string; readonly done: Promise<void> }>()

  function offer(notification: Notification): void {
    fallbacks.note(notification)
    const queue = queues.get(notification.channel)
    if (queue === undefined) failRemoved(notification)
    else queue.offer(notification)
  }

  /** Owed to a channel that there is no more. */
  function failRemoved(notification: Notification): void {
    const { channel, id } = notification
    const why = 'the channel is no longer among the options'
    const about = alertNamesOf(notification)
    const at = clock.now()
    events.emit({ type: 'failed', channel, notification: id, why, reason: 'closed', about, at })
    state.removeUnsent(notification)
  }

  function openQueue(channel: ChannelPlan): ChannelQueue {
    const { name } = channel
    const { plan } = compiled()
    return createQueue({
      channel: name,
      fallback: channel.fallback,
      sender: () => openSender(channel),
      render: createRenderer({
        ...channel,
        ...plan.content,
        channel: name,
        service: plan.service,
        env: plan.env,
      }),
      limits: { ...channel.definition.limits, ...channel.providerLimits },
      stated: channel.definition.limits,
      addresses: channel.definition.addresses?.(channel.providerOptions),
      clock: steady,
      now: clock.now,
      timeoutMs: channel.timeoutMs,
      retryForMs: channel.retryForMs,
      retry: channel.retry,
      maxWaiting: plan.limits.queue,
      mask: (text) => compiled().mask(text),
      fetch: ports.fetch ?? globalThis.fetch,
      onEvent(event) {
        if (event.type === 'delivered') metaAlerts.noteDelivery(name)
        events.emit(event)
      },
      onPaused: (untilMs) => options.onHold(name, untilMs),
      onFailed: (notification, { reason, why }) => {
        // What comes after the end stays where it is kept: handed on, it would be told twice at the next start.
        if (reason !== 'closed') fallbacks.fallBack(notification, reason)
        metaAlerts.noteFailure(name, notification, reason, why)
      },
      onDone: state.removeUnsent,
    })
  }

  function openSender(channel: ChannelPlan): Sender | Promise<Sender> {
    if (ports.sender !== undefined) return ports.sender(channel.name)
    return compiled().plan.dryRun ? drySender : channel.definition.open(channel.providerOptions)
  }

  // ── other channels ────────────────────────────────────────────────────────────────────────────────────────────

  function replace(former: Plan): void {
    const { plan } = compiled()
    const before = new Map(former.channels.map((channel) => [channel.name, signOf(channel, former)]))
    for (const channel of plan.channels) {
      const old = queues.get(channel.name)
      if (old !== undefined && before.get(channel.name) === signOf(channel, plan)) continue
      queues.set(channel.name, openQueue(channel))
      if (old !== undefined) retire(channel.name, old)
    }
    const names = new Set(plan.channels.map(({ name }) => name))
    for (const [name, queue] of queues) {
      if (names.has(name)) continue
      queues.delete(name)
      retire(name, queue)
    }
  }

  /** What waits goes on through the queue that took its place. */
  function retire(name: string, queue: ChannelQueue): void {
    const done = queue.retire().then((unsent) => {
      retiring.delete(queue)
      for (const notification of unsent) offer(notification)
    })
    retiring.set(queue, { name, done })
  }

  function retired(): Promise<unknown> {
    return Promise.all([...retiring.values()].map(({ done }) => done))
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  async function close(endAt: number): Promise<Notification[]> {
    const leftMs = () => Math.max(0, endAt - steady.now())
    if (retiring.size > 0) await waitAtMost(retired(), leftMs(), clock)
    const cutOff = await Promise.all([...retiring.keys()].map((queue) => queue.close(0)))
    const closed = new Map<string, Promise<Notification[]>>()

    /** A channel stays open for what the channels that fall back on it cannot tell. */
    function closeOne(name: string): Promise<Notification[]> {
      const known = closed.get(name)
      if (known !== undefined) return known
      const others = compiled().plan.channels.filter(({ fallback }) => fallback === name)
      const before = Promise.all(others.map((other) => closeOne(other.name)))
      const closing = queues.get(name)!.close(leftMs(), before)
      closed.set(name, closing)
      return closing
    }

    return [...cutOff, ...(await Promise.all([...queues.keys()].map(closeOne)))].flat()
  }

  async function idle(): Promise<void> {
    while (retiring.size > 0) await retired()
    await Promise.all([...queues.values()].map((queue) => queue.idle()))
  }

  return {
    offer,
    replace,
    idle: (ms) => waitAtMost(idle(), ms, clock),
    close,
    left: () => [...queues.values(), ...retiring.keys()].reduce((sum, queue) => sum + queue.waiting(), 0),
    waiting() {
      const all = new Map<string, Waiting>()
      const former = [...retiring].map(([queue, { name }]) => [name, queue] as const)
      for (const [name, queue] of [...queues, ...former]) {
        const { waiting = 0, oldestWaitingMs = 0 } = all.get(name) ?? {}
        all.set(name, {
          waiting: waiting + queue.waiting(),
          oldestWaitingMs: Math.max(oldestWaitingMs, queue.oldestMs()),
        })
      }
      return all
    },
  }
}

const drySender: Sender = {
  send: async (message) => ({ status: 'delivered', note: `dry run: ${message.subject}` }),
}

/** Two plans of a channel with equal signs send equally. */
function signOf({ definition: _, match: __, ...channel }: ChannelPlan, { content }: Plan): string {
  return JSON.stringify([channel, content])
}
