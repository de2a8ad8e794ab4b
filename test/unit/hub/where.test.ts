/** What a hub says of an alert's process, release, impact and condition, in both languages and as data. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { aDirectory, hook, imageOf, line, minute, openHub, second, start, started } from './state-rig.ts'
import { openStory, prompt } from './story.ts'

interface AlertBody {
  readonly count: number
  readonly release?: string
  readonly releaseNote?: object
  readonly impact?: Readonly<Record<string, number>>
  readonly processes?: readonly object[]
  readonly condition?: object
}

const bodies = ({ posts }: ReturnType<typeof openHub>) =>
  posts.map(({ body }) => ({ text: body.text, ...(body.alerts[0] as unknown as AlertBody) }))

/** A hub that runs on where another one was closed or killed. */
async function nextLife(options: AlertOptions, dir: string, at: number) {
  const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at })
  await started(next)
  return next
}

const named = (options: AlertOptions): AlertOptions => ({
  channels: { a: { ...hook('a'), wait: '1s', interval: 0 } },
  process: 'web-1 (pid 41)',
  timeZone: 'UTC',
  ...options,
})

describe('two lives with different releases', () => {
  it('an alert that the earlier release never had is new in the later one', async () => {
    const dir = aDirectory()
    const first = openHub(named({ release: '1.4.0', state: { dir } }))
    await started(first)
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(2 * second)
    expect(bodies(first)[0]).toMatchObject({ release: '1.4.0' })
    expect(bodies(first)[0]).not.toHaveProperty('releaseNote')

    const next = await nextLife(named({ release: '1.4.1' }), dir, start + minute)
    next.hub.write(line({ msg: 'no route to the ledger', time: start + minute }))
    await next.clock.advance(2 * second)
    const [fresh] = bodies(next).filter(({ text }) => text.includes('ledger'))
    expect(fresh).toMatchObject({
      text: expect.stringMatching(
        /\(new in 1\.4\.1\)[\s\S]*New in 1\.4\.1, not seen in 1\.4\.0\.[\s\S]*Release: 1\.4\.1/,
      ),
      releaseNote: { type: 'new', previous: '1.4.0' },
      processes: [{ name: 'web-1 (pid 41)', count: 1 }],
    })
  })

  it('an alert that ended in an earlier release is back in the later one', async () => {
    const rules: AlertOptions['rules'] = [{ name: 'all', resolveAfter: '1m' }]
    const dir = aDirectory()
    const first = openHub(named({ release: '1.3.9', rules, state: { dir } }))
    await started(first)
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(5 * minute)

    const copy = imageOf(dir)
    const between = openHub(named({ release: '1.4.0', rules, state: { dir: copy } }), {
      at: start + 10 * minute,
    })
    await started(between)
    await between.clock.advance(2 * second)
    expect(between.posts).toEqual([])

    const later = named({ release: '1.4.1', rules, locale: 'zh-CN' })
    const again = await nextLife(later, copy, start + 20 * minute)
    again.hub.write(line({ msg: 'disk is full', time: start + 20 * minute }))
    await again.clock.advance(2 * second)
    expect(bodies(again)[0]).toMatchObject({
      text: expect.stringMatching(/（1\.4\.1 再次出现）[\s\S]*1\.4\.1 再次出现，上次见于 1\.3\.9。/),
      releaseNote: { type: 'back', previous: '1.3.9' },
      firstEver: new Date(start).toISOString(),
    })
    expect(bodies(again)[0]!.text).toContain('首次出现：')
  })

  it('an alert that lasts over the deployment is neither', async () => {
    const dir = aDirectory()
    const first = openHub(named({ release: '1.4.0', state: { dir } }))
    await started(first)
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(2 * second)
    const next = await nextLife(named({ release: '1.4.1' }), dir, start + minute)
    next.hub.write(line({ msg: 'disk is full', time: start + minute }))
    await next.clock.advance(10 * minute)
    expect(bodies(next)).toHaveLength(1)
    expect(bodies(next)[0]).toMatchObject({ count: 2, release: '1.4.1' })
    expect(bodies(next)[0]).not.toHaveProperty('releaseNote')
  })

  it('without a state directory nothing is said', async () => {
    const story = openStory({ channels: { ops: prompt }, release: '1.4.1' })
    await story.log(0, { level: 50, msg: 'disk is full' })
    await story.until(second)
    expect(story.messages[0]!.message.subject).toBe('[ERROR] disk is full')
  })
})

