import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import {
  aDirectory,
  fatal,
  hook,
  hour,
  imageOf,
  line,
  minute,
  ok,
  openHub,
  type Post,
  second,
  start,
  started,
} from './state-rig.ts'

const day = 24 * hour
const down = () => new Response('down', { status: 503 })
const channels = { a: { ...hook('a'), wait: 0, interval: 0 } }
const reasons = (posts: ReturnType<typeof openHub>['posts']) => posts.map(({ body }) => body.reason)

/** A hub that runs on where another was killed. */
async function nextLife(options: AlertOptions, dir: string, at: number, answer = ok) {
  const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at, answer })
  await started(next)
  return next
}

describe('across a kill', () => {
  it('what could not be sent for more than seven days is counted and reported, and not sent any more', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: down })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(10 * second)
    const next = await nextLife({ channels }, dir, start + 8 * day)
    await next.clock.advance(minute)
    expect(next.events).toContainEqual(
      expect.objectContaining({ type: 'dropped', reason: 'expired', count: 1 }),
    )
    expect(next.hub.stats().suppressed).toMatchObject({ expired: 1 })
    expect(next.events).toContainEqual(
      expect.objectContaining({ type: 'error', code: 'ALERT_STATE_EXPIRED' }),
    )
    const [own, ...more] = next.posts.flatMap(({ body }) => body.alerts)
    expect(own).toMatchObject({ rule: '@state', latestMessage: expect.stringMatching(/seven days/) })
    expect(more).toEqual([])
  })

  it('what came since the last notification is in the next reminder, though its record was written once', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    for (let n = 0; n < 6; n++) {
      first.hub.write(line({ msg: 'disk is full' }))
      await first.clock.advance(2 * second)
    }
    const journal = readdirSync(dir).filter((name) => name.endsWith('.journal'))
    const lines = readFileSync(join(dir, journal[0]!), 'utf8').split('\n')
    expect(lines.filter((text) => text.includes('["alert/'))).toHaveLength(1)
    expect(lines.filter((text) => text.includes('["since/')).length).toBeGreaterThanOrEqual(5)
    const { clock, posts } = await nextLife({ channels }, dir, start + minute)
    await clock.advance(5 * minute)
    expect(posts[0]?.body).toMatchObject({ reason: 'repeat', alerts: [{ newCount: 5, count: 6 }] })
  })

  it('a silence made at run time stays in force, and can be removed by its id', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    await started(first)
    const until = new Date(start + hour).toISOString()
    const id = first.hub.silence({ match: { code: 'DISK' }, until })
    const lifted = first.hub.silence({ match: { code: 'NET' }, until })
    first.hub.unsilence(lifted)
    const { hub, clock, posts } = await nextLife({ channels }, dir, start + minute)
    hub.write(line({ msg: 'disk is full', alert: 'DISK' }))
    hub.write(line({ msg: 'net is down', alert: 'NET' }))
    await clock.advance(minute)
    expect(posts.flatMap(({ body }) => body.alerts).map(({ latestMessage }) => latestMessage)).toEqual([
      'net is down',
    ])
    expect(hub.unsilence(lifted)).toBe(false)
    expect(hub.unsilence(id)).toBe(true)
    hub.write(line({ msg: 'disk is full', alert: 'DISK' }))
    await clock.advance(minute)
    expect(posts.at(-1)?.body.alerts[0]).toMatchObject({ latestMessage: 'disk is full' })
  })

  it.each([
    ['count', { when: { count: 3, within: '1h' } }],
    ['distinct', { when: { count: 3, within: '1h', distinct: 'user' } }],
    ['consecutive', { when: { consecutive: 3, reset: { event: 'ok' } } }],
  ] as const)('what `%s` has gathered counts on, and is notified as a whole', async (_name, condition) => {
    const rules = [{ name: 'login failed', match: { event: 'login' }, groupBy: ['event'], ...condition }]
    const dir = aDirectory()
    const first = openHub({ channels, rules, state: { dir } })
    for (const user of ['ann', 'bob']) first.hub.write(line({ event: 'login', user, msg: 'failed' }))
    await first.clock.advance(5 * second)
    const { hub, clock, posts } = await nextLife({ channels, rules }, dir, start + minute)
    expect(posts).toEqual([])
    hub.write(line({ event: 'login', user: 'eve', msg: 'failed' }))
    await clock.advance(second)
    expect(posts[0]?.body.alerts).toMatchObject([{ rule: 'login failed', count: 3 }])
  })

  it('what is usual is known after a restart, and so are the records of the present window', async () => {
    const when = { spike: 2, within: '2m', atLeast: 3 } as const
    const rules = [{ name: 'login failed', match: { event: 'login' }, groupBy: ['event'], when }]
    const dir = aDirectory()
    const first = openHub({ channels, rules, state: { dir } })
    await started(first)
    await first.clock.advance(5 * minute)
    for (let n = 0; n < 2; n++) first.hub.write(line({ event: 'login', msg: 'failed' }))
    await first.clock.advance(5 * second)
    const { hub, clock, posts } = await nextLife({ channels, rules }, dir, start + 5 * minute + 10 * second)
    hub.write(line({ event: 'login', msg: 'failed' }))
    await clock.advance(second)
    expect(posts[0]?.body.alerts).toMatchObject([{ rule: 'login failed', count: 3 }])
  })

  it('what has to last is notified when it has lasted, though nothing came after the start', async () => {
    const rules = [{ name: 'core down', match: { event: 'down' }, for: '2m', resolveAfter: '10m' }] as const
    const dir = aDirectory()
    const first = openHub({ channels, rules: [...rules], state: { dir } })
    first.hub.write(line({ event: 'down', msg: 'core is down' }))
    await first.clock.advance(5 * second)
    const { clock, posts } = await nextLife({ channels, rules: [...rules] }, dir, start + minute)
    await clock.advance(50 * second)
    expect(posts).toEqual([])
    await clock.advance(15 * second)
    expect(posts[0]?.body.alerts).toMatchObject([{ rule: 'core down', count: 1 }])
  })

  it('what is missed is missed from when it was last seen, not from the start', async () => {
    const rules = [{ name: 'no backup', match: { event: 'backup' }, when: { absent: '2h' } }] as const
    const dir = aDirectory()
    const first = openHub({ channels, rules: [...rules], state: { dir } })
    first.hub.write(line({ level: 30, event: 'backup', msg: 'done' }))
    await first.clock.advance(5 * second)
    const { clock, posts } = await nextLife({ channels, rules: [...rules] }, dir, start + hour)
    await clock.advance(59 * minute)
    expect(posts).toEqual([])
    await clock.advance(2 * minute)
    expect(posts[0]?.body.alerts).toMatchObject([{ rule: 'no backup' }])
  })

  it('the quiet that ends an alert begins anew: no process listened meanwhile', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    first.hub.write(fatal('out of memory'))
    await first.clock.advance(14 * minute)
    const { clock, posts } = await nextLife({ channels }, dir, start + 5 * hour)
    await clock.advance(14 * minute)
    expect(reasons(posts)).toEqual([])
    await clock.advance(2 * minute)
    expect(reasons(posts)).toEqual(['resolved'])
  })

  it('a message joins others under an id that none of them had: a provider that knows one of them takes it', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: down })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(second / 2)
    first.hub.write(line({ msg: 'net is down', alert: { key: 'net' } }))
    await first.clock.advance(10 * second)
    const keys = (posts: typeof first.posts) => posts.map(({ headers }) => headers.get('idempotency-key'))
    const contents = new Map(first.posts.map(({ headers, body }) => [headers.get('idempotency-key'), body]))
    const { clock, posts } = await nextLife({ channels }, dir, start + minute)
    await clock.advance(minute)
    const [notified] = posts
    expect(notified?.body.alerts.map(({ latestMessage }) => latestMessage).sort()).toEqual([
      'disk is full',
      'net is down',
    ])
    const before = contents.get(keys(posts)[0]!)
    // The same alerts as one message had before, or a key that is new.
    if (before !== undefined) expect(before.alerts).toHaveLength(2)
    expect(keys(posts)[0]).not.toBe(keys(first.posts)[0])
  })
})

