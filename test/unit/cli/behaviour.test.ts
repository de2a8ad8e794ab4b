import { describe, expect, it } from 'vitest'
import type { Inbox } from '#cli/inbox/inbox.ts'
import { post, startInbox, urlOf } from './inbox.ts'

const chat = ['slack', 'dingtalk', 'wecom', 'webhook'] as const
const bodies = {
  slack: { text: 'x' },
  dingtalk: { msgtype: 'text', text: { content: 'x' } },
  wecom: { msgtype: 'text', text: { content: 'x' } },
  webhook: { text: 'x' },
}

const start = () => startInbox({ rateLimits: false, settings: { dingtalk: { secret: '' } } })
const send = (inbox: Inbox, provider: (typeof chat)[number], init?: RequestInit) =>
  post(urlOf(inbox, provider), bodies[provider], init)

describe('a fake that misbehaves', () => {
  it('says no, too fast and too long in its own manner', async () => {
    const inbox = await start()
    const says = async (mode: 'refuse' | 'rate-limited' | 'too-long') => {
      const said: Record<string, string> = {}
      for (const provider of chat) {
        inbox.behave(provider, { mode, times: 1 })
        const { status, text } = await send(inbox, provider)
        said[provider] = `${status} ${/"errcode":\d+/.exec(text)?.[0] ?? text}`
      }
      return said
    }
    expect(await says('refuse')).toEqual({
      slack: '400 invalid_payload',
      dingtalk: '200 "errcode":310000',
      wecom: '200 "errcode":93000',
      webhook: '422 {"ok":false,"error":"this message is not wanted"}',
    })
    expect(await says('rate-limited')).toMatchObject({
      slack: expect.stringMatching(/^429 /),
      dingtalk: '200 "errcode":130101',
      wecom: '200 "errcode":45009',
      webhook: expect.stringMatching(/^429 /),
    })
    expect(await says('too-long')).toMatchObject({
      slack: '400 msg_blocks_too_long',
      dingtalk: '200 "errcode":460101',
      wecom: '200 "errcode":40058',
      webhook: expect.stringMatching(/^413 /),
    })
    expect(inbox.received({ ok: true })).toEqual([])
  })

  it('does so as often as set, then behaves', async () => {
    const inbox = await start()
    inbox.behave('slack', { status: 503, headers: { 'retry-after': '7' }, body: 'busy', times: 2 })
    const replies = [await send(inbox, 'slack'), await send(inbox, 'slack'), await send(inbox, 'slack')]
    expect(replies.map(({ status, text }) => `${status} ${text}`)).toEqual(['503 busy', '503 busy', '200 ok'])
    expect(replies[0]!.headers.get('retry-after')).toBe('7')
    expect(inbox.received().map(({ ok }) => ok)).toEqual([false, false, true])
  })

  it('does so until reset, and changes no other fake', async () => {
    const inbox = await start()
    inbox.behave('slack', 'error')
    for (let count = 0; count < 3; count += 1) expect((await send(inbox, 'slack')).status).toBe(500)
    expect((await send(inbox, 'wecom')).status).toBe(200)
    inbox.behave('slack', 'ok')
    expect((await send(inbox, 'slack')).status).toBe(200)
  })

  it('shows a page of html or redirects', async () => {
    const inbox = await start()
    inbox.behave('webhook', 'html')
    const page = await send(inbox, 'webhook')
    expect([page.status, page.headers.get('content-type'), page.text]).toEqual([
      200,
      'text/html; charset=utf-8',
      expect.stringContaining('Sign in'),
    ])
    inbox.behave('webhook', 'redirect')
    const redirected = await send(inbox, 'webhook')
    expect([redirected.status, redirected.headers.get('location')]).toEqual([307, '/webhook/redirected'])
    expect(inbox.received({ ok: true })).toEqual([])
  })

  it('breaks the connection', async () => {
    const inbox = await start()
    inbox.behave('dingtalk', 'reset')
    const cause = await send(inbox, 'dingtalk').then(
      () => undefined,
      (error: Error) => (error.cause as NodeJS.ErrnoException).code,
    )
    expect(cause).toBe('ECONNRESET')
    expect(inbox.received()).toMatchObject([{ ok: false, answer: { status: 0 }, view: { text: 'x' } }])
  })

  it('holds a request without an answer until the inbox is closed', async () => {
    const inbox = await start()
    inbox.behave('slack', 'hang')
    const sent = send(inbox, 'slack').then(
      () => 'answered',
      () => 'broken off',
    )
    expect(await inbox.next({ provider: 'slack' })).toMatchObject({ ok: false, answer: { status: 0 } })
    await inbox.close()
    expect(await sent).toBe('broken off')
  })

  it('drips an answer that never ends, and stops when the client leaves or the inbox closes', async () => {
    const inbox = await start()
    inbox.behave('slack', 'drip')
    const read = async (signal?: AbortSignal) => {
      const response = await fetch(urlOf(inbox, 'slack'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"text":"x"}',
        ...(signal && { signal }),
      })
      const reader = response.body!.getReader()
      expect(response.status).toBe(200)
      for (let count = 0; count < 2; count += 1) expect((await reader.read()).done).toBe(false)
      return reader
    }
    const abort = new AbortController()
    const leaving = await read(abort.signal)
    abort.abort()
    await expect(leaving.read()).rejects.toThrow()
    const staying = await read()
    await inbox.close()
    await expect(
      (async () => {
        while (!(await staying.read()).done);
      })(),
    ).rejects.toThrow()
  })

  it('sends a body without end', async () => {
    const inbox = await start()
    inbox.behave('wecom', 'endless')
    const response = await fetch(urlOf(inbox, 'wecom'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const reader = response.body!.getReader()
    let bytes = 0
    while (bytes < 1_000_000) bytes += (await reader.read()).value!.length
    await reader.cancel()
    expect(response.status).toBe(200)
  })

  it('cannot do what it does not know, and says what it can', async () => {
    const inbox = await start()
    const wrong = (provider: string, behaviour: unknown) => () =>
      inbox.behave(provider as 'slack', behaviour as 'ok')
    expect(wrong('slack', 'greylist')).toThrow("slack cannot behave 'greylist'; it can ok, rate-limited")
    expect(wrong('email', 'html')).toThrow("email cannot behave 'html'")
    expect(wrong('email', { status: 550 })).toThrow('email takes a mode, not a status')
    expect(wrong('pager', 'ok')).toThrow("no provider 'pager'; there are alertmanager, aliyun-sms, ")
    expect(wrong('__proto__', 'ok')).toThrow("no provider '__proto__'")
    expect(wrong('slack', { status: 99 })).toThrow('status must be')
    expect(wrong('slack', { status: 200, headers: { 'a\r\nb': 'x' } })).toThrow()
    expect(wrong('slack', { status: 200, headers: { a: 1 } })).toThrow('headers must be')
    expect(wrong('slack', { mode: 'hang', times: 0 })).toThrow('times must be')
    expect(wrong('slack', null)).toThrow('a behaviour is')
    expect((await send(inbox, 'slack')).status).toBe(200)
  })
})
