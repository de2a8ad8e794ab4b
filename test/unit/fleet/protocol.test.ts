import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSoak } from '../../soak.ts'
import { createWorld, critical, type Mutant, total, type World } from './world.ts'

/** What happens to one of the processes, and how long it is until then. */
interface Step {
  readonly what:
    | 'log'
    | 'notify'
    | 'start'
    | 'stop'
    | 'continue'
    | 'kill'
    | 'close'
    | 'break'
    | 'refuse'
    | 'allow'
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
const gentle = [
  'log',
  'log',
  'log',
  'notify',
  'notify',
  'start',
  'stop',
  'continue',
  'close',
  'break',
] as const
const refusing = [...gentle, 'refuse', 'allow'] as const
const wanted = process.env['ALERT_SOAK_RUNS']
const runs = Number(wanted ?? (isSoak ? 5_000 : 60))
/** A slow machine stops after so long, unless it was asked for so many; what was found until then counts. */
const bounds = {
  numRuns: runs,
  ...(wanted === undefined && { interruptAfterTimeLimit: Math.max(40_000, 8 * runs) }),
  markInterruptAsFailure: false,
}

async function play(world: World, schedule: readonly Step[]): Promise<void> {
  for (let n = 0; n < 3; n++) world.start()
  for (const { what, who, waitMs } of schedule) {
    await world.clock.advance(waitMs)
    const alive = world.alive()
    const one = alive[who % Math.max(1, alive.length)]
    if (what === 'start') world.start()
    else if (what === 'break') world.breakLink(who)
    else if (what === 'refuse' || what === 'allow') world.refuseLeases(what === 'refuse')
    else if (what === 'log') one?.log(`kind ${who % 3}`)
    else if (what === 'notify') for (const each of alive) each.notify()
    else if (what === 'stop') one?.stop()
    else if (what === 'continue') one?.cont()
    else if (what === 'kill') one?.kill()
    else if (what === 'close') void one?.close()
  }
  await end(world)
}

/** All continue, and end one after the other; a last process finds what is left. */
async function end(world: World): Promise<void> {
  world.refuseLeases(false)
  const settle = async () => {
    for (const one of world.alive()) one.cont()
    await world.clock.advance(20_000)
    for (const one of world.alive()) one.notify()
  }
  await settle()
  for (const one of world.alive()) {
    const closed = one.close()
    await world.clock.advance(10_000)
    await closed
    await settle()
  }
  const last = world.start()
  await settle()
  await settle()
  last.notify()
}

async function outcome(schedule: readonly Step[], mutant?: Mutant) {
  const world = createWorld(mutant)
  await play(world, schedule)
  return world
}

describe('processes that share a state', () => {
  it('count each record once, though processes are stopped, closed and cut off', async () => {
    await fc.assert(
      fc.asyncProperty(steps(gentle), async (schedule) => {
        const { logged, notified, violations } = await outcome(schedule)
        expect(violations).toEqual([])
        expect(Object.fromEntries(notified)).toEqual(Object.fromEntries(logged))
      }),
      bounds,
    )
  })

  it('count each record once, though at times none of them can take the lease', async () => {
    await fc.assert(
      fc.asyncProperty(steps(refusing), async (schedule) => {
        const { logged, notified, violations } = await outcome(schedule)
        expect(violations).toEqual([])
        expect(Object.fromEntries(notified)).toEqual(Object.fromEntries(logged))
      }),
      bounds,
    )
  })

  it('lose no more than the killed had not submitted, nothing critical, and count nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(steps([...gentle, 'kill']), async (schedule) => {
        const { logged, notified, violations } = await outcome(schedule)
        expect(violations).toEqual([])
        for (const [kind, count] of notified) expect(count).toBeLessThanOrEqual(logged.get(kind) ?? 0)
        expect(notified.get(critical)).toBe(logged.get(critical))
        const kills = schedule.filter(({ what }) => what === 'kill').length
        if (kills === 0) expect(total(notified)).toBe(total(logged))
      }),
      bounds,
    )
  })

  it('that could not join take part once they can, with what they counted alone', async () => {
    const world = createWorld()
    world.refuseLeases(true)
    for (let n = 0; n < 3; n++) world.start()
    const roles = () => world.alive().map(({ peer }) => peer.stats()?.role)
    const logAll = async () => {
      for (const one of world.alive()) one.log(critical)
      await world.clock.advance(2_000)
      for (const one of world.alive()) one.notify()
    }
    await logAll()
    expect(roles()).toEqual(['alone', 'alone', 'alone'])
    await world.clock.advance(120_000)
    await logAll()
    for (const one of world.alive()) one.log(critical)
    world.refuseLeases(false)
    await world.clock.advance(300_000)
    expect(roles().toSorted()).toEqual(['follower', 'follower', 'speaker'])
    await logAll()
    expect(world.notified.get(critical)).toBe(12)
    const each = (what: string) => ['p1', 'p2', 'p3'].map((id) => `${id} ${what}`)
    expect(world.said.toSorted()).toEqual([...each('alone'), ...each('together')].toSorted())
    expect(world.violations).toEqual([])
  })

  it('count once what one of them had saved for another, if both that remain are left alone', async () => {
    const world = createWorld()
    const [first, second, third] = [world.start(), world.start(), world.start()]
    await world.clock.advance(2_000)
    second.log('kind 0')
    await world.clock.advance(1)
    // Counted and saved, and the one that logged it does not hear of that.
    world.breakLink(0)
    first.notify()
    first.kill()
    world.refuseLeases(true)
    second.stop()
    await world.clock.advance(5_000)
    expect(third.peer.stats()?.role).toBe('alone')
    second.cont()
    await world.clock.advance(5_000)
    expect(second.peer.stats()?.role).toBe('alone')
    await end(world)
    expect(world.notified.get('kind 0')).toBe(1)
  })

  it('take nothing from one that notifies, though they log while they end and cannot reach it', async () => {
    const world = createWorld()
    const [first, second] = [world.start(), world.start()]
    await world.clock.advance(2_000)
    world.refuseLeases(true)
    first.log('kind 0')
    second.log('kind 0')
    await world.clock.advance(2_000)
    first.stop()
    second.log('kind 0')
    const closed = second.close()
    await world.clock.advance(1)
    second.log('kind 0')
    await world.clock.advance(10_000)
    await closed
    expect(second.peer.stats()?.role).toBe('alone')
    first.cont()
    await world.clock.advance(2_000)
    first.notify()
    expect(world.notified.get('kind 0')).toBe(4)
  })

  it('lose nothing that one submitted with a critical record, though the other is killed at once', async () => {
    const world = createWorld()
    const first = world.start()
    await world.clock.advance(2_000)
    const second = world.start()
    second.log(critical)
    second.log('kind 0')
    await world.clock.advance(100)
    expect(second.peer.stats()?.role).toBe('follower')
    first.kill()
    await end(world)
    expect(Object.fromEntries(world.notified)).toEqual({ [critical]: 1, 'kind 0': 1 })
  })

  it.each([0, 1, 2])('count once what one sends itself as it ends, if %i others remain', async (others) => {
    const world = createWorld()
    const [first, second] = [world.start(), world.start()]
    for (let n = 0; n < others; n++) world.start()
    await world.clock.advance(2_000)
    first.stop()
    second.log('kind 0')
    const closed = second.close()
    await world.clock.advance(3_000)
    await closed
    expect(world.notified.get('kind 0')).toBe(1)
    // What it submitted before waits in the link.
    first.cont()
    await end(world)
    expect(world.notified.get('kind 0')).toBe(1)
  })

  it('count once what one sends itself as it ends, though another one has ended since', async () => {
    const world = createWorld()
    const [first, second, third] = [world.start(), world.start(), world.start()]
    first.log('kind 0')
    await world.clock.advance(15_000)
    first.stop()
    for (const one of [second, third]) {
      const closed = one.close()
      await world.clock.advance(7_000)
      await closed
    }
    // It was replaced by one that is gone, after which another one took over and is gone too.
    first.cont()
    await end(world)
    expect(world.notified.get('kind 0')).toBe(1)
  })

  it('leave nothing to one that sends its last messages', async () => {
    const world = createWorld()
    const first = world.start()
    first.log(critical)
    await world.clock.advance(2_000)
    const closed = [first.close(500)]
    const second = world.start()
    await world.clock.advance(100)
    second.log(critical)
    closed.push(second.close())
    await world.clock.advance(10_000)
    await Promise.all(closed)
    expect(world.alive()).toEqual([])
    expect(world.notified.get(critical)).toBe(2)
  })

  it('leave what is to be sent to one that has just joined, though two end one after the other', async () => {
    const world = createWorld()
    const first = world.start()
    first.log('kind 0')
    await world.clock.advance(1_500)
    const second = world.start()
    await world.clock.advance(1_500)
    const third = world.start()
    await world.clock.advance(50)
    // The machine is busy.
    third.stop()
    for (const one of [first, second]) {
      void one.close()
      await world.clock.advance(100)
    }
    third.cont()
    await world.clock.advance(1_000)
    expect([first.state(), second.state(), third.state()]).toEqual(['dead', 'dead', 'running'])
    expect(world.notified.size).toBe(0)
    await end(world)
    expect(world.notified.get('kind 0')).toBe(1)
  })

  it.each([2, 3, 5])('leave nothing for the next start if %i of them end at once', async (size) => {
    const world = createWorld()
    for (let n = 0; n < size; n++) world.start()
    await world.clock.advance(2_000)
    for (const one of world.alive()) one.log(critical)
    const closed = world.alive().map((one) => one.close(100))
    await world.clock.advance(10_000)
    await Promise.all(closed)
    expect(world.notified.get(critical)).toBe(size)
  })

  it.each(['counts again', 'keeps the lease'] as const)('are seen to fail if one %s', async (mutant) => {
    const found = await fc.check(
      fc.asyncProperty(steps(gentle), async (schedule) => {
        const { logged, notified, violations } = await outcome(schedule, mutant)
        return violations.length === 0 && total(notified) === total(logged)
      }),
      { numRuns: 1_000 },
    )
    expect(found.failed).toBe(true)
  })
})
