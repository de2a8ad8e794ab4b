// Processes of a Redis fleet of which the one that notifies is killed, or stopped for longer than its lease.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../unit/fleet/redis-rig.ts'
import { everythingIn, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'

const core = pathToFileURL('packages/alert-core/dist/index.js').href
const source = `
import core from '${core}'
const hub = core.createHub(JSON.parse(process.argv[1]))
const tasks = {
  log: (msg) => hub.write(JSON.stringify({ level: 50, time: Date.now(), msg })),
  role: () => hub.stats().fleet.role,
  // Stopped as its end begins: the calls of Redis are on their way.
  logAndEnd(msg) {
    tasks.log(msg)
    void hub.close().then(() => process.exit())
    process.kill(process.pid, 'SIGSTOP')
  },
}
process.on('message', ({ task, value }) => process.send({ result: tasks[task](value) ?? null }))
process.send({ result: 'up' })
`

interface Member {
  readonly child: ChildProcess
  /** Whether it has notified for itself. */
  wasAlone(): boolean
  log(msg: string): Promise<unknown>
  /** Logs, begins to end, and is stopped. */
  logAndEnd(msg: string): void
  role(): Promise<unknown>
}

interface Body {
  readonly id: string
  readonly alerts: readonly { readonly latestMessage: string; readonly reason: string; newCount: number }[]
}

/** A webhook; `answer` may keep a message waiting. */
async function aProvider(answer: (response: ServerResponse, body: Body) => void) {
  const bodies: Body[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
      bodies.push(body)
      answer(response, body)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`, bodies }
}

async function aMember(redis: string, url: string): Promise<Member> {
  const hook = { type: 'webhook', url, wait: '1s', interval: 0, repeat: '1s', repeatMax: '1s' }
  const options = JSON.stringify({ service: 'orders', state: { redis }, channels: { hook } })
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, options], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let warnings = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    warnings += chunk
  })
  await once(child, 'message')
  const ask = async (task: string, value?: string) => {
    const answered = once(child, 'message')
    child.send({ task, value })
    return ((await answered) as [{ readonly result: unknown }])[0].result
  }
  const member = {
    child,
    wasAlone: () => warnings.includes('ALERT_FLEET_ALONE'),
    log: (msg: string) => ask('log', msg),
    logAndEnd: (value: string) => void child.send({ task: 'logAndEnd', value }),
    role: () => ask('role'),
  }
  await until(async () => ['speaker', 'follower'].includes(String(await member.role())))
  return member
}

async function aFleet(answer: (response: ServerResponse, body: Body) => void = (response) => response.end()) {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const { url, bodies } = await aProvider(answer)
  const start = () => aMember(server.url, url)
  const members = [await start(), await start(), await start()] as const
  const items = () => [...new Map(bodies.map(({ id, alerts }) => [id, alerts])).values()].flat()
  const counted = (msg: string) =>
    items().reduce((sum, one) => sum + (one.latestMessage === msg ? one.newCount : 0), 0)
  const firsts = (msg: string) =>
    items().filter(({ latestMessage, reason }) => latestMessage === msg && reason === 'first').length
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
      for (const { logAndEnd } of ends) logAndEnd('disk is full')
      await until(async () => (await last.role()) === 'speaker')
      // They are stopped for so long; nothing is waited for.
      await sleep(Math.max(0, 7_000 - (performance.now() - stoppedAt)))
      for (const { child } of ends) child.kill('SIGCONT')
      await Promise.all(exits)
      await until(() => counted('disk is full') >= 2)
      expect(counted('disk is full')).toBe(2)
    }))
})
