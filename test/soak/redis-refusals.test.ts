// What a Redis may do to the processes that share it: refuse writes for a reason of its own, split, fill up.
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFleet, storm, until } from '../unit/fleet/redis-rig.ts'
import { type RedisServer, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'

async function aServer(...args: string[]): Promise<RedisServer> {
  const server = await startRedis(...args)
  onTestFinished(() => server.stop())
  return server
}

interface Refusal {
  begin(server: RedisServer): Promise<unknown>
  end(server: RedisServer): Promise<unknown>
}

const config = (key: string, bad: string, good: string): Refusal => ({
  begin: (server) => server.admin().config('SET', key, bad),
  end: (server) => server.admin().config('SET', key, good),
})

/** It follows another server, and has what that one has: nothing. */
const replica: Refusal = {
  async begin(server) {
    const primary = await aServer()
    await server.admin().replicaof('127.0.0.1', primary.port)
  },
  end: (server) => server.admin().replicaof('NO', 'ONE'),
}

describe.skipIf(whyNoRedis !== '')(`a Redis that takes no writes${whyNoRedis}`, () => {
  it.each<[string, Refusal]>([
    ['OOM', config('maxmemory', '1', '0')],
    ['READONLY', replica],
    ['NOREPLICAS', config('min-replicas-to-write', '1', '0')],
  ])('because of %s is named by that, and each record is counted once', async (code, refusal) => {
    const server = await aServer()
    const fleet = createFleet(server)
    const members = await fleet.startAll(3)
    await storm(fleet, { ms: 1_000 })
    await refusal.begin(server)
    await until(() => members.every(({ role }) => role() === 'alone'))
    for (const { log } of members) log('the lock is lost')
    await until(() => fleet.notified().get('the lock is lost') === 3)
    for (const { warnings } of members)
      expect(warnings).toMatchObject([{ code: 'ALERT_FLEET_ALONE', message: expect.stringContaining(code) }])
    await refusal.end(server)
    await until(() => members.every(({ role }) => role() !== 'alone'))
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
  })

  it('because its cluster has no slots is named by that, and used once it has them', async () => {
    const server = await aServer('--cluster-enabled', 'yes')
    const fleet = createFleet(server)
    const members = [await fleet.start(), await fleet.start()]
    for (const { log } of members) log('the lock is lost')
    await until(fleet.isAllNotified)
    for (const { warnings } of members)
      expect(warnings).toMatchObject([
        { code: 'ALERT_FLEET_ALONE', message: expect.stringContaining('CLUSTERDOWN') },
      ])
    await server.admin().call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    await until(() => members.every(({ role }) => role() !== 'alone'))
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    expect(members.map(({ role }) => role()).sort()).toEqual(['follower', 'speaker'])
  })
})

describe.skipIf(whyNoRedis !== '')(`an inbox that is full${whyNoRedis}`, () => {
  it('delays what is submitted, and loses nothing of it', async () => {
    const server = await aServer()
    const fleet = createFleet(server)
    const members = await fleet.startAll(3)
    await storm(fleet, { ms: 500 })
    const inbox = 'alert:{orders}:v1:in'
    const filling = server.admin().multi()
    for (let n = 0; n < 3_000; n++) filling.xadd(inbox, '*', 'd', '{"v":9}')
    await filling.exec()
    expect(await server.admin().xlen(inbox)).toBeGreaterThan(2_000)
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    await until(async () => (await server.admin().xlen(inbox)) === 0)
    expect(members.map(({ role }) => role())).toEqual(['speaker', 'follower', 'follower'])
  })
})
