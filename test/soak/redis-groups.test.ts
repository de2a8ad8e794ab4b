// Groups of Redis servers: a fleet is led to the one that has its keys.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFleet, storm, until } from '../unit/fleet/redis-rig.ts'
import { answers, freePort, type RedisServer, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'

async function aServer(...args: string[]): Promise<RedisServer> {
  const server = await startRedis(...args)
  onTestFinished(() => server.stop())
  return server
}

/** Watches a primary called mymaster. Returns its port. */
async function aSentinel(primary: RedisServer): Promise<number> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'alert-sentinel-'))
  const file = join(directory, 'sentinel.conf')
  writeFileSync(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor mymaster 127.0.0.1 ${primary.port} 1`,
      'sentinel down-after-milliseconds mymaster 1000',
      'sentinel failover-timeout mymaster 5000',
    ].join('\n'),
  )
  const child: ChildProcess = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' })
  onTestFinished(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    rmSync(directory, { recursive: true, force: true })
  })
  await until(() => answers(port))
  return port
}

const roles = ['follower', 'speaker']

describe.skipIf(whyNoRedis !== '')(`processes that share a group of Redis servers${whyNoRedis}`, () => {
  it('follow to the server of a cluster that has their keys', async () => {
    const asked = await aServer('--cluster-enabled', 'yes')
    const other = await aServer('--cluster-enabled', 'yes')
    await other.admin().call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    await asked.admin().call('CLUSTER', 'MEET', '127.0.0.1', String(other.port))
    for (const { admin } of [asked, other])
      await until(async () => String(await admin().call('CLUSTER', 'INFO')).includes('cluster_state:ok'))
    const fleet = createFleet(asked)
    await fleet.startAll(2)
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    expect(fleet.members.map(({ role }) => role()).sort()).toEqual(roles)
    expect(await other.admin().exists('alert:{orders}:v1:st')).toBe(1)
    expect(fleet.members.flatMap(({ warnings }) => warnings)).toEqual([])
  })

  it('find the primary by its sentinel, also after another one took its place', async () => {
    const primary = await aServer()
    const replica = await aServer('--repl-diskless-sync-delay', '0')
    await replica.admin().replicaof('127.0.0.1', primary.port)
    const sentinel = await aSentinel(primary)
    const isSynchronous = async () =>
      (await replica.admin().info('replication')).includes('master_link_status:up')
    await until(isSynchronous)
    const redis = { url: 'redis://mymaster', sentinels: [`127.0.0.1:${sentinel}`] }
    const fleet = createFleet(primary, { state: { redis } })
    await fleet.startAll(2)
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    await primary.kill()
    await storm(fleet, { ms: 500 })
    await until(async () => (await replica.admin().info('replication')).includes('role:master'))
    await until(() => fleet.members.every(({ role }) => roles.includes(String(role()))))
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    expect(await replica.admin().exists('alert:{orders}:v1:st')).toBe(1)
  })
})
