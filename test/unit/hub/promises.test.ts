/**
 * How many messages are sent, and when, in the figures that the guide promises.
 */
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { hour, openStory, prompt, second } from './story.ts'

const total = (items: readonly { readonly added: number }[]) =>
  items.reduce((sum, { added }) => sum + added, 0)

describe('`after: 2m`, for the channel that wakes people', () => {
  const options: AlertOptions = {
    channels: { chat: prompt, sms: { ...prompt, minSeverity: 'critical', after: '2m' } },
    rules: [
      {
        name: 'core down',
        match: { event: 'core.down' },
        groupBy: ['core'],
        severity: 'critical',
        resolve: { event: 'core.up' },
      },
    ],
  }
  const down = { level: 50, msg: 'unreachable', event: 'core.down', core: 'a' }
  const up = { msg: 'reachable', event: 'core.up', core: 'a' }

  it('sends nothing of a blip of 40 seconds, which chat hears of, with its end', async () => {
    const story = openStory(options)
    for (let at = 0; at < 40; at += 10) await story.log(at * second, down)
    await story.log(40 * second, up)
    await story.until(hour)
    expect(story.lines('sms')).toEqual([])
    expect(story.notified('chat').map(({ reason }) => reason)).toEqual(['first', 'resolved'])
    expect(story.events).toContainEqual(
      expect.objectContaining({ type: 'suppressed', channel: 'sms', reason: 'ended', count: 4 }),
    )
  })

  it('sends one of an outage when two minutes are over, and one of its end', async () => {
    const story = openStory(options)
    for (let at = 0; at < 240; at += 10) await story.log(at * second, down)
    await story.log(240 * second, up)
    await story.until(hour)
    expect(story.lines('sms')).toEqual(['2:00 sms first core down +12', '4:00 sms resolved core down +12'])
  })
})

describe('an endless error', () => {
  it('of 26 000 equal errors in 62 hours is at most 21 messages a channel, and every record is counted', async () => {
    const story = openStory({
      channels: {
        chat: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' },
        mail: { type: 'email', url: 'smtp://localhost', from: 'a@example.com', to: ['b@example.com'] },
        gateway: { type: 'webhook', url: 'https://im.example.com/notify' },
      },
    })
    const count = 26_000
    for (let n = 0; n < count; n++)
      await story.log(Math.floor((n * 62 * hour) / count), { level: 50, msg: `order ${n} failed` })
    await story.until(62 * hour)
    for (const channel of ['chat', 'mail', 'gateway']) {
      expect(
        story.messages.filter((message) => message.channel === channel).length,
        channel,
      ).toBeLessThanOrEqual(21)
    }
    await story.hub.close()
    for (const channel of ['chat', 'mail', 'gateway'])
      expect(total(story.notified(channel)), channel).toBe(count)
  })
})

describe('a storm', () => {
  it('of 5 000 different errors in ten seconds is at most two messages, and every record is counted', async () => {
    const story = openStory({
      channels: { chat: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' } },
    })
    for (let n = 0; n < 5_000; n++) {
      const word = [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
      await story.log(n * 2, { level: 50, msg: `cannot ${word} the ${word}` })
    }
    await story.until(hour)
    expect(story.messages.length).toBeLessThanOrEqual(2)
    expect(story.messages[0]?.message.reason).toBe('storm')
    const { stats } = story.hub
    expect(stats().matched).toBe(5_000)
  })
})

describe('the title of a message', () => {
  const options: AlertOptions = {
    channels: {
      chat: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' },
      pager: { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef', interval: '30s' },
      sms: { ...prompt, minSeverity: 'critical', interval: '30s' },
    },
  }
  const problem = (level: number, msg: string, key = msg) => ({ level, msg, alert: { key } })
  const end = (key: string) => ({ msg: 'it is back', alert: { key, resolve: true } })
  const titlesOf = (story: ReturnType<typeof openStory>, channel: string) =>
    story.messages.filter((one) => one.channel === channel).map(({ message }) => message.subject)

  it('has the severity of an alert that ended before it was sent; that is one message, and one incident', async () => {
    const story = openStory(options)
    await story.log(0, problem(60, 'disk is full'))
    await story.log(5 * second, problem(60, 'database is gone'))
    await story.log(6 * second, end('database is gone'))
    await story.until(600 * second)
    const opened = ['[CRITICAL] disk is full', '[CRITICAL] database is gone']
    expect(titlesOf(story, 'chat')).toEqual(opened)
    expect(titlesOf(story, 'sms')).toEqual(opened)
    expect(titlesOf(story, 'pager')).toEqual([...opened, '[RESOLVED] database is gone'])
    const { lead } = story.messages.filter(({ channel }) => channel === 'chat')[1]!.message.cards[0]!
    expect(lead).toMatch(/^Fired and resolved before it could be notified: /)
  })

  it('does not say that an error ended on a channel which is sent no ends of errors', async () => {
    const story = openStory(options)
    await story.log(0, problem(50, 'disk is full'))
    await story.log(10 * second, problem(50, 'slow query'))
    await story.log(11 * second, end('slow query'))
    await story.until(hour)
    expect(titlesOf(story, 'chat')).toEqual(['[ERROR] disk is full', '[ERROR] slow query'])
  })

  it('calls several alerts new that all ended before they were sent', async () => {
    const story = openStory(options)
    await story.log(0, problem(50, 'disk is full'))
    for (const msg of ['slow query', 'no route']) {
      await story.log(10 * second, problem(50, msg))
      await story.log(11 * second, end(msg))
    }
    await story.until(hour)
    expect(titlesOf(story, 'chat')).toEqual([
      '[ERROR] disk is full',
      expect.stringMatching(/^\[ERROR\] 2 new alerts, worst: /),
    ])
  })

  it('of several alerts has severity and text of the worst, also if that has ended', async () => {
    const story = openStory(options)
    await story.log(0, problem(50, 'disk is full'))
    await story.log(10 * second, problem(60, 'DATABASE IS GONE'))
    await story.log(11 * second, end('DATABASE IS GONE'))
    for (const fruit of ['apples', 'pears']) await story.log(12 * second, problem(50, `out of ${fruit}`))
    await story.until(60 * second)
    expect(titlesOf(story, 'chat')).toEqual([
      '[ERROR] disk is full',
      '[CRITICAL] 2 firing, 1 resolved, worst: DATABASE IS GONE',
    ])
  })

  it('of one alert has severity and text of its worst record', async () => {
    const story = openStory(options)
    await story.log(0, problem(60, 'the disk of the database is full', 'a'))
    await story.log(360 * second, problem(50, 'slow query 912 ms', 'a'))
    await story.until(400 * second)
    for (const channel of ['chat', 'pager', 'sms']) {
      expect(titlesOf(story, channel)).toEqual([
        '[CRITICAL] the disk of the database is full',
        '[CRITICAL] the disk of the database is full ×2 (still firing)',
      ])
    }
  })
})
