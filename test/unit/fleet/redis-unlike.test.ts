// Processes that are unlike the others of their Redis fleet, or submit what the fleet does not expect.
import { describe, expect, it, onTestFinished } from 'vitest'
import { startFakeRedis } from './fake-redis.ts'
import { createFleet, until } from './redis-rig.ts'
import { type RedisServer, startRedis, whyNoRedis } from './redis-server.ts'

async function aServer(): Promise<RedisServer> {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return server
}

describe.skipIf(whyNoRedis !== '')(`a process of a Redis fleet${whyNoRedis}`, () => {
  it.each([
    ['of another version', { v: 2, m: 'other', p: 'web-9', l: 1, i: [{ count: 7 }, {}] }, 16],
    [
      'with an item of another version',
      { v: 1, m: 'other', p: 'web-9', n: 1, l: 1, i: [{ unknown: true }] },
      2,
    ],
  ])('%s is named, and the others are counted', async (_, delta, lost) => {
    const server = await aServer()
    const fleet = createFleet(server)
    const [speaker, follower] = await fleet.startAll(2)
    for (const n of [1, 2])
      await server.admin().xadd('alert:{orders}:v1:in', '*', 'd', JSON.stringify({ ...delta, n }))
    await until(() => speaker!.warnings.length > 0)
    for (let n = 0; n < 5; n++) follower!.log('disk is full')
    await until(fleet.isAllNotified)
    await until(async () => (await server.admin().xlen('alert:{orders}:v1:in')) === 0)
    expect(speaker!.hub.stats().suppressed).toMatchObject({ unreadable: lost })
    expect(speaker!.warnings).toMatchObject([
      { code: 'ALERT_FLEET_DIFFERS', message: expect.stringContaining('Process web-9 submitted') },
    ])
    expect(speaker!.role()).toBe('speaker')
  })

  it('of another major version is of another fleet, whose keys stay as they are', async () => {
    const server = await aServer()
    const first = await createFleet(server).start()
    first.log('disk is full')
    await until(async () => (await server.admin().hlen('alert:{orders}:v1:st')) > 0)
    // As if it were of a version whose keys are others.
    const keys = await server.admin().keys('alert:{orders}:v1:*')
    for (const key of keys) await server.admin().copy(key, key.replace(':v1:', ':v2:'))
    const other = 'alert:{orders}:v2:lease'
    expect(await server.admin().exists(other)).toBe(1)
    await server.admin().persist(other)
    const dumps = () => Promise.all(keys.map((key) => server.admin().dump(key.replace(':v1:', ':v2:'))))
    const before = await dumps()
    const second = await createFleet(server).start({ process: 'web-2' })
    await until(() => first.hub.stats().fleet?.processes === 2)
    second.log('disk is full')
    await first.hub.close()
    // The lease of the other fleet does not keep it from taking over.
    await until(() => second.role() === 'speaker')
    expect(await dumps()).toEqual(before)
    expect([...first.warnings, ...second.warnings]).toEqual([])
  })

  it('with other rules, or the name of another one, is named once', async () => {
    const fleet = createFleet(await aServer())
    const speaker = await fleet.start()
    const others = [await fleet.start({ level: 'warn' }), await fleet.start({ process: 'web-1' })]
    for (let n = 0; n < 3; n++) {
      for (const { log } of others) log('disk is full')
      await until(fleet.isAllNotified)
    }
    expect(speaker.warnings.map(({ code }) => code)).toEqual(['ALERT_FLEET_DIFFERS', 'ALERT_FLEET_DIFFERS'])
    expect(speaker.warnings.map(({ message }) => message).sort()).toEqual([
      expect.stringMatching(/^Process web-2 has other rules/),
      expect.stringMatching(/^Two processes of the fleet are called web-1/),
    ])
    // It may share its message with what was logged.
    await until(() => fleet.texts().some((text) => text.includes('web-2 differs from the others since')))
    expect(fleet.bodies.flatMap(({ alerts }) => alerts.map(({ rule }) => rule))).toContain('@fleet')
  })
})

describe('a Redis in memory', () => {
  it.each(['5.0.14', '6.0.20'])('of the version %s is named, and alerts are sent', async (version) => {
    const server = await startFakeRedis({ version })
    onTestFinished(() => server.stop())
    const fleet = createFleet(server)
    const member = await fleet.start()
    member.log('disk is full')
    await until(fleet.isAllNotified)
    expect(member.role()).toBe('alone')
    expect(member.warnings).toMatchObject([
      { code: 'ALERT_FLEET_ALONE', message: expect.stringContaining(`Redis ${version}: Redis 6.2 or newer`) },
    ])
    expect(server.calls().has('EVAL')).toBe(false)
  })

  it.each([
    [
      'WRONGPASS invalid username-password pair',
      'Redis refuses the user or the password',
      '拒绝用户名或密码',
    ],
    [
      "NOPERM this user has no permissions to run the 'evalsha' command",
      'Redis refuses a command or a key',
      '权限不足',
    ],
    ['NOPERM No permissions to access a key', 'Redis refuses a command or a key', '权限不足'],
    [
      'WRONGTYPE Operation against a key',
      'Redis holds other data under the keys of the fleet',
      '其他数据占用',
    ],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'Redis is out of memory', '内存不足'],
    ["READONLY You can't write against a read only replica.", 'Redis is read-only', '只读'],
    ['CLUSTERDOWN The cluster is down', 'Redis cannot be used', '无法使用'],
    ['ERR DB index is out of range', 'Redis cannot be used', '无法使用'],
  ])('that answers %s is not called unreachable', async (answer, english, chinese) => {
    const server = await startFakeRedis({ refusals: { EVALSHA: answer, EVAL: answer } })
    onTestFinished(() => server.stop())
    for (const [locale, headline] of [
      ['en', `notify separately, ${english}`],
      ['zh-CN', chinese],
    ] as const) {
      const fleet = createFleet(server, { locale })
      await fleet.start()
      await until(() => fleet.bodies.length > 0)
      expect(fleet.bodies[0]!.subject).toContain(headline)
      expect(fleet.texts()[0]).not.toMatch(/unreachable|not answered|无法连接/)
    }
  })

  it.each(['web 1\n eu', 'h'.repeat(300)])('shares the counts of a process called %j', async (name) => {
    const server = await startFakeRedis()
    onTestFinished(() => server.stop())
    const fleet = createFleet(server)
    const members = [await fleet.start(), await fleet.start({ process: name })]
    for (const { log } of members) log('disk is full')
    await until(fleet.isAllNotified)
    expect(members.map(({ role }) => role())).toEqual(['speaker', 'follower'])
    expect(members.flatMap(({ warnings }) => warnings)).toEqual([])
    expect(fleet.texts().join()).toContain(name.replace(/\s+/g, ' ').slice(0, 100))
  })
})