describe('a replaced `redact`', () => {
  it('reaches what stands in the state directory, and what will', async () => {
    const dir = aDirectory()
    const { hub, clock } = openHub({ channels, state: { dir } }, { answer: down })
    hub.write(line({ msg: 'account K-4711 is broken', customer: 'K-4711' }))
    await clock.advance(2 * second)
    const written = () =>
      readdirSync(imageOf(dir))
        .map((name) => readFileSync(join(dir, name), 'utf8'))
        .join('\n')
    expect(written()).toContain('K-4711')
    expect(hub.reload({ channels, redact: { patterns: ['K-\\d+'] } })).toEqual([])
    expect(written()).not.toContain('K-4711')
    expect(written()).toContain('delivery/')
    hub.write(line({ msg: 'account K-4712 is broken', alert: { key: 'another' } }))
    await clock.advance(2 * second)
    expect(written()).toContain('is broken')
    expect(written()).not.toMatch(/K-471\d/)
  })
})

describe('a directory in which nothing more can be written after what lay there was taken over', () => {
  /** What lies in the way of the rewrite is as good as a full disk. */
  async function takenOverInVain(
    options: AlertOptions,
    dir: string,
    answer: (unblock: () => void) => Response,
  ) {
    const image = imageOf(dir)
    const before = readdirSync(image)
    const unblock = () => rmSync(block, { recursive: true, force: true })
    const next = openHub(
      { ...options, state: { dir: image } },
      { at: start + minute, answer: () => answer(unblock) },
    )
    const own = readdirSync(image).find((name) => name.endsWith('.journal') && !before.includes(name))
    const block = join(image, `${own}.new`)
    mkdirSync(block)
    await started(next)
    return { ...next, image, unblock }
  }

  it('sends what it found once: the file is deleted when all in it is sent, and the next start sends nothing', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: down })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(10 * second)
    // Not decided yet when the process is killed.
    first.hub.write(fatal('out of memory'))
    const { clock, posts, image, unblock } = await takenOverInVain({ channels }, dir, ok)
    await clock.advance(second)
    const notified = posts.flatMap(({ body }) => body.alerts.map(({ latestMessage }) => latestMessage))
    expect(notified).toEqual(expect.arrayContaining(['disk is full', 'out of memory']))
    unblock()
    const { clock: later, posts: again } = await nextLife({ channels }, image, start + 2 * minute)
    await later.advance(minute)
    expect(again).toEqual([])
  })

  it('keeps the file as long as something in it is untold', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: down })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(10 * second)
    const { clock, image, unblock } = await takenOverInVain({ channels }, dir, down)
    await clock.advance(second)
    unblock()
    const { clock: later, posts } = await nextLife({ channels }, image, start + 2 * minute)
    await later.advance(minute)
    expect(posts.flatMap(({ body }) => body.alerts)).toMatchObject([
      { latestMessage: 'disk is full', count: 1 },
    ])
  })

  it('saves on disk again at once if the file took the room', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: down })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(10 * second)
    const { hub, clock } = await takenOverInVain({ channels }, dir, (unblock) => {
      unblock()
      return ok()
    })
    await clock.advance(second)
    expect(hub.stats().state?.place).toBe('disk')
  })
})

