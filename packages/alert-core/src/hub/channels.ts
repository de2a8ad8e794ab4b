/**
 * All channels, each a queue under its name. What one cannot deliver falls back to another, and what a
 * replaced one has not sent goes to the queue that took its place.
 */
import { recordsOf } from '../alerts/notification.ts'
import type { Effect } from '../alerts/tracker.ts'
import type { ChannelQueue } from '../deliver/queue.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import { alertNamesOf, type Notification } from '../model.ts'
import type { ChannelPlan, Plan } from '../options.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { Advance } from './advance.ts'
import { createFallbacks, type Fallbacks } from './fallback.ts'
import { openQueue, type QueuePorts } from './open-queue.ts'
import { createRemovedChannels } from './removed-channels.ts'
import type { Waiting } from './stats.ts'

export interface Channels {
  readonly fallbacks: Fallbacks
  /** Sends what is due, once that is saved; what is beyond a quota goes to the fallback. Returns at once. */
  deliver(due: readonly NotifyEffect[]): void
  /** To the queue of its channel; returns at once. */
  offer(notification: Notification): void
  /** Follows the plan that replaced `former`: a channel that stays as it was keeps its queue. */
  replace(former: Plan): void
  /** Drops what waits: another process sends it. Resolves once no attempt is under way. */
  discard(): Promise<unknown>
  /**
   * Resolves once everything offered is delivered or failed, or will not be tried again within `ms`; at the
   * latest after `ms`.
   */
  idle(ms: number): Promise<void>
  /** Closes all; resolves at the latest at `endAt` of the steady clock, with what is unsent. */
  close(endAt: number): Promise<Notification[]>
  /** How many notifications failed for good, with no channel to fall back to, and when the last did. */
  refusals(): { readonly count: number; readonly lastAt: number }
  /** How many notifications are neither delivered nor failed. */
  left(): number
  /** Why what waits on a channel was not delivered yet. */
  whyWaiting(channel: string): string
  /** What waits, by channel. */
  waiting(): ReadonlyMap<string, Waiting>
}

type NotifyEffect = Extract<Effect, { type: 'notify' }>

export interface ChannelsOptions extends QueuePorts {
  readonly fleet: Fleet
  /** Outcomes change the tracker, and what is due by them is sent. */
  readonly advance: Advance['advance']
}

/** Opens a queue for each channel of the plan. */
export function createChannels(options: ChannelsOptions): Channels {
  const { inForce, tracker, state, clock, steady, advance } = options
  const { events, counters } = options.reporting
  const queues = new Map<string, ChannelQueue>()
  /** Replaced queues, until what they had in flight is over. */
  const retiring = new Map<ChannelQueue, { readonly name: string; readonly done: Promise<void> }>()
  const refusals = { count: 0, lastAt: 0 }
  const fallbacks = createFallbacks({
    inForce,
    events,
    counters,
    state,
    clock,
    offer,
    offerWithinQuota,
    recheckQuotas,
  })
  const removed = createRemovedChannels(options, (notification) => failRemoved(options, notification))
  for (const channel of inForce.compiled.plan.channels) open(channel)

  function open(channel: ChannelPlan): void {
    queues.set(channel.name, openQueue(channel, fallbacks, noteOutcome, refusals, options))
  }

  function noteOutcome(notification: Notification, isDelivered: boolean): void {
    const isWaiting = (alert: string) => queues.get(notification.channel)?.hasStartOf(alert) === true
    advance((now) => tracker.noteOutcome(notification, isDelivered, now, isWaiting))
    counters.countRecords(notification.channel, isDelivered ? 'delivered' : 'failed', recordsOf(notification))
    state?.removeUnsent(notification)
  }

  function offer(notification: Notification): void {
    // A single channel is the fallback of no other.
    if (queues.size > 1) fallbacks.remember(notification)
    const queue = queues.get(notification.channel)
    if (queue === undefined) failRemoved(options, notification)
    else queue.offer(notification)
  }

  function offerWithinQuota(notification: Notification): void {
    const queue = queues.get(notification.channel)
    if (queue === undefined) failRemoved(options, notification)
    else queue.offerWithinQuota(notification)
  }

  function recheckQuotas(): void {
    for (const queue of queues.values()) queue.recheckQuota()
  }

  function replace(former: Plan): void {
    const { plan } = inForce.compiled
    const before = new Map(former.channels.map((channel) => [channel.name, signOf(channel, former)]))
    for (const channel of plan.channels) {
      const old = queues.get(channel.name)
      if (old !== undefined && before.get(channel.name) === signOf(channel, plan)) continue
      open(channel)
      if (old !== undefined) retireAfter(Promise.resolve(), channel.name, old)
      for (const notification of removed.take(channel.name)) offer(notification)
    }
    const names = new Set(plan.channels.map(({ name }) => name))
    for (const [name, queue] of queues) {
      if (names.has(name)) continue
      queues.delete(name)
      remove(name, queue)
    }
  }

  /** What waits is still sent, within the time of a close. */
  function remove(name: string, queue: ChannelQueue): void {
    retireAfter(waitAtMost(queue.idle(), inForce.compiled.plan.closeTimeoutMs, clock), name, queue)
  }

  function retireAfter(before: Promise<unknown>, name: string, queue: ChannelQueue): void {
    const done = before.then(queue.retire).then(({ ready, deferred }) => {
      retiring.delete(queue)
      const isRemoved = !queues.has(name)
      if (isRemoved) return removed.keep(name, [...ready, ...deferred], queue.whyWaiting())
      for (const notification of ready) offer(notification)
      for (const notification of deferred) offerWithinQuota(notification)
    })
    retiring.set(queue, { name, done })
  }

  function retired(): Promise<unknown> {
    return Promise.all([...retiring.values()].map(({ done }) => done))
  }

  async function close(endAt: number): Promise<Notification[]> {
    const leftMs = () => Math.max(0, endAt - steady.now())
    if (retiring.size > 0) await waitAtMost(retired(), leftMs(), clock)
    const cutOff = await Promise.all([...retiring.keys()].map((queue) => queue.close(0)))
    const closed = await closeInOrder(queues, inForce.compiled.plan.channels, leftMs)
    return [...cutOff, ...closed, removed.all()].flat()
  }

  async function idle(endAt: number): Promise<void> {
    while (retiring.size > 0) await retired()
    while (await wasBusy([...queues.values()], endAt)) if (steady.now() >= endAt) return
  }

  return {
    fallbacks,
    deliver: (due) => deliver(due, { fallbacks, offer }, options),
    offer,
    replace,
    discard: () => {
      removed.clear()
      return discard(inForce.compiled.plan, queues, retiring, open)
    },
    idle: (ms) => waitAtMost(idle(steady.now() + ms), ms, clock),
    refusals: () => refusals,
    close,
    left: () => countWaiting([...queues.values(), ...retiring.keys()], removed.all()),
    whyWaiting: (name) => queues.get(name)?.whyWaiting() ?? 'the channel is no longer among the options',
    waiting() {
      const former = [...retiring].map(([queue, { name }]) => [name, queue] as const)
      return waitingOf([...queues, ...former], removed.all())
    },
  }
}

