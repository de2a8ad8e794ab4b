import '#core/options/open-provider.ts'
import { describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub, HubPorts } from '#core/hub/hub-types.ts'
import type { AlertEvent } from '#core/model.ts'
import type { AlertOptions } from '#core/options.ts'
import { createVirtualClock, type VirtualClock } from '#core/time/virtual-clock.ts'

interface Post {
  readonly at: number
  readonly url: string
  readonly body: {
    readonly reason: string
    readonly severity: string
    readonly text: string
    readonly alerts: readonly {
      readonly newCount: number
      readonly count: number
      readonly id: string
      readonly rule: string
    }[]
  }
}

interface Rig {
  readonly hub: Hub
  readonly clock: VirtualClock
  readonly posts: Post[]
  readonly events: AlertEvent[]
}

const start = Date.UTC(2026, 0, 1)

/** A hub under the virtual clock whose webhooks are answered by `answer`. */
function createRig(
  options: AlertOptions,
  answer: (url: string) => Response | Promise<Response> = ok,
  ports: HubPorts = {},
): Rig {
  const clock = createVirtualClock(start)
  const posts: Post[] = []
  const events: AlertEvent[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    posts.push({ at: clock.now() - start, url: String(url), body: JSON.parse(String(init?.body)) })
    return answer(String(url))
  }
  const hub = createHub(options, { clock, fetch, env: {}, ...ports })
  hub.subscribe((event) => events.push(event))
  return { hub, clock, posts, events }
}

const ok = () => new Response('{"ok":true}')
const hook = (name: string) => ({ type: 'webhook', url: `https://im.example.com/${name}` }) as const
const line = (fields: object) => JSON.stringify({ level: 50, time: start, ...fields })
const notified = (posts: readonly Post[]) =>
  posts
    .flatMap((post) => post.body.alerts)
    // What it reports of itself is not a record of the application.
    .filter((alert) => !alert.rule.startsWith('@'))
    .reduce((sum, alert) => sum + alert.newCount, 0)

