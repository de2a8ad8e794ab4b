import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import ntfy from '#core/providers/ntfy.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const topic = 'topic-of-the-unit-tests'
let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: '{"id":"x1"}' }
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ endpoint: `${server.url}/`, topic })

it('posts JSON to the root of the server, so that any script survives', async () => {
  const link = { label: 'trace', url: 'https://trace.example.com/4bf92f35' }
  const message = aMessage({ subject: '[CRITICAL] 支付失败 😀', severity: 'critical', link })
  expect(await send(ntfy, { ...at(), token: 'tk_unit' }, message)).toEqual({ status: 'delivered' })
  expect(server.arrived[0]).toMatchObject({
    method: 'POST',
    path: '/',
    headers: { authorization: 'Bearer tk_unit' },
  })
  expect(server.json()).toMatchObject({
    topic,
    title: '[CRITICAL] 支付失败 😀',
    message: expect.stringContaining('card gateway timeout after 3000 ms'),
    priority: 5,
    tags: ['rotating_light'],
    click: link.url,
    actions: [{ action: 'view', label: 'trace', url: link.url }],
  })
})

it('is less loud when it is over, and never empty', async () => {
  await send(ntfy, at(), aMessage({ reason: 'resolved', severity: 'critical', cards: [], closing: [] }))
  expect(server.json()).toMatchObject({
    priority: 2,
    tags: ['white_check_mark'],
    message: expect.stringMatching(/./),
  })
})

it('logs in by user and password too', async () => {
  await send(ntfy, { ...at(), user: 'ann', pass: 'pässword' })
  expect(server.arrived[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from('ann:pässword').toString('base64')}`,
  )
})

it('keeps its message within 4096 bytes, above which it would become a file', async () => {
  await send(ntfy, at(), aMessage({ cards: [aCard({ text: '磁盘已满😀"\n'.repeat(3_000) })] }))
  expect(Buffer.byteLength(String(server.json()['message']))).toBeLessThanOrEqual(4096)
})

describe('reply', () => {
  const answered = async (status: number, code: number, headers = {}) => {
    server.answer = { status, headers, body: JSON.stringify({ code, http: status, error: 'no' }) }
    return send(ntfy, at())
  }

  it('is read by its own code', async () => {
    expect(await answered(429, 42901)).toMatchObject({ status: 'retry', delayMs: 5_000 })
    expect(await answered(429, 42901, { 'retry-after': '20' })).toMatchObject({ delayMs: 20_000 })
    expect(await answered(429, 42908)).toMatchObject({ status: 'retry', delayMs: 3_600_000 })
    expect(await answered(403, 40301)).toMatchObject({ status: 'failed', httpStatus: 403 })
    expect(await answered(413, 41301)).toMatchObject({ status: 'failed', tooLong: true })
    expect(await answered(507, 50701)).toMatchObject({ status: 'failed' })
    expect(await answered(503, 50301)).toMatchObject({ status: 'retry' })
  })

  it('never shows the topic', async () => {
    server.answer = { status: 403, body: `{"code":40301,"error":"forbidden: ${topic}"}` }
    expect(JSON.stringify(await send(ntfy, at()))).not.toContain(topic)
  })
})

it('names what is malformed, with the cure', () => {
  expect(problems(ntfy, { topic: 'https://ntfy.sh/mine' })).toEqual([
    'topic: must be the name of a topic: at most 64 letters, digits, - and _, not an address',
  ])
  expect(problems(ntfy, { topic, user: 'ann' })).toEqual(['user: needs `user` and `pass` together'])
  expect(problems(ntfy, { topic, token: 't', user: 'ann', pass: 'p' })).toEqual([
    'token: takes either `token` or `user` and `pass`',
  ])
})
