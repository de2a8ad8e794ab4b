/** What people did, and what the library says of itself, as these channels send it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '#core/provider/provider.ts'
import googlechat from '#core/providers/googlechat.ts'
import jsm from '#core/providers/jsm.ts'
import opsgenie from '#core/providers/opsgenie.ts'
import zulip from '#core/providers/zulip.ts'
import { createRenderer } from '#core/render/render.ts'
import { aNotification, anItem, aRecord, kinds, noon, plainChannel } from '../render/support.ts'
import { createReceiver, type Receiver, send } from './support.ts'

let server: Receiver
beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.arrived.length = 0
})
afterAll(() => server.close())

const answering = { shortIdOf: (id: string) => id.slice(-6), hasCommand: false }
const render = createRenderer({ ...plainChannel, answering, listsOthers: true })
const repeated = { reason: 'repeat', added: 0, notifiedAt: noon } as const
const notices = {
  acknowledged: render(
    aNotification([anItem({}, { ...repeated, answered: { type: 'acknowledged', by: 'Ann', at: noon } })]),
  ),
  silenced: render(
    aNotification([
      anItem(
        {},
        {
          ...repeated,
          answered: { type: 'silenced', by: 'Ann', comment: 'known', at: noon, until: noon + 3_600_000 },
        },
      ),
    ]),
  ),
}
const limit = { channel: 'sms', deferred: 3, count: 5, perMs: 3_600_000, until: noon + 600_000 }
const quota = aRecord({ msg: 'channel sms reached its limit', level: 40, levelLabel: 'warn', fields: limit })
const own = { rule: '@quota', key: 'sms', severity: 'warning', first: quota, latest: quota } as const
const quotaReached = render(aNotification([anItem({ ...own })]))
const storm = render(aNotification(kinds(37), { reason: 'storm' }))
const andMore = render(aNotification(kinds(40)))

const markdown = {
  'Google Chat': async (message: Message) => {
    server.answer = { body: '{"name":"spaces/A/messages/B"}' }
    const url = `${server.url}/v1/spaces/A/messages?key=key-of-a-test&token=token-of-a-test`
    expect(await send(googlechat, { url }, message)).toEqual({ status: 'delivered' })
    const { text, thread } = server.json() as { text: string; thread?: { threadKey: string } }
    return { text, thread: thread?.threadKey }
  },
  Zulip: async (message: Message) => {
    server.answer = { body: '{"result":"success","id":1}' }
    const options = { url: server.url, email: 'bot@example.com', apiKey: 'keyoftheunittests', stream: 'ops' }
    expect(await send(zulip, options, message)).toEqual({ status: 'delivered' })
    const form = new URLSearchParams(server.arrived.at(-1)!.body)
    return { text: form.get('content')!, thread: form.get('topic') }
  },
}

describe.each(Object.entries(markdown))('%s', (name, sent) => {
  it('says who acknowledged, in the thread of the alert, with nothing to do', async () => {
    const first = await sent(render(aNotification()))
    const { text, thread } = await sent(notices.acknowledged)
    expect(text).toContain('[CRITICAL] payments prod: card gateway timeout (acknowledged)')
    expect(text).toContain('Acknowledged by Ann at 14:05:09. No reminders until it resolves or gets worse.')
    expect(text).not.toMatch(/First seen|reminder at/)
    expect(thread).toBe(first.thread)
  })

  it('says who silenced it, until when and why', async () => {
    const { text, thread } = await sent(notices.silenced)
    expect(text).toContain('card gateway timeout (silenced)')
    expect(text).toMatch(/Silenced by Ann until 15:05\. known/)
    expect(thread).toBe((await sent(notices.acknowledged)).thread)
  })

  it('says that a quota is reached, and until when', async () => {
    const { text } = await sent(quotaReached)
    expect(text).toContain('[WARNING] payments prod: channel sms reached its limit of 5 per hour')
    expect(text).toContain('3 alerts wait; sent at 14:15.')
  })

  it('says how many kinds a storm has, and how many are not shown', async () => {
    const { text } = await sent(storm)
    expect(text).toContain('37 kinds of errors in')
    expect(text).toContain('Alert storm: 37 new alerts, 36,334 records')
    expect(text).toContain('1,000× problem of kind 0')
    expect(text).toContain('and 27 more kinds')
    expect((await sent(andMore)).text).toContain('and 10 more')
    if (name === 'Google Chat') expect((await sent(storm)).thread).toBeUndefined()
  })
})

describe.each([
  ['Opsgenie', opsgenie],
  ['Jira Service Management', jsm],
])('%s', (_, provider) => {
  const sent = async (message: Message) => {
    server.answer = { status: 202, body: '{"result":"Request will be processed"}' }
    const options = { endpoint: server.url, apiKey: 'key-of-the-unit-tests' }
    expect(await send(provider, options, message)).toEqual({ status: 'delivered' })
    return server.arrived.map(({ path, body }) => ({ path, body: JSON.parse(body) }))
  }

  it('takes its alert as acknowledged, with a note of who did it', async () => {
    const [{ path, body } = { path: '', body: {} }] = await sent(notices.acknowledged)
    expect(path).toBe('/v2/alerts/00000000000000a1/acknowledge?identifierType=alias')
    expect(body.note).toContain('Acknowledged by Ann at 14:05:09')
  })

  it('opens an alert for a quota that is reached', async () => {
    const [{ body } = { body: {} }] = await sent(quotaReached)
    expect(body).toMatchObject({
      alias: '00000000000000a1',
      message: 'payments prod: channel sms reached its limit of 5 per hour',
      priority: 'P3',
    })
    expect(body.description).toContain('3 alerts wait; sent at 14:15.')
  })

  it('opens one alert for a storm, with what its kinds have in common', async () => {
    const [{ body } = { body: {} }, ...others] = await sent(storm)
    expect(others).toEqual([])
    expect(body.message).toMatch(/^payments prod: 37 kinds of errors in /)
    expect(body.description).toContain('and 27 more kinds')
    expect(body).toMatchObject({ priority: 'P1', entity: 'payments', tags: ['critical', 'payments', 'prod'] })
  })

  it('opens an alert for each that is shown, and one for all others', async () => {
    const requests = await sent(andMore)
    expect(requests).toHaveLength(11)
    expect(requests.at(-1)?.body.description).toContain('and 10 more')
    expect(requests.at(-1)?.body).toMatchObject({ entity: 'payments' })
    expect(new Set(requests.map(({ body }) => body.alias)).size).toBe(11)
  })
})
