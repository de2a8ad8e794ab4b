import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFit } from '#core/deliver/fit.ts'
import telegram from '#core/providers/telegram.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const token = '123456:token-of-a-test'
const ok = { body: '{"ok":true,"result":{"message_id":1}}' }
let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = ok
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ endpoint: server.url, token, chatId: '-100123' })
const text = () => server.json()['text'] as string
const no = (status: number, description: string, parameters?: object) => {
  server.answer = { status, body: JSON.stringify({ ok: false, error_code: status, description, parameters }) }
}

describe('body', () => {
  it('is HTML to the chat, without previews', async () => {
    await send(telegram, at())
    expect(server.arrived[0]?.path).toBe(`/bot${token}/sendMessage`)
    expect(server.json()).toMatchObject({
      chat_id: '-100123',
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    })
    expect(text()).toMatch(
      /^<b>\[ERROR\] payments prod: card gateway timeout ×37<\/b>\n\ncard gateway timeout/,
    )
    expect(text()).toContain('<b>traceId</b>: <a href="https://trace.example.com/4bf92f35">4bf92f35</a>')
    expect(text()).toContain('<pre>14:04:58 info calling gateway\n14:04:59 warn slow</pre>')
  })

  it('goes to a topic, and to a channel by its name', async () => {
    await send(telegram, { ...at(), chatId: '@ops_alerts', threadId: '42', endpoint: `${server.url}/` })
    expect(server.json()).toMatchObject({ chat_id: '@ops_alerts', message_thread_id: 42 })
    await send(telegram, { ...at(), chatId: -100_123 })
    expect(server.json()['chat_id']).toBe(-100_123)
    expect(server.json()).not.toHaveProperty('message_thread_id')
  })

  it('shows data as it is, and mentions no one whose name is in it', async () => {
    const hostile = '<b>x</b> & <a href="tg://user?id=1">y</a> @admin_bob </pre>'
    const url = 'https://trace.example.com/?a="1"&b=<2>'
    await send(
      telegram,
      at(),
      aMessage({
        cards: [aCard({ text: hostile, context: [hostile], facts: [{ label: 'l', value: 'v', url }] })],
      }),
    )
    const escaped =
      '&lt;b&gt;x&lt;/b&gt; &amp; &lt;a href="tg://user?id=1"&gt;y&lt;/a&gt; @\u200badmin_bob &lt;/pre&gt;'
    expect(text()).toContain(`\n${escaped}\n`)
    expect(text()).toContain(`<pre>${escaped}</pre>`)
    expect(text()).toContain('<a href="https://trace.example.com/?a=%221%22&amp;b=%3C2%3E">v</a>')
  })

  it('mentions by name and by id', async () => {
    await send(telegram, at(), aMessage({ mentions: ['@oncall_bob', 'carol_ops', '1234567', 'a <b>'] }))
    expect(text()).toContain('@oncall_bob @carol_ops <a href="tg://user?id=1234567">1234567</a> a &lt;b&gt;')
  })

  it('has a button, unless its host is none of the web, which would make Telegram refuse the message', async () => {
    const keyboard = () => server.json()['reply_markup']
    await send(
      telegram,
      at(),
      aMessage({ link: { label: 'Open trace', url: 'https://trace.example.com/1' } }),
    )
    expect(keyboard()).toEqual({
      inline_keyboard: [[{ text: 'Open trace', url: 'https://trace.example.com/1' }]],
    })
    for (const url of ['http://localhost:16686/1', 'http://jaeger/1', 'http://10.0.0.1/1', 'javascript:x']) {
      await send(telegram, at(), aMessage({ link: { label: 'x', url } }))
      expect(keyboard(), url).toBeUndefined()
    }
  })

  it('has a button for each way to answer, and then no links in the text', async () => {
    const answer = {
      text: 'ID 3fa0c1',
      links: ['Acknowledge', 'Silence 1 h', 'Details', 'Open trace', 'Runbook'].map((label, index) => ({
        ...{ rel: 'details' as const, label, url: `https://alerts.example.com/a/${index}` },
      })),
    }
    await send(telegram, at(), aMessage({ answer, links: answer.links }))
    const rows = (server.json()['reply_markup'] as { inline_keyboard: { text: string }[][] }).inline_keyboard
    expect(rows.map((row) => row.map((button) => button.text))).toEqual([
      ['Acknowledge', 'Silence 1 h'],
      ['Details', 'Open trace'],
      ['Runbook'],
    ])
    expect(text()).toMatch(/ID 3fa0c1$/)
    const links = answer.links.map((link) => ({
      ...link,
      url: link.url.replace('alerts.example.com', 'alerts'),
    }))
    await send(telegram, at(), aMessage({ answer: { ...answer, links }, links }))
    expect(text()).toContain('ID 3fa0c1 · <a href="https://alerts')
    await send(telegram, at(), aMessage({ answer, links: answer.links, plain: true }))
    expect(text()).toContain('Acknowledge: https://alerts.example.com/a/0')
  })

  it('stays within 4096 characters, and its tags stay whole', async () => {
    const cards = Array.from({ length: 20 }, (_, index) =>
      aCard({ id: String(index), text: '<磁盘>&已满😀'.repeat(500), context: ['<'.repeat(3000)] }),
    )
    for (const given of [cards, cards.slice(0, 1)]) {
      await send(telegram, at(), aMessage({ cards: given }))
      expect(text().length).toBeLessThanOrEqual(4096)
      for (const tag of ['b', 'pre', 'a']) {
        const opened = text().match(new RegExp(`<${tag}[ >]`, 'g')) ?? []
        expect(text().match(new RegExp(`</${tag}>`, 'g')) ?? []).toHaveLength(opened.length)
      }
      expect(text().replace(/&(?:lt|gt|amp);/g, '')).not.toContain('&')
    }
  })

  it('is plain text without markup on the second try', async () => {
    await send(
      telegram,
      at(),
      aMessage({ plain: true, subject: 'a < b @admin', mentions: ['@oncall_bob', '12'] }),
    )
    expect(server.json()).not.toHaveProperty('parse_mode')
    expect(text()).toMatch(/^a < b @\u200badmin\n@oncall_bob 12\n/)
  })
})

