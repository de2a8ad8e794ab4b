// The commands that answer alerts, asked through the Redis that the processes of a service share.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFleet, until } from '../fleet/redis-rig.ts'
import { type RedisServer, startRedis, whyNoRedis } from '../fleet/redis-server.ts'
import { run } from './run-command.ts'

async function aServer(): Promise<RedisServer> {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return server
}

/** The address for a user with the rights that the documentation lists, and no others. */
async function withDocumentedRights(server: RedisServer): Promise<string> {
  const page = readFileSync(new URL('../../../docs/fleet.md', import.meta.url), 'utf8')
  const [, rights = ''] = /^ACL SETUSER alerts on >password (.+)$/m.exec(page) ?? []
  await server.admin().call('ACL', 'SETUSER', 'alerts', 'on', '>s3cret-word', ...rights.split(' '))
  return server.url.replace('//', '//alerts:s3cret-word@')
}

function aConfig(options: object): string {
  const directory = mkdtempSync(join(tmpdir(), 'alert-answer-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'alerts.json')
  writeFileSync(file, JSON.stringify(options))
  return file
}

describe.skipIf(whyNoRedis !== '')(`commands that ask a fleet in Redis${whyNoRedis}`, () => {
  it('show and answer what fires in all of its processes', async () => {
    const server = await aServer()
    const url = await withDocumentedRights(server)
    const fleet = createFleet({ url }, { env: 'prod' })
    const [speaker, follower, third] = await fleet.startAll(3)
    follower!.log('disk is full', { hostname: 'web-2' })
    await until(() => speaker!.hub.status().alerts.length === 1)
    const { shortId } = speaker!.hub.status().alerts[0]!
    const config = aConfig({ service: 'orders', env: 'prod', state: { redis: url } })
    const byName = ['--redis', url, '--fleet', 'orders/prod']

    expect(await run('status', '--config', config)).toContain('orders prod: 1 alert fires')
    expect(await run('status', ...byName)).toContain('disk is full')
    expect(await run('ack', shortId, '--by', 'ann', ...byName)).toBe(
      `${shortId} (disk is full) is acknowledged by ann.\n`,
    )
    expect(speaker!.hub.status().alerts).toMatchObject([{ acknowledged: { by: 'ann' } }])
    expect(await run('silence', shortId, '2h', '--config', config)).toContain('is silenced for 2h')
    await until(() => third!.hub.status().silences.length === 1)
    expect(await run('silences', ...byName)).toContain(shortId)
    expect(await run('unsilence', shortId, ...byName)).toContain('is ended')
    await until(() => third!.hub.status().silences.length === 0)
    await expect(run('ack', 'ffffff', ...byName)).rejects.toThrow(`Of those that fire: ${shortId}.`)
  })

  it('say for which fleet no process notifies, and how to name it', async () => {
    const server = await aServer()
    await expect(run('status', '--redis', server.url)).rejects.toThrow('--redis needs the service')
    await expect(run('status', '--redis', server.url, '--fleet', 'orders')).rejects.toThrow(
      "no process of the fleet 'orders' notifies",
    )
    await expect(run('status', '--redis', server.url, '--url', 'https://a.example.com')).rejects.toThrow(
      'give one of',
    )
    await expect(run('status', '--redis', 'localhost:6379', '--fleet', 'orders')).rejects.toThrow(
      'the address of Redis must be like redis://host:6379',
    )
    await expect(run('status', '--redis', `${server.url}/abc`, '--fleet', 'orders')).rejects.toThrow(
      'the address of Redis may hold after the host only the number of the database',
    )
    await server.stop()
    await expect(run('status', '--redis', server.url, '--fleet', 'orders')).rejects.toThrow('ECONNREFUSED')
  })

  it('are answered by the process that notifies, whichever process is asked from code', async () => {
    const fleet = createFleet(await aServer(), {
      control: { url: 'https://alerts.example.com', secret: 'no more than an example of a secret' },
    })
    const [speaker, follower] = await fleet.startAll(2)
    speaker!.log('disk is full')
    const { id } = speaker!.hub.status().alerts[0]!
    expect(follower!.hub.status().alerts).toEqual([])
    follower!.hub.acknowledge(id, { by: 'bob' })
    await until(() => speaker!.hub.status().alerts[0]?.acknowledged?.by === 'bob')
  })

  it('hold no text of a record in Redis with sample: false', async () => {
    const server = await aServer()
    const fleet = createFleet(server, { state: { redis: { url: server.url, sample: false } } })
    const [speaker] = await fleet.startAll(2)
    speaker!.log('disk of customer 4711 is full')
    await until(() => speaker!.hub.status().alerts.length === 1)
    const shown = await run('status', '--redis', server.url, '--fleet', 'orders', '--json')
    expect(JSON.parse(shown).alerts).toMatchObject([{ headline: 'error', count: 1 }])
    expect(shown).not.toContain('4711')
  })

  it('carry out nothing that was asked while no process could', async () => {
    const server = await aServer()
    const admin = server.admin()
    const asked = Date.now() - 60_000
    const question = { request: 'silence', given: { match: { rule: 'error' }, for: '1h' } }
    const json = { v: 1, m: 'x', p: '', o: '', q: { id: 'x', withinMs: 10_000, question } }
    await admin.xadd('alert:{orders}:v1:in', `${asked}-0`, 'd', JSON.stringify(json))
    const [speaker] = await createFleet(server).startAll(1)
    await until(async () => (await admin.xlen('alert:{orders}:v1:in')) === 0)
    expect(speaker!.hub.status().silences).toEqual([])
  })
})
