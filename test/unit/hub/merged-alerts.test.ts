import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { aDirectory, hook, hour, imageOf, line, minute, openHub, second, started } from './state-rig.ts'

const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace']
const channels = { ops: { ...hook('ops'), wait: '5s' as const, interval: 0 } }
const missing = (name: string, more: object = {}) => line({ msg: `user profile ${name} not found`, ...more })

/** `names[n]` is not found n + 1 times. */
function failAll({ hub }: ReturnType<typeof openHub>, more: (name: string) => object = () => ({})): void {
  names.forEach((name, n) => {
    for (let times = 0; times <= n; times++) hub.write(missing(name, more(name)))
  })
}

const written = (dir: string) =>
  readdirSync(imageOf(dir))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n')

describe('alerts whose messages differ in one word', () => {
  it('are one message that lists the five most frequent words with their counts, and says how many more', async () => {
    const rig = openHub({ channels })
    failAll(rig)
    await rig.clock.advance(minute)
    expect(rig.posts).toHaveLength(1)
    const [post] = rig.posts
    const variants = 'grace ×7, frank ×6, erin ×5, dave ×4, carol ×3 and 2 more'
    expect(post?.body.alerts).toMatchObject([{ count: 28, newCount: 28, variants }])
    expect(post?.body.text).toContain('user profile … not found')
    expect(post?.body.text).toContain(variants)
  })

  it('are at most one message more once each of four was sent, and are never sent one by one again', async () => {
    const rig = openHub({ channels: { ops: { ...channels.ops, wait: 0 } } })
    for (const name of names) {
      rig.hub.write(missing(name))
      await rig.clock.advance(10 * second)
    }
    await rig.clock.advance(4 * minute)
    const started = () => rig.posts.filter(({ body }) => body.reason === 'first')
    expect(started().length).toBeLessThanOrEqual(5)
    await rig.clock.advance(hour)
    expect(started().length).toBeLessThanOrEqual(5)
    const sent = rig.posts.flatMap(({ body }) => body.alerts)
    expect(sent.reduce((sum, { newCount }) => sum + newCount, 0)).toBe(7)
    expect(sent.some((alert) => 'variants' in alert)).toBe(true)
  })

  it.each([
    [
      'a tenant',
      ['acme', 'globex', 'initech', 'hooli', 'umbrella'].map((name) => `Tenant ${name} is not active`),
    ],
    [
      'a host',
      ['acme', 'globex', 'initech', 'hooli', 'umbrella'].map((name) => `lost the route to host ${name}`),
    ],
    [
      'an id',
      ['abc-123', 'zz9-77', 'qrs-4', 'k-9', 'mno-31', 'tuv-8'].map((id) => `parcel ${id} is not on its way`),
    ],
  ])('are one though no word of theirs says that it is the name of %s', async (_, texts) => {
    const rig = openHub({ channels })
    for (const msg of texts.slice(0, 4)) rig.hub.write(line({ msg }))
    await rig.clock.advance(minute)
    const apart = rig.posts.flatMap(({ body }) => body.alerts).length
    for (const msg of texts) rig.hub.write(line({ msg }))
    await rig.clock.advance(hour)
    expect(apart).toBeGreaterThan(1)
    expect(JSON.stringify(rig.posts.at(-1)?.body)).toContain('…')
  })

  it.each<[string, (name: string) => object, Partial<AlertOptions>]>([
    ['alert.key', (name) => ({ alert: { key: `profile of ${name}` } }), {}],
    ['groupBy', (name) => ({ tenant: name }), { rules: [{ name: 'profiles', groupBy: ['tenant'] }] }],
    [
      'groupBy beside the fingerprint',
      (name) => ({ tenant: name }),
      { rules: [{ name: 'profiles', groupBy: ['tenant', '@fingerprint'] }] },
    ],
  ])('stay apart if %s separates them', async (_, more, options) => {
    const rig = openHub({ channels, ...options })
    failAll(rig, more)
    await rig.clock.advance(minute)
    const sent = rig.posts.flatMap(({ body }) => body.alerts)
    expect(new Set(sent.map(({ id }) => id)).size).toBe(names.length)
    expect(sent.some((alert) => 'variants' in alert)).toBe(false)
  })
})