function deliver(
  due: readonly NotifyEffect[],
  { fallbacks, offer }: Pick<Channels, 'fallbacks' | 'offer'>,
  { state, fleet }: ChannelsOptions,
): void {
  // From a former process, if its alerts were that one's.
  const takeOver = (notification: Notification) => state?.takeOver(notification) ?? notification
  const own = due.flatMap(({ notification, fallBack }) => (fallBack ? [] : [takeOver(notification)]))
  if (own.length > 0) state?.saveUnsent(own)
  const offerAll = () => {
    for (const notification of own) offer(notification)
  }
  if (fleet.whenSaved === undefined) offerAll()
  else if (own.length > 0) void fleet.whenSaved(offerAll)
  for (const { notification, fallBack } of due) if (fallBack) fallbacks.beyondQuota(takeOver(notification))
}

/** Opens all channels anew, and drops what the former queues had. */
async function discard(
  { channels }: Plan,
  queues: ReadonlyMap<string, ChannelQueue>,
  retiring: Map<ChannelQueue, { readonly name: string; readonly done: Promise<void> }>,
  open: (channel: ChannelPlan) => void,
): Promise<void> {
  for (const channel of channels) {
    const queue = queues.get(channel.name)
    open(channel)
    if (queue === undefined) continue
    const done = queue.retire().then(() => void retiring.delete(queue))
    retiring.set(queue, { name: channel.name, done })
  }
  await Promise.all([...retiring.values()].map(({ done }) => done))
}

/** A notification whose channel the options no longer have. */
function failRemoved({ reporting, state, clock }: QueuePorts, notification: Notification): void {
  const { events, counters } = reporting
  const { channel, id } = notification
  const why = 'the channel is no longer among the options'
  const about = alertNamesOf(notification)
  const at = clock.now()
  events.emit({ type: 'failed', channel, notification: id, why, reason: 'closed', about, at })
  counters.countRecords(channel, 'failed', recordsOf(notification))
  state?.removeUnsent(notification)
}

/** Closes all queues at once; each stays open for what falls back on it until those channels are closed. */
function closeInOrder(
  queues: ReadonlyMap<string, ChannelQueue>,
  plans: readonly ChannelPlan[],
  leftMs: () => number,
): Promise<Notification[][]> {
  const closing = new Map<string, Promise<Notification[]>>()

  function close(name: string): Promise<Notification[]> {
    const known = closing.get(name)
    if (known !== undefined) return known
    const others = plans.filter(({ fallback }) => fallback === name)
    const before = Promise.all(others.map((other) => close(other.name)))
    const closed = queues.get(name)!.close(leftMs(), before)
    closing.set(name, closed)
    return closed
  }

  return Promise.all([...queues.keys()].map(close))
}

/** What failed while one queue was waited for may have fallen back to another one. */
async function wasBusy(queues: readonly ChannelQueue[], endAt: number): Promise<boolean> {
  const waits = await Promise.all(queues.map((queue) => queue.idle(endAt)))
  return waits.includes(true)
}

function countWaiting(queues: readonly ChannelQueue[], kept: readonly Notification[]): number {
  return queues.reduce((sum, queue) => sum + queue.waiting(), kept.length)
}

function waitingOf(
  queues: readonly (readonly [name: string, queue: ChannelQueue])[],
  kept: readonly Notification[],
): ReadonlyMap<string, Waiting> {
  const all = new Map<string, Waiting>()
  for (const [name, queue] of queues) {
    const { waiting = 0, oldestWaitingMs = 0, records = 0 } = all.get(name) ?? {}
    all.set(name, {
      waiting: waiting + queue.waiting(),
      records: records + queue.records(),
      oldestWaitingMs: Math.max(oldestWaitingMs, queue.oldestMs()),
    })
  }
  for (const notification of kept) {
    const { waiting = 0, oldestWaitingMs = 0, records = 0 } = all.get(notification.channel) ?? {}
    const more = { waiting: waiting + 1, records: records + recordsOf(notification) }
    all.set(notification.channel, { ...more, oldestWaitingMs })
  }
  return all
}

/** Two plans of a channel with equal signs send equally. */
function signOf({ definition: _, match: __, ...channel }: ChannelPlan, { content }: Plan): string {
  return JSON.stringify([channel, content])
}
