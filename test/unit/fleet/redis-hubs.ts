// Whole hubs that share a Redis in memory, each as if it were a process of its own, under one virtual clock;
// and one hub by itself, to compare with.
import { createJournalKeeper } from '#core/fleet/redis-journal.ts'
import { createRedisPeer } from '#core/fleet/redis-peer.ts'
import { lazyParts } from '#core/hub/create-hub.ts'
import type { Hub, LazyParts } from '#core/hub/hub-types.ts'
import { openHub } from '#core/hub/open-hub.ts'
import type { Severity } from '#core/model.ts'
import { type AlertOptions, checkOptions } from '#core/options.ts'
import type { Sender } from '#core/provider/provider.ts'
import type { Clock } from '#core/time/clock.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { createRandom } from './random.ts'
import { createMemoryRedis } from './redis-in-memory.ts'
import { createStops } from './stops.ts'

const startMs = Date.UTC(2026, 0, 1)

/** One alert of a message that a provider accepted; `at` is ms since the start. */
export interface Sent {
  readonly at: number
  readonly message: string
  readonly channel: string
  readonly key: string
  readonly reason: string
  readonly severity: Severity
  readonly added: number
  /** The process that sent it. */
  readonly by: string
}

/** One of the processes. */
export interface HubProcess {
  readonly hub: Hub
  isRunning(): boolean
  stop(): void
  cont(): void
  /** Somebody sets its clock. */
  setClock(byMs: number): void
  /** With the same options. */
  reload(): void
  close(): Promise<void>
}

export type HubWorld = ReturnType<typeof createHubWorld>

export function createHubWorld(options: AlertOptions, seed?: number) {
  const clock = createVirtualClock(startMs)
  const redis = createMemoryRedis(clock)
  const sent: Sent[] = []
  /** Alerts of which a channel was not notified, with a reason: `channel key`. */
  const suppressed = new Set<string>()
  const processes: HubProcess[] = []
  const known = new Set<string>()
  /** Processes whose messages fail. */
  const failing = new Set<string>()
  const random = createRandom(seed)
  let terms = 0
  const now = () => clock.now() - startMs

  const senderOf =
    (by: string) =>
    (channel: string): Sender => ({
      async send({ id: message, cards }) {
        if (failing.has(by)) return { status: 'failed', why: 'refused' }
        for (const { id, reason, severity, data } of cards) {
          const key = String(data['latestMessage'])
          // Sent again under its id: the same message.
          if (known.has(`${message} ${id}`) || String(data['rule']).startsWith('@')) continue
          known.add(`${message} ${id}`)
          sent.push({
            at: now(),
            message,
            channel,
            key,
            reason,
            severity,
            added: Number(data['newCount']),
            by,
          })
        }
        return { status: 'delivered' }
      },
    })

  function open(by: string, own: Clock, parts: LazyParts, given: AlertOptions): Hub {
    const hub = openHub(given, checkOptions(given, {}), () => parts, {
      clock: own,
      env: {},
      warn() {},
      sender: senderOf(by),
    })
    hub.subscribe((event) => {
      if (event.type === 'suppressed') suppressed.add(`${event.channel} ${event.key}`)
    })
    return hub
  }

  /** `aheadMs`: how far its clock is ahead. */
  function start(more: AlertOptions = {}, aheadMs = 0): HubProcess {
    let ahead = aheadMs
    const id = `p${processes.length + 1}`
    const stops = createStops(clock)
    const openFleet: LazyParts['openFleet'] = (_, own, wallNow) => {
      const journal = createJournalKeeper()
      const store = redis.connect(stops.receive)
      const newTerm = () => `t${++terms}`
      const common = { id, process: id, options: '', store, journal }
      const fleet = createRedisPeer({ ...common, clock: own, wallNow, newTerm, random })
      return { fleet, journal }
    }
    const given = { ...options, ...more, state: { redis: 'redis://127.0.0.1:6379' }, process: id }
    const wall = { ...stops.clock, now: () => clock.now() + ahead, steady: clock.now }
    const hub = open(id, wall, { ...lazyParts, openFleet }, given)
    let isOver = false
    const one: HubProcess = {
      hub,
      isRunning: () => !isOver && !stops.isStopped(),
      stop: stops.stop,
      cont: stops.cont,
      setClock(byMs) {
        ahead += byMs
      },
      reload() {
        if (hub.reload(given).length > 0) throw new Error('a reload was refused')
      },
      async close() {
        isOver = true
        await hub.close(3_000)
      },
    }
    processes.push(one)
    return one
  }

  return {
    clock,
    redis,
    sent,
    failing,
    suppressed,
    now,
    processes: () => processes,
    running: () => processes.filter((one) => one.isRunning()),
    start,
    /** A process without others. */
    startAlone: () => open('alone', clock, lazyParts, options),
  }
}

export function log(hub: Hub, at: number, key: string, severity: Severity): void {
  hub.write(JSON.stringify({ level: 50, time: startMs + at, msg: key, k: key, alert: { key, severity } }))
}

export function logEnd(hub: Hub, at: number, key: string): void {
  hub.write(JSON.stringify({ level: 30, time: startMs + at, msg: key, alert: { key, resolve: true } }))
}