describe('reply', () => {
  it('is delivered only with a message id', async () => {
    expect(await send(telegram, at())).toEqual({ status: 'delivered' })
    for (const body of ['', '{}', '{"ok":true}', '{"ok":true,"result":true}', '<html>']) {
      server.answer = { body }
      expect(await send(telegram, at()), body).toMatchObject({ status: 'failed' })
    }
  })

  it('says in seconds how long to wait, in the body or the header', async () => {
    no(429, 'Too Many Requests: retry after 35', { retry_after: 35 })
    expect(await send(telegram, at())).toMatchObject({ status: 'retry', delayMs: 35_000 })
    server.answer = { status: 429, headers: { 'retry-after': '7' } }
    expect(await send(telegram, at())).toMatchObject({ status: 'retry', delayMs: 7_000 })
  })

  it('follows a group that has moved at once, and says so with each message', async () => {
    const sender = await telegram.open(telegram.options.parse(at()))
    const message = aMessage()
    const once = () =>
      sender.send(message, {
        fetch,
        signal: new AbortController().signal,
        now: () => noon,
        attempt: 1,
        address: 0,
        fit: createFit(message, telegram.limits),
      })
    no(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: -1_001_234_567_890,
    })
    expect(await once()).toMatchObject({ status: 'retry', delayMs: 0 })
    server.answer = ok
    expect(await once()).toEqual({
      status: 'delivered',
      note: 'the group became a supergroup: set `chatId` to -1001234567890',
    })
    expect(server.json()['chat_id']).toBe(-1_001_234_567_890)
  })

  it('recognizes what is worth a plain attempt', async () => {
    for (const words of [
      "can't parse entities: x",
      'message is too long',
      "inline keyboard button URL 'x' is invalid",
    ]) {
      no(400, `Bad Request: ${words}`)
      expect(await send(telegram, at()), words).toMatchObject({ status: 'failed', tooLong: true })
    }
  })

  it('recognizes what concerns every message, and says what to do', async () => {
    for (const [status, words, cure] of [
      [401, 'Unauthorized', '@BotFather'],
      [400, 'Bad Request: chat not found', '`chatId`'],
      [400, 'Bad Request: message thread not found', '`threadId`'],
      [403, 'Forbidden: bot was kicked from the group chat', 'add it again'],
    ] as const) {
      no(status, words)
      expect(await send(telegram, at())).toMatchObject({
        status: 'failed',
        lasting: true,
        why: expect.stringContaining(cure),
      })
    }
    no(400, 'Bad Request: message text is empty')
    expect(await send(telegram, at())).not.toHaveProperty('lasting')
  })

  it('never holds the token, even if the server echoes it', async () => {
    no(404, `Not Found: /bot${token}/sendMessage`)
    expect(JSON.stringify(await send(telegram, at()))).not.toContain('token-of-a-test')
  })
})

describe('options', () => {
  it('need a token and a chat, and name each', () => {
    const found = problems(telegram, {})
    expect(found.join()).toMatch(/token: is missing.*@BotFather/)
    expect(found.join()).toMatch(/chatId: is missing.*add the bot to it first/)
    expect(found).toHaveLength(2)
  })

  it('know the shape of each', () => {
    const right = { token, chatId: '-100123' }
    for (const wrong of ['bot123456:abc', '123456', 'https://api.telegram.org/bot123:abc/', '']) {
      expect(problems(telegram, { ...right, token: wrong }).join(), wrong).toContain('token: must be')
    }
    for (const wrong of ['ops', '', '@a', 1.5]) {
      expect(problems(telegram, { ...right, chatId: wrong }).join(), String(wrong)).toContain('chatId')
    }
    expect(problems(telegram, { ...right, threadId: 'general' }).join()).toContain('threadId: must be')
    expect(problems(telegram, { token, chatId: -100_123, threadId: 4 })).toEqual([])
  })
})
