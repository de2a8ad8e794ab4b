import { describe, expect, it } from 'vitest'
import { createInbox } from '#cli/inbox/inbox.ts'
import { createHub } from '#core/hub/create-hub.ts'
import { type AlertOptions, checkOptions } from '#core/options.ts'

const ada = { email: 'ada@example.com', sms: '+4930123456', slack: 'U024BE7LH', dingtalk: '13800000000' }
const bob = { email: 'bob@example.com', twilio: '+4930999999', discord: '80351110224678912' }
const recipients = { oncall: [ada, bob], desk: ['desk@example.com', '+4930555555', 'U0DESK0001'] }

function plan(channels: object, more: object = {}) {
  const { plan, problems } = checkOptions({ recipients, channels, ...more }, {})
  const of = (name: string) => plan.channels.find((channel) => channel.name === name)
  return {
    to: (name: string) => of(name)?.to,
    mentions: (name: string) => of(name)?.mentions,
    problems: problems.map(({ path, message }) => `${path} ${message}`),
  }
}

const mail = { type: 'email', url: 'smtp://127.0.0.1', from: 'alerts@example.com' }
const sms = {
  type: 'twilio',
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'x'.repeat(32),
  from: '+15005550006',
}
const slack = { type: 'slack', url: 'https://hooks.example/x' }
const dingtalk = { type: 'dingtalk', token: 'inbox-token' }

describe('a role', () => {
  it('is reached on each channel by the address that its members have there, and each address once', () => {
    const { to, problems } = plan({
      mail: { ...mail, to: ['oncall', 'desk', 'ada@example.com', 'boss@example.com'] },
      sms: { ...sms, to: ['oncall', 'desk'] },
    })
    expect(problems).toEqual([])
    expect(to('mail')).toEqual(['ada@example.com', 'bob@example.com', 'desk@example.com', 'boss@example.com'])
    // The type of the channel beats the kind: Bob has a number for Twilio alone.
    expect(to('sms')).toEqual(['+4930123456', '+4930999999', '+4930555555'])
  })

  it('is mentioned by its ids there: neither by a mail address nor by a phone number, and others by the id that is written', () => {
    const { mentions, problems } = plan({
      slack: { ...slack, mentions: { critical: ['oncall', 'U0WRITTEN1'], error: ['desk'] } },
      ding: { ...dingtalk, mentions: { critical: ['oncall'] } },
    })
    expect(problems).toEqual([])
    expect(mentions('slack')).toEqual({ critical: ['U024BE7LH', 'U0WRITTEN1'], error: ['U0DESK0001'] })
    expect(mentions('ding')).toEqual({ critical: ['13800000000'] })
  })

  it('without a member that a channel can reach or mention is a problem that says what to write', () => {
    const { problems } = plan(
      {
        mail: { ...mail, to: ['phones'] },
        teams: { type: 'feishu', url: 'https://open.example/hook', mentions: { error: ['phones'] } },
      },
      { recipients: { phones: [{ sms: '+4930123456' }] } },
    )
    expect(problems).toEqual([
      expect.stringMatching(/^channels\.mail\.to\[0\] is a group without a mail address/),
      expect.stringMatching(
        /^channels\.teams\.mentions\.error\[0\] is a group without a member that can be mentioned .*\{ feishu: '…' \}/,
      ),
    ])
  })

  it('with a wrong address, an unknown way or no member is a problem at its place', () => {
    const { problems } = plan(
      {},
      { recipients: { a: [{ email: 'no-address' }], b: [{ sms: '0301234' }], c: [{ slak: 'U1' }], d: [] } },
    )
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'recipients.a[0].email',
      'recipients.b[0].sms',
      'recipients.c[0].slak',
      'recipients.d',
    ])
    expect(problems[2]).toContain("'slack'")
  })

  it('arrives where the providers expect it: a mail to all, a text message to each, a mention that pings', async () => {
    const inbox = await createInbox()
    try {
      const channels = {
        mail: { ...inbox.channels['email'], type: 'email', to: ['oncall'] },
        sms: { ...inbox.channels['twilio'], type: 'twilio', to: ['oncall'] },
        slack: { ...inbox.channels['slack'], type: 'slack', mentions: { critical: ['oncall'] } },
        ding: { ...inbox.channels['dingtalk'], type: 'dingtalk', mentions: { critical: ['oncall'] } },
      }
      const hub = createHub({ recipients, channels } as unknown as AlertOptions, { env: {} })
      hub.publish({ message: 'core is down', severity: 'critical' })
      expect(await hub.close(60_000)).toEqual({ delivered: true, pending: 0 })
      const bodies = (provider: string) =>
        inbox.received().flatMap((one) => (one.provider === provider ? one.request.body : []))
      expect(bodies('email')).toHaveLength(1)
      expect(bodies('email')[0]).toMatch(/^To: .*ada@example\.com.*bob@example\.com/m)
      const numbers = bodies('twilio').map((body) => new URLSearchParams(body).get('To'))
      expect(numbers.sort()).toEqual(['+4930123456', '+4930999999'])
      expect(bodies('slack')[0]).toContain('<@U024BE7LH>')
      expect(JSON.parse(bodies('dingtalk')[0]!).at.atMobiles).toEqual(['13800000000'])
    } finally {
      await inbox.close()
    }
  })
})
