// What processes do as one, whatever connects them: the same cases for one process, for a directory that they
// share, for a Redis in memory and for a real one.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { inSoak, soakTest } from '../../soak.ts'
import { aDirectory } from '../hub/state-rig.ts'
import { startFakeRedis } from './fake-redis.ts'
import { createFleet, type Member, storm, until } from './redis-rig.ts'
import { startRedis, whyNoRedis } from './redis-server.ts'

type State = NonNullable<AlertOptions['state']>

interface Engine {
  readonly name: string
  readonly size: number
  /** How far the clock of each process, in turn, is ahead, in ms. */
  readonly clocks?: readonly number[]
  readonly isReal?: boolean
  state(): Promise<State>
}

async function stopped<Server extends { readonly url: string; stop(): Promise<void> }>(
  starting: Promise<Server>,
): Promise<State> {
  const server = await starting
  onTestFinished(() => server.stop())
  return { redis: server.url }
}

const solo: Engine = {
  name: 'one process',
  size: 1,
  state: async () => ({ dir: aDirectory(), fleet: false }),
}
const local: Engine = { name: 'a directory', size: 3, state: async () => ({ dir: aDirectory() }) }
const inMemory: Engine = { name: 'a Redis in memory', size: 3, state: () => stopped(startFakeRedis()) }
const real: Engine = {
  name: `a real Redis${whyNoRedis}`,
  size: 3,
  isReal: true,
  state: () => stopped(startRedis()),
}
const hourMs = 3_600_000
const apart: Engine = {
  ...real,
  name: `a real Redis, with clocks an hour fast and slow${whyNoRedis}`,
  clocks: [0, hourMs, -hourMs],
}
const engines = inSoak([solo, local, inMemory, real, apart], [local])

/** So unlike each other that none are merged. */
const letters =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega'.split(
    ' ',
  )

const to = (name: string) => ({ type: 'webhook', url: `https://im.example.com/${name}` }) as const
const atOnce = (name: string) => ({ ...to(name), wait: 0, interval: 0, sendResolved: true }) as const
const channels = { hook: atOnce('hook') }

/** The processes; `log(n, …)` logs in the nth of them. */
async function open({ size, state, clocks }: Engine, options: AlertOptions = {}) {
  const fleet = createFleet({ url: '' }, { state: await state(), channels, ...options }, clocks)
  const members = size === 1 ? [await fleet.start()] : await fleet.startAll(size)
  const member = (n: number): Member => members[n % size]!
  const items = (of?: string) =>
    fleet.bodies.filter((body) => of === undefined || body.to === of).flatMap(({ alerts }) => alerts)
  let marks = 0

  return {
    ...fleet,
    member,
    members,
    items,
    log: (n: number, msg: string, fields: object = {}) => member(n).log(msg, fields),
    /** Those of the options that fired. */
    rules: () => items().flatMap(({ rule }) => (rule === 'error' || rule === 'alert' ? [] : [rule])),
    /** All that was logged before is counted: what each process logs after it was sent. */
    async caughtUp(): Promise<void> {
      const letter = 'abcdefgh'[marks++]
      for (const one of members) {
        const mark = `mark ${letter} of ${one.name}`
        one.log(mark, { alert: { key: mark } })
      }
      await until(() =>
        [...fleet.logged.keys()].every((msg) => !msg.startsWith('mark') || fleet.notified().has(msg)),
      )
    },
    /** Another process notifies from now on. */
    async changeSpeaker(): Promise<void> {
      const former = fleet.speaker()
      if (former === undefined) return
      await former.hub.close()
      await until(() => members.some((one) => one !== former && one.role() === 'speaker'))
    },
  }
}

