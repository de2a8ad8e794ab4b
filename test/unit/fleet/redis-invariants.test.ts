// What must hold of every message of a fleet in Redis, as it must of one process: whole hubs, on random
// schedules of records, ends and silences in any process, and of processes that start, end and are stopped.
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Severity, severityRank } from '#core/model.ts'
import type { AlertOptions } from '#core/options.ts'
import { isSoak } from '../../soak.ts'
import { createHubWorld, type HubProcess, type HubWorld, log, logEnd, type Sent } from './redis-hubs.ts'

const second = 1_000
const minute = 60 * second
const repeatMs = { prompt: minute, chat: 2 * minute }
const channel = { type: 'console', sendResolved: true } as const

const options = {
  channels: {
    prompt: { ...channel, wait: 0, interval: 0, repeat: '1m', repeatMax: '1m' },
    chat: { ...channel, wait: '5s', interval: '10s', repeat: '2m', repeatMax: '2m' },
  },
} satisfies AlertOptions

type Step = { readonly afterMs: number; readonly who: number } & (
  | { readonly does: 'log'; readonly key: string; readonly severity: Severity }
  | { readonly does: 'end'; readonly key: string }
  | { readonly does: 'silence'; readonly key: string }
  | { readonly does: 'start' | 'stop' | 'continue' | 'close' | 'reload' | 'lose answer' }
)

const wanted = process.env['ALERT_SOAK_RUNS']
const runs = Number(wanted ?? (isSoak ? 100 : 3))
const bounds = {
  numRuns: runs,
  ...(wanted === undefined && { interruptAfterTimeLimit: 20_000 }),
  markInterruptAsFailure: false,
}

const spans = [0, 0, 1, 15, 300, 1_100, 5_000, 7_000, 20_000, 70_000]
const keys = ['disk is full', 'no answer from the gateway', 'ledger differs'] as const
const key = fc.constantFrom(...keys)
const severity = fc.constantFrom<Severity>('warning', 'error', 'error', 'critical')
const when = { afterMs: fc.constantFrom(...spans), who: fc.nat(7) }
const one = <Does extends Step['does']>(...does: Does[]) => fc.constantFrom(...does)

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ ...when, does: one('log'), key, severity }) },
    { weight: 1, arbitrary: fc.record({ ...when, does: one('end'), key }) },
    { weight: 1, arbitrary: fc.record({ ...when, does: one('silence'), key }) },
    {
      weight: 8,
      arbitrary: fc.record({
        ...when,
        does: one('start', 'stop', 'continue', 'close', 'reload', 'lose answer'),
      }),
    },
  ),
  { minLength: 5, maxLength: 30 },
)

interface Silenced {
  readonly key: string
  readonly from: number
  readonly until: number
}

interface Outcome extends Pick<HubWorld, 'sent' | 'redis' | 'suppressed'> {
  readonly logged: ReadonlyMap<string, number>
  readonly silenced: readonly Silenced[]
  readonly silencedKeys: ReadonlySet<string>
  /** When processes were stopped. */
  readonly stops: readonly Pick<Sent, 'at' | 'by'>[]
}