describe('a hub', () => {
  it('notifies of a burst of 10 000 equal errors once, with the count', async () => {
    const { hub, clock, posts } = createRig({ channels: { a: hook('a') } })
    for (let n = 0; n < 10_000; n++) hub.write(line({ msg: `order ${n} failed at 10.0.0.${n % 256}` }))
    await clock.advance(60_000)
    expect(posts).toHaveLength(1)
    expect(notified(posts)).toBe(10_000)
  })

  it('counts by the rule that took the records', async () => {
    const { hub } = createRig({
      channels: { a: hook('a') },
      rules: [
        { name: 'known', match: { code: 'KNOWN' }, severity: 'off' },
        { name: 'pay', match: { code: 'PAY' } },
      ],
    })
    for (const code of ['KNOWN', 'PAY', 'KNOWN', 'OTHER']) hub.write(line({ msg: 'x', code }))
    hub.write(line({ msg: 'x', alert: false }))
    expect(hub.stats()).toMatchObject({
      matched: 2,
      suppressed: { off: 3 },
      rules: {
        known: { matched: 0, off: 2 },
        pay: { matched: 1, off: 0 },
        error: { matched: 1, off: 0 },
        alert: { matched: 0, off: 1 },
      },
    })
  })

  it('reminds after 5, 10 and 20 minutes while it still occurs, with what came since', async () => {
    const { hub, clock, posts } = createRig({ channels: { a: hook('a') } })
    for (let minute = 0; minute < 40; minute++) {
      hub.write(line({ msg: 'disk is full' }))
      await clock.advance(60_000)
    }
    await hub.close()
    expect(posts.slice(0, 4).map((post) => Math.round(post.at / 60_000))).toEqual([0, 5, 15, 35])
    expect(notified(posts)).toBe(40)
  })

  it('lets no hanging channel delay another', async () => {
    const never = new Promise<Response>(() => {})
    const { hub, clock, posts, events } = createRig(
      { channels: { stuck: hook('stuck'), well: hook('well') } },
      (url) => (url.endsWith('stuck') ? never : ok()),
    )
    for (let minute = 0; minute < 20; minute++) {
      hub.write(line({ msg: `problem ${'abcdefghijklmnopqrst'[minute]}` }))
      await clock.advance(60_000)
    }
    // New kinds that keep coming share messages, ten minutes apart at most.
    await clock.advance(10 * 60_000)
    const delivered = events.filter((event) => event.type === 'delivered')
    expect(delivered.length).toBeGreaterThanOrEqual(5)
    expect(delivered.every((event) => event.channel === 'well')).toBe(true)
    const texts = posts.filter((post) => post.url.endsWith('well')).map(({ body }) => body.text)
    expect(new Set(texts.join('\n').match(/problem [a-t]\b/g)).size).toBe(20)
  })

  it('falls back if a channel fails, and says so', async () => {
    const { hub, clock, posts, events } = createRig(
      {
        channels: {
          first: { ...hook('first'), fallback: 'second' },
          second: { ...hook('second'), minSeverity: 'critical' },
        },
      },
      (url) => (url.endsWith('first') ? new Response('no', { status: 400 }) : ok()),
    )
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(60_000)
    expect(posts.filter((post) => post.url.endsWith('first'))).toHaveLength(1)
    expect(notified(posts.filter((post) => post.url.endsWith('second')))).toBe(1)
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'failed', channel: 'first', fallback: 'second' }),
    )
  })

  it('obeys the alert field of a record: a code, a severity, no alert, an end', async () => {
    const { hub, clock, posts } = createRig({ channels: { a: { ...hook('a'), wait: 0, interval: 0 } } })
    hub.write(line({ msg: 'not this one', alert: false }))
    hub.write(
      line({
        level: 30,
        msg: 'ledger differs',
        alert: { code: 'LEDGER', severity: 'critical', key: 'ledger' },
      }),
    )
    await clock.advance(1_000)
    hub.write(
      line({ level: 30, msg: 'ledger agrees', alert: { code: 'LEDGER', key: 'ledger', resolve: true } }),
    )
    await clock.advance(1_000)
    expect(posts.map((post) => [post.body.reason, post.body.severity])).toEqual([
      ['first', 'critical'],
      ['resolved', 'critical'],
    ])
  })

  it('counts what is not a record, and never throws on it', async () => {
    const { hub, clock, posts } = createRig({ channels: { a: hook('a') } })
    const deep = `{"level":50,"msg":"deep","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    const lines = [
      '',
      'null',
      '42',
      '"text"',
      '[]',
      '{',
      '\u0000\u0001\uffff',
      'x'.repeat(10 * 1024 * 1024),
      '{"level":50,"msg":"polluted","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      deep,
      '{"level":50,"time":"not a time","msg":{"a":1},"err":[1],"alert":[]}',
    ]
    for (const each of lines) hub.write(each)
    hub.publish({
      error: new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
    })
    await clock.advance(60_000)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(hub.stats().lines).toBe(lines.length + 1)
    const { failures, matched } = hub.stats()
    expect(Object.values(failures).reduce((sum, count) => sum + count, 0) + matched).toBe(lines.length + 1)
    expect(matched).toBeGreaterThanOrEqual(3)
    expect(notified(posts)).toBe(matched)
  })

  it('counts an alert input that cannot be read, and never throws on it', async () => {
    const { hub } = createRig({ channels: { a: hook('a') } })
    const throwing = {
      get message(): string {
        throw new Error('no')
      },
    }
    for (const input of [throwing, undefined, null] as never[]) hub.publish(input)
    expect(hub.stats()).toMatchObject({ lines: 3, matched: 0, failures: { unreadable: 3 } })
  })

  it('disables what a bad option concerns, says so once, and runs on', async () => {
    const { hub, clock, posts } = createRig({
      channels: { bad: { type: 'slack' } as never, good: hook('good') },
    })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(60_000)
    expect(posts.map((post) => post.url)).toEqual(['https://im.example.com/good'])
    expect(Object.values(hub.stats().failures)).toEqual([1])
  })

  it('throws on a wrong option if strict', () => {
    expect(() => createRig({ strict: true, channels: { bad: { type: 'slack' } as never } })).toThrow(
      expect.objectContaining({ code: 'ALERT_OPTIONS_INVALID' }),
    )
  })

  it('decides and renders but sends nothing on a dry run', async () => {
    const { hub, clock, posts, events } = createRig({ dryRun: true, channels: { a: hook('a') } })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(60_000)
    expect(posts).toEqual([])
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'delivered', note: expect.stringContaining('disk is full') }),
    )
  })

  it('survives a listener that throws and logs', async () => {
    const { hub, clock, posts } = createRig({ channels: { a: hook('a') } })
    hub.subscribe(() => {
      hub.write(line({ msg: 'from the listener', alert: false }))
      throw new Error('listener')
    })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(60_000)
    expect(posts).toHaveLength(1)
  })

  it('sends at once, on close, what still waits, and then only counts', async () => {
    const { hub, posts } = createRig({ channels: { a: { ...hook('a'), wait: '1h', interval: '1h' } } })
    hub.write(line({ msg: 'disk is full' }))
    expect(await hub.close()).toEqual({ delivered: true, pending: 0 })
    hub.write(line({ msg: 'too late' }))
    expect(notified(posts)).toBe(1)
    expect(hub.stats().failures).toEqual({ closed: 1 })
  })

  it('sends nothing while a silence lasts, and then only what happens after it', async () => {
    const until = new Date(start + 60_000).toISOString()
    const { hub, clock, posts } = createRig({
      channels: { a: { ...hook('a'), wait: 0, interval: 0 } },
      silences: [{ match: { service: 'orders' }, until }],
      service: 'orders',
    })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(120_000)
    expect(posts).toEqual([])
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(1_000)
    expect(posts).toHaveLength(1)
    await hub.close()
  })

  it('swaps rules and channels on reload in the middle of a wait, with nothing lost and nothing twice', async () => {
    const { hub, clock, posts } = createRig({ channels: { a: hook('a') } })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(2_000)
    hub.reload({
      channels: { a: hook('a'), b: hook('b') },
      rules: [{ name: 'none', match: { noise: true }, severity: 'off' }],
    })
    hub.write(line({ msg: 'disk is full' }))
    hub.write(line({ msg: 'never mind', noise: true }))
    await clock.advance(60_000)
    await hub.close()
    const toA = posts.filter((post) => post.url.endsWith('/a'))
    expect(toA).toHaveLength(1)
    expect(notified(toA)).toBe(2)
  })
})