describe('a directory that can be used only later', () => {
  it('passes on what waited there, and its alerts end without another line', async () => {
    const former = aDirectory()
    const first = openHub({ channels, state: { dir: former } })
    first.hub.write(fatal('out of memory'))
    await first.clock.advance(2 * second)
    const image = imageOf(former)
    const place = join(aDirectory(), 'state')
    writeFileSync(place, 'in the way')
    const { hub, clock, posts } = openHub({ channels, state: { dir: place } }, { at: start + minute })
    await started({ hub, clock, posts, events: [] })
    rmSync(place)
    mkdirSync(place)
    cpSync(image, place, { recursive: true })
    await clock.advance(11 * second)
    const isTakenOver = () => readdirSync(place).filter((name) => name.endsWith('.journal')).length === 1
    while (!isTakenOver()) await new Promise(setImmediate)
    await clock.advance(16 * minute)
    const ended = posts.flatMap(({ body }) => body.alerts).filter(({ reason }) => reason === 'resolved')
    expect(ended.map(({ latestMessage }) => latestMessage)).toContain('out of memory')
  })
})

describe('a channel that is replaced while it sends', () => {
  const moved = { a: { ...channels.a, url: 'https://im.example.com/moved' } }

  it('counts as waiting until that is over, and passes on what was not accepted', async () => {
    let answer = (_: Response) => {}
    const { hub, clock, posts } = openHub(
      { channels },
      {
        answer: (url) =>
          url.endsWith('moved') ? ok() : new Promise<Response>((resolve) => (answer = resolve)),
      },
    )
    hub.write(fatal('out of memory'))
    await clock.advance(second)
    hub.reload({ channels: moved })
    expect(hub.stats().channels['a']).toMatchObject({ waiting: 1 })
    const flushed = hub.flush()
    answer(down())
    await clock.advance(second)
    expect(await flushed).toEqual({ delivered: true, pending: 0 })
    expect(posts.map(({ url }) => url)).toEqual([channels.a.url, moved.a.url])
    expect(posts[1]?.body.id).toBe(posts[0]?.body.id)
  })

  it('is pending for flush and closeSync until then', async () => {
    const { hub, clock } = openHub(
      { channels },
      { answer: (url) => (url.endsWith('moved') ? ok() : new Promise<Response>(() => {})) },
    )
    hub.write(fatal('out of memory'))
    await clock.advance(second)
    hub.reload({ channels: moved })
    const flushed = hub.flush()
    for (let turn = 0; turn < 5; turn++) await clock.advance(second)
    expect(await flushed).toEqual({ delivered: false, pending: 1 })
    expect(hub.closeSync()).toEqual({ delivered: false, pending: 1 })
  })

  it('is not waited for longer than allowed at the end: what it had not sent is counted', async () => {
    const { hub, clock, events } = openHub(
      { channels },
      { answer: (url) => (url.endsWith('moved') ? ok() : new Promise<Response>(() => {})) },
    )
    hub.write(fatal('out of memory'))
    await clock.advance(second)
    hub.reload({ channels: moved })
    const closed = hub.close()
    for (let turn = 0; turn < 5; turn++) await clock.advance(second)
    expect(await closed).toEqual({ delivered: false, pending: 1 })
    expect(events).toContainEqual(expect.objectContaining({ type: 'dropped', reason: 'closed', count: 1 }))
  })
})

