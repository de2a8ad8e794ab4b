import { describe, expect, it } from 'vitest'
import type { InboxOptions } from '#cli/inbox/inbox.ts'
import { post, startInbox, urlOf } from './inbox.ts'

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
const header = (text: string) => ({ type: 'header', text: { type: 'plain_text', text } })

async function startSlack(options: InboxOptions = {}) {
  const inbox = await startInbox({ rateLimits: false, ...options })
  const url = urlOf(inbox, 'slack')
  return {
    inbox,
    send: async (body: unknown, init?: RequestInit) => {
      const { status, text } = await post(url, body, init)
      return `${status} ${text}`
    },
    view: async (body: unknown) => {
      await post(url, body)
      return inbox.received().at(-1)!.view
    },
  }
}

describe('the fake Slack webhook', () => {
  it("answers a plain 'ok' to what it takes", async () => {
    const { inbox, send } = await startSlack()
    expect(await send({ text: 'hello' })).toBe('200 ok')
    expect(await send({ blocks: [section('hello')] })).toBe('200 ok')
    expect(await send({ attachments: [{ color: '#D93025', blocks: [section('hello')] }] })).toBe('200 ok')
    expect(inbox.received({ ok: true }).map(({ view }) => view.text)).toEqual(['hello', 'hello', 'hello'])
  })

  it('answers in one word of plain text to a wrong address', async () => {
    const { inbox } = await startSlack()
    const at = async (path: string) => {
      const { status, text, headers } = await post(`${inbox.url}/slack/services/${path}`, { text: 'x' })
      expect(headers.get('content-type')).toContain('text/plain')
      return `${status} ${text}`
    }
    expect(await at('T0OTHER/B0INBOX/inbox')).toBe('404 no_team')
    expect(await at('T0INBOX/B0OTHER/inbox')).toBe('404 no_service')
    expect(await at('T0INBOX/B0INBOX/other')).toBe('403 invalid_token')
    expect(await at('T0INBOX/B0INBOX/inbox/more')).toBe('404 no_team')
  })

  it('refuses what is not a JSON object with something to say', async () => {
    const { send } = await startSlack()
    expect(await send(undefined, { method: 'GET', body: null })).toBe('400 invalid_payload')
    expect(await send('{"text":')).toBe('400 invalid_payload')
    expect(await send('"hello"')).toBe('400 invalid_payload')
    expect(await send({ text: 'x' }, { headers: { 'content-type': 'text/plain' } })).toBe(
      '400 invalid_payload',
    )
    expect(await send({ text: 1 })).toBe('400 invalid_payload')
    expect(await send({})).toBe('400 no_text')
    expect(await send({ text: '', blocks: [] })).toBe('400 no_text')
    const attachments = Array.from({ length: 101 }, () => ({ text: 'x' }))
    expect(await send({ attachments })).toBe('400 too_many_attachments')
  })

  it('holds blocks to their limits', async () => {
    const { send } = await startSlack()
    const blocks = async (...list: unknown[]) => send({ text: 'x', blocks: list })
    const dividers = (count: number) => Array.from({ length: count }, () => ({ type: 'divider' }))
    const button = (text: string) => ({ type: 'button', text: { type: 'plain_text', text } })
    const plain = { type: 'plain_text', text: 'x' }

    expect(await blocks(section('x'.repeat(3000)), header('x'.repeat(150)), ...dividers(48))).toBe('200 ok')
    expect(await blocks({ type: 'actions', elements: [button('x'.repeat(75))] })).toBe('200 ok')
    expect(await blocks({ type: 'section', fields: [{ type: 'mrkdwn', text: 'x'.repeat(2000) }] })).toBe(
      '200 ok',
    )

    for (const wrong of [
      [section('x'.repeat(3001))],
      [section('')],
      [header('x'.repeat(151))],
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      dividers(51),
      [{ type: 'section', fields: Array.from({ length: 11 }, () => plain) }],
      [{ type: 'section', fields: [{ type: 'mrkdwn', text: 'x'.repeat(2001) }] }],
      [{ type: 'context', elements: Array.from({ length: 11 }, () => plain) }],
      [{ type: 'actions', elements: [button('x'.repeat(76))] }],
      [{ type: 'image', image_url: 'https://example.com/x.png' }],
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      [{ type: 'constructor' }],
      ['section'],
      [null],
    ])
      expect(await blocks(...wrong), JSON.stringify(wrong).slice(0, 80)).toBe('400 invalid_blocks')
    expect(await send({ text: 'x', blocks: 'x' })).toBe('400 invalid_blocks')
    const inAttachment = { color: '#D93025', blocks: [section('x'.repeat(3001))] }
    expect(await send({ attachments: [inAttachment] })).toBe('400 invalid_blocks')
  })

  it('refuses blocks that are too long together', async () => {
    const { send } = await startSlack()
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2900)))
    expect(await send({ blocks: blocks.slice(0, 4) })).toBe('200 ok')
    expect(await send({ blocks })).toBe('400 msg_blocks_too_long')
  })

  it('cuts text over 40 000 characters and still says ok', async () => {
    const { send, inbox } = await startSlack()
    expect(await send({ text: 'x'.repeat(40_001) })).toBe('200 ok')
    const { view } = inbox.received()[0]!
    expect(view.text).toHaveLength(40_000)
    expect([view.size, view.limit, view.unit]).toEqual([40_001, 40_000, 'characters'])
    expect(view.notes).toEqual(['text was cut at 40000 characters'])
  })

  it('takes one a second after a short burst, and says when to come again', async () => {
    let now = 0
    const { inbox } = await startSlack({ rateLimits: true, now: () => now })
    const send = async () => post(urlOf(inbox, 'slack'), { text: 'x' })
    for (let count = 0; count < 3; count += 1) expect((await send()).status).toBe(200)
    const refused = await send()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    now += 1_000
    expect((await send()).status).toBe(200)
    expect((await send()).status).toBe(429)
  })

  it('shows blocks as the message and the text beside them as its notification', async () => {
    const { view } = await startSlack()
    const shown = await view({
      text: 'short &amp; sweet',
      blocks: [
        header('disk <full> &amp;'),
        section('a &lt;b&gt; <https://example.com/|the trace>'),
        { type: 'section', fields: [{ type: 'plain_text', text: '<!channel>' }] },
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'since 14:05' }] },
        { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Trace' } }] },
      ],
      attachments: [{ blocks: [section('more')] }],
    })
    expect(shown).toMatchObject({
      subject: 'short & sweet',
      text: 'disk <full> &amp;\na <b> the trace (https://example.com/)\n<!channel>\nsince 14:05\nTrace\nmore',
      mentions: [],
    })
  })

  it('shows the parts of rich text on one line, up to their own line break', async () => {
    const { view } = await startSlack()
    const text = (words: string) => ({ type: 'text', text: words })
    const link = { type: 'link', url: 'https://example.com/t/1', text: '1' }
    const facts = [text('Process'), text(': '), text('web-1'), text('\n'), text('traceId'), text(': '), link]
    const elements = [
      { type: 'rich_text_section', elements: facts },
      { type: 'rich_text_preformatted', elements: [text('14:05 INFO order 7')] },
    ]
    const shown = await view({ blocks: [{ type: 'rich_text', elements }] })
    expect(shown.text).toBe('Process: web-1\ntraceId: 1\n14:05 INFO order 7')
  })

  it('pings whom unescaped markup names, wherever it stands', async () => {
    const { view } = await startSlack()
    const mentions = async (body: unknown) => (await view(body)).mentions
    expect(await mentions({ text: '<!channel> <@U123> <!subteam^S1|@ops> <!here|here>' })).toEqual([
      '!channel',
      '@U123',
      '!subteam^S1',
      '!here',
    ])
    expect(await mentions({ text: '&lt;!channel&gt; &lt;@U123&gt; @channel @here <!date^1|now>' })).toEqual(
      [],
    )
    expect(await mentions({ text: '@channel', link_names: true })).toEqual(['@channel'])
    expect(await mentions({ text: 'x', blocks: [section('<!channel>')] })).toEqual(['!channel'])
    expect(
      await mentions({ text: 'x', attachments: [{ fields: [{ title: 't', value: '<@U1>' }] }] }),
    ).toEqual(['@U1'])
    const rich = {
      type: 'rich_text_section',
      elements: [
        { type: 'broadcast', range: 'here' },
        { type: 'user', user_id: 'U1' },
      ],
    }
    expect(await mentions({ blocks: [{ type: 'rich_text', elements: [rich] }] })).toEqual(['!here', '@U1'])
  })
})

