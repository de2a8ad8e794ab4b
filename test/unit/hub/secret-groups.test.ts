import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import {
  aDirectory,
  hook,
  hour,
  imageOf,
  line,
  minute,
  openHub,
  second,
  start,
  started,
} from './state-rig.ts'

const channels = { a: { ...hook('a'), wait: 0, interval: 0 } }
const secrets = /jane|hunter2|T-4711/i

function written(dir: string): string {
  return readdirSync(imageOf(dir))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n')
}

const watching: AlertOptions = {
  channels,
  rules: [
    {
      name: 'no sync',
      match: { event: 'sync' },
      groupBy: ['customer.name', 'password', 'tenant', 'job'],
      when: { absent: '2h' },
    },
  ],
  redact: { paths: ['customer.name'], patterns: ['T-\\d+'] },
}
const synced = (name = 'Jane Doe') =>
  line({
    level: 30,
    event: 'sync',
    msg: 'done',
    customer: { name },
    password: 'hunter2',
    tenant: 'T-4711',
    job: 'nightly',
  })

describe('a rule that watches groups by fields that are to be hidden', () => {
  it('writes none of them down, before and after they are missed, and shows none', async () => {
    const dir = aDirectory()
    const { hub, clock, posts, events } = openHub({ ...watching, state: { dir } })
    hub.write(synced())
    await clock.advance(2 * second)
    expect(written(dir)).toContain('absence/')
    expect(written(dir)).toContain('nightly')
    expect(written(dir)).not.toMatch(secrets)
    await clock.advance(3 * hour)
    expect(posts[0]?.body.alerts).toMatchObject([{ rule: 'no sync' }])
    expect(JSON.stringify([posts, events])).toContain('nightly')
    expect(JSON.stringify([posts, events])).not.toMatch(secrets)
    expect(JSON.stringify(hub.explain(synced()))).not.toMatch(secrets)
    expect(written(dir)).not.toMatch(secrets)
  })

  it('continues with each of them after a kill, and recognises it when it comes', async () => {
    const dir = aDirectory()
    const first = openHub({ ...watching, state: { dir } })
    first.hub.write(synced())
    first.hub.write(synced('John Doe'))
    await first.clock.advance(5 * second)
    const next = openHub({ ...watching, state: { dir: imageOf(dir) } }, { at: start + hour })
    await started(next)
    next.hub.write(synced())
    await next.clock.advance(90 * minute)
    expect(next.posts.flatMap(({ body }) => body.alerts)).toMatchObject([{ rule: 'no sync', count: 1 }])
    await next.clock.advance(2 * second)
    next.hub.write(synced('John Doe'))
    await next.clock.advance(2 * second)
    expect(next.posts.map(({ body }) => body.reason)).toEqual(['first', 'resolved'])
  })

  it('forgets them where the next start groups by other fields', async () => {
    const dir = aDirectory()
    const first = openHub({ ...watching, state: { dir } })
    first.hub.write(synced())
    await first.clock.advance(5 * second)
    const rules = watching.rules!.map((rule) => ({ ...rule, groupBy: ['job'] }))
    const next = openHub({ ...watching, rules, state: { dir: imageOf(dir) } }, { at: start + hour })
    await started(next)
    await next.clock.advance(5 * hour)
    expect(next.posts).toEqual([])
  })
})

it('a rule that counts different values writes none of them down', async () => {
  const dir = aDirectory()
  const rules = [
    { name: 'guessing', match: { event: 'login' }, when: { count: 3, within: '10m', distinct: 'password' } },
  ] as const
  const options = { channels, rules: [...rules] }
  const login = (password: string) => line({ level: 30, event: 'login', msg: 'failed', password })
  const first = openHub({ ...options, state: { dir } })
  first.hub.write(login('hunter2'))
  first.hub.write(login('hunter3'))
  await first.clock.advance(2 * second)
  expect(written(dir)).toContain('condition/')
  expect(written(dir)).not.toMatch(/hunter/)
  const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at: start + minute })
  await started(next)
  next.hub.write(login('hunter2'))
  await next.clock.advance(2 * second)
  expect(next.posts).toEqual([])
  next.hub.write(login('hunter4'))
  await next.clock.advance(2 * second)
  expect(next.posts).toHaveLength(1)
})