async function outcome(schedule: readonly Step[], seed: number): Promise<Outcome> {
  const world = createHubWorld(options, seed)
  const logged = new Map<string, number>()
  const silenced: Silenced[] = []
  const silencedKeys = new Set<string>()
  const stops: Pick<Sent, 'at' | 'by'>[] = []

  async function silence(process: HubProcess, key: string): Promise<void> {
    const until = world.now() + minute
    silencedKeys.add(key)
    process.hub.silence({ match: { k: key }, for: '1m' })
    await world.clock.advance(3 * second)
    const hubs = world.running().map((one) => one.hub)
    // One that is stopped may have made it, or still be the one that notifies.
    const isKnown =
      hubs.some((hub) => hub.stats().fleet?.role === 'speaker') &&
      hubs.every((hub) => JSON.stringify(hub.status().silences).includes(JSON.stringify(key)))
    if (isKnown) silenced.push({ key, from: world.now(), until })
  }

  async function take(step: Step, process: HubProcess, any: HubProcess): Promise<void> {
    const at = world.now()
    if (step.does === 'log') {
      logged.set(step.key, (logged.get(step.key) ?? 0) + 1)
      log(process.hub, at, step.key, step.severity)
    } else if (step.does === 'end') logEnd(process.hub, at, step.key)
    else if (step.does === 'silence') await silence(process, step.key)
    else if (step.does === 'start') world.start()
    else if (step.does === 'lose answer') world.redis.loseAnswer()
    else if (step.does === 'close') void process.close()
    else if (step.does === 'reload') process.reload()
    // Also in the middle of its end.
    else if (step.does === 'stop') {
      stops.push({ at, by: `p${world.processes().indexOf(any) + 1}` })
      any.stop()
    } else any.cont()
  }

  for (let n = 0; n < 3; n++) world.start()
  await world.clock.advance(5 * second)
  for (const step of schedule) {
    await world.clock.advance(step.afterMs)
    const all = world.processes()
    const running = world.running()
    if (running.length === 0) world.start()
    else await take(step, running[step.who % running.length]!, all[step.who % all.length]!)
  }
  await end(world)
  const { sent, redis, suppressed } = world
  return { sent, redis, suppressed, logged, silenced, silencedKeys, stops }
}

/** All continue, reminders and ends become due, and all end; a last process finds what is left. */
async function end(world: HubWorld): Promise<void> {
  const settle = async (ms: number) => {
    for (const one of world.processes()) one.cont()
    await world.clock.advance(ms)
  }
  await settle(10 * minute)
  for (const one of world.running()) {
    const closed = one.close()
    await settle(10 * second)
    await closed
  }
  const last = world.start()
  await settle(10 * minute)
  const closed = last.close()
  await settle(10 * second)
  await closed
}

function by(sent: readonly Sent[]): Sent[][] {
  const groups = new Map<string, Sent[]>()
  for (const one of sent) {
    const name = `${one.channel} ${one.key}`
    groups.set(name, [...(groups.get(name) ?? []), one])
  }
  return [...groups.values()]
}

/** Moments are those of acceptance: the calls of Redis lie between a decision and its message. */
const callsMs = 50

const isAtOnce = (sent: Pick<Sent, 'at'>, stop: Pick<Sent, 'at'>) =>
  stop.at >= sent.at && stop.at <= sent.at + callsMs

function problemsOf({ sent, logged, silenced, silencedKeys, redis, suppressed, stops }: Outcome): string[] {
  const problems = [...redis.violations]
  const must = (holds: boolean, what: string) => void (holds || problems.push(what))
  for (const group of by(sent)) {
    const name = group[0]!.channel as keyof typeof repeatMs
    const news = group.filter(({ reason }) => reason !== 'resolved')
    for (const [index, { at, severity, key }] of news.entries()) {
      const before = news[index - 1]
      const isWorse = before !== undefined && severityRank(severity) > severityRank(before.severity)
      if (before === undefined || isWorse) continue
      must(at - before.at >= repeatMs[name] - callsMs, `1: ${key} on ${name} again at ${before.at} and ${at}`)
    }
    let isOpen = false
    for (const { reason, key, at } of group) {
      if (reason === 'resolved') must(isOpen, `2: an end of ${key} on ${name} at ${at} without a start`)
      isOpen = reason !== 'resolved'
    }
  }
  for (const { key, from, until } of silenced) {
    const isLoud = ({ at, reason }: Sent) =>
      at >= from && at < until && reason !== 'resolved' && reason !== 'escalated'
    const loud = sent.filter((one) => one.key === key && isLoud(one))
    must(loud.length === 0, `3: ${key} was sent at ${loud[0]?.at}, silenced from ${from} to ${until}`)
  }
  for (const [key, count] of logged) {
    for (const name of Object.keys(repeatMs)) {
      const of = sent.filter((one) => one.key === key && one.channel === name)
      must(of.length > 0 || suppressed.has(`${name} ${key}`), `4: ${name} was not notified of ${key}`)
      const added = of.reduce((sum, one) => sum + one.added, 0)
      // Accepted, but its process was stopped before it could write that: it may be sent again with more.
      const unnoted = of.filter((one) => stops.some((stop) => stop.by === one.by && isAtOnce(one, stop)))
      const most = unnoted.reduce((sum, one) => sum + one.added, count)
      // After a silence, people are notified of what it suppressed only if it occurs again.
      const isWrong = added > most || (added < count && !silencedKeys.has(key))
      must(!isWrong, `5: ${name} was notified of ${added} of ${count} of ${key}`)
    }
  }
  return problems
}