describe('the process of a line that another one wrote', () => {
  const foreign = { msg: 'disk is full', hostname: 'acme-7', pid: 12 }

  it('is named by the line', async () => {
    const story = openStory({ channels: { ops: prompt } })
    await story.log(0, { level: 50, ...foreign })
    await story.until(second)
    expect(story.messages[0]!.message.cards[0]!.data['processes']).toEqual([
      { name: 'acme-7 (pid 12)', count: 1 },
    ])
  })

  it('is hidden as `redact` says, in messages and on disk', async () => {
    const { process: _, ...unnamed } = named({})
    for (const redact of [{ patterns: ['acme'] }, { paths: ['hostname'] }]) {
      const dir = aDirectory()
      const rig = openHub({ ...unnamed, redact, state: { dir } })
      await started(rig)
      rig.hub.write(line(foreign))
      await rig.clock.advance(3 * second)
      expect(bodies(rig)).toHaveLength(1)
      expect(JSON.stringify(rig.posts)).not.toContain('acme')
      const files = readdirSync(dir).filter((name) => name.endsWith('.journal'))
      const written = files.map((name) => readFileSync(join(dir, name), 'utf8')).join('')
      expect(written).toContain('disk is full')
      expect(written).not.toContain('acme')
    }
  })
})

it('a channel that is notified later learns which others were before it', async () => {
  const rig = openHub(
    named({
      channels: {
        chat: { ...hook('chat'), wait: 0, interval: 0 },
        phone: { ...hook('phone'), after: '2m', interval: 0 },
      },
    }),
  )
  rig.hub.write(line({ msg: 'disk is full' }))
  await rig.clock.advance(3 * minute)
  const [chat, phone] = bodies(rig)
  expect(chat).not.toHaveProperty('notifiedChannels')
  expect(phone).toMatchObject({
    notifiedChannels: ['chat'],
    text: expect.stringContaining('Also notified: chat'),
  })
})

it('a channel whose provider accepted nothing is not named among those that were notified', async () => {
  const rig = openHub(
    named({
      channels: {
        chat: { ...hook('chat'), wait: 0, interval: 0, repeat: '1m' },
        phone: { ...hook('phone'), wait: 0, interval: 0 },
      },
      rules: [{ name: 'disk', match: { msg: 'disk is full' }, resolve: { msg: 'disk is fine' } }],
    }),
    { answer: (url) => new Response('', { status: url.endsWith('/phone') ? 503 : 200 }) },
  )
  rig.hub.write(line({ msg: 'disk is full' }))
  await rig.clock.advance(2 * minute)
  rig.hub.write(line({ msg: 'disk is full' }))
  await rig.clock.advance(2 * minute)
  rig.hub.write(line({ msg: 'disk is fine', level: 30 }))
  await rig.clock.advance(minute)
  const chat = rig.posts.filter(({ url }) => url.endsWith('/chat')).flatMap(({ body }) => body.alerts)
  expect(chat.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['first', 'repeat', 'resolved']))
  for (const alert of chat) expect(Object(alert).notifiedChannels ?? []).not.toContain('phone')
})

it('the end names the other channels that were notified, whichever hears of it first', async () => {
  const both = { wait: 0, interval: 0 } as const
  const rig = openHub(
    named({
      channels: { chat: { ...hook('chat'), ...both }, phone: { ...hook('phone'), ...both } },
      rules: [{ name: 'disk', match: { msg: 'disk is full' }, resolve: { msg: 'disk is fine' } }],
    }),
  )
  rig.hub.write(line({ msg: 'disk is full' }))
  await rig.clock.advance(minute)
  rig.hub.write(line({ msg: 'disk is fine', level: 30 }))
  await rig.clock.advance(minute)
  const ends = rig.posts.filter(({ body }) => body.reason === 'resolved')
  expect(ends.map(({ body }) => Object(body.alerts[0]).notifiedChannels)).toEqual([['phone'], ['chat']])
})

