import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import mattermost from '#core/providers/mattermost.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: 'ok' }
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ url: `${server.url}/hooks/hook-of-a-test` })
const text = () => server.json()['text'] as string
const attachment = () =>
  (server.json()['attachments'] as { fallback: string; color: string; text: string }[])[0]!

describe('body', () => {
  it('has subject and mentions as text, the alerts in a coloured attachment', async () => {
    await send(mattermost, at(), aMessage({ mentions: ['@oncall', 'here', 'no body'] }))
    expect(text()).toBe('#### \\[ERROR\\] payments prod: card gateway timeout ×37\n@oncall @here no body')
    expect(attachment()).toMatchObject({
      color: '#D93025',
      fallback: '[ERROR] payments prod: card gateway timeout ×37',
      text: expect.stringContaining('**traceId**: [4bf92f35](https://trace.example.com/4bf92f35)'),
    })
    await send(mattermost, at(), aMessage({ reason: 'resolved' }))
    expect(attachment().color).toBe('#188038')
  })

  it('goes to another channel and under another name where the server allows that', async () => {
    const more = { channel: 'town-square', username: 'alerts', iconUrl: 'https://example.com/a.png' }
    await send(mattermost, { ...at(), ...more })
    expect(server.json()).toMatchObject({
      channel: 'town-square',
      username: 'alerts',
      icon_url: 'https://example.com/a.png',
    })
  })

  it('shows data as it is, and it pings no one, also in an attachment', async () => {
    const hostile = '@channel *b* [l](http://evil.example) | # ``` end'
    await send(
      mattermost,
      at(),
      aMessage({ subject: hostile, cards: [aCard({ text: hostile, context: [hostile] })] }),
    )
    expect(text()).toContain('@\u200bchannel \\*b\\* \\[l\\]\\(http://evil.example\\) \\| # \\`\\`\\` end')
    expect(attachment().text).toContain('@\u200bchannel \\*b\\*')
    expect(attachment().text.match(/```/g)).toHaveLength(2)
    expect(server.arrived[0]!.body).not.toContain('@channel')
  })

  it('is no longer than the server takes, or than configured', async () => {
    const cards = Array.from({ length: 30 }, (_, index) =>
      aCard({ id: String(index), text: '长"'.repeat(3_000) }),
    )
    await send(mattermost, at(), aMessage({ cards }))
    expect(server.arrived.at(-1)!.body.length).toBeLessThanOrEqual(16_000)
    await send(mattermost, { ...at(), maxChars: 3_900 }, aMessage({ cards }))
    expect(server.arrived.at(-1)!.body.length).toBeLessThanOrEqual(3_900)
  })

  it('is text alone on the second try after "too long"', async () => {
    await send(mattermost, at(), aMessage({ plain: true }))
    expect(Object.keys(server.json())).toEqual(['text'])
  })
})

describe('reply', () => {
  it("is delivered only as 200 with the text 'ok'", async () => {
    expect(await send(mattermost, at())).toEqual({ status: 'delivered' })
    for (const [status, body] of [
      [200, ''],
      [200, '<html>'],
      [202, 'ok'],
    ] as const) {
      server.answer = { status, body }
      expect(await send(mattermost, at())).toMatchObject({ status: 'failed' })
    }
  })

  it('distinguishes permanent failures and too long', async () => {
    const error = (status: number, id: string) => ({ status, body: JSON.stringify({ id, message: 'words' }) })
    server.answer = error(501, 'web.incoming_webhook.disabled.app_error')
    expect(await send(mattermost, at())).toMatchObject({ status: 'failed', lasting: true })
    server.answer = error(400, 'web.incoming_webhook.text.length.app_error')
    expect(await send(mattermost, at())).toMatchObject({ status: 'failed', tooLong: true })
    server.answer = error(404, 'web.incoming_webhook.invalid.app_error')
    expect(await send(mattermost, at())).toMatchObject({ status: 'failed', httpStatus: 404 })
    server.answer = error(500, 'app.post.save.app_error')
    expect(await send(mattermost, at())).toMatchObject({
      status: 'retry',
      why: expect.stringContaining('words'),
    })
    server.answer = { status: 429, headers: { 'retry-after': '3' } }
    expect(await send(mattermost, at())).toMatchObject({ status: 'retry', delayMs: 3_000 })
  })
})

describe('options', () => {
  it('need the address of a webhook, not of the server', () => {
    expect(problems(mattermost, {}).join()).toContain('needs `url`')
    expect(problems(mattermost, { url: 'https://chat.example.com' }).join()).toContain('/hooks/ and the id')
    expect(problems(mattermost, { url: 'https://chat.example.com/team/hooks/x', channel: '@bob' })).toEqual(
      [],
    )
    const found = problems(mattermost, { ...at(), channel: '#Town Square', iconUrl: 'x', maxChars: 1 })
    expect(found.map((line) => line.split(':')[0]).sort()).toEqual(['channel', 'iconUrl', 'maxChars'])
  })
})
