import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCertificate } from '#cli/fake/certificate.ts'
import { signLink } from '#core/control/link-token.ts'
import { soakTest } from '../../soak.ts'
import { createFleet, storm, until } from './redis-rig.ts'
import { everythingIn, type RedisServer, startRedis, whyNoRedis } from './redis-server.ts'
import { startProxy } from './tcp-proxy.ts'

async function aServer(...args: string[]): Promise<RedisServer> {
  const server = await startRedis(...args)
  onTestFinished(() => server.stop())
  return server
}

function aSecretError(password: string): object {
  const message = `password authentication failed: postgres://app:${password}@db/orders`
  return { type: 'Error', message, stack: `Error: ${message}\n    at connect (db.js:1:2)` }
}

const slow = {
  hook: { type: 'webhook', url: 'https://im.example.com/x', wait: '3s', interval: 0, repeat: '1s' },
} as const

const codes = (members: readonly { readonly warnings: readonly { readonly code: string }[] }[]) =>
  members.map(({ warnings }) => warnings.map(({ code }) => code))

describe.skipIf(whyNoRedis !== '')(`processes that share a Redis${whyNoRedis}`, () => {
  it('notify of a critical record of any of them at once', async () => {
    // What is not critical would wait for an hour.
    const fleet = createFleet(await aServer(), { channels: { hook: { ...slow.hook, wait: '1h' } } })
    const [, follower] = await fleet.startAll(2)
    follower!.log('out of memory', { level: 60 })
    await until(fleet.isAllNotified)
  })

  it('leave it to one whose channels work', async () => {
    const fleet = createFleet(await aServer())
    const hook = { type: 'webhook', url: '${HOOK_URL}' } as const
    const first = await fleet.start({ channels: { hook } })
    const second = await fleet.start()
    await until(() => first.role() === 'follower' && second.role() === 'speaker')
    first.log('disk is full')
    await until(fleet.isAllNotified)
  })

  soakTest('pass the work on at an end, and the last one sends what is left', async () => {
    const fleet = createFleet(await aServer(), { channels: slow })
    const [first, second] = await fleet.startAll(2)
    first!.log('disk is full')
    await first!.hub.close()
    await until(() => second!.role() === 'speaker')
    second!.log('disk is full')
    await second!.hub.close()
    expect(fleet.isAllNotified()).toBe(true)
    expect(fleet.bodies).toHaveLength(1)
  })

  soakTest('send one digest at its time, though the one that leads ends before and after it', async () => {
    const due = new Date(Math.ceil((Date.now() + 20_000) / 60_000) * 60_000)
    const digest = { at: due.toISOString().slice(11, 16), quiet: true, only: true }
    const channels = { hook: { type: 'webhook', url: 'https://im.example.com/x', digest } } as const
    const fleet = createFleet(await aServer(), { timeZone: 'UTC', channels })
    const members = await fleet.startAll(3)
    for (const { log } of members) log('disk is full')
    for (const [index, leaving] of members.slice(0, 2).entries()) {
      await leaving.hub.close()
      const others = members.slice(index + 1)
      await until(() => others.some(({ role }) => role() === 'speaker'))
      await until(() => fleet.bodies.length > 0)
    }
    const next = await fleet.start()
    await next.hub.flush()
    await members[2]!.hub.close()
    await next.hub.close()
    expect(fleet.bodies.map(({ reason }) => reason)).toEqual(['digest'])
    expect(fleet.bodies[0]?.text).toContain('3 records in 1 alert')
  })

  soakTest('count each record once though Redis is killed for 4 s and comes back empty', async () => {
    const server = await aServer()
    const fleet = createFleet(server)
    const members = await fleet.startAll(4)
    await storm(fleet, { ms: 2_000 })
    await server.kill()
    await storm(fleet, { ms: 4_000 })
    await server.start()
    await storm(fleet, { ms: 1_000 })
    await until(() => members.every(({ role }) => role() !== 'alone'))
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    expect(members.map(({ role }) => role())).toEqual(['speaker', 'follower', 'follower', 'follower'])
    expect(codes(members)).toEqual(Array(4).fill(['ALERT_FLEET_ALONE', 'ALERT_FLEET_RECOVERED']))
  })

  soakTest('count each record once though Redis is killed for 4 s and comes back as it was', async () => {
    const server = await aServer('--appendonly', 'yes', '--appendfsync', 'always')
    const fleet = createFleet(server)
    const members = await fleet.startAll(4)
    await storm(fleet, { ms: 2_000 })
    await server.kill()
    await storm(fleet, { ms: 4_000 })
    await server.start()
    await until(() => members.every(({ role }) => role() !== 'alone'))
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
  })

  soakTest('notify for themselves while Redis does not answer, and then as one again', async () => {
    const server = await aServer()
    const fleet = createFleet(server)
    const members = await fleet.startAll(3)
    await storm(fleet, { ms: 1_000 })
    server.pause()
    await until(() => members.every(({ role }) => role() === 'alone'))
    for (const { log } of members) log('the lock is lost')
    await until(() => fleet.notified().get('the lock is lost') === 3)
    server.continue()
    await until(() => members.every(({ role }) => role() !== 'alone'))
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    expect(
      fleet.bodies.filter(({ alerts }) => alerts.some((one) => one.latestMessage === 'the lock is lost')),
    ).toHaveLength(3)
  })

  it('say while Redis is gone that they notify separately, and when they do together again', async () => {
    const server = await aServer()
    const fleet = createFleet(server)
    const members = await fleet.startAll(2)
    await server.kill()
    await until(() => members.every(({ role }) => role() === 'alone'))
    members[1]!.log('the lock is lost')
    await until(fleet.isAllNotified)
    const said = (words: string | RegExp) => fleet.texts().some((text) => text.match(words) !== null)
    await until(() => said('processes notify separately, Redis is unreachable'))
    expect(
      said(
        /Redis has not answered since .* \(ECONNREFUSED\)\. Until then you may get one alert from several/,
      ),
    ).toBe(true)
    expect(said('Process: This process only: web-2')).toBe(true)
    await server.start()
    await until(() => members.every(({ role }) => role() !== 'alone'))
    await until(() => said('processes notify together again'))
    expect(said(/Redis works again since .*, after .* s\. Counts are complete\./)).toBe(true)
  })

  soakTest(
    'that start before Redis are a fleet once it answers, with what they counted until then',
    async () => {
      const server = await aServer()
      await server.kill()
      const fleet = createFleet(server)
      const members = [await fleet.start(), await fleet.start()]
      for (const { log } of members) log('disk is full')
      await until(fleet.isAllNotified)
      expect(members.map(({ role }) => role())).toEqual(['alone', 'alone'])
      await server.start()
      await until(() => members.every(({ role }) => role() !== 'alone' && role() !== 'starting'))
      await storm(fleet, { ms: 500 })
      await until(fleet.isAllNotified)
      expect(members.map(({ role }) => role()).sort()).toEqual(['follower', 'speaker'])
      expect(codes(members)).toEqual(Array(2).fill(['ALERT_FLEET_ALONE', 'ALERT_FLEET_RECOVERED']))
    },
  )

  it('take up what Redis has lost of it', async () => {
    const server = await aServer()
    const fleet = createFleet(server)
    const members = await fleet.startAll(3)
    await storm(fleet, { ms: 1_000 })
    await server.admin().flushall()
    await storm(fleet, { ms: 2_000 })
    await until(fleet.isAllNotified)
    expect(members.map(({ role }) => role())).toEqual(['speaker', 'follower', 'follower'])
    expect(codes(members)).toEqual([[], [], []])
  })
})