describe('the impact', () => {
  const options = named({ impact: ['userId'] })
  const failed = (userId: unknown, at = start) => line({ msg: 'charge failed', userId, time: at })

  it('is the number of different users, in words and as data', async () => {
    for (const [locale, words] of [
      ['en', '5 times in 1 s, 3 users.'],
      ['zh-CN', '1 秒内发生 5 次，影响用户 3 个'],
    ] as const) {
      const rig = openHub({ ...options, locale })
      for (const user of ['u-zoe', 'bob', 'u-zoe', 7, '7']) rig.hub.write(failed(user))
      rig.hub.write(failed(undefined).replace('charge failed', 'other'))
      await rig.clock.advance(2 * second)
      expect(bodies(rig)[0]).toMatchObject({
        text: expect.stringContaining(words),
        impact: { userId: 3 },
      })
      expect(JSON.stringify(rig.posts)).not.toContain('u-zoe')
    }
  })

  it('survives a kill and a restart, and counts no value twice', async () => {
    const dir = aDirectory()
    const first = openHub({ ...options, state: { dir } })
    await started(first)
    for (const user of ['ann', 'bob']) first.hub.write(failed(user))
    await first.clock.advance(3 * second)
    const next = await nextLife(options, dir, start + minute)
    for (const user of ['bob', 'eve']) next.hub.write(failed(user, start + minute))
    await next.clock.advance(10 * minute)
    expect(bodies(next)[0]).toMatchObject({
      count: 4,
      text: expect.stringContaining('4 in total, 3 users.'),
      impact: { userId: 3 },
    })
  })

  it('of alerts that became one is that of all of them', async () => {
    const rig = openHub({ ...options, channels: { a: { ...hook('a'), wait: '10s', interval: 0 } } })
    for (const [index, user] of ['alice', 'bruno', 'clara', 'diego', 'elena', 'farid', 'alice'].entries())
      rig.hub.write(line({ msg: `user ${user} was not found`, userId: index < 6 ? index : 0 }))
    await rig.clock.advance(minute)
    expect(bodies(rig)[0]).toMatchObject({ count: 7, impact: { userId: 6 } })
  })

  it('is not counted unless the options ask for it', async () => {
    const rig = openHub(named({}))
    rig.hub.write(failed('ann'))
    await rig.clock.advance(2 * second)
    expect(bodies(rig)[0]).not.toHaveProperty('impact')
  })
})

describe('the condition', () => {
  const rule = { name: 'job failed', match: { event: 'failed' }, groupBy: ['job'] }
  const failed = (job: string, more = {}) => ({ level: 50, msg: 'failed', event: 'failed', job, ...more })

  it('of a row names its length and the last success', async () => {
    const when = { consecutive: 3, reset: { event: 'ok' } }
    const story = openStory({
      channels: { ops: prompt },
      rules: [{ ...rule, when }],
      timeZone: 'UTC',
    })
    await story.log(0, { msg: 'done', event: 'ok', job: 'a' })
    for (const at of [1, 2, 3]) await story.log(at * minute, failed('a'))
    await story.until(4 * minute)
    expect(story.messages[0]!.message.cards[0]).toMatchObject({
      lead: '3 in a row (threshold 3), last success 00:00:00.',
      data: { condition: { type: 'consecutive', threshold: 3, value: 3, lastSuccessAt: expect.any(String) } },
    })
  })

  it('of different values counts on while the message waits', async () => {
    const when = { count: 2, within: '5m', distinct: 'userId' } as const
    const story = openStory({
      channels: { ops: { ...prompt, wait: '10s' } },
      rules: [{ ...rule, when }],
      impact: ['userId'],
    })
    for (const [at, userId] of ['a', 'b', 'c', 'c'].entries())
      await story.log(at * second, failed('x', { userId }))
    await story.until(minute)
    expect(story.messages[0]!.message.cards[0]).toMatchObject({
      lead: '3 different userId in 5 min (threshold 2), 4 records.',
      data: { condition: { value: 3, field: 'userId' }, impact: { userId: 3 } },
    })
  })

  it('of a count names its threshold, and counts the users of all its records', async () => {
    const story = openStory({
      channels: { ops: prompt },
      rules: [{ ...rule, when: { count: 3, within: '1m' } }],
      impact: ['userId'],
      locale: 'zh-CN',
    })
    for (const [at, userId] of ['a', 'b', 'a'].entries())
      await story.log(at * second, failed('x', { userId }))
    await story.until(minute)
    expect(story.messages[0]!.message.cards[0]!.lead).toBe('2 秒内 3 次（阈值 1 分钟内 3 次），影响用户 2 个')
  })

  it('that must last says how long it has', async () => {
    const story = openStory({
      channels: { ops: prompt },
      rules: [{ ...rule, for: '2m', resolve: { event: 'ok' } }],
    })
    for (const at of [0, 1]) await story.log(at * minute, failed('x'))
    await story.until(3 * minute)
    expect(story.messages[0]!.message.cards[0]!.lead).toBe(
      '2 times in 1 min. Has lasted 2 min (alerts after 2 min).',
    )
  })
})