/** What writes messages is loaded with the first one, in its own time. */
beforeAll(async () => {
  const world = createHubWorld(options)
  const hub = world.startAlone()
  log(hub, 0, 'disk is full', 'error')
  while (world.sent.length < 2) {
    await new Promise(setImmediate)
    await world.clock.advance(second)
  }
  await hub.close()
})

describe('hubs that share a Redis', () => {
  it('keep what one process promises, though they are stopped and ended', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (schedule, seed) => {
        expect(problemsOf(await outcome(schedule, seed))).toEqual([])
      }),
      bounds,
    )
  })

  it('count all that one submitted which takes over, though the first of it is critical', async () => {
    const world = createHubWorld(options)
    const first = world.start()
    await world.clock.advance(5 * second)
    first.stop()
    const { hub } = world.start()
    for (const severity of ['critical', 'error'] as const) log(hub, world.now(), 'disk is full', severity)
    await world.clock.advance(second)
    log(hub, world.now(), 'ledger differs', 'error')
    await world.clock.advance(10 * second)
    const added = (key: string) =>
      world.sent.reduce((sum, one) => sum + (one.channel === 'chat' && one.key === key ? one.added : 0), 0)
    expect([added('disk is full'), added('ledger differs')]).toEqual([2, 1])
  })

  it.each(['closed', 'stopped'] as const)('send what waits at its time if the first is %s', async (how) => {
    const world = createHubWorld(options)
    const first = world.start()
    await world.clock.advance(5 * second)
    world.start()
    await world.clock.advance(5 * second)
    log(first.hub, world.now(), 'disk is full', 'error')
    await world.clock.advance(2 * second)
    if (how === 'closed') void first.close()
    else first.stop()
    // Nothing is logged any more.
    await world.clock.advance(20 * second)
    expect(world.sent.filter((one) => one.channel === 'chat').map((one) => one.key)).toEqual(['disk is full'])
  })

  it('count all that one submitted at once, though the one that notifies is killed right after', async () => {
    const world = createHubWorld({ channels: { chat: options.channels.chat } })
    const first = world.start()
    await world.clock.advance(5 * second)
    log(first.hub, world.now(), 'ledger differs', 'error')
    await world.clock.advance(20 * second)
    const { hub } = world.start()
    for (const [key, severity] of [
      ['disk is full', 'critical'],
      ['ledger differs', 'error'],
    ] as const)
      log(hub, world.now(), key, severity)
    await world.clock.advance(500)
    // Killed: it is never continued.
    first.stop()
    await world.clock.advance(minute)
    log(hub, world.now(), 'ledger differs', 'error')
    await world.clock.advance(2 * minute)
    const added = (key: string) => world.sent.reduce((sum, one) => sum + (one.key === key ? one.added : 0), 0)
    expect([added('disk is full'), added('ledger differs')]).toEqual([1, 3])
  })

  it.each([
    ['notifies, and ends', 0, { isLeaving: true }],
    ['submits, and ends', 1, { isLeaving: true }],
    ['has logged nothing', 2, {}],
  ] as const)('send nothing early though one flushes that %s', async (_, index, how) => {
    const world = createHubWorld({ channels: { chat: options.channels.chat } })
    for (let n = 0; n < 3; n++) {
      world.start()
      await world.clock.advance(5 * second)
    }
    const hubs = world.processes().map(({ hub }) => hub)
    for (const hub of hubs.slice(0, 2)) log(hub, world.now(), 'disk is full', 'error')
    await world.clock.advance(second)
    const flushed = hubs[index]!.flush(how)
    await world.clock.advance(second)
    expect(await flushed).toEqual({ delivered: true, pending: 0 })
    expect(world.sent).toEqual([])
    await world.clock.advance(5 * second)
    expect(world.sent).toMatchObject([{ key: 'disk is full', added: 2 }])
  })

  it.each([0, 1])('count all of process %i that is gone right after its last flush', async (index) => {
    const world = createHubWorld({ channels: { chat: options.channels.chat } })
    for (let n = 0; n < 3; n++) {
      world.start()
      await world.clock.advance(5 * second)
    }
    const one = world.processes()[index]!
    for (let n = 0; n < 4; n++) {
      log(one.hub, world.now(), 'disk is full', 'error')
      await world.clock.advance(n < 3 ? 20 * second : 1)
    }
    let isOver = false
    void one.hub.flush({ isLeaving: true }).then(() => {
      isOver = true
    })
    while (!isOver) await world.clock.advance(1)
    one.stop()
    await world.clock.advance(5 * minute)
    expect(world.sent.reduce((sum, { added }) => sum + added, 0)).toBe(4)
  })

  it('send at the last signal all that others submitted just before they ended', async () => {
    // The one that notifies hears of an end once a second, and reads what was submitted every 100 ms.
    for (let offset = 0; offset < 100; offset += 7) {
      const world = createHubWorld({ channels: { chat: options.channels.chat } })
      const first = world.start()
      await world.clock.advance(5 * second)
      const { hub, close } = world.start()
      await world.clock.advance(5 * second + offset)
      for (const one of [first.hub, hub, hub]) log(one, world.now(), 'disk is full', 'error')
      void close()
      while (first.hub.stats().fleet?.processes !== 1) await world.clock.advance(1)
      void first.hub.flush({ isLeaving: true }).then(first.close)
      await world.clock.advance(5 * second)
      expect(world.sent, `${offset} ms later`).toMatchObject([{ key: 'disk is full', added: 3 }])
    }
  })

  it.each(['speaker', 'follower'])('have no lease of a %s any more once its close resolves', async (role) => {
    const world = createHubWorld(options)
    const first = world.start()
    await world.clock.advance(5 * second)
    const { hub } = role === 'speaker' ? first : world.start()
    await world.clock.advance(5 * second)
    expect(hub.stats().fleet?.role).toBe(role)
    if (role === 'follower') void first.close()
    let isOver = false
    void hub.close().then(() => {
      isOver = true
    })
    while (!isOver) await world.clock.advance(1)
    expect(world.redis.leaseId()).toBeUndefined()
  })

  it('know a silence that one makes, or ends, before it takes part', async () => {
    const world = createHubWorld(options)
    const first = world.start()
    await world.clock.advance(5 * second)
    const silence = { match: { k: 'disk is full' }, for: '1h' } as const
    const known = () => world.processes().map(({ hub }) => hub.status().silences.length)
    const { hub } = world.start()
    hub.silence(silence)
    hub.unsilence(hub.silence(silence))
    await world.clock.advance(5 * second)
    expect(known()).toEqual([1, 1])
    first.stop()
    await world.clock.advance(20 * second)
    expect(hub.stats().fleet?.role).toBe('speaker')
    expect(known()).toEqual([1, 1])
  })

  describe.each(['refuses', 'hangs'] as const)('if Redis %s', (how) => {
    /** The first one raises it, and the second one logs its end while both are alone. */
    async function endedAlone(after: (first: HubProcess, second: HubProcess) => void) {
      const world = createHubWorld(options)
      const first = world.start()
      await world.clock.advance(5 * second)
      const other = world.start()
      await world.clock.advance(5 * second)
      log(first.hub, world.now(), 'disk is full', 'error')
      await world.clock.advance(20 * second)
      world.redis.go(how)
      await world.clock.advance(5 * second)
      logEnd(other.hub, world.now(), 'disk is full')
      await world.clock.advance(2 * second)
      after(first, other)
      await world.clock.advance(5 * second)
      expect(world.processes().map(({ hub }) => hub.stats().fleet?.role)).toEqual(['alone', 'alone'])
      world.redis.come()
      await world.clock.advance(20 * second)
      return {
        isFiring: first.hub.status().alerts.some(({ headline }) => headline === 'disk is full'),
        ends: world.sent.filter(({ reason }) => reason === 'resolved').map(({ channel }) => channel),
      }
    }

    it('divide the limit of a channel meanwhile, and share the whole of it afterwards', async () => {
      const limit = [{ count: 12, per: '1h' as const }]
      const world = createHubWorld({ channels: { prompt: { ...options.channels.prompt, limit } } })
      for (let n = 0; n < 3; n++) {
        world.start()
        await world.clock.advance(5 * second)
      }
      const places = ['north', 'south', 'west']
      const logKinds = async (...kinds: string[]) => {
        for (const kind of kinds) {
          for (const [n, { hub }] of world.processes().entries())
            log(hub, world.now(), `${kind} ${places[n]}`, 'critical')
          await world.clock.advance(2 * second)
        }
      }
      const sentBy = (place: string) => world.sent.filter(({ key }) => key.endsWith(place)).length
      world.redis.go(how)
      await world.clock.advance(5 * second)
      await logKinds('disk', 'memory', 'network', 'database', 'queue')
      // A third of it each, of which one says that they are alone.
      expect(places.map(sentBy)).toEqual([3, 3, 3])

      world.redis.come()
      await world.clock.advance(20 * second)
      expect(world.processes().map(({ hub }) => hub.stats().fleet?.role)).not.toContain('alone')
      await world.clock.advance(61 * minute)
      const before = world.sent.length
      await logKinds('printer', 'mail')
      expect(world.sent.length - before).toBeGreaterThan(4)
    })

    it('end afterwards what a record ended meanwhile', async () => {
      const { ends, isFiring } = await endedAlone(() => {})
      expect([isFiring, ends.sort()]).toEqual([false, ['chat', 'prompt']])
    })

    it.each([0, 1])('do not end what process %i has logged again meanwhile', async (index) => {
      const again = (...both: HubProcess[]) => log(both[index]!.hub, 40 * second, 'disk is full', 'error')
      expect(await endedAlone(again)).toEqual({ isFiring: true, ends: [] })
    })
  })

  describe('whose clocks differ', () => {
    const hour = 60 * minute

    /** The first one is stopped, and the second one continues; both log. */
    async function story(aheadMs: readonly [number, number], setMs: readonly [number, number] = [0, 0]) {
      const world = createHubWorld(options)
      const both = []
      for (const ms of aheadMs) {
        both.push(world.start({}, ms))
        await world.clock.advance(5 * second)
      }
      const logFor = async (ms: number, of: readonly HubProcess[]) => {
        for (const end = world.now() + ms; world.now() < end; ) {
          for (const { hub } of of) log(hub, world.now(), 'disk is full', 'error')
          await world.clock.advance(20 * second)
        }
      }
      await logFor(minute, both)
      for (const [n, byMs] of setMs.entries()) both[n]!.setClock(byMs)
      await logFor(3 * minute, both)
      both[0]!.stop()
      await logFor(5 * minute, [both[1]!])
      return world.sent.map(({ at, channel, reason, added }) => [
        Math.round(at / second),
        channel,
        reason,
        added,
      ])
    }

    it.each([
      [0, hour],
      [0, -hour],
      [hour, 0],
      [-hour, hour],
    ] as const)('notify as if they did not (%i ms, %i ms)', async (first, other) => {
      expect(await story([first, other])).toEqual(await story([0, 0]))
    })

    it.each([
      [0, hour],
      [0, -hour],
      [hour, 0],
      [-hour, 0],
    ] as const)('notify as if they were not set (%i ms, %i ms)', async (first, other) => {
      expect(await story([0, 0], [first, other])).toEqual(await story([0, 0]))
    })
  })

  it('send what one process would, hardly more than a second later', async () => {
    await fc.assert(
      fc.asyncProperty(traces, fc.nat(), async (trace, seed) => {
        const alone = await played(trace, 1)
        fc.pre(isClear(alone, trace))
        const together = await played(trace, 3, seed)
        expect(together.map(toLines)).toEqual(alone.map(toLines))
        const delays = together.flatMap((group, n) => group.map(({ at }, k) => at - alone[n]![k]!.at))
        for (const delay of delays) expect(delay >= 0 && delay <= latestMs).toBe(true)
      }),
      bounds,
    )
  })
})