describe.skipIf(whyNoRedis !== '')(`a Redis that cannot be used${whyNoRedis}`, () => {
  async function warningOf(url: string, more: object = {}): Promise<string> {
    const fleet = createFleet({ url }, { state: { redis: { url, ...more } } })
    const member = await fleet.start()
    await until(() => member.role() === 'alone')
    member.log('disk is full')
    await until(fleet.isAllNotified)
    await sleep(0)
    expect(member.warnings.map(({ code }) => code)).toEqual(['ALERT_FLEET_ALONE'])
    return member.warnings[0]!.message
  }

  it('is named by what it lacks, and alerts are sent', async () => {
    const server = await aServer()
    const admin = server.admin()
    const at = (user: string) => server.url.replace('//', `//${user}@`)
    await admin.call(
      'ACL',
      'SETUSER',
      'narrow',
      'on',
      '>s3cret-word',
      '~alert:*',
      '-@all',
      '+evalsha',
      '+eval',
      '+ping',
      '+time',
    )
    await admin.call('ACL', 'SETUSER', 'keyless', 'on', '>s3cret-word', '~other:*', '+@all')
    expect(await warningOf(at('narrow:wrong-word'))).toMatch(/user or the password/)
    expect(await warningOf(at('narrow:s3cret-word'))).toMatch(/right \+get\./)
    expect(await warningOf(at('keyless:s3cret-word'))).toMatch(/rights that docs\/fleet\.md lists/)
    expect(await warningOf(server.url.replace('redis:', 'rediss:'))).toMatch(/Redis/)
    await server.stop()
    expect(await warningOf(server.url)).toMatch(/ECONNREFUSED/)
  })

  it('is named by its certificate if that cannot be verified', async () => {
    const server = await aServer()
    const proxy = await startProxy(server.port, createCertificate(['127.0.0.1']))
    onTestFinished(() => proxy.stop())
    expect(await warningOf(`rediss://127.0.0.1:${proxy.port}`)).toMatch(/name its authority in NODE_EXTRA_CA/)
  })

  it('is named by a key of another type', async () => {
    const server = await aServer()
    await server.admin().set('alert:{orders}:v1:st', 'mine')
    expect(await warningOf(server.url)).toMatch(/something else under a key of this fleet: remove it/)
  })

  it('needs no more rights than the documentation lists', async () => {
    const server = await aServer()
    const rights =
      'evalsha eval ping time get set del pexpire hget hset hdel hgetall zadd zcard zremrangebyscore xadd xlen xrange xdel'
    await server
      .admin()
      .call(
        'ACL',
        'SETUSER',
        'least',
        'on',
        '>s3cret-word',
        '~alert:*',
        '-@all',
        ...rights.split(' ').map((right) => `+${right}`),
      )
    const url = server.url.replace('//', '//least:s3cret-word@')
    const fleet = createFleet({ url })
    const members = await fleet.startAll(2)
    await storm(fleet, { ms: 500 })
    await until(fleet.isAllNotified)
    await members[0]!.hub.close()
    await until(() => members[1]!.role() === 'speaker')
    expect(codes(members)).toEqual([[], []])
  })

  soakTest('never has a secret in any of its keys', async () => {
    const server = await aServer()
    const control = { secret: 'a secret of this test, for links' }
    const fleet = createFleet(server, { context: {}, control })
    const members = await fleet.startAll(2)
    const secrets = { password: 'hunter2hunter2', token: 'tok-4a5b6c7d8e9f' }
    const found = new Map<string, string>()
    let isOver = false
    const readAll = async () => {
      while (!isOver) for (const [key, text] of await everythingIn(server.admin())) found.set(text, key)
    }
    const reading = readAll()
    for (const { log } of members) {
      log('login failed', { ...secrets, authorization: `Bearer ${secrets.token}` })
      log(`cannot reach postgres://app:${secrets.password}@db/orders`, {
        err: aSecretError(secrets.password),
      })
    }
    await members[1]!.hub.silence({ match: { rule: 'job' }, for: '1h' })
    const token = signLink(control.secret, 'requests', Date.now() + 60_000)
    const asked = { method: 'POST', url: '/requests', host: 'localhost', address: '', token }
    for (const { hub } of members) await hub.control({ ...asked, body: '{"request":"status"}' })
    const kinds = () => new Set([...found.values()].map((key) => key.replace(/answer:.*/, 'answer')))
    await until(() => kinds().size === 7)
    await until(() => fleet.bodies.length > 0)
    isOver = true
    await reading
    expect([...kinds()].sort()).toEqual(
      ['answer', 'in', 'lease', 'm', 'sent', 'sil', 'st'].map((name) => `alert:{orders}:v1:${name}`),
    )
    const all = [...found.keys()].join('')
    expect(all).toContain('login failed')
    for (const secret of [...Object.values(secrets), control.secret]) expect(all).not.toContain(secret)
  })

  it('holds no text of a record with sample: false', async () => {
    const server = await aServer()
    const fleet = createFleet(server, { state: { redis: { url: server.url, sample: false } } })
    const members = await fleet.startAll(2)
    const alert = { summary: 'ACME has no disk left' }
    for (const { log } of members) {
      log('disk of customer 4711 is full', { customer: 'ACME Incorporated' })
      log('customer 4711 cannot log in', { alert })
    }
    await until(() => fleet.bodies.length > 0)
    const admin = server.admin()
    const lives = async () =>
      Object.keys(await admin.hgetall('alert:{orders}:v1:st'))
        .join()
        .match(/life/g)
    await until(async () => (await lives())?.length === 2)
    const all = JSON.stringify([...(await everythingIn(admin))])
    expect(all).not.toMatch(/customer 4711|ACME/)
  })
})
