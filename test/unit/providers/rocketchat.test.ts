import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import rocketchat from '#core/providers/rocketchat.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: '{"success":true}' }
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ url: `${server.url}/hooks/id-of-a-test/token-of-a-test` })
const text = () => server.json()['text'] as string
const attachment = () => (server.json()['attachments'] as { color: string; text: string }[])[0]!

describe('body', () => {
  it('has subject and mentions as text, the alerts in a coloured attachment', async () => {
    await send(
      rocketchat,
      { ...at(), channel: '#ops', alias: 'Alerts' },
      aMessage({ mentions: ['@oncall', 'all', 'no body'] }),
    )
    expect(text()).toBe('*[ERROR] payments prod: card gateway timeout ×37*\n@oncall @all no body')
    expect(attachment().color).toBe('#D93025')
    expect(attachment().text).toContain('*traceId*: [4bf92f35](https://trace.example.com/4bf92f35)')
    expect(server.json()).toMatchObject({ channel: '#ops', alias: 'Alerts' })
    await send(rocketchat, at(), aMessage({ reason: 'resolved' }))
    expect(attachment().color).toBe('#188038')
    expect(Object.keys(server.json())).toEqual(['text', 'attachments'])
  })

  it('breaks up data that would mention somebody or link anywhere', async () => {
    const hostile = '@all @admin [l](http://evil.example) <http://evil.example|l> ```'
    await send(rocketchat, at(), aMessage({ cards: [aCard({ text: hostile, context: [hostile] })] }))
    expect(attachment().text).toContain('@\u200ball @\u200badmin [l]\u200b(http://evil.example) <\u200bhttp')
    expect(attachment().text.match(/```/g)).toHaveLength(2)
    expect(server.arrived[0]!.body).not.toMatch(/@(?:all|admin)|\]\(http:\/\/evil/)
  })

  it('is no longer than the server takes, or than configured', async () => {
    const cards = Array.from({ length: 30 }, (_, index) =>
      aCard({ id: String(index), text: '长"'.repeat(3_000) }),
    )
    await send(rocketchat, at(), aMessage({ cards }))
    expect(server.arrived.at(-1)!.body.length).toBeLessThanOrEqual(4_800)
    await send(rocketchat, { ...at(), maxChars: 900 }, aMessage({ cards }))
    expect(server.arrived.at(-1)!.body.length).toBeLessThanOrEqual(900)
  })
})

describe('reply', () => {
  it('is delivered only as success', async () => {
    expect(await send(rocketchat, at())).toEqual({ status: 'delivered' })
    for (const body of ['', '{}', '{"success":"true"}', '{"success":false,"error":"invalid-channel"}']) {
      server.answer = { body }
      expect(await send(rocketchat, at()), body).toMatchObject({ status: 'failed' })
    }
  })

  it('says in a sentence how long to wait', async () => {
    const error =
      'Error, too many requests. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]'
    for (const status of [429, 400, 200]) {
      server.answer = { status, body: JSON.stringify({ success: false, error }) }
      expect(await send(rocketchat, at()), String(status)).toMatchObject({ status: 'retry', delayMs: 42_000 })
    }
    server.answer = { status: 429, body: '{"success":false,"error":"[error-too-many-requests]"}' }
    expect(await send(rocketchat, at())).not.toHaveProperty('delayMs')
  })

  it('distinguishes too long from wrong, and never holds the token', async () => {
    server.answer = { status: 400, body: '{"success":false,"error":"error-message-size-exceeded"}' }
    expect(await send(rocketchat, at())).toMatchObject({ status: 'failed', tooLong: true })
    server.answer = { status: 404, body: '{"success":false,"error":"no token-of-a-test"}' }
    const receipt = await send(rocketchat, at())
    expect(receipt).toMatchObject({ status: 'failed', httpStatus: 404 })
    expect(JSON.stringify(receipt)).not.toContain('token-of-a-test')
    server.answer = { status: 500, body: '{"success":false,"error":"x"}' }
    expect(await send(rocketchat, at())).toMatchObject({ status: 'retry' })
  })
})

describe('options', () => {
  it('need the whole address of an integration, with its token', () => {
    expect(problems(rocketchat, {}).join()).toContain('needs `url`')
    expect(problems(rocketchat, { url: 'https://chat.example.com/' }).join()).toContain(
      'is the address of the server',
    )
    expect(problems(rocketchat, { url: 'https://chat.example.com/hooks/64a' }).join()).toContain(
      'lacks its token',
    )
    expect(problems(rocketchat, { url: 'https://chat.example.com/hooks/64a/xyz', channel: '@bob' })).toEqual(
      [],
    )
    expect(problems(rocketchat, { ...at(), channel: 'ops' }).join()).toContain('must be #channel or @person')
  })
})
