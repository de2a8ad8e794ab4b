// A process whose channels do not work leaves it to another one to notify for the fleet.
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { createHubWorld, log } from './redis-hubs.ts'
import { createRedisWorld } from './redis-world.ts'

const second = 1_000
const minute = 60 * second
const timing = { wait: 0, interval: 0, repeat: '1m', repeatMax: '1m' } as const
const good: AlertOptions = { channels: { ops: { type: 'console', ...timing } } }
const missing: AlertOptions = { channels: { ops: { type: 'webhook', url: '${HOOK_URL}', ...timing } } }

async function aFleet(able: readonly boolean[], seed?: number) {
  const world = createRedisWorld(undefined, seed)
  for (const isAble of able) {
    world.start().setAble(isAble)
    await world.clock.advance(3 * second)
  }
  return world
}

describe('a process whose channels do not work', () => {
  it('leaves it to one that comes later, with all that it has counted', async () => {
    const world = await aFleet([false])
    const [first] = world.processes()
    expect(world.roles()).toEqual(['speaker'])
    first!.log('kind 0')
    world.start()
    for (let n = 0; n < 40; n++) {
      await world.clock.advance(100)
      first!.log('kind 0')
    }
    await world.clock.advance(5 * second)
    expect(world.roles()).toEqual(['follower', 'speaker'])
    for (const one of world.processes()) one.notify()
    await world.clock.advance(second)
    expect(world.violations).toEqual([])
    expect(world.notified()).toEqual(world.logged)
  })

  it('does not take over from one that is stopped while a third one can', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const world = await aFleet([true, false, true], seed)
      world.processes()[0]!.stop()
      await world.clock.advance(8 * second)
      expect(world.roles().slice(1)).toEqual(['follower', 'speaker'])
    }
  })

  it('takes over if no other one can', async () => {
    const world = await aFleet([true, false])
    world.processes()[0]!.stop()
    await world.clock.advance(12 * second)
    expect(world.roles()[1]).toBe('speaker')
  })

  it('stays if those of the others do not work either', async () => {
    const world = await aFleet([false, false, false])
    const roles = new Set<string>()
    for (let n = 0; n < 60; n++) {
      await world.clock.advance(second)
      roles.add(world.roles().join(' '))
    }
    expect([...roles]).toEqual(['speaker follower follower'])
  })

  it('is one that has no address for them', async () => {
    const world = createHubWorld(good)
    const { hub } = world.start(missing)
    await world.clock.advance(5 * second)
    world.start()
    await world.clock.advance(10 * second)
    log(hub, world.now(), 'disk is full', 'error')
    await world.clock.advance(5 * second)
    expect(world.processes().map(({ hub }) => hub.stats().fleet?.role)).toEqual(['follower', 'speaker'])
    expect(world.sent.map(({ channel, key, by }) => [channel, key, by])).toEqual([
      ['ops', 'disk is full', 'p2'],
    ])
  })

  it('is one of which every message fails, for five minutes', async () => {
    const world = createHubWorld(good)
    world.start()
    await world.clock.advance(5 * second)
    const { hub } = world.start()
    await world.clock.advance(5 * second)
    const roles = () => world.processes().map(({ hub }) => hub.stats().fleet?.role)
    world.failing.add('p1')
    log(hub, world.now(), 'disk is full', 'error')
    await world.clock.advance(5 * second)
    expect(roles()).toEqual(['follower', 'speaker'])
    log(hub, world.now(), 'memory is full', 'error')
    await world.clock.advance(5 * second)
    expect(world.sent.map(({ key, by }) => [key, by])).toEqual([['memory is full', 'p2']])

    // The second one fails too: both fail, until the first one may try again.
    world.failing.add('p2')
    log(hub, world.now(), 'mail is full', 'error')
    await world.clock.advance(5 * second)
    expect(roles()).toEqual(['follower', 'speaker'])
    world.failing.clear()
    await world.clock.advance(6 * minute)
    expect(roles()).toEqual(['speaker', 'follower'])
  })
})
