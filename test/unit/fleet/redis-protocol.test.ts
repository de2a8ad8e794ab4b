import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSoak } from '../../soak.ts'
import { createRedisWorld, type Mutant, type RedisWorld } from './redis-world.ts'

/** What happens to Redis, or to one of the processes, and how long it is until then. */
interface Step {
  readonly what:
    | 'log'
    | 'notify'
    | 'start'
    | 'stop'
    | 'stop an end'
    | 'continue'
    | 'close'
    | 'break'
    | 'repair'
    | 'refuse'
    | 'hang'
    | 'come'
    | 'lose answer'
  readonly who: number
  readonly waitMs: number
}

const steps = (what: readonly Step['what'][]) =>
  fc.array(
    fc.record({
      what: fc.constantFrom(...what),
      who: fc.nat(7),
      waitMs: fc.constantFrom(0, 0, 1, 2, 15, 300, 1_000, 1_500, 7_000, 15_000),
    }),
    { minLength: 5, maxLength: 40 },
  )
const calm = ['log', 'log', 'log', 'notify', 'notify'] as const
const closing = ['start', 'stop', 'stop an end', 'continue', 'close', 'lose answer'] as const
const channels = ['break', 'break', 'repair'] as const
const away = ['refuse', 'hang', 'come', 'lose answer'] as const
const wanted = process.env['ALERT_SOAK_RUNS']
const runs = Number(wanted ?? (isSoak ? 200 : 8))
/** A slow machine stops after so long, unless it was asked for so many; what was found until then counts. */
const bounds = {
  numRuns: runs,
  ...(wanted === undefined && { interruptAfterTimeLimit: 20_000 }),
  markInterruptAsFailure: false,
}

function take({ what, who }: Step, world: RedisWorld): void {
  const alive = world.alive()
  const one = alive[who % Math.max(1, alive.length)]
  if (what === 'start') world.start()
  else if (what === 'refuse') world.redis.go('refuses')
  else if (what === 'hang') world.redis.go('hangs')
  else if (what === 'come') world.redis.come()
  else if (what === 'lose answer') world.redis.loseAnswer()
  else if (what === 'log') one?.log(`kind ${who % 3}`)
  else if (what === 'notify') for (const each of alive) each.notify()
  else if (what === 'stop') one?.stop()
  else if (what === 'stop an end') alive.find((each) => each.isLeaving())?.stop()
  else if (what === 'continue') one?.cont()
  else if (what === 'break' || what === 'repair') one?.setAble(what === 'repair')
  else void one?.close()
}

async function outcome(schedule: readonly Step[], seed?: number): Promise<RedisWorld> {
  const world = createRedisWorld(undefined, seed)
  for (let n = 0; n < 3; n++) world.start()
  for (const step of schedule) {
    await world.clock.advance(step.waitMs)
    take(step, world)
  }
  await end(world)
  return world
}

/** All continue, and end one after the other; a last process finds what is left. */
async function end(world: RedisWorld): Promise<void> {
  world.redis.come()
  const settle = async (rounds = 2) => {
    for (const one of world.alive()) one.cont()
    for (let n = 0; n < rounds; n++) {
      await world.clock.advance(10_000)
      for (const one of world.alive()) one.notify()
    }
  }
  await settle(4)
  for (const one of world.alive()) {
    const closed = one.close()
    await world.clock.advance(10_000)
    await closed
    await settle()
  }
  world.start()
  await settle()
}

async function aWorld(size: number, mutant?: Mutant): Promise<RedisWorld> {
  const world = createRedisWorld(mutant)
  for (let n = 0; n < size; n++) world.start()
  await world.clock.advance(5_000)
  expect(world.roles()).toEqual(['speaker', ...Array(size - 1).fill('follower')])
  return world
}

