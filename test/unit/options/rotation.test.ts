import { describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'
import { createRecipients, turnsFrom } from '#core/render/on-call.ts'
import { minute, openStory, second } from '../hub/story.ts'

const ada = { email: 'ada@example.com', sms: '+4930123456', slack: 'U024BE7LH' }
const bob = { email: 'bob@example.com', slack: 'U0BOB00001' }
const oncall = {
  rotate: [[ada], [bob, 'cleo@example.com']],
  every: '7d',
  from: '2026-01-05T09:00',
  timeZone: 'Europe/Berlin',
}
const mail = { type: 'email', url: 'smtp://127.0.0.1', from: 'alerts@example.com' }
const slack = { type: 'slack', url: 'https://hooks.example/x' }

function check(options: object) {
  const { plan, problems } = checkOptions({ recipients: { oncall }, ...options }, {})
  return { plan, problems: problems.map(({ path, message }) => `${path} ${message}`) }
}

describe('a group whose members take turns', () => {
  it('is those whose turn it is, on each channel by their addresses there', () => {
    const { plan, problems } = check({
      channels: {
        mail: { ...mail, to: ['boss@example.com', 'oncall'] },
        chat: { ...slack, mentions: { critical: ['oncall'], error: ['oncall', 'U0BOB00001'] } },
      },
    })
    expect(problems).toEqual([])
    const [email, chat] = plan.channels
    const to = createRecipients(email!.to)
    expect(to(Date.parse('2026-01-05T09:00+01:00'))).toEqual(['boss@example.com', 'ada@example.com'])
    expect(to(Date.parse('2026-01-05T08:59+01:00'))).toEqual([
      'boss@example.com',
      'cleo@example.com',
      'bob@example.com',
    ])
    const error = createRecipients(chat!.mentions.error!)
    expect(error(Date.parse('2026-01-06T00:00Z'))).toEqual(['U024BE7LH', 'U0BOB00001'])
    expect(error(Date.parse('2026-01-13T00:00Z'))).toEqual(['U0BOB00001'])
    expect(createRecipients(chat!.mentions.critical!)(Date.parse('2026-01-13T00:00Z'))).toEqual([
      'U0BOB00001',
    ])
  })

  it('takes the zone of the options, unless it has its own', () => {
    const { timeZone: _, ...rest } = oncall
    const { plan } = check({ recipients: { a: rest, b: oncall }, timeZone: 'Asia/Shanghai' })
    expect(plan.rotations.map(({ timeZone }) => timeZone)).toEqual(['Asia/Shanghai', 'Europe/Berlin'])
  })

  it('can be listed: who is on call when', () => {
    const [rotation] = check({}).plan.rotations
    const turns = turnsFrom(rotation!, Date.parse('2026-03-28T12:00Z'), 3)
    expect(turns.map(({ members, from }) => [new Date(from).toISOString(), members])).toEqual([
      ['2026-03-23T08:00:00.000Z', ['cleo@example.com', 'bob@example.com']],
      ['2026-03-30T07:00:00.000Z', ['ada@example.com']],
      ['2026-04-06T07:00:00.000Z', ['cleo@example.com', 'bob@example.com']],
    ])
  })

  it.each([
    [{ ...oncall, every: 'weekly' }, /^recipients\.oncall\.every must be a duration/],
    [{ ...oncall, every: 0 }, /^recipients\.oncall\.every must be longer than 0/],
    [{ ...oncall, from: 'monday' }, /^recipients\.oncall\.from must be a local time such as/],
    [{ ...oncall, timeZone: 'Mars' }, /^recipients\.oncall\.timeZone must be the IANA name/],
    [{ ...oncall, rotate: [] }, /^recipients\.oncall\.rotate must not be empty/],
    [{ ...oncall, rotate: [[{ slak: 'U1' }]] }, /^recipients\.oncall\.rotate\[0\]\[0\]\.slak .*'slack'/],
    [{ ...oncall, evry: '7d' }, /^recipients\.oncall\.evry .*'every'/],
    [{ rotate: [[ada]], every: '7d' }, /^recipients\.oncall\.from is missing/],
  ])('with something wrong is a problem at its place: %j', (wrong, problem) => {
    const { problems } = check({ recipients: { oncall: wrong } })
    expect(problems).toEqual([expect.stringMatching(problem)])
  })

  it('with a turn in which a channel reaches no member is a problem of that channel', () => {
    const phones = { ...oncall, rotate: [[ada], [{ sms: '+4930999999' }]] }
    const { problems } = check({
      recipients: { oncall: phones },
      channels: {
        mail: { ...mail, to: ['oncall'] },
        chat: { ...slack, mentions: { critical: ['oncall'] } },
      },
    })
    expect(problems).toEqual([
      expect.stringMatching(
        /^channels\.mail\.to\[0\] is a group whose rotate\[1\] is without a mail address/,
      ),
      expect.stringMatching(
        /^channels\.chat\.mentions\.critical\[0\] is a group whose rotate\[1\] is without/,
      ),
    ])
  })
})

describe('a notification to those on call', () => {
  const start = Date.parse('2026-01-12T07:59:00Z')
  const channels = {
    chat: {
      ...slack,
      type: 'slack' as const,
      mentions: { error: ['oncall'] },
      wait: 0,
      interval: 0,
      repeat: '1m' as const,
    },
  }
  const recipients = { oncall: { ...oncall, every: '7d' as const } }

  it('asks those whose turn it is when it is sent', async () => {
    const story = openStory({ recipients, channels }, { start })
    await story.log(0, { level: 50, msg: 'disk is full' })
    await story.log(90 * second, { level: 50, msg: 'disk is full' })
    await story.until(2 * minute)
    expect(story.messages.map(({ message }) => message.mentions)).toEqual([['U024BE7LH'], ['U0BOB00001']])
  })

  it('still does after a reload', async () => {
    const story = openStory({ recipients, channels }, { start })
    const swapped = { ...recipients.oncall, rotate: [[bob], [ada]] }
    expect(story.hub.reload({ recipients: { oncall: swapped }, channels })).toEqual([])
    await story.log(0, { level: 50, msg: 'disk is full' })
    await story.until(minute)
    expect(story.messages.map(({ message }) => message.mentions)).toEqual([['U0BOB00001']])
  })

  it('goes to the same people when it is tried again', async () => {
    const tried: (readonly string[])[] = []
    const story = openStory(
      { recipients, channels: { chat: { ...channels.chat, retry: { first: '90s' } } } },
      {
        start,
        sender: () => ({
          async send({ mentions }) {
            tried.push(mentions)
            return tried.length === 1
              ? { status: 'retry', why: 'busy', delayMs: 90 * second }
              : { status: 'delivered' }
          },
        }),
      },
    )
    await story.log(0, { level: 50, msg: 'disk is full' })
    await story.until(3 * minute)
    expect(tried.slice(0, 2)).toEqual([['U024BE7LH'], ['U024BE7LH']])
  })
})
