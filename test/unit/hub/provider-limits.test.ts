import { describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertOptions } from '#core/options.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

const start = Date.UTC(2026, 0, 1)
const minute = 60_000

/** A hub under the virtual clock whose channel says yes in the words of every provider. */
function createRig(channel: NonNullable<AlertOptions['channels']>[string]) {
  const clock = createVirtualClock(start)
  const posts: { readonly at: number; readonly host: string; readonly body: string }[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    posts.push({ at: clock.now() - start, host: new URL(String(url)).host, body: String(init?.body) })
    return new Response('{"errcode":0,"ok":true}')
  }
  const options = { channels: { im: channel } } as AlertOptions
  const hub = createHub(options, { clock, fetch, env: {} })
  const critical = (code: string) => hub.publish({ level: 60, msg: code, code })
  return { hub, clock, posts, critical }
}

const robot = (name: string) => `https://${name}.example.com/robot/send?access_token=t`
const eager: { wait: number; interval: number; limit: [] } = { wait: 0, interval: 0, limit: [] }

describe('several robots of one channel', () => {
  it('share the load within the rate of each: sixty messages a minute by three, none above twenty', async () => {
    const { hub, clock, posts, critical } = createRig({
      type: 'dingtalk',
      url: [robot('a'), robot('b'), robot('c')],
      ...eager,
    })
    for (let n = 0; n < 90; n++) {
      critical(`PROBLEM_${n}`)
      await clock.advance(600)
    }
    const early = posts.filter(({ at }) => at < minute)
    expect(early.length).toBeGreaterThan(20)
    for (const host of ['a', 'b', 'c']) {
      const count = early.filter((post) => post.host === `${host}.example.com`).length
      expect(count).toBeGreaterThan(0)
      expect(count).toBeLessThanOrEqual(20)
    }
    await hub.close()
  })
})

describe('providerLimits', () => {
  it('are the pace of a channel in place of that of its provider, slower and faster', async () => {
    for (const [perMinute, most] of [
      [2, 2],
      [40, 40],
    ] as const) {
      const { hub, clock, posts, critical } = createRig({
        type: 'dingtalk',
        url: robot('a'),
        ...eager,
        providerLimits: { perMinute },
      })
      for (let n = 0; n < 60; n++) {
        critical(`PROBLEM_${n}`)
        await clock.advance(900)
      }
      const early = posts.filter(({ at }) => at < minute).length
      expect(early).toBeLessThanOrEqual(most)
      expect(early).toBeGreaterThan(most / 2)
      await hub.close()
    }
  })

  it('are the size of a channel’s messages in place of that of its provider', async () => {
    const sizes: number[] = []
    for (const providerLimits of [{}, { maxBytes: 1000 }, { maxBytes: 60_000 }]) {
      const { hub, clock, posts } = createRig({
        type: 'dingtalk',
        url: robot('a'),
        ...eager,
        max: 100,
        providerLimits,
      })
      for (let n = 0; n < 19; n++)
        hub.publish({ level: 50, msg: `${'word '.repeat(60)}${'abcdefghijklmnopqrs'[n]}`, code: `C${n}` })
      await clock.advance(minute)
      sizes.push(Math.max(...posts.map(({ body }) => Buffer.byteLength(body))))
      await hub.close()
    }
    const [usual = 0, small = 0, large = 0] = sizes
    expect(usual).toBeLessThanOrEqual(18_000)
    expect(small).toBeLessThanOrEqual(1000)
    expect(large).toBeGreaterThanOrEqual(usual)
  })
})

describe('Alertmanager', () => {
  it('is notified again of what still fires although it did not occur again, until it ends', async () => {
    const clock = createVirtualClock(start)
    const posts: { readonly at: number; readonly endsAt: number }[] = []
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      const [alert] = JSON.parse(String(init?.body)) as { endsAt: string }[]
      posts.push({ at: clock.now() - start, endsAt: Date.parse(alert!.endsAt) - start })
      return new Response(null)
    }
    const hub = createHub(
      {
        channels: { alertmanager: { url: 'http://alertmanager:9093' } },
        rules: [{ name: 'down', match: { event: 'down' }, resolve: { event: 'up' }, resolveAfter: false }],
      },
      { clock, fetch, env: {} },
    )
    hub.publish({ level: 60, msg: 'core is down', event: 'down' })
    await clock.advance(62 * minute)
    hub.write(JSON.stringify({ level: 30, time: clock.now(), msg: 'core is up', event: 'up' }))
    await clock.advance(minute)
    const firing = posts.slice(0, -1)
    expect(firing.length).toBeGreaterThanOrEqual(14)
    // It never believes in between that the alert is over.
    for (const [index, { at }] of firing.entries())
      if (index > 0) expect(at).toBeLessThan(firing[index - 1]!.endsAt)
    expect(posts.at(-1)?.endsAt).toBeLessThanOrEqual(62 * minute + 1000)
    await clock.advance(60 * minute)
    expect(posts.length).toBe(firing.length + 1)
    await hub.close()
  })
})
