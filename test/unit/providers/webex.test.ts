import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import webex from '#core/providers/webex.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const token = 'token-of-the-unit-tests'
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { body: '{"id":"1"}' }
  api.arrived.length = 0
})
afterAll(() => api.close())

const at = () => ({ token, roomId: 'a-space', endpoint: `${api.url}/v1/messages` })
const markdown = () => String(api.json()['markdown'])

describe('a message', () => {
  it('is Markdown by the bot into a space, or to a person', async () => {
    expect(await send(webex, at())).toEqual({ status: 'delivered' })
    expect(api.arrived[0]?.headers.authorization).toBe(`Bearer ${token}`)
    expect(api.json()).toMatchObject({ roomId: 'a-space' })
    expect(markdown()).toContain('### [ERROR] payments prod: card gateway timeout ×37')
    expect(markdown()).toContain('**traceId**: [4bf92f35](https://trace.example.com/4bf92f35)')
    const { roomId: _, ...own } = at()
    await send(webex, { ...own, person: 'ann@example.com' })
    expect(api.json()).toMatchObject({ toPersonEmail: 'ann@example.com' })
  })

  it('goes through an incoming webhook, which answers with nothing', async () => {
    api.answer = { status: 204 }
    expect(await send(webex, { url: `${api.url}/v1/webhooks/incoming/a-webhook` })).toEqual({
      status: 'delivered',
    })
    expect(Object.keys(api.json())).toEqual(['markdown'])
    expect(api.arrived[0]?.headers.authorization).toBeUndefined()
  })

  it('mentions people and all, and no one that data names', async () => {
    const cards = [aCard({ text: '<@all> <@personEmail:bob@example.com> **b**' })]
    await send(webex, at(), aMessage({ mentions: ['ann@example.com', '@all', '<@x>'], cards }))
    expect(markdown().match(/<@[^<>\u200b]+>/g)).toEqual(['<@personEmail:ann@example.com>', '<@all>'])
    expect(markdown()).not.toContain('**b**')
  })

  it('is kept within 7 400 bytes, and is text alone on the second try', async () => {
    const cards = Array.from({ length: 20 }, () => aCard({ text: '磁盘已满😀\n'.repeat(500) }))
    await send(webex, at(), aMessage({ cards, closing: [] }))
    expect(Buffer.byteLength(markdown())).toBeLessThanOrEqual(7_400)
    await send(webex, at(), aMessage({ plain: true }))
    expect(api.json()).toMatchObject({ text: expect.stringContaining('payments prod') })
  })
})

it('tries again what is locked or throttled, and refuses what has no id', async () => {
  const answered = async (status: number, body: string, headers = {}) => {
    api.answer = { status, body, headers }
    return send(webex, at())
  }
  expect(await answered(423, '{}', { 'retry-after': '9' })).toMatchObject({ status: 'retry', delayMs: 9_000 })
  expect(await answered(429, '{}', { 'retry-after': '9' })).toMatchObject({ status: 'retry', delayMs: 9_000 })
  expect(await answered(400, '{"message":"Message length limited to 7439"}')).toMatchObject({ tooLong: true })
  for (const body of ['', '{}', 'ok']) expect(await answered(200, body)).toMatchObject({ status: 'failed' })
  const refused = await answered(401, `{"message":"${token}"}`)
  expect(refused).toMatchObject({ status: 'failed', httpStatus: 401 })
  expect(JSON.stringify(refused)).not.toContain(token)
})

it('names what is missing, with the cure', () => {
  expect(problems(webex, {})).toEqual(["url: needs either `url` (an incoming webhook) or `token` (a bot's)"])
  expect(problems(webex, { token })).toEqual(['roomId: needs either `roomId` or `person` beside `token`'])
  expect(problems(webex, { token, person: 'ann' })[0]).toBe('person: must be a mail address')
})
