import { describe, expect, it } from 'vitest'
import type { InboxOptions } from '#cli/inbox/inbox.ts'
import { post, startInbox } from './inbox.ts'

async function startTelegram(options: InboxOptions = {}) {
  const inbox = await startInbox({ rateLimits: false, ...options })
  const { endpoint, token, chatId } = inbox.channels.telegram
  const call = async (body: object, path = `bot${token}/sendMessage`) => {
    const { status, text } = await post(`${endpoint}/${path}`, { chat_id: chatId, ...body })
    const answer = JSON.parse(text) as { ok: boolean; description?: string; parameters?: object }
    expect(answer.ok).toBe(status === 200)
    return { status, said: answer.description ?? '', parameters: answer.parameters }
  }
  return {
    inbox,
    call,
    html: async (text: string) => (await call({ text, parse_mode: 'HTML' })).said,
    view: async (body: object) => {
      await call(body)
      return inbox.received().at(-1)!.view
    },
  }
}

describe('the fake Telegram server', () => {
  it('distinguishes a malformed token from a wrong one', async () => {
    const { call } = await startTelegram()
    expect(await call({ text: 'x' }, 'bot/sendMessage')).toMatchObject({ status: 404 })
    expect(await call({ text: 'x' }, 'botx/sendMessage')).toMatchObject({ status: 404 })
    expect(await call({ text: 'x' }, 'bot1:other/sendMessage')).toMatchObject({
      status: 401,
      said: 'Unauthorized',
    })
  })

  it('knows its chat and topics, and where a group has moved', async () => {
    const { call } = await startTelegram({ settings: { telegram: { threadId: '7', movedTo: -100_7 } } })
    expect((await call({ chat_id: 5, text: 'x' })).said).toBe('Bad Request: chat not found')
    expect(await call({ text: 'x' })).toMatchObject({
      status: 400,
      parameters: { migrate_to_chat_id: -1007 },
    })
    expect(await call({ chat_id: -1007, text: 'x', message_thread_id: 7 })).toMatchObject({ status: 200 })
    expect((await call({ chat_id: -1007, text: 'x', message_thread_id: 8 })).said).toContain(
      'thread not found',
    )
  })

  it('parses HTML as strictly as the server does', async () => {
    const { html, view } = await startTelegram()
    for (const right of [
      '<b>x</b>',
      '<pre><code>a &lt; b</code></pre>',
      'a > b & c',
      '<a href="https://x.y">z</a>',
    ])
      expect(await html(right), right).toBe('')
    for (const wrong of ['<b>x', '<b><i>x</b></i>', 'a < b', '<br>', '<div>x</div>', '</b>'])
      expect(await html(wrong), wrong).toContain("can't parse entities")
    expect((await view({ text: '&lt;b&gt; &#39;&amp;amp;', parse_mode: 'HTML' })).text).toBe(
      "<b> '&amp;\n".trim(),
    )
  })

  it('counts characters after parsing, a pair as one', async () => {
    const { html, call } = await startTelegram()
    expect(await html(`<b>${'&lt;'.repeat(4096)}</b>`)).toBe('')
    expect(await html('x'.repeat(4097))).toBe('Bad Request: message is too long')
    expect((await call({ text: '😀'.repeat(4096) })).said).toBe('')
    expect((await call({ text: ' ' })).said).toBe('Bad Request: message text is empty')
  })

  it('refuses a button with an address that is not of the web', async () => {
    const { call } = await startTelegram()
    const button = async (url: string) =>
      (await call({ text: 'x', reply_markup: { inline_keyboard: [[{ text: 'x', url }]] } })).said
    expect(await button('https://trace.example.com/1')).toBe('')
    expect(await button('http://localhost/1')).toContain('Wrong HTTP URL')
  })

  it('finds names in any mode but not in code, and users by link', async () => {
    const { view } = await startTelegram()
    const text = '@bob <code>@carol</code> a@b.c @\u200bdave <a href="tg://user?id=5">e</a>'
    expect((await view({ text, parse_mode: 'HTML' })).mentions).toEqual(['@bob', '5'])
    expect((await view({ text: 'x @carol' })).mentions).toEqual(['@carol'])
  })

  it('takes one a second after a short burst, and says when to come again', async () => {
    let time = 0
    const { call } = await startTelegram({ rateLimits: true, now: () => time })
    for (let count = 0; count < 3; count += 1) expect((await call({ text: 'x' })).status).toBe(200)
    expect(await call({ text: 'x' })).toMatchObject({ status: 429, parameters: { retry_after: 1 } })
    time += 1_000
    expect((await call({ text: 'x' })).status).toBe(200)
  })
})