for (const engine of engines) {
  describe.skipIf(engine.isReal && whyNoRedis !== '')(`processes that share ${engine.name}`, () => {
    it('send one message with all counts', async () => {
      const hook = { ...channels.hook, wait: '2s', repeat: '1s' } as const
      const { log, bodies, members, isAllNotified } = await open(engine, { channels: { hook } })
      for (let n = 0; n < 15; n++) log(n, 'disk is full')
      await until(isAllNotified)
      const processes = engine.size === 1 ? {} : { processesTotal: engine.size }
      expect(bodies).toMatchObject([{ reason: 'first', alerts: [{ newCount: 15, ...processes }] }])
      expect(members.flatMap(({ warnings }) => warnings)).toEqual([])
    })

    it('sum up a storm of which none of them has enough alerts', async () => {
      const hook = { ...channels.hook, wait: '1h' } as const
      const { log, bodies, member, speaker, logged } = await open(engine, { channels: { hook } })
      // Of 24 kinds each of three processes logs sixteen.
      for (const [n, letter] of letters.entries()) {
        const msg = `cannot read the ${letter} of ${letters[(n + 7) % 24]}`
        for (let times = 0; times <= n % 3; times++) for (const next of [0, 1]) log(n + next, msg)
      }
      const known = () => (speaker() ?? member(0)).hub.status().alerts
      await until(() => known().reduce((sum, { count }) => sum + count, 0) === 96)
      // It waits for none, and takes along what does.
      log(1, 'out of memory', { level: 60 })
      await until(() => bodies.length > 0)
      expect(bodies).toMatchObject([
        { reason: 'storm', subject: expect.stringContaining('25 kinds of errors') },
      ])
      const kinds = bodies[0]!.others!
      expect(kinds.map(({ newCount }) => newCount).sort()).toEqual([
        1,
        ...Array(8).fill(2),
        ...Array(8).fill(4),
        ...Array(8).fill(6),
      ])
      expect(kinds.reduce((sum, { newCount }) => sum + newCount, 0)).toBe(
        [...logged.values()].reduce((sum, count) => sum + count, 0),
      )
    })

    it('count different values together', async () => {
      const when = { count: 6, within: '1m', distinct: 'user' } as const
      const rules = [{ name: 'logins', match: { event: 'login' }, groupBy: ['event'], when }]
      const { log, rules: fired, caughtUp } = await open(engine, { rules })
      for (let n = 0; n < 10; n++) log(n, 'login failed', { event: 'login', user: `user ${n % 5}` })
      await caughtUp()
      expect(fired()).toEqual([])
      log(5, 'login failed', { event: 'login', user: 'user 5' })
      await until(() => fired().length === 1)
    })

    it('see a row that hops, and what interrupts it', async () => {
      const when = { consecutive: 3, reset: { event: 'card ok' } } as const
      const rules = [{ name: 'cards', match: { event: 'card' }, groupBy: ['desk'], when }]
      const { log, rules: fired, caughtUp } = await open(engine, { rules })
      for (const [n, event] of ['card', 'card', 'card ok', 'card', 'card'].entries()) {
        log(n, event, { event, desk: 'main', ...(event === 'card ok' ? { level: 30 } : {}) })
        await caughtUp()
      }
      expect(fired()).toEqual([])
      log(5, 'card', { event: 'card', desk: 'main' })
      await until(() => fired().length === 1)
    })

    it('name each of them under a condition, though another one notifies when it is met', async () => {
      const when = { count: 6, within: '1m' } as const
      const rules = [{ name: 'logins', match: { event: 'login' }, groupBy: ['event'], when }]
      const { log, items, members, speaker, caughtUp, changeSpeaker } = await open(engine, { rules })
      const names = new Map<string, number>()
      const logIn = (n: number) => {
        const { name } = members[n % members.length]!
        names.set(name, (names.get(name) ?? 0) + 1)
        log(n, 'login failed', { event: 'login' })
      }
      for (const n of [0, 1, 2, 0, 1]) logIn(n)
      await caughtUp()
      const former = speaker()
      await changeSpeaker()
      logIn(members.findIndex((one) => members.length === 1 || one !== former))
      await until(() => items().some(({ rule }) => rule === 'logins'))
      const { processes = [] } = items().find(({ rule }) => rule === 'logins')!
      expect(new Map(processes.map(({ name, count }) => [name, count]))).toEqual(names)
    })

    it('obey a silence made in any of them', async () => {
      const { log, member, items, caughtUp, members } = await open(engine)
      member(1).hub.silence({ match: { event: 'deploy' }, for: '1h' } as const)
      await until(() => members.every(({ hub }) => hub.status().silences.length === 1))
      for (let n = 0; n < 3; n++) log(n, 'restarted', { event: 'deploy' })
      await caughtUp()
      expect(items().map(({ latestMessage }) => latestMessage)).not.toContain('restarted')
    })

    it('know a silence that one makes before it takes part', async () => {
      const { members, start } = await open(engine)
      if (engine === solo) await members[0]!.hub.close()
      const silence = { match: { event: 'deploy' }, for: '1h' } as const
      await start({}, (hub) => void hub.silence(silence))
      const running = engine === solo ? members.slice(1) : members
      const known = () => running.map(({ hub }) => hub.status().silences.length)
      await until(() => known().every((count) => count === 1))
    })

    it('end an alert by a record of another one', async () => {
      const rules = [{ name: 'core', match: { event: 'down' }, resolve: { event: 'up' } }]
      const { log, items } = await open(engine, { rules })
      log(1, 'core is down', { event: 'down' })
      await until(() => items().length === 1)
      log(2, 'core is up', { event: 'up', level: 30 })
      await until(() => items().some(({ rule, reason }) => rule === 'core' && reason === 'resolved'))
    })

    it('end an alert by a record that one logs before it takes part', async () => {
      const rules = [{ name: 'core', match: { event: 'down' }, resolve: { event: 'up' } }]
      const { log, items, members, start } = await open(engine, { rules })
      log(0, 'core is down', { event: 'down' })
      await until(() => items().length === 1)
      if (engine === solo) await members[0]!.hub.close()
      const up = JSON.stringify({ level: 30, time: Date.now(), msg: 'core is up', event: 'up' })
      await start({}, (hub) => hub.write(up))
      await until(() => items().some(({ rule, reason }) => rule === 'core' && reason === 'resolved'))
    })

    soakTest('keep a quota together', async () => {
      const limited = { ...atOnce('limited'), limit: [{ count: 2, per: '1h' as const }] }
      const { log, items, caughtUp } = await open(engine, { channels: { limited, hook: atOnce('hook') } })
      for (const [n, msg] of ['no disk', 'search is away', 'ledger differs', 'mailer fails'].entries()) {
        log(n, msg)
        await until(() => items('hook').some(({ latestMessage }) => latestMessage === msg))
      }
      await caughtUp()
      expect(items('limited').filter(({ rule }) => rule === 'error')).toHaveLength(2)
    })

    soakTest('send no reminder of what was acknowledged in any of them', async () => {
      const hook = { ...channels.hook, repeat: '1s', repeatMax: '1s' } as const
      const { log, member, items } = await open(engine, { channels: { hook } })
      const of = (msg: string) => items().filter(({ latestMessage }) => latestMessage === msg)
      log(1, 'no disk')
      await until(() => of('no disk').length === 1)
      member(2).hub.acknowledge(of('no disk')[0]!.id)
      await until(() =>
        member(0)
          .hub.status()
          .alerts.some(({ acknowledged }) => acknowledged !== undefined),
      )
      while (of('ledger differs').length < 3) {
        log(0, 'no disk')
        log(2, 'ledger differs')
        await sleep(100)
      }
      expect(of('no disk')).toHaveLength(1)
    })

    soakTest('miss a record only if none of them logs it', async () => {
      const rules = [
        { name: 'tick', match: { event: 'tick' }, groupBy: ['event'], when: { absent: '4s' } as const },
      ]
      const { log, rules: fired } = await open(engine, { rules })
      const began = performance.now()
      for (let n = 0; performance.now() - began < 6_000; n++) {
        log(n, 'tick', { event: 'tick', level: 30 })
        await sleep(500)
      }
      expect(fired()).toEqual([])
      await until(() => fired().length === 1)
    })

    soakTest('wait together whether it lasts', async () => {
      const rules = [{ name: 'core', match: { event: 'down' }, for: '2s', resolve: { event: 'up' } } as const]
      const { log, rules: fired, items, caughtUp } = await open(engine, { rules })
      log(0, 'core is down', { event: 'down' })
      await caughtUp()
      log(1, 'core is up', { event: 'up', level: 30 })
      await caughtUp()
      log(2, 'core is down', { event: 'down' })
      await until(() => fired().length === 1)
      expect(items().find(({ rule }) => rule === 'core')?.count).toBe(1)
    })

    soakTest('meet a spike together, of which none of them has enough records', async () => {
      const when = { spike: 3, within: '2s', atLeast: 12 } as const
      const rules = [{ name: 'logins', match: { event: 'login' }, groupBy: ['event'], when }]
      const { log, members, rules: fired, texts } = await open(engine, { rules })
      // Until it is known what is usual.
      await storm({ members }, { ms: 5_000, perSecond: 30, kinds: 1 })
      for (let n = 0; n < 10; n++) log(n % 2, 'login failed', { event: 'login' })
      await storm({ members }, { ms: 500, perSecond: 30, kinds: 1 })
      expect(fired()).toEqual([])
      // However long that took, five of each are enough at once.
      for (let n = 0; n < 15; n++) log(n, 'login failed', { event: 'login' })
      await until(() => fired().length > 0)
      expect(texts().find((text) => text.includes('login failed'))).toMatch(/Spike: \d+ in 2 s, usually 0\./)
    })

    soakTest('remember which alerts a fallback has, also after another one notifies', async () => {
      const rules = [{ name: 'core', match: { event: 'down' }, resolve: { event: 'up' } }]
      const b = { ...atOnce('b'), minSeverity: 'critical' as const }
      const fleet = await open(engine, { rules, channels: { a: { ...atOnce('a'), fallback: 'b' }, b } })
      const { log, items, answerWith, changeSpeaker } = fleet
      answerWith((name) => new Response('{"ok":true}', { status: name === 'a' ? 404 : 200 }))
      log(1, 'core is down', { event: 'down' })
      await until(() => items('b').some(({ rule }) => rule === 'core'))
      answerWith(() => new Response('{"ok":true}'))
      await changeSpeaker()
      log(2, 'core is up', { event: 'up', level: 30 })
      await until(() => items('b').some(({ rule, reason }) => rule === 'core' && reason === 'resolved'))
      expect(items('a').filter(({ rule }) => rule === 'core')).toEqual([])
    })

    soakTest('know together what is new in a release', async () => {
      const { log, items, start, caughtUp, member } = await open(engine, { release: '1.0.0' })
      log(1, 'disk is full')
      await caughtUp()
      if (engine === solo) await member(0).hub.close()
      const next = await start({ release: '1.1.0' })
      next.log('ledger differs')
      await until(() => items().some(({ latestMessage }) => latestMessage === 'ledger differs'))
      expect(items().find(({ latestMessage }) => latestMessage === 'ledger differs')).toMatchObject({
        releaseNote: { type: 'new', previous: '1.0.0' },
      })
    })
  })
}