describe('processes that share a Redis', () => {
  it('count each record once, though they are stopped and ended, and answers are lost', async () => {
    await fc.assert(
      fc.asyncProperty(steps([...calm, ...closing, ...channels]), fc.nat(), async (schedule, seed) => {
        const { logged, notified, violations } = await outcome(schedule, seed)
        expect(violations).toEqual([])
        expect(Object.fromEntries(notified())).toEqual(Object.fromEntries(logged))
      }),
      bounds,
    )
  })

  it('count each record once, though Redis goes and comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(steps([...calm, ...away]), fc.nat(), async (schedule, seed) => {
        const { logged, notified, violations } = await outcome(schedule, seed)
        expect(violations).toEqual([])
        expect(Object.fromEntries(notified())).toEqual(Object.fromEntries(logged))
      }),
      bounds,
    )
  })

  it('lose no record, though they end while Redis is gone', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps([...calm, ...away, ...closing, ...channels]),
        fc.nat(),
        async (schedule, seed) => {
          const { logged, notified, violations } = await outcome(schedule, seed)
          expect(violations).toEqual([])
          for (const [kind, count] of logged) expect(notified().get(kind)).toBeGreaterThanOrEqual(count)
        },
      ),
      bounds,
    )
  })

  it('continue what they wrote, though nothing could be written between two outages', async () => {
    const world = await aWorld(3)
    const [first] = world.processes()
    world.redis.go('hangs')
    await world.clock.advance(7_000)
    first!.log('kind 0')
    world.redis.come()
    await world.clock.advance(2)
    // It has taken the lease again, and has not written under it.
    world.redis.go('hangs')
    first!.notify()
    await world.clock.advance(15_000)
    await end(world)
    expect(world.notified().get('kind 0')).toBe(1)
  })

  it('leave the lead to the one that has it, if Redis is there for a moment only', async () => {
    const world = createRedisWorld()
    for (let n = 0; n < 3; n++) world.start()
    const [first] = world.processes()
    await world.clock.advance(15_000)
    first!.log('kind 0')
    await world.clock.advance(1_500)
    world.redis.go('refuses')
    await world.clock.advance(1_500)
    // The others call in that time, and notice nothing.
    world.redis.come()
    await world.clock.advance(300)
    world.redis.go('refuses')
    world.redis.loseAnswer()
    await world.clock.advance(1_000)
    first!.log('kind 0')
    first!.notify()
    await end(world)
    expect(world.violations).toEqual([])
    expect(world.notified().get('kind 0')).toBe(2)
  })

  it('count all that one logs which was left alone as it took over', async () => {
    const world = createRedisWorld()
    for (let n = 0; n < 3; n++) world.start()
    const [first] = world.processes()
    await world.clock.advance(3)
    // It has the lease, and cannot read the state.
    world.redis.go('hangs')
    for (let n = 0; n < 3; n++) {
      first!.log('kind 0')
      await world.clock.advance(1_100)
    }
    // Another one takes the lease meanwhile.
    first!.stop()
    world.redis.come()
    await world.clock.advance(20_000)
    first!.cont()
    await world.clock.advance(20_000)
    expect(first!.peer.stats()?.role).toBe('follower')
    for (let n = 0; n < 3; n++) {
      first!.log('kind 0')
      await world.clock.advance(2_000)
    }
    await end(world)
    expect(world.violations).toEqual([])
    expect(world.notified().get('kind 0')).toBe(6)
  })

  it('leave to the others what Redis may have taken, though it soon goes again', async () => {
    const world = await aWorld(3)
    world.redis.go('hangs')
    world.processes()[1]!.log('kind 0')
    await world.clock.advance(35_000)
    world.redis.come()
    world.redis.go('refuses')
    await world.clock.advance(38_000)
    await end(world)
    expect(world.notified().get('kind 0')).toBe(1)
  })

  it('leave nothing to a later start, however soon one ends after the other', async () => {
    const ends = fc.array(
      fc.record({ who: fc.nat(7), waitMs: fc.constantFrom(0, 0, 1, 2, 5, 20, 100, 300, 1_000) }),
      { minLength: 1, maxLength: 5 },
    )
    await fc.assert(
      fc.asyncProperty(ends, fc.nat(3_000), fc.boolean(), async (order, seed, logsLast) => {
        const world = createRedisWorld(undefined, seed)
        const left = order.map(() => world.start())
        await world.clock.advance(5_000 + seed)
        for (const one of left) one.log('kind 0')
        const closed: Promise<void>[] = []
        for (const { who, waitMs } of order) {
          const [one] = left.splice(who % left.length, 1)
          closed.push(one!.close())
          if (logsLast) one!.log('kind 1')
          await world.clock.advance(waitMs)
        }
        await world.clock.advance(10_000)
        await Promise.all(closed)
        expect(world.violations).toEqual([])
        expect(world.notified()).toEqual(world.logged)
      }),
      { ...bounds, numRuns: 4 * runs },
    )
  })

  it('submit what one of them logs while it ends', async () => {
    const world = await aWorld(2)
    const [first, second] = world.processes()
    second!.log('kind 0')
    await world.clock.advance(2_000)
    const closed = second!.close()
    await world.clock.advance(1)
    second!.log('kind 0')
    await world.clock.advance(5_000)
    await closed
    first!.notify()
    await world.clock.advance(100)
    expect(world.notified().get('kind 0')).toBe(2)
  })

  it.each([
    ['refuses', 5, 0],
    ['refuses', 5, 21],
    ['hangs', 5, 3],
    ['hangs', 15, 21],
  ] as const)(
    'lose nothing that one logs while it ends, as Redis %s (%i ms, %i ms)',
    async (how, log, go) => {
      const world = await aWorld(2)
      const [first, second] = world.processes()
      world.clock.after(log, () => first!.log('kind 0'))
      world.clock.after(go, () => world.redis.go(how))
      const closed = first!.close()
      await world.clock.advance(8_000)
      await closed
      world.redis.come()
      await world.clock.advance(20_000)
      second!.notify()
      await world.clock.advance(100)
      expect(world.logged.get('kind 0')).toBe(1)
      expect(world.notified().get('kind 0')).toBe(1)
    },
  )

  it('continue what one writes that logs again and again while it ends', async () => {
    const world = await aWorld(2)
    const [first, second] = world.processes()
    for (let ms = 0; ms < 3_000; ms += 7) world.clock.after(ms, () => first!.log('kind 0'))
    const closed = first!.close()
    await world.clock.advance(8_000)
    await closed
    expect(world.notified().size).toBe(0)
    second!.notify()
    await world.clock.advance(100)
    expect(world.notified()).toEqual(world.logged)
  })

  it.each([true, false])('are not alone because they were stopped (as one ends: %s)', async (ends) => {
    const world = await aWorld(2)
    const [first] = world.processes()
    first!.log('kind 0')
    await world.clock.advance(300)
    world.redis.loseAnswer()
    const closed = ends ? first!.close() : undefined
    await world.clock.advance(ends ? 2 : 150)
    first!.log('kind 0')
    first!.stop()
    await world.clock.advance(7_000)
    world.redis.loseAnswer()
    first!.cont()
    await world.clock.advance(50)
    expect(first!.peer.isAlone?.()).toBe(false)
    await world.clock.advance(5_000)
    await closed
    await end(world)
    expect(world.violations).toEqual([])
    expect(world.notified().get('kind 0')).toBe(2)
  })

  it.each([0, 1])('send themselves what Redis did not take before they end (process %i)', async (index) => {
    const world = await aWorld(2)
    world.redis.go('hangs')
    const one = world.processes()[index]!
    one.log('kind 0')
    const closed = one.close()
    await world.clock.advance(5_000)
    await closed
    expect(world.notified().get('kind 0')).toBe(1)
  })

  it.each([
    ['the one that notifies', 2, 0],
    ['another one', 2, 1],
    ['the last one', 1, 0],
  ])('lose nothing though %s is stopped for longer than its lease while it ends', async (_, size, index) => {
    const world = await aWorld(size)
    const one = world.processes()[index]!
    one.log('kind 0')
    const closed = one.close()
    await world.clock.advance(1)
    one.stop()
    await world.clock.advance(7_000)
    one.cont()
    await world.clock.advance(5_000)
    await closed
    for (const other of world.alive()) other.notify()
    await world.clock.advance(100)
    expect(world.notified().get('kind 0')).toBe(1)
  })

  it('count once what one submitted that takes over in the middle of its end', async () => {
    const counts = new Set<number | undefined>()
    // Half of the time for its end is over some milliseconds before or after it takes the lease.
    for (let waitMs = 1_540; waitMs < 1_640; waitMs += 5) {
      const world = await aWorld(2)
      const [first, second] = world.processes()
      first!.stop()
      second!.log('kind 0')
      await world.clock.advance(waitMs)
      const closed = second!.close()
      await world.clock.advance(5_000)
      await closed
      await end(world)
      expect(world.violations).toEqual([])
      counts.add(world.notified().get('kind 0'))
    }
    expect([...counts]).toEqual([1])
  })

  it.each([0, 1])('are not alone because one answer was lost at the start (beside %i)', async (size) => {
    const alone: number[] = []
    const late: number[] = []
    for (let atMs = 0; atMs < 12; atMs++) {
      const world = createRedisWorld()
      for (let n = 0; n < size; n++) world.start()
      await world.clock.advance(50)
      const { peer } = world.start()
      await world.clock.advance(atMs)
      world.redis.loseAnswer()
      // It may wait three seconds for one that notified before Redis was gone.
      for (let ms = 0; ms < 3_500; ms += 5) {
        await world.clock.advance(5)
        if (peer.isAlone?.()) alone.push(atMs)
      }
      if (peer.stats()?.role !== (size === 0 ? 'speaker' : 'follower')) late.push(atMs)
    }
    expect([alone, late]).toEqual([[], []])
  })

  const causes: Readonly<Record<Mutant, (world: RedisWorld) => Promise<void>>> = {
    /** It continues after another one has notified and ended. */
    async 'a renewal takes a free lease'(world) {
      const [first, second] = world.processes()
      first!.stop()
      await world.clock.advance(6_000)
      second!.log('kind 0')
      await world.clock.advance(2_000)
      const closed = second!.close()
      await world.clock.advance(2_000)
      await closed
      first!.cont()
    },
    /** What was submitted is submitted again. */
    async 'deltas are counted again'(world) {
      world.processes()[1]!.log('kind 0')
      world.redis.loseAnswer()
    },
  }

  it.each(Object.keys(causes) as Mutant[])('are seen to fail if %s, and only then', async (mutant) => {
    const isRight = async (given?: Mutant) => {
      const world = await aWorld(2, given)
      await causes[mutant](world)
      await end(world)
      return world.violations.length === 0 && world.notified().get('kind 0') === 1
    }
    expect([await isRight(), await isRight(mutant)]).toEqual([true, false])
  })
})
