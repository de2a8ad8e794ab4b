import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import opsgenie from '#core/providers/opsgenie.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const apiKey = 'key-of-the-unit-tests'
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { status: 202, body: '{"result":"Request will be processed"}' }
  api.arrived.length = 0
})
afterAll(() => api.close())

const at = () => ({ endpoint: api.url, apiKey })

describe('an alert', () => {
  it('is created under its fingerprint as alias', async () => {
    const options = { ...at(), responders: ['team:ops', 'user:ann@example.com'], tags: ['node'] }
    expect(await send(opsgenie, options, aMessage({ severity: 'critical' }))).toEqual({ status: 'delivered' })
    expect(api.arrived[0]).toMatchObject({
      method: 'POST',
      path: '/v2/alerts',
      headers: { authorization: `GenieKey ${apiKey}` },
    })
    expect(api.json()).toMatchObject({
      message: 'payments prod: card gateway timeout ×37',
      alias: '00c0ffee00c0ffee',
      description: expect.stringContaining('card gateway timeout after 3000 ms'),
      priority: 'P1',
      entity: 'payments',
      tags: ['critical', 'payments', 'node'],
      details: { alert_id: '00c0ffee00c0ffee', code: 'PAY_TIMEOUT', count: '37' },
      responders: [
        { type: 'team', name: 'ops' },
        { type: 'user', username: 'ann@example.com' },
      ],
    })
  })

  it('is closed by that alias', async () => {
    await send(opsgenie, at(), aMessage({ cards: [aCard({ id: 'a/b?', reason: 'resolved' })] }))
    expect(api.arrived[0]?.path).toBe('/v2/alerts/a%2Fb%3F/close?identifierType=alias')
    expect(api.json()).toMatchObject({ source: 'ops', note: expect.stringContaining('card gateway') })
  })

  it.each([
    ['critical', 'P1'],
    ['error', 'P2'],
    ['warning', 'P3'],
    ['info', 'P4'],
  ] as const)('that is %s has priority %s', async (severity, priority) => {
    await send(opsgenie, at(), aMessage({ severity }))
    expect(api.json()['priority']).toBe(priority)
  })

  it('is cut to 130 characters of message and 15 000 of description', async () => {
    const text = '磁盘已满😀'.repeat(5_000)
    const card = aCard({ text, context: Array.from({ length: 90 }, () => text) })
    await send(opsgenie, at(), aMessage({ subject: text.slice(0, 199), cards: [card] }))
    const { message, description } = api.json() as { message: string; description: string }
    expect(message.length).toBeLessThanOrEqual(130)
    expect(description.length).toBeLessThanOrEqual(15_000)
    expect(message + description).not.toContain('\ufffd')
  })
})

describe('reply', () => {
  it('is success by its status 202 alone', async () => {
    api.answer = { status: 200, body: '{"result":"ok"}' }
    expect(await send(opsgenie, at())).toMatchObject({ status: 'failed' })
  })

  it('waits for the window in the answer to a throttled caller', async () => {
    api.answer = { status: 429, headers: { 'x-ratelimit-period-in-sec': '60' } }
    expect(await send(opsgenie, at())).toMatchObject({ status: 'retry', delayMs: 60_000 })
  })

  it('is tried again for every 5xx but 501', async () => {
    api.answer = { status: 503 }
    expect(await send(opsgenie, at())).toMatchObject({ status: 'retry' })
    api.answer = { status: 501 }
    expect(await send(opsgenie, at())).toMatchObject({ status: 'failed' })
  })
})

it('names a key or a responder that is none, with the cure', () => {
  expect(problems(opsgenie, { apiKey: 'GenieKey abc' })).toEqual([
    'apiKey: must be the bare key of an API integration, without `GenieKey`',
  ])
  expect(problems(opsgenie, { apiKey, responders: ['ops'] })[0]).toMatch(
    /^responders\.0: must be like 'team:ops'/,
  )
})
