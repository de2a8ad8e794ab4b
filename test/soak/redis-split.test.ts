// A Redis that is split: its replica was made a primary while some processes still reach the former one. Each
// side notifies, until one of the two follows the other again and loses what was written on it meanwhile.
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFleet, type Fleet, storm, until } from '../unit/fleet/redis-rig.ts'
import { everythingIn, type RedisServer, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'
import { startProxy } from '../unit/fleet/tcp-proxy.ts'

async function aServer(): Promise<RedisServer> {
  const server = await startRedis('--repl-diskless-sync-delay', '0')
  onTestFinished(() => server.stop())
  return server
}

async function aWay(server: RedisServer) {
  const way = await startProxy(server.port)
  onTestFinished(() => way.stop())
  return way
}

/** What the one has is what the other has, from now on. */
async function follow(replica: RedisServer, primary: RedisServer): Promise<void> {
  await replica.admin().replicaof('127.0.0.1', primary.port)
  await until(async () => (await replica.admin().info('replication')).includes('master_link_status:up'))
}

/** All that was sent is known to be, on both servers: nothing of it is sent again. */
async function isCopied(former: RedisServer): Promise<boolean> {
  const found = [...(await everythingIn(former.admin())).values()]
  return !found.some((text) => text.includes('delivery/')) && (await former.admin().wait(1, 100)) === 1
}

const speakers = ({ members }: Fleet) => members.filter(({ role }) => role() === 'speaker')

describe.skipIf(whyNoRedis !== '')(`a Redis with two primaries${whyNoRedis}`, () => {
  it.each(['former', 'new'])(
    'has one speaker on each, and no count is lost if the %s one remains',
    async (which) => {
      const former = await aServer()
      const promoted = await aServer()
      await follow(promoted, former)
      const ways = [await aWay(former), await aWay(former)] as const
      const fleet = createFleet(former)
      for (const { port } of [ways[0], ways[0], ways[1], ways[1]])
        await fleet.start({ state: { redis: `redis://127.0.0.1:${port}` } })
      await storm(fleet, { ms: 500 })
      await until(fleet.isAllNotified)
      await until(() => isCopied(former))

      await promoted.admin().replicaof('NO', 'ONE')
      ways[1].leadTo(promoted.port)
      await until(() => speakers(fleet).length === 2)
      for (const { log } of fleet.members) log('the lock is lost')
      await until(fleet.isAllNotified)
      const firsts = fleet.bodies.filter(({ alerts }) =>
        alerts.some(
          ({ latestMessage, reason }) => latestMessage === 'the lock is lost' && reason === 'first',
        ),
      )
      expect(firsts).toHaveLength(2)

      // People are notified of its last part only after one server has lost it.
      await storm(fleet, { ms: 1_000 })
      const [lost, kept] = which === 'former' ? [promoted, former] : [former, promoted]
      await follow(lost, kept)
      for (const way of ways) way.leadTo(kept.port)
      await until(() => speakers(fleet).length === 1 && fleet.members.every(({ role }) => role() !== 'alone'))
      await storm(fleet, { ms: 500 })
      await until(fleet.isAllNotified)
      const codes = fleet.members.flatMap(({ warnings }) => warnings.map(({ code }) => code))
      expect(codes.filter((code) => code === 'ALERT_FLEET_SPLIT')).toHaveLength(1)
    },
  )
})