it.each(['at once', 'after a reminder, and a kill'])(
  'a critical record names an alert that began with milder ones of other words: it comes %s',
  async (when) => {
    const dir = aDirectory()
    const write = (rig: ReturnType<typeof openHub>, level: number, msg: string) =>
      rig.hub.write(line({ level, msg, time: rig.clock.now(), alert: { key: 'db' } }))
    const options = { channels: { a: { ...channels.a, sendResolved: true } } }
    const first = openHub({ ...options, state: { dir } })
    await started(first)
    for (const ms of [912, 13]) write(first, 50, `slow query ${ms} ms`)
    if (when !== 'at once') {
      await first.clock.advance(minute)
      for (const ms of [7, 8]) write(first, 50, `slow query ${ms} ms`)
      await first.clock.advance(5 * minute)
    }
    write(first, 60, 'disk of the database is full')
    write(first, 50, 'and other words')
    const image = imageOf(dir)
    await first.clock.advance(minute)
    const critical = first.posts.filter(({ body }) => body.severity === 'critical')
    const titles = critical.map(({ body }) => body.text.split('\n')[0])
    expect(titles).toEqual([expect.stringMatching(/^\[CRITICAL\] disk of the database is full ×\d/)])
    const rest = [first, await nextLife(options, image, first.clock.now())]
    for (const { clock } of rest) await clock.advance(hour)
    for (const { posts } of rest)
      for (const { body } of posts.filter((post) => post.body.severity === 'critical'))
        expect(body.text).toMatch(/^\[(CRITICAL|RESOLVED)\] disk of the database is full/)
  },
)

