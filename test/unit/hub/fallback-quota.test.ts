import { describe, expect, it } from 'vitest'
import {
  aDirectory,
  hook,
  hour,
  imageOf,
  line,
  minute,
  openHub,
  type Post,
  second,
  start,
  started,
} from './state-rig.ts'

const to = (posts: readonly Post[], name: string) => posts.filter(({ url }) => url.endsWith(name))
const keys = (posts: readonly Post[]) =>
  posts.flatMap(({ body }) =>
    body.alerts.filter(({ rule }) => rule === 'alert').map(({ latestMessage }) => latestMessage),
  )
const perHour = (count: number) => [{ count, per: '1h' as const }]
const problem = (n: number) => line({ msg: `problem ${'abcdefgh'[n]}`, alert: { key: `key ${n}` } })
const immediate = (name: string) => ({ ...hook(name), wait: 0, interval: 0, sendResolved: false })
const fallbackOnly = { minSeverity: 'critical' as const }

const channels = {
  a: { ...immediate('/a'), limit: perHour(1), fallback: 'b' },
  b: { ...immediate('/b'), ...fallbackOnly, limit: perHour(2) },
}

async function logProblems(rig: ReturnType<typeof openHub>, count: number) {
  for (let n = 0; n < count; n++) {
    rig.hub.write(problem(n))
    await rig.clock.advance(second)
  }
}

describe('the quota of a fallback channel', () => {
  it('holds for what falls back on it: the rest waits, and is sent in one message', async () => {
    const rig = openHub({ channels })
    await logProblems(rig, 6)
    expect(keys(to(rig.posts, '/a'))).toEqual(['problem a'])
    expect(keys(to(rig.posts, '/b'))).toEqual(['problem b', 'problem c'])
    await rig.clock.advance(hour)
    expect(keys(to(rig.posts, '/b').slice(2, 3)).sort()).toEqual(['problem d', 'problem e', 'problem f'])
  })

  it('makes what exceeds it fall back further, and counts that', async () => {
    const more = {
      ...channels,
      b: { ...channels.b, fallback: 'c' },
      c: { ...immediate('/c'), ...fallbackOnly },
    }
    const rig = openHub({ channels: more })
    await logProblems(rig, 6)
    expect(keys(to(rig.posts, '/b'))).toEqual(['problem b', 'problem c'])
    expect(keys(to(rig.posts, '/c'))).toEqual(['problem d', 'problem e', 'problem f'])
    expect(to(rig.posts, '/c')[0]?.body.text).toContain(
      'Sent here because channel a (webhook) reached its limit.',
    )
    expect(rig.hub.stats().channels['b']?.suppressed).toMatchObject({ quota: 3 })
  })

  it('is reported as exhausted on another channel, once', async () => {
    const rig = openHub({
      channels: { ...channels, log: { ...immediate('/log'), match: { rule: '@quota' } } },
    })
    await logProblems(rig, 6)
    const notes = to(rig.posts, '/log').flatMap(({ body }) =>
      body.alerts.map(({ latestMessage }) => latestMessage),
    )
    expect(notes).toEqual(['channel b reached its limit'])
  })

  it('holds through a restart, and so does what waits for it', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    await started(first)
    await logProblems(first, 6)
    const next = openHub({ channels, state: { dir: imageOf(dir) } }, { at: start + 10 * minute })
    await started(next)
    await next.clock.advance(minute)
    expect(keys(next.posts)).toEqual([])
    await next.clock.advance(hour)
    expect(keys(to(next.posts, '/b')).sort()).toEqual(['problem d', 'problem e', 'problem f'])
  })

  it('does not hold at the end, if no next start will send what waits', async () => {
    const rig = openHub({ channels })
    await logProblems(rig, 6)
    const closed = rig.hub.close()
    await rig.clock.advance(5 * second)
    expect(await closed).toEqual({ delivered: true, pending: 0 })
    expect(keys(rig.posts).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((each) => `problem ${each}`))
  })
})

describe('an alert that is over before its fallback channel accepts it', () => {
  const pages = { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef', wait: 0 } as const
  const events = (posts: readonly Post[]) =>
    posts.filter(({ url }) => url.includes('pagerduty')).map(({ body }) => Object(body).event_action)

  it.each(['after it fell back', 'before it fell back'])(
    'is closed there, once: it was over %s',
    async (when) => {
      let isUp = when === 'before it fell back'
      const rig = openHub(
        {
          channels: {
            a: { ...immediate('/a'), interval: '1m', limit: perHour(1), fallback: 'pages' },
            pages: { ...pages, match: { code: 'NEVER' } },
          },
        },
        {
          answer: (url) =>
            new Response('{"status":"success"}', { status: isUp || url.endsWith('/a') ? 202 : 503 }),
        },
      )
      await logProblems(rig, 1)
      if (when === 'after it fell back') await rig.clock.advance(minute)
      rig.hub.write(problem(1))
      await rig.clock.advance(second)
      rig.hub.write(line({ level: 30, msg: 'fine', alert: { key: 'key 1', resolve: true } }))
      await rig.clock.advance(2 * minute)
      isUp = true
      await rig.clock.advance(hour)
      const said = events(rig.posts)
      expect(said.filter((action) => action === 'resolve')).toHaveLength(1)
      expect(said.slice(-2)).toEqual(['trigger', 'resolve'])
      expect(rig.hub.stats().channels['pages']).toMatchObject({ waiting: 0, failed: 0 })
    },
  )
})