describe('the fake Slack Web API', () => {
  const init = {
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: 'Bearer xoxb-inbox' },
  }

  async function startApi(options: InboxOptions = {}) {
    const { inbox } = await startSlack(options)
    return async (method: string, body: unknown, more: RequestInit = init) => {
      const { status, text } = await post(`${inbox.url}/slack/api/${method}`, body, more)
      return {
        status,
        ...(JSON.parse(text) as { ok: boolean; error?: string; ts?: string; channel?: string }),
      }
    }
  }

  it('answers with the channel and a timestamp of its own for every message', async () => {
    const call = await startApi({ now: () => 1_700_000_000_000 })
    const first = await call('chat.postMessage', { channel: 'C0INBOX', text: 'hello' })
    expect(first).toMatchObject({ status: 200, ok: true, channel: 'C0INBOX', ts: '1700000000.000001' })
    const reply = await call('chat.postMessage', { channel: 'C0INBOX', text: 'more', thread_ts: first.ts })
    expect(reply).toMatchObject({ ok: true, ts: '1700000000.000002' })
    const update = await call('chat.update', { channel: 'C0INBOX', text: 'changed', ts: first.ts })
    expect(update).toMatchObject({ ok: true, ts: first.ts })
  })

  it('says no inside a 200', async () => {
    const call = await startApi()
    const body = { channel: 'C0INBOX', text: 'hello' }
    const json = { 'content-type': 'application/json' }
    const error = async (...args: Parameters<typeof call>) => {
      const { status, ok, error } = await call(...args)
      expect([status, ok]).toEqual([200, false])
      return error
    }
    expect(await error('chat.postMessage', body, { headers: json })).toBe('not_authed')
    expect(
      await error('chat.postMessage', body, { headers: { ...json, authorization: 'Bearer other' } }),
    ).toBe('invalid_auth')
    expect(await error('chat.postMessage', { ...body, channel: 'C0OTHER' })).toBe('channel_not_found')
    expect(await error('chat.postMessage', { channel: 'C0INBOX' })).toBe('no_text')
    expect(await error('chat.postMessage', { ...body, thread_ts: 1_700_000_000.000_1 })).toBe(
      'invalid_thread_ts',
    )
    expect(await error('chat.update', body)).toBe('message_not_found')
  })
})