it('no person is notified of a merge as an end; a webhook closes each by its id, and says why', async () => {
  const hall = { type: 'slack', url: 'https://im.example.com/hall', sendResolved: true } as const
  const options = { channels: { ops: { ...channels.ops, wait: 0 }, hall: { ...hall, wait: 0, interval: 0 } } }
  const rig = openHub(options, { answer: () => new Response('ok') })
  for (const name of names) {
    rig.hub.write(missing(name))
    await rig.clock.advance(minute)
  }
  const to = (name: string) => rig.posts.filter(({ url }) => url.endsWith(name))
  expect(JSON.stringify(to('hall'))).not.toMatch(/RESOLVED/)
  const ends = to('ops').flatMap(({ body }) => body.alerts.filter(({ reason }) => reason === 'resolved'))
  expect(ends).toHaveLength(3)
  for (const end of ends) expect(end).toMatchObject({ resolvedBy: { type: 'merged' } })
  await rig.clock.advance(hour)
  expect(JSON.stringify(to('hall')).match(/RESOLVED/g)?.length).toBeGreaterThan(0)
})

it('PagerDuty closes the incidents of alerts that were merged, and the last one at its own end', async () => {
  const pages = { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' } as const
  const rig = openHub(
    { channels: { pages: { ...pages, minSeverity: 'error', wait: 0, interval: 0 } } },
    { answer: () => new Response('{"status":"success"}', { status: 202 }) },
  )
  for (const name of names) {
    rig.hub.write(missing(name))
    await rig.clock.advance(minute)
  }
  const calls = () => rig.posts.map(({ body }) => Object(body) as { event_action: string; dedup_key: string })
  const keys = (action: string) =>
    calls().flatMap(({ event_action, dedup_key }) => (event_action === action ? dedup_key : []))
  const opened = [...new Set(keys('trigger'))]
  const closed = keys('resolve')
  expect(closed.length).toBeGreaterThan(0)
  expect(new Set(closed).size).toBe(closed.length)
  const open = opened.filter((key) => !closed.includes(key))
  expect(open).toHaveLength(1)
  await rig.clock.advance(hour)
  expect(keys('resolve')).toEqual([...closed, ...open])
})

it('a merged alert is ended by the record that ends its rule, also in a later life', async () => {
  const rules = [
    { name: 'users', match: { area: 'users' }, resolve: { area: 'ok' }, resolveAfter: false as const },
  ]
  const rig = openHub({ channels, rules })
  failAll(rig, () => ({ area: 'users' }))
  await rig.clock.advance(minute)
  rig.hub.write(line({ msg: 'all well', area: 'ok', level: 30 }))
  await rig.clock.advance(minute)
  rig.hub.write(missing('zoe', { area: 'users' }))
  await rig.clock.advance(minute)
  expect(rig.hub.explain({ msg: 'all well', area: 'ok', level: 30 }).ends).toHaveLength(1)
  rig.hub.write(line({ msg: 'all well', area: 'ok', level: 30 }))
  await rig.clock.advance(minute)
  expect(rig.hub.explain({ msg: 'all well', area: 'ok', level: 30 }).ends).toBeUndefined()
})

it('a merged alert keeps its text over a restart', async () => {
  const dir = aDirectory()
  const options: AlertOptions = { channels, state: { dir } }
  const first = openHub(options)
  for (const name of names.slice(0, 3)) first.hub.write(missing(name))
  await first.clock.advance(2 * second)
  for (const name of names) first.hub.write(missing(name))
  await first.clock.advance(2 * second)
  const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at: first.clock.now() })
  await started(next)
  await next.clock.advance(minute)
  const [post] = next.posts
  expect(post?.body.alerts).toMatchObject([{ key: 'user profile … not found' }])
})

describe('the words in which merged alerts differ', () => {
  const redact = { patterns: ['T-[a-z]+'] }
  const failTenants = ({ hub }: ReturnType<typeof openHub>) => {
    for (const name of names) hub.write(line({ msg: `the profile T-${name} was not found` }))
    for (const name of names) hub.write(line({ msg: `login of the service with password: ${name} failed` }))
  }

  it('are redacted on disk, and in the message after a restart', async () => {
    const dir = aDirectory()
    const options: AlertOptions = { channels, redact, state: { dir } }
    const first = openHub(options)
    failTenants(first)
    await first.clock.advance(2 * second)
    // Of an alert that is known, only what changes is written.
    failTenants(first)
    await first.clock.advance(2 * second)
    expect(written(dir)).toContain('variants')
    expect(written(dir)).toContain('since/')
    expect(written(dir)).not.toMatch(/T-[a-z]|alice|grace/)
    const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at: first.clock.now() })
    await started(next)
    await next.clock.advance(minute)
    expect(next.posts.length).toBeGreaterThan(0)
    expect(JSON.stringify(next.posts)).not.toMatch(/T-[a-z]|alice|grace/)
  })

  it('are redacted in every message', async () => {
    const rig = openHub({ channels, redact })
    failTenants(rig)
    await rig.clock.advance(minute)
    expect(rig.posts.length).toBeGreaterThan(0)
    expect(JSON.stringify(rig.posts.map(({ body }) => body))).not.toMatch(/T-[a-z]|alice|grace/)
  })
})
