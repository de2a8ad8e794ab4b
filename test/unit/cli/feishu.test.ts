import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { InboxOptions } from '#cli/inbox/inbox.ts'
import { post, startInbox, urlOf } from './inbox.ts'

const now = () => 1_700_000_000_000
const text = { msg_type: 'text', content: { text: 'disk full' } }

async function startFeishu(options: InboxOptions = {}) {
  const inbox = await startInbox({ rateLimits: false, now, settings: { feishu: { secret: '' } }, ...options })
  const url = urlOf(inbox, 'feishu')
  return {
    inbox,
    code: async (body: unknown, init?: RequestInit) => {
      const answer = await post(url, body, init)
      expect(answer.status).toBe(200)
      return (JSON.parse(answer.text) as { code: number }).code
    },
    view: async (body: unknown) => {
      await post(url, body)
      return inbox.received().at(-1)!.view
    },
  }
}

const cardOf = (...elements: unknown[]) => ({
  msg_type: 'interactive',
  card: { header: { title: { tag: 'plain_text', content: 'disk full' }, template: 'red' }, elements },
})
const div = (content: string, tag = 'lark_md') => ({ tag: 'div', text: { tag, content } })

describe('the fake Feishu bot', () => {
  it('takes text and cards, and says what is wrong inside a 200', async () => {
    const { code } = await startFeishu()
    expect(await code(text)).toBe(0)
    expect(await code(cardOf(div('x'), { tag: 'hr' }))).toBe(0)
    for (const wrong of [
      '{"msg_type":',
      '"x"',
      {},
      { msg_type: 'text' },
      { msg_type: 'text', text: { content: 'x' } },
    ])
      expect(await code(wrong)).toBe(9499)
    expect(await code(text, { headers: { 'content-type': 'text/plain' } })).toBe(9499)
    expect(await code({ msg_type: 'text', content: { text: '长'.repeat(7_000) } })).toBe(9499)
  })

  it('wants its signature in the body, over nothing, with a time in seconds within the hour', async () => {
    const { code, inbox } = await startFeishu({ settings: { feishu: { secret: 'demo' } } })
    const signed = (timestamp: number | string, message = '', key = `${timestamp}\ndemo`) => ({
      ...text,
      timestamp,
      sign: createHmac('sha256', key).update(message).digest('base64'),
    })
    const seconds = now() / 1000
    expect(await code(signed(String(seconds)))).toBe(0)
    expect(await code(signed(String(seconds - 3_600)))).toBe(0)
    expect(await code(signed(String(seconds - 3_601)))).toBe(19021)
    expect(await code(signed(seconds))).toBe(19021)
    expect(await code(signed(String(now())))).toBe(19021)
    expect(await code(signed(String(seconds), `${seconds}\ndemo`, 'demo'))).toBe(19021)
    expect(await code(text)).toBe(19021)
    expect(inbox.channels.feishu['secret']).toBe('demo')
  })

  it('knows its address, its keywords and valid cards', async () => {
    const { code, inbox } = await startFeishu({ settings: { feishu: { secret: '', keywords: ['disk'] } } })
    expect(await code(text)).toBe(0)
    expect(await code({ ...text, content: { text: 'other' } })).toBe(19024)
    const other = await post(`${inbox.url}/feishu/open-apis/bot/v2/hook/other`, text)
    expect(JSON.parse(other.text)).toMatchObject({ code: 19001 })
    expect((await post(`${inbox.url}/feishu/open-apis/bot/hook/inbox-bot`, text)).status).toBe(404)
    const button = (url: string) => ({
      tag: 'action',
      actions: [{ tag: 'button', text: { tag: 'plain_text', content: 'x' }, url }],
    })
    expect(await code(cardOf(button('https://example.com/')))).toBe(0)
    for (const wrong of [
      cardOf(),
      cardOf(div('')),
      cardOf({ tag: 'constructor' }),
      cardOf(button('nowhere')),
    ])
      expect(await code(wrong)).toBe(200621)
    expect(await code({ msg_type: 'interactive', content: cardOf(div('x')).card })).toBe(200621)
  })

  it('takes five a second', async () => {
    let time = now()
    const { code } = await startFeishu({ rateLimits: true, now: () => time })
    for (let count = 0; count < 5; count += 1) expect(await code(text)).toBe(0)
    expect(await code(text)).toBe(11232)
    time += 1_000
    expect(await code(text)).toBe(0)
  })

  it('shows the texts of a card, and pings by the attribute of each kind', async () => {
    const { view } = await startFeishu()
    const at = '<at id=ou_1></at> <at user_id="ou_2">x</at>'
    expect(await view(cardOf(div(at), div(at, 'plain_text')))).toMatchObject({
      subject: 'disk full',
      text: `${at}\n${at}`,
      mentions: ['ou_1'],
    })
    expect((await view({ msg_type: 'text', content: { text: at } })).mentions).toEqual(['ou_2'])
    expect(
      (await view({ msg_type: 'text', content: { text: '<at user_id="13800000000"></at>' } })).mentions,
    ).toEqual([])
  })
})