describe('a service that starts, fails and ends again and again', () => {
  /** One life of it; returns what was sent in it. */
  async function live(options: AlertOptions, dir: string, at: number) {
    const life = openHub({ ...options, state: { dir } }, { at })
    await started(life)
    life.hub.write(fatal('port is taken'))
    const closed = life.hub.close()
    await life.clock.advance(second)
    await closed
    return life.posts.map(({ body }) => body)
  }

  it('is notified once and repeated when that is due, like one that keeps running; every failure is counted', async () => {
    const dir = aDirectory()
    const notified: { reason: string; count: number | undefined; life: number }[] = []
    for (let life = 0; life <= 32; life++) {
      for (const { reason, alerts } of await live({ channels }, dir, start + life * 10 * second))
        notified.push({ reason, count: alerts[0]?.count, life })
    }
    expect(notified).toEqual([
      { reason: 'first', count: 1, life: 0 },
      { reason: 'repeat', count: 30, life: 30 },
    ])
  })

  it('keeps to the quota of a channel', async () => {
    const dir = aDirectory()
    const limited = {
      a: { ...channels.a, repeat: 1000, repeatMax: 1000, limit: [{ count: 2, per: '1h' as const }] },
    }
    const notified = []
    for (let life = 0; life < 10; life++)
      notified.push(...(await live({ channels: limited }, dir, start + life * 10 * second)))
    expect(notified).toHaveLength(2)
  })
})

