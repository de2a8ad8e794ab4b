// Processes of a Redis fleet of which the one that notifies is killed, or stopped for longer than its lease.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../unit/fleet/redis-rig.ts'
import { everythingIn, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'
import { aMember, aProvider, type Body, type Member } from './fleet-processes.ts'

async function aFleet(answer?: (response: ServerResponse, body: Body) => void) {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const { url, bodies, counted, firsts } = await aProvider(answer)
  const hook = { type: 'webhook', url, wait: '1s', interval: 0, repeat: '1s', repeatMax: '1s' }
  const start = async () => {
    const member = await aMember({ service: 'orders', state: { redis: server.url }, channels: { hook } })
    await until(async () => (await member.role()) !== 'alone')
    return member
  }
  const members = [await start(), await start(), await start()] as const
  /** That a message was delivered stands in Redis too: no process has a reason to send it again. */
  const areSaved = async () =>
    ![...(await everythingIn(server.admin())).values()].some((text) => text.includes('delivery/'))
  return { members, bodies, counted, firsts, areSaved }
}

type Fleet = Awaited<ReturnType<typeof aFleet>>

const mostRuns = 3

/** Again, if the machine was too slow for Redis to answer in time: a process then notifies for itself. */
async function withFleet(
  scenario: (fleet: Fleet) => Promise<void>,
  answer?: (response: ServerResponse, body: Body) => void,
): Promise<void> {
  for (let run = 1; ; run++) {
    const fleet = await aFleet(answer)
    try {
      await scenario(fleet)
      return
    } catch (error) {
      if (run === mostRuns || !fleet.members.some(({ wasAlone }) => wasAlone())) throw error
      for (const { child } of fleet.members) child.kill('SIGKILL')
    }
  }
}

const roles = (members: readonly Member[]) => Promise.all(members.map(({ role }) => role()))

describe.skipIf(whyNoRedis !== '')(`the process that notifies for a Redis fleet${whyNoRedis}`, () => {
  it('is followed by another one when it is killed, and what the others logged is counted once', () =>
    withFleet(async ({ members, counted, firsts }) => {
      const [speaker, ...others] = members
      for (const { log } of others) for (let n = 0; n < 5; n++) await log('disk is full')
      await until(() => counted('disk is full') === 10)
      speaker.child.kill('SIGKILL')
      for (const { log } of others)
        for (const msg of ['disk is full', 'memory is full']) for (let n = 0; n < 5; n++) await log(msg)
      await until(async () => (await roles(others)).includes('speaker'))
      await until(() => counted('disk is full') >= 20 && counted('memory is full') >= 10)
      expect([counted('disk is full'), counted('memory is full')]).toEqual([20, 10])
      expect([firsts('disk is full'), firsts('memory is full')]).toEqual([1, 1])
    }))

  it('sends nothing twice when it was stopped for 7 s and continues', () =>
    withFleet(async ({ members, bodies, counted, firsts, areSaved }) => {
      const [speaker, ...others] = members
      for (const { log } of members) await log('disk is full')
      await until(() => counted('disk is full') === 3)
      await until(areSaved)
      speaker.child.kill('SIGSTOP')
      const stoppedAt = performance.now()
      for (const { log } of others) await log('memory is full')
      await until(async () => (await roles(others)).includes('speaker'))
      await until(() => counted('memory is full') === 2)
      // It is stopped for so long; nothing is waited for.
      await sleep(Math.max(0, 7_000 - (performance.now() - stoppedAt)))
      speaker.child.kill('SIGCONT')
      await until(async () => (await speaker.role()) === 'follower')
      for (const { log } of members) await log('memory is full')
      await until(() => counted('memory is full') >= 5)
      expect([counted('disk is full'), counted('memory is full')]).toEqual([3, 5])
      expect([firsts('disk is full'), firsts('memory is full')]).toEqual([1, 1])
      expect(new Set(bodies.map(({ id }) => id)).size).toBe(bodies.length)
    }))

  it('is killed in the middle of a message: that is sent again under the same id', () => {
    let kill = () => {}
    // On a slow machine there may be one about the fleet.
    const isAboutDisk = ({ alerts }: Body) =>
      alerts.some(({ latestMessage }) => latestMessage === 'disk is full')
    return withFleet(
      async ({ members, bodies, counted }) => {
        const [speaker, follower] = members
        kill = () => speaker.child.kill('SIGKILL')
        await follower.log('disk is full')
        await until(() => bodies.filter(isAboutDisk).length >= 2)
        const [first, second] = bodies.filter(isAboutDisk)
        expect(second?.id).toBe(first?.id)
        expect(counted('disk is full')).toBe(1)
      },
      (response, body) => {
        if (isAboutDisk(body)) kill()
        response.end()
      },
    )
  })

  it('loses nothing when it is stopped for 7 s in the middle of its end, nor does another one', () =>
    withFleet(async ({ members, counted }) => {
      const [speaker, follower, last] = members
      const ends = [speaker, follower]
      const exits = ends.map(({ child }) => once(child, 'exit'))
      const stoppedAt = performance.now()
      for (const { ask } of ends) void ask('logAndEnd', 'disk is full')
      await until(async () => (await last.role()) === 'speaker')
      // They are stopped for so long; nothing is waited for.
      await sleep(Math.max(0, 7_000 - (performance.now() - stoppedAt)))
      for (const { child } of ends) child.kill('SIGCONT')
      await Promise.all(exits)
      await until(() => counted('disk is full') >= 2)
      expect(counted('disk is full')).toBe(2)
    }))
})
