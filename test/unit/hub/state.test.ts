import fs, { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  aDirectory,
  fatal,
  hook,
  hour,
  imageOf,
  line,
  minute,
  never,
  openHub,
  second,
  start,
  started,
} from './state-rig.ts'

const down = () => new Response('down', { status: 503 })
const channels = { a: { ...hook('a'), wait: 0, interval: 0 } }

const written = (dir: string) =>
  readdirSync(imageOf(dir))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n')

describe('a hub with a state directory', () => {
  it.each([
    ['for', { for: '1h' }],
    ['count', { when: { count: 3, within: '1h' } }],
    ['consecutive', { when: { consecutive: 3, reset: { event: 'ok' } } }],
  ] as const)('writes down no secret of a record that waits under `%s`', async (_name, condition) => {
    const dir = aDirectory()
    const rules = [{ name: 'login failed', match: { event: 'login' }, ...condition }]
    const { hub, clock } = openHub({ channels, rules, state: { dir } })
    const token = 'inbox-token-0001'
    hub.write(
      line({
        event: 'login',
        msg: `refused, password=${token}`,
        password: token,
        err: { message: `token=${token}` },
      }),
    )
    await clock.advance(5 * second)
    expect(written(dir)).toContain('"condition/')
    expect(written(dir)).not.toContain(token)
  })

  it('writes down no secret that stands in the key, the labels, the words or the ids of an alert', async () => {
    const dir = aDirectory()
    const rules = [{ name: 'by token', match: { token: { exists: true } }, groupBy: ['bearer'] }]
    const { hub, clock } = openHub({ channels, rules, state: { dir } }, { answer: down })
    const token = 'inbox-token-0001'
    const said = `password=${token}`
    const notified = {
      code: 'LOGIN',
      key: said,
      summary: `refused, ${said}`,
      labels: { said, password: token },
    }
    for (let n = 0; n < 3; n++) {
      hub.write(line({ msg: `refused, ${said}`, requestId: said }))
      hub.write(line({ msg: 'failed', token, bearer: `Bearer ${token}` }))
      hub.write(
        line({ msg: 'failed', alert: { ...notified, runbook: `https://me:${token}@wiki.example.com` } }),
      )
      await clock.advance(2 * second)
    }
    expect(written(dir)).toContain('"since/')
    expect(written(dir)).toContain('"delivery/')
    expect(written(dir)).not.toContain(token)
  })

  it('keeps all of its state for the next start if a disk that was full has room again before the end', async () => {
    const dir = join(aDirectory(), 'state')
    const first = openHub({ channels, state: { dir } }, { answer: () => never })
    await started(first)
    first.hub.write(fatal('out of memory'))
    await first.clock.advance(2 * second)
    rmSync(dir, { recursive: true })
    writeFileSync(dir, 'in the way')
    for (let n = 0; n < 3; n++) first.hub.write(line({ msg: 'refused' }))
    await first.clock.advance(2 * second)
    expect(first.hub.stats().state?.place).toBe('memory')
    rmSync(dir)
    const closed = first.hub.close()
    await first.clock.advance(10 * second)
    expect(await closed).toEqual({ delivered: false, pending: 2 })
    expect(first.events.filter(({ type }) => type === 'dropped')).toEqual([])

    const next = openHub({ channels, state: { dir } }, { clock: first.clock })
    await started(next)
    await next.clock.advance(minute)
    const alerts = next.posts.flatMap(({ body }) => body.alerts).filter(({ rule }) => rule !== '@state')
    expect(Object.fromEntries(alerts.map(({ latestMessage, count }) => [latestMessage, count]))).toEqual({
      'out of memory': 1,
      refused: 3,
    })
  })

  it('has a critical record in its journal before write() returns, and sends it late after a kill', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    first.hub.write(fatal('out of memory'))
    const image = imageOf(dir)
    expect(first.posts).toEqual([])
    const second = openHub({ channels, state: { dir: image } }, { at: start + 3 * hour })
    await started(second)
    expect(second.posts).toHaveLength(1)
    expect(second.posts[0]?.body).toMatchObject({ reason: 'first', severity: 'critical' })
    expect(second.posts[0]?.body.text).toMatch(/Delayed: due at \d\d:\d\d:\d\d, sent 3 h/)
  })

  it('has the further records of a critical alert in its journal before write() returns, like its first', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    await started(first)
    first.hub.write(fatal('out of memory'))
    await first.clock.advance(minute)
    for (let n = 0; n < 3; n++) first.hub.write(fatal('out of memory'))
    const next = openHub({ channels, state: { dir: imageOf(dir) } }, { at: start + 2 * minute })
    await started(next)
    await next.clock.advance(5 * minute)
    expect(next.posts.flatMap(({ body }) => body.alerts)).toMatchObject([
      { reason: 'repeat', newCount: 3, count: 4 },
    ])
  })

  it('has a critical delivery on the disk before its first attempt', async () => {
    const order: string[] = []
    const { fsyncSync } = fs
    fs.fsyncSync = (fd) => {
      order.push('synced')
      fsyncSync(fd)
    }
    syncBuiltinESMExports()
    onTestFinished(() => {
      fs.fsyncSync = fsyncSync
      syncBuiltinESMExports()
    })
    const rig = openHub(
      { channels, state: { dir: aDirectory() } },
      {
        answer: () => {
          order.push('sent')
          return down()
        },
      },
    )
    await started(rig)
    order.length = 0
    rig.hub.write(fatal('out of memory'))
    await rig.clock.advance(0)
    expect(order).toEqual(['synced', 'sent'])
  })

  it('sends after a restart what a provider that was down did not take, once and marked late', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: down })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(10 * second)
    expect(first.posts.length).toBeGreaterThan(0)
    const image = imageOf(dir)
    const next = openHub({ channels, state: { dir: image } }, { at: start + hour })
    await started(next)
    await next.clock.advance(minute)
    expect(next.posts).toHaveLength(1)
    expect(next.posts[0]?.body.text).toMatch(/late/)
    expect(next.posts[0]?.body.id).toBe(first.posts[0]?.body.id)
    const third = openHub({ channels, state: { dir: imageOf(image) } }, { at: start + hour + minute })
    await started(third)
    await third.clock.advance(10 * second)
    expect(third.posts).toEqual([])
  })

  it('remembers what was sent: no repeat before its time, then one, then the end', async () => {
    const dir = aDirectory()
    const resolving = { a: { ...hook('a'), wait: 0, interval: 0, sendResolved: true } }
    const first = openHub({ channels: resolving, state: { dir } })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(2 * second)
    expect(first.posts).toHaveLength(1)
    const next = openHub({ channels: resolving, state: { dir: imageOf(dir) } }, { at: start + minute })
    await started(next)
    next.hub.write(line({ msg: 'disk is full' }))
    await next.clock.advance(3 * minute)
    expect(next.posts).toEqual([])
    await next.clock.advance(30 * minute)
    expect(next.posts.map(({ body }) => [body.reason, body.alerts[0]?.newCount])).toEqual([
      ['repeat', 1],
      ['resolved', 0],
    ])
    const last = openHub({ channels: resolving, state: { dir: imageOf(dir) } }, { at: start + 2 * hour })
    await started(last)
    expect(last.posts).toEqual([])
    await last.clock.advance(16 * minute)
    expect(last.posts.map(({ body }) => body.reason)).toEqual(['resolved'])
  })

  it('knows a regression across a restart', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(hour)
    const next = openHub({ channels, state: { dir: imageOf(dir) } }, { at: start + 2 * hour })
    await started(next)
    next.hub.write(line({ msg: 'disk is full' }))
    await next.clock.advance(second)
    expect(next.posts.map(({ body }) => body.reason)).toEqual(['regression'])
  })

  it('leaves what it cannot send in time when it closes to the next start', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: () => never })
    first.hub.write(fatal('going down'))
    const closed = first.hub.close()
    for (let turn = 0; turn < 20; turn++) await first.clock.advance(second)
    expect(await closed).toEqual({ delivered: false, pending: 1 })
    expect(first.events.filter(({ type }) => type === 'dropped')).toEqual([])
    const next = openHub({ channels, state: { dir } }, { at: start + minute })
    await started(next)
    expect(next.posts).toHaveLength(1)
  })

  it('leaves nothing behind where there is nothing to remember', async () => {
    const dir = aDirectory()
    const { hub, clock } = openHub({ channels, state: { dir } })
    await started({ hub, clock, posts: [], events: [] })
    await hub.close()
    expect(readdirSync(dir)).toEqual([])
  })

  it('is sent once by several that start at the same time', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } }, { answer: down })
    first.hub.write(fatal('out of memory'))
    await first.clock.advance(second)
    const image = imageOf(dir)
    const rigs = Array.from({ length: 5 }, () =>
      openHub({ channels, state: { dir: image } }, { at: start + hour }),
    )
    await Promise.all(rigs.map(started))
    for (const { clock } of rigs) await clock.advance(minute)
    expect(rigs.flatMap(({ posts }) => posts)).toHaveLength(1)
  })
})
