import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import pushover from '#core/providers/pushover.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const token = 'app0of0the0unit0tests0app0of01'
const user = 'user0of0the0unit0tests0user012'
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { body: '{"status":1,"request":"x"}' }
  api.arrived.length = 0
})
afterAll(() => api.close())

const at = () => ({ token, user, endpoint: `${api.url}/1/messages.json` })
const form = () => Object.fromEntries(new URLSearchParams(api.arrived.at(-1)!.body))

it('is a form with title, message, link and the time of the decision', async () => {
  const link = { label: 'trace', url: 'https://trace.example.com/4bf92f35' }
  expect(await send(pushover, { ...at(), device: 'phone', sound: 'siren' }, aMessage({ link }))).toEqual({
    status: 'delivered',
  })
  expect(form()).toMatchObject({
    token,
    user,
    title: '[ERROR] payments prod: card gateway timeout ×37',
    message: 'card gateway timeout after 3000 ms',
    timestamp: String(noon / 1000),
    url: link.url,
    url_title: 'trace',
    device: 'phone',
    sound: 'siren',
    priority: '0',
  })
})

it('rings louder for what is critical, and as an emergency only where asked to', async () => {
  await send(pushover, at(), aMessage({ severity: 'critical' }))
  expect(form()).toMatchObject({ priority: '1' })
  await send(pushover, { ...at(), emergency: true }, aMessage({ severity: 'critical' }))
  expect(form()).toMatchObject({ priority: '2', retry: '60', expire: '3600' })
  await send(pushover, { ...at(), emergency: true }, aMessage({ severity: 'critical', reason: 'resolved' }))
  expect(form()).toMatchObject({ priority: '-1' })
})

it('keeps the lengths, and is never blank', async () => {
  const link = { label: 'l'.repeat(300), url: `https://trace.example.com/${'x'.repeat(600)}` }
  await send(pushover, at(), aMessage({ link, cards: [aCard({ text: '磁盘已满😀'.repeat(3_000) })] }))
  expect(form()['message']?.length).toBeLessThanOrEqual(1024)
  expect(form()).not.toHaveProperty('url')
  await send(pushover, at(), aMessage({ cards: [], closing: [] }))
  expect(form()['message']).toBe(form()['title'])
})

describe('reply', () => {
  const answered = async (status: number, body: object) => {
    api.answer = { status, body: JSON.stringify(body) }
    return send(pushover, at())
  }

  it('that is a no is never repeated: many of them get this machine blocked', async () => {
    expect(
      await answered(400, { status: 0, token: 'invalid', errors: ['application token is invalid'] }),
    ).toEqual({
      status: 'failed',
      why: 'Pushover answered 400: application token is invalid',
      httpStatus: 400,
      lasting: true,
    })
    expect(await answered(200, { status: 0, errors: ['no'] })).toMatchObject({ status: 'failed' })
    expect(await answered(400, { status: 0, errors: ['message is too long'] })).toMatchObject({
      tooLong: true,
    })
  })

  it('about the quota of the month leaves it alone, and 5xx waits five seconds at least', async () => {
    expect(await answered(429, { status: 0 })).toMatchObject({ status: 'retry', delayMs: 3_600_000 })
    expect(await answered(503, {})).toMatchObject({ status: 'retry', delayMs: 5_000 })
  })

  it('never shows a key', async () => {
    const receipt = JSON.stringify(await answered(400, { status: 0, errors: [`${token} ${user}`] }))
    expect(receipt).not.toContain(token)
    expect(receipt).not.toContain(user)
  })
})

it('names what is malformed, with the cure', () => {
  expect(problems(pushover, { token: 'x', user: 'y', device: 'a b' })).toEqual([
    'token: must be the 30 letters and digits of an application’s API token',
    'user: must be the 30 letters and digits of a user or group key',
    'device: must be names of devices, separated by commas',
  ])
})
