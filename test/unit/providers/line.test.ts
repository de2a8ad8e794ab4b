import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import line from '#core/providers/line.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const token = 'token-of-the-unit-tests'
const ann = `U${'0a'.repeat(16)}`
const group = `C${'0b'.repeat(16)}`
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { body: '{"sentMessages":[{"id":"1"}]}' }
  api.arrived.length = 0
})
afterAll(() => api.close())

const at = () => ({ token, target: ann, endpoint: api.url })
const retryKeys = () => api.arrived.map(({ headers }) => headers['x-line-retry-key'])

it('pushes a text to each target', async () => {
  expect(await send(line, { ...at(), target: [ann, group], silent: true })).toEqual({ status: 'delivered' })
  expect(api.arrived[0]).toMatchObject({
    method: 'POST',
    path: '/v2/bot/message/push',
    headers: { authorization: `Bearer ${token}` },
  })
  expect(api.arrived.map(({ body }) => (JSON.parse(body) as { to: string }).to)).toEqual([ann, group])
  expect(api.json()).toMatchObject({
    messages: [{ type: 'text', text: expect.stringContaining('card gateway timeout ×37') }],
    notificationDisabled: true,
  })
  await send(line, { ...at(), silent: true }, aMessage({ severity: 'critical' }))
  expect(api.json()).toMatchObject({ notificationDisabled: false })
})

describe('the retry key', () => {
  it('is a uuid, the same at a second attempt, another for another message or target', async () => {
    await send(line, at())
    await send(line, at(), aMessage(), { attempt: 2 })
    await send(line, at(), aMessage({ id: 'n-0002' }))
    await send(line, { ...at(), target: group })
    const [first, second, ...others] = retryKeys()
    expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/)
    expect(second).toBe(first)
    expect(new Set([first, ...others]).size).toBe(3)
  })

  it('that is known already means that the first attempt arrived', async () => {
    api.answer = { status: 409, body: '{"message":"The retry key is already accepted"}' }
    expect(await send(line, at())).toEqual({ status: 'delivered' })
  })
})

it('keeps a text within 5 000 characters', async () => {
  await send(line, at(), aMessage({ cards: [aCard({ text: '磁盘已满😀'.repeat(3_000) })] }))
  const [message] = api.json()['messages'] as { text: string }[]
  expect(message!.text.length).toBeLessThanOrEqual(5_000)
})

it('waits a minute for the rate, and leaves the quota of the month alone', async () => {
  const answered = async (status: number, message: string) => {
    api.answer = { status, body: JSON.stringify({ message }) }
    return send(line, at())
  }
  expect(await answered(429, 'The API rate limit has been exceeded.')).toMatchObject({
    status: 'retry',
    delayMs: 60_000,
  })
  expect(await answered(429, 'You have reached your monthly limit.')).toMatchObject({ delayMs: 3_600_000 })
  expect(await answered(401, token)).toMatchObject({
    status: 'failed',
    httpStatus: 401,
    why: 'LINE answered 401: ***',
  })
  expect(await answered(500, 'busy')).toMatchObject({ status: 'retry' })
})

it('names a target that is none, with the cure', () => {
  expect(problems(line, { token, target: ['@ann', ann] })).toEqual([
    'target.0: must be the id of a user (U…), a group (C…) or a room (R…): a letter and 32 hex digits, not a LINE ID',
  ])
})
