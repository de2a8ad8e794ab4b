import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import zulip from '#core/providers/zulip.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const apiKey = 'keyoftheunittests'
let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: '{"result":"success","id":1}' }
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ url: `${server.url}/`, email: 'bot@example.com', apiKey, stream: 'ops' })
const form = () => Object.fromEntries(new URLSearchParams(server.arrived.at(-1)!.body))

describe('a message', () => {
  it('is a form by the bot, in a topic of the alert', async () => {
    expect(await send(zulip, at())).toEqual({ status: 'delivered' })
    expect(server.arrived[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/messages',
      headers: { authorization: `Basic ${btoa(`bot@example.com:${apiKey}`)}` },
    })
    expect(form()).toMatchObject({
      type: 'stream',
      to: 'ops',
      topic: 'card gateway timeout',
      content: expect.stringContaining('### [ERROR] payments prod: card gateway timeout ×37'),
    })
  })

  it('has the same topic from its start to its end', async () => {
    await send(zulip, at(), aMessage({ cards: [aCard({ title: '[ERROR] disk full ×2' })] }))
    const first = form()['topic']
    const over = aCard({ title: '[RESOLVED] disk full ×41', reason: 'resolved' })
    await send(zulip, at(), aMessage({ reason: 'resolved', cards: [over] }))
    expect(form()['topic']).toBe(first)
  })

  it('of several alerts is in a topic of its own, or in the configured one', async () => {
    await send(zulip, at(), aMessage({ brief: ['[ERROR] another'] }))
    expect(form()['topic']).toBe('alerts')
    await send(zulip, { ...at(), topic: 'payments' })
    expect(form()['topic']).toBe('payments')
    await send(zulip, at(), aMessage({ cards: [aCard({ title: `[ERROR] ${'磁盘😀'.repeat(60)}` })] }))
    expect(form()['topic']!.length).toBeLessThanOrEqual(60)
  })

  it('goes to users directly where some are named', async () => {
    const { stream: _, ...own } = at()
    await send(zulip, { ...own, users: ['ann@example.com', 'bob@example.com'] })
    expect(form()).toMatchObject({ type: 'direct', to: '["ann@example.com","bob@example.com"]' })
    expect(form()).not.toHaveProperty('topic')
  })

  it('mentions people and groups, and no one that data names', async () => {
    const text = '@**all** @*ops* @_**Ann** ```\nfence'
    await send(
      zulip,
      at(),
      aMessage({ mentions: ['Ann Smith', '*oncall*', 'all'], cards: [aCard({ text })] }),
    )
    expect(form()['content']!.match(/@\*{1,2}[^*\u200b]+\*{1,2}/g)).toEqual([
      '@**Ann Smith**',
      '@*oncall*',
      '@**all**',
    ])
    await send(zulip, at(), aMessage({ plain: true, cards: [aCard({ text })] }))
    expect(form()['content']).not.toMatch(/@[*_]/)
  })

  it('is kept within 10 000 characters', async () => {
    const cards = Array.from({ length: 30 }, () => aCard({ text: '磁盘已满😀'.repeat(500) }))
    await send(zulip, at(), aMessage({ cards, closing: [] }))
    expect(form()['content']!.length).toBeLessThanOrEqual(10_000)
  })
})

describe('reply', () => {
  const answered = async (status: number, body: object, headers = {}) => {
    server.answer = { status, headers, body: JSON.stringify({ result: 'error', ...body }) }
    return send(zulip, at())
  }

  it('says how long to wait in its body, or in its headers', async () => {
    expect(await answered(429, { code: 'RATE_LIMIT_HIT', 'retry-after': 28.7 })).toMatchObject({
      status: 'retry',
      delayMs: 28_700,
    })
    const reset = { 'x-ratelimit-reset': String(noon / 1000 + 12) }
    expect(await answered(429, { code: 'RATE_LIMIT_HIT' }, reset)).toMatchObject({ delayMs: 12_000 })
    expect(await answered(429, { code: 'RATE_LIMIT_HIT' }, { 'retry-after': '3' })).toMatchObject({
      delayMs: 3_000,
    })
  })

  it('is read by its code, and never shows the key', async () => {
    const gone = await answered(400, { code: 'STREAM_DOES_NOT_EXIST', msg: `no channel ${apiKey}` })
    expect(gone).toMatchObject({ status: 'failed', why: expect.stringContaining('STREAM_DOES_NOT_EXIST') })
    expect(JSON.stringify(gone)).not.toContain(apiKey)
    expect(await answered(400, { code: 'BAD_REQUEST', msg: 'Message is too long' })).toMatchObject({
      tooLong: true,
    })
    expect(await answered(200, { code: 'X' })).toMatchObject({ status: 'failed' })
  })
})

it('names what is missing or malformed, with the cure', () => {
  expect(problems(zulip, { email: 'bot', apiKey: 'a b' })).toEqual([
    'email: must be the mail address of the bot',
    'apiKey: must be the API key of the bot: letters and digits',
    'url: needs `url`, the address of your organisation',
    'stream: needs either `stream` (a channel) or `users` (direct messages)',
  ])
})