/** What is not new is submitted once a second, and asked for ten times a second. */
const latestMs = second + 100 + callsMs

type Record = { readonly afterMs: number; readonly who: number; readonly key: string } & (
  | { readonly does: 'log'; readonly severity: Severity }
  | { readonly does: 'end' }
)

/**
 * Which of two processes logs first within a second is not kept. The odd milliseconds keep records away from
 * the very moments at which something falls due by itself.
 */
const apart = { afterMs: fc.constantFrom(2_307, 5_707, 31_107, 61_907, 133_707), who: fc.nat(2), key }

const traces: fc.Arbitrary<Record[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ ...apart, does: one('log'), severity }) },
    { weight: 1, arbitrary: fc.record({ ...apart, does: one('end') }) },
  ),
  { minLength: 3, maxLength: 25 },
)

/** What was sent, by channel and alert. */
async function played(trace: readonly Record[], size: number, seed?: number): Promise<Sent[][]> {
  const { prompt, chat } = options.channels
  const world = createHubWorld({ ...options, channels: { prompt, chat: { ...chat, interval: 0 } } }, seed)
  const hubs = size === 1 ? [world.startAlone()] : Array.from({ length: size }, () => world.start().hub)
  await world.clock.advance(5 * second)
  for (const step of trace) {
    await world.clock.advance(step.afterMs)
    const hub = hubs[step.who % size]!
    if (step.does === 'log') log(hub, world.now(), step.key, step.severity)
    else logEnd(hub, world.now(), step.key)
  }
  await world.clock.advance(20 * minute)
  const sent = by(world.sent)
  const closed = Promise.all(hubs.map((hub) => hub.close()))
  await world.clock.advance(30 * second)
  await closed
  return sent.sort(([a], [b]) => (`${a!.channel} ${a!.key}` < `${b!.channel} ${b!.key}` ? -1 : 1))
}

/** Nothing falls due by itself while a record that came before it may still be on its way. */
function isClear(sent: readonly Sent[][], trace: readonly Record[]): boolean {
  let at = 5 * second
  const moments = trace.map(({ afterMs }) => (at += afterMs))
  const due = sent.flat().map((one) => one.at)
  return due.every((one) => moments.every((moment) => one === moment || Math.abs(one - moment) > latestMs))
}

const toLines = (sent: readonly Sent[]) =>
  sent.map(({ channel, key, reason, severity, added }) => ({ channel, key, reason, severity, added }))