describe('an alert that only a record ends', () => {
  const rule = {
    name: 'db',
    match: { ev: 'down' },
    resolve: { ev: 'up' },
    groupBy: ['host'],
    severity: 'critical',
    resolveAfter: false,
  } as const
  const pages = { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef', wait: 0 } as const
  const all = { ...channels, a: { ...channels.a, sendResolved: true }, pages }
  /** As PagerDuty and webhooks answer. */
  const accepted = () => new Response('{"status":"success"}', { status: 202 })
  const actions = (posts: ReturnType<typeof openHub>['posts']) =>
    posts.filter(({ url }) => url.includes('pagerduty')).map(({ body }) => Object(body).event_action)

  it.each([
    ['removed', undefined],
    ['renamed', { ...rule, name: 'database' }],
    ['grouped differently', { ...rule, groupBy: ['zone'] }],
  ] as const)(
    'is closed with its reason, incidents too, if its rule is %s at the next start',
    async (_, now) => {
      const dir = aDirectory()
      const first = openHub(
        { channels: all, rules: [{ ...rule, groupBy: [...rule.groupBy] }], state: { dir } },
        { answer: accepted },
      )
      first.hub.write(line({ msg: 'the database is gone', ev: 'down', host: 'h1' }))
      await first.clock.advance(minute)
      expect(actions(first.posts)).toEqual(['trigger'])
      const rules = now === undefined ? [] : [{ ...now, groupBy: [...now.groupBy] }]
      const { hub, clock, posts } = await nextLife({ channels: all, rules }, dir, start + hour, accepted)
      await clock.advance(minute)
      const webhook = posts.filter(({ url }) => url.endsWith('/a'))
      expect(reasons(webhook)).toEqual(['resolved'])
      expect(webhook[0]?.body.text).toContain('its rule is no longer in the configuration')
      expect(actions(posts)).toEqual(['resolve'])
      await clock.advance(day)
      expect(posts).toHaveLength(2)
      expect(hub.stats().channels['pages']?.waiting).toBe(0)
    },
  )

  it.each(['in the same process', 'after a kill'])(
    'ends with all others of its rule, however many fire, %s',
    async (when) => {
      const dir = aDirectory()
      const options = { channels: { a: { ...channels.a, sendResolved: true, max: 200 } } }
      const { groupBy: _, ...ungrouped } = rule
      const rules = [ungrouped]
      const first = openHub({ ...options, rules, state: { dir } })
      const word = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
      for (let n = 0; n < 150; n++)
        first.hub.write(line({ msg: `cannot ${word(n)}`, ev: 'down', err: { message: 'x', code: `E${n}` } }))
      await first.clock.advance(minute)
      expect(first.hub.status().alerts).toHaveLength(150)
      const rig = when === 'after a kill' ? await nextLife({ ...options, rules }, dir, start + hour) : first
      rig.hub.write(line({ level: 30, msg: 'all is well', ev: 'up' }))
      await rig.clock.advance(hour)
      expect(rig.hub.status().alerts).toEqual([])
      const ends = rig.posts.flatMap(({ body }) => body.alerts).filter(({ reason }) => reason === 'resolved')
      expect(new Set(ends.map(({ id }) => id)).size).toBe(150)
    },
  )

  it('continues if its rule is the same at the next start', async () => {
    const dir = aDirectory()
    const rules = [{ ...rule, groupBy: [...rule.groupBy] }]
    const first = openHub({ channels: all, rules, state: { dir } }, { answer: accepted })
    first.hub.write(line({ msg: 'the database is gone', ev: 'down', host: 'h1' }))
    await first.clock.advance(minute)
    const { hub, clock, posts } = await nextLife({ channels: all, rules }, dir, start + hour, accepted)
    await clock.advance(hour)
    expect(posts).toEqual([])
    hub.write(line({ level: 30, msg: 'it is back', ev: 'up', host: 'h1' }))
    await clock.advance(minute)
    expect(actions(posts)).toEqual(['resolve'])
  })
})

describe('an alert whose rule and channel only the document of `reload` names', () => {
  const rule = { name: 'db', match: { ev: 'down' }, resolve: { ev: 'up' }, resolveAfter: false } as const
  const page = { ...hook('page'), wait: 0, interval: 0, sendResolved: true } as const
  const named = { rules: [{ ...rule, severity: 'critical' }], channels: { page } }
  const options = { channels: { a: channels.a }, reload: { url: 'https://config.example.com/alerts.json' } }

  /** Its document is answered once `document` resolves. */
  function open(dir: string, at: number, document: Promise<Response>) {
    const sent: { url: string; body: Post['body'] }[] = []
    const fetch = async (url: unknown, init?: RequestInit) => {
      if (String(url).includes('config')) return (await document).clone()
      sent.push({ url: String(url), body: JSON.parse(String(init?.body)) })
      return ok()
    }
    const rig = openHub(
      { ...options, state: { dir } },
      { at, ports: { fetch: fetch as typeof globalThis.fetch } },
    )
    return { ...rig, sent }
  }

  async function firstLife(dir: string) {
    const first = open(dir, start, Promise.resolve(Response.json(named)))
    await started(first)
    first.hub.write(line({ ev: 'down', msg: 'the database is gone' }))
    await first.clock.advance(minute)
    expect(first.sent.map(({ body }) => body.reason)).toEqual(['first'])
    return imageOf(dir)
  }

  it('continues after a kill, however late the document comes', async () => {
    const dir = await firstLife(aDirectory())
    let answer = (_: Response) => {}
    const document = new Promise<Response>((resolve) => {
      answer = resolve
    })
    const next = open(dir, start + hour, document)
    // Enough to read the directory.
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
    answer(Response.json(named))
    await started(next)
    await next.clock.advance(hour)
    expect(next.sent).toEqual([])
    next.hub.write(line({ level: 30, ev: 'up', msg: 'it is back' }))
    await next.clock.advance(minute)
    expect(next.sent.map(({ url, body }) => [url.split('/').at(-1), body.reason])).toEqual([
      ['page', 'resolved'],
    ])
  })

  it('is not called removed while the document cannot be read', async () => {
    const dir = await firstLife(aDirectory())
    const next = open(dir, start + hour, Promise.resolve(new Response('', { status: 503 })))
    await started(next)
    await next.clock.advance(hour)
    expect(next.sent).toEqual([])
    expect(next.hub.status().alerts).toMatchObject([{ rule: 'db' }])
  })

  it('is closed with its reason if the document does not name the rule any more', async () => {
    const dir = await firstLife(aDirectory())
    const next = open(dir, start + hour, Promise.resolve(Response.json({ ...named, rules: [] })))
    await started(next)
    await next.clock.advance(minute)
    expect(next.sent.map(({ body }) => body.alerts)).toMatchObject([
      [{ rule: 'db', reason: 'resolved', resolvedBy: { type: 'rule-removed' } }],
    ])
  })
})

describe('what is logged before it is known what the former process left', () => {
  const down = { match: { ev: 'down' }, resolve: { ev: 'up' }, resolveAfter: false } as const
  const all = { a: { ...channels.a, sendResolved: true } }
  const up = (fields: object) => line({ level: 30, msg: 'it is back', ...fields })

  /** A process that logged these lines was killed, and one that begins with those follows. */
  async function lives(rule: object, before: readonly string[], first: readonly string[]) {
    const dir = aDirectory()
    const options = { channels: all, rules: [{ name: 'db', ...rule }] } as AlertOptions
    const former = openHub({ ...options, state: { dir } })
    for (const text of before) former.hub.write(text)
    await former.clock.advance(minute)
    const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at: start + hour })
    for (const text of first) next.hub.write(text)
    expect(next.hub.stats().state?.ready).toBe(false)
    await started(next)
    await next.clock.advance(minute)
    return next
  }

  it.each<[string, object, string, string]>([
    ['a rule', down, line({ ev: 'down', msg: 'db is down' }), up({ ev: 'up' })],
    [
      'a rule with groups',
      { ...down, groupBy: ['n'] },
      line({ ev: 'down', n: 1, msg: 'db is down' }),
      up({ ev: 'up', n: 1 }),
    ],
    [
      'an error',
      down,
      line({ ev: 'down', msg: 'db is down' }),
      line({ ev: 'up', msg: 'the standby took over' }),
    ],
    [
      'its own field',
      { match: { ev: 'down' }, resolveAfter: false },
      line({ msg: 'db is down', alert: { key: 'db' } }),
      up({ alert: { key: 'db', resolve: true } }),
    ],
    [
      'a row that is over',
      { match: { ev: 'down' }, when: { consecutive: 1, reset: { ev: 'up' } } },
      line({ ev: 'down', msg: 'job failed' }),
      up({ ev: 'up' }),
    ],
  ])('ends its alert, by %s', async (_, rule, began, ended) => {
    const { hub, posts } = await lives(rule, [began], [ended])
    expect(posts.flatMap(({ body }) => body.alerts)).toContainEqual(
      expect.objectContaining({
        reason: 'resolved',
        resolvedBy: expect.objectContaining({ type: 'record' }),
      }),
    )
    expect(hub.status().alerts.filter(({ rule }) => rule === 'db')).toEqual([])
  })

  it('does not end what was logged again after it, which a later record ends', async () => {
    const again = line({ ev: 'down', msg: 'db is down' })
    const { hub, clock, posts } = await lives(down, [again], [up({ ev: 'up' }), again])
    expect(reasons(posts)).not.toContain('resolved')
    expect(hub.status().alerts).toHaveLength(1)
    hub.write(up({ ev: 'up' }))
    await clock.advance(minute)
    expect(reasons(posts)).toContain('resolved')
    expect(hub.status().alerts).toEqual([])
  })

  it('ends it also if it was logged once more before that', async () => {
    const again = line({ ev: 'down', msg: 'db is down' })
    const { hub } = await lives(down, [again], [again, up({ ev: 'up' })])
    expect(hub.status().alerts).toEqual([])
  })

  it('breaks a row that the former process began', async () => {
    const rule = { match: { ev: 'failed' }, when: { consecutive: 3, reset: { ev: 'ok' } } }
    const failed = line({ ev: 'failed', msg: 'job failed' })
    const { hub, clock, posts } = await lives(rule, [failed, failed], [up({ ev: 'ok' })])
    hub.write(failed)
    await clock.advance(minute)
    expect(posts).toEqual([])
    hub.write(failed)
    hub.write(failed)
    await clock.advance(minute)
    expect(reasons(posts)).toEqual(['first'])
  })

  it('ends only the group that it names', async () => {
    const began = [1, 2].map((n) => line({ ev: 'down', n, msg: 'db is down' }))
    const { hub } = await lives({ ...down, groupBy: ['n'] }, began, [up({ ev: 'up', n: 1 })])
    expect(hub.status().alerts).toHaveLength(1)
  })
})

it('what a provider puts off beyond `retryFor` is sent after a kill if it cannot fall back', async () => {
  const busy = () => new Response('busy', { status: 429, headers: { 'retry-after': '1800' } })
  const options = { channels: { a: { ...channels.a, retryFor: '2m' } } } as const
  const dir = aDirectory()
  const first = openHub({ ...options, state: { dir } }, { answer: busy })
  first.hub.write(line({ msg: 'disk is full' }))
  await first.clock.advance(10 * minute)
  expect(first.posts).toHaveLength(1)
  expect(first.hub.stats().channels['a']).toMatchObject({ waiting: 1, failed: 0 })
  const { clock, posts } = await nextLife(options, dir, start + 11 * minute)
  await clock.advance(5 * minute)
  expect(reasons(posts)).toEqual(['first'])
})
