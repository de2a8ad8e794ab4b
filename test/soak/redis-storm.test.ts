// Ten processes that share a Redis in a storm of 8 kinds, 2 000 records a second: what people are notified of
// adds up to what was logged, whatever happens to the server meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFleet, type Fleet, storm, until } from '../unit/fleet/redis-rig.ts'
import { callsOf, type RedisServer, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'

const size = 10
const perSecond = 2_000
const kinds = 8
/** Of a whole storm; 60 000 are those of the goals. */
const stormMs = Number(process.env['ALERT_STORM_MS'] ?? 12_000)
const idleMs = 10_000
/** Of the server. After a minute what it has not confirmed is counted by its senders, perhaps twice. */
const goneMs = Number(process.env['ALERT_GONE_MS'] ?? 4_000)
const unconfirmedMs = 60_000
const channels = {
  hook: { type: 'webhook', url: 'https://im.example.com/x', wait: '1s', interval: 0, repeat: '2s' },
} as const

/** Of each kind, how many more people were notified of than there were. */
function doubledIn({ logged, notified }: Fleet): number[] {
  return [...logged].map(([msg, count]) => (notified().get(msg) ?? 0) - count)
}

async function aServer(...args: string[]): Promise<RedisServer> {
  const server = await startRedis(...args)
  onTestFinished(() => server.stop())
  return server
}

describe.skipIf(whyNoRedis !== '')(`a storm over ten processes that share a Redis${whyNoRedis}`, () => {
  it('is one first message for each kind, counted exactly, with few calls', async () => {
    const server = await aServer()
    const fleet = createFleet(server, { channels })
    await fleet.startAll(size)
    const idle = await callsOf(server.admin())
    const idleAt = performance.now()
    await sleep(idleMs)
    const before = await callsOf(server.admin())
    const stormAt = performance.now()
    const idleSeconds = (stormAt - idleAt) / 1_000
    // The one that notifies renews its lead each second.
    expect((before.scripts - idle.scripts) / idleSeconds - 1).toBeLessThan(0.6 * (size - 1))
    await storm(fleet, { ms: stormMs, perSecond, kinds })
    const after = await callsOf(server.admin())
    // A slow machine logs less in that time.
    const seconds = (performance.now() - stormAt) / 1_000
    expect((after.all - before.all) / (seconds * perSecond)).toBeLessThan(0.02)
    await until(fleet.isAllNotified)
    const firsts = fleet.bodies.flatMap(({ alerts }) => alerts).filter(({ reason }) => reason === 'first')
    expect(firsts).toHaveLength(kinds)
    expect(fleet.members.flatMap(({ warnings }) => warnings)).toEqual([])
  })

  it.each([
    ['empty', []],
    ['as it was', ['--appendonly', 'yes', '--appendfsync', 'always']],
  ])(`is counted exactly though the server is killed for ${goneMs} ms and comes back %s`, async (_, args) => {
    const server = await aServer(...args)
    const fleet = createFleet(server, { channels })
    const members = await fleet.startAll(size)
    const partMs = Math.max(4_000, (stormMs - goneMs) / 2)
    await storm(fleet, { ms: partMs, perSecond, kinds })
    await server.kill()
    await storm(fleet, { ms: goneMs, perSecond, kinds })
    await server.start()
    await storm(fleet, { ms: partMs, perSecond, kinds })
    await until(() => members.every(({ role }) => role() !== 'alone'))
    await storm(fleet, { ms: 500, perSecond, kinds })
    await until(() => doubledIn(fleet).every((more) => more >= 0))
    if (goneMs < unconfirmedMs) expect(doubledIn(fleet)).toEqual(Array(kinds).fill(0))
    // What each process submits within a second, and what the next call waits for.
    expect(Math.max(...doubledIn(fleet))).toBeLessThan((2 * perSecond) / kinds)
  })
})
