// What a Redis may withhold from a fleet: each command that it needs, each of its keys, and its name.
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFleet, until } from '../unit/fleet/redis-rig.ts'
import { type RedisServer, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'

const rights =
  'evalsha eval time get set del pexpire hget hset hdel hgetall zadd zcard zremrangebyscore xadd xlen xrange xdel'.split(
    ' ',
  )

async function aServer(): Promise<RedisServer> {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return server
}

/** A user who lacks one right. */
async function aUser(server: RedisServer, missing: string): Promise<string> {
  const granted = rights.flatMap((right) => (right === missing ? [] : [`+${right}`]))
  // Its name counts as a secret: a warning masks it.
  const name = `without-${missing}`
  await server.admin().call('ACL', 'SETUSER', name, 'on', '>s3cret-word', '~alert:*', '-@all', ...granted)
  return server.url.replace('//', `//${name}:s3cret-word@`)
}

const atOnce = 6
const mostRuns = 3

/** Of a process that logs again and again, and is to be alone all the time. */
async function warningsOf(url: string, fleetName: string, run = 1): Promise<readonly string[]> {
  const fleet = createFleet({ url }, { state: { redis: { url, fleet: fleetName } } })
  const member = await fleet.start()
  await until(() => {
    member.log('disk is full')
    return fleet.bodies.length >= 4
  })
  await until(fleet.isAllNotified)
  const warnings = member.warnings.map(({ code, message }) => `${code} ${message}`)
  // The machine was too slow for Redis.
  const isLate = warnings.some((text) => text.includes('does not answer'))
  if (isLate && run < mostRuns) return warningsOf(url, fleetName, run + 1)
  expect(member.role()).toBe('alone')
  return warnings
}

async function warningsOfAll<Case>(cases: readonly Case[], warn: (one: Case) => Promise<readonly string[]>) {
  const found: (readonly string[])[] = []
  for (let from = 0; from < cases.length; from += atOnce)
    found.push(...(await Promise.all(cases.slice(from, from + atOnce).map(warn))))
  return found
}

describe.skipIf(whyNoRedis !== '')(`a process whose Redis${whyNoRedis}`, () => {
  it('withholds any right from it says once which, and notifies for itself', async () => {
    const server = await aServer()
    const found = await warningsOfAll(rights, async (right) => warningsOf(await aUser(server, right), right))
    const cure = 'Redis refuses a command: give the user of state.redis the right'
    expect(found).toEqual(rights.map((right) => [`ALERT_FLEET_ALONE ${cure} +${right}.`]))
    const keys = await server.admin().keys('*')
    expect(keys.filter((key) => key.endsWith(':probe'))).toEqual([])
  })

  it('has something else under any of its keys says so once, and notifies for itself', async () => {
    const server = await aServer()
    const names = ['lease', 'm', 'in', 'st', 'sent', 'sil']
    const found = await warningsOfAll(names, async (name) => {
      await server.admin().lpush(`alert:{${name}}:v1:${name}`, 'mine')
      return warningsOf(server.url, name)
    })
    const warning = expect.stringMatching(/^ALERT_FLEET_ALONE .* under a key of this fleet: remove it/)
    expect(found).toEqual(names.map(() => [warning]))
  })

  it('is used by another service under the same name says so once, and the records of both are counted', async () => {
    const server = await aServer()
    const fleet = createFleet(server, { state: { redis: { url: server.url, fleet: 'shared' } } })
    const rules = [{ name: 'disks', match: { msg: 'disk is full' } }]
    const members = [await fleet.start(), await fleet.start({ service: 'billing', rules })]
    for (let n = 0; n < 3; n++) {
      for (const { log } of members) log('disk is full')
      await until(fleet.isAllNotified)
    }
    expect(members.map(({ role }) => role())).toEqual(['speaker', 'follower'])
    const fired = fleet.bodies.flatMap(({ alerts }) => alerts.filter(({ reason }) => reason === 'first'))
    expect(
      fired
        .map(({ rule }) => rule)
        .filter((rule) => rule !== '@fleet')
        .sort(),
    ).toEqual(['disks', 'error'])
    const [speaker, follower] = members.map(({ warnings }) => warnings)
    expect(speaker).toMatchObject([
      { code: 'ALERT_FLEET_DIFFERS', message: expect.stringMatching(/^Process web-2 has other rules/) },
    ])
    expect(follower).toEqual([])
  })
})
