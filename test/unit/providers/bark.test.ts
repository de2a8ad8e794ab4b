import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import bark from '#core/providers/bark.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const key = 'device-of-the-unit-tests'
let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: '{"code":200,"message":"success"}' }
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ key, endpoint: server.url })

it('pushes title, body, level and link; one alert keeps its id', async () => {
  const link = { label: 'trace', url: 'https://trace.example.com/4bf92f35' }
  expect(await send(bark, { ...at(), sound: 'alarm' }, aMessage({ severity: 'critical', link }))).toEqual({
    status: 'delivered',
  })
  expect(server.arrived[0]).toMatchObject({ method: 'POST', path: '/push' })
  expect(server.json()).toEqual({
    device_key: key,
    title: '[ERROR] payments prod: card gateway timeout ×37',
    body: expect.stringContaining('card gateway timeout after 3000 ms'),
    level: 'critical',
    group: 'ops',
    id: '00c0ffee00c0ffee',
    url: link.url,
    sound: 'alarm',
  })
  await send(bark, at(), aMessage({ brief: ['another'] }))
  expect(server.json()).not.toHaveProperty('id')
})

it('pushes to each of several devices, and one that is gone is a note', async () => {
  const fetcher = (async (url: string, init: RequestInit) => {
    const isGone = String(init.body).includes('other-device')
    server.answer = isGone
      ? { status: 500, body: '{"code":500,"message":"push failed: APNS push failed: BadDeviceToken"}' }
      : { body: '{"code":200}' }
    return fetch(url, init)
  }) as typeof fetch
  const keys = [key, 'other-device']
  const receipt = await send(bark, { ...at(), key: keys }, aMessage(), { fetch: fetcher })
  expect(receipt).toMatchObject({
    status: 'delivered',
    note: expect.stringMatching(/^1 of 2 failed: device 2: /),
  })
  for (const one of keys) expect(JSON.stringify(receipt)).not.toContain(one)
})

it('keeps within what Apple takes, whatever the characters', async () => {
  await send(bark, at(), aMessage({ cards: [aCard({ text: '磁盘已满😀"\n'.repeat(3_000) })] }))
  expect(Buffer.byteLength(server.arrived[0]!.body)).toBeLessThanOrEqual(3_400)
})

describe('reply', () => {
  const answered = async (status: number, code: number, message: string) => {
    server.answer = { status, body: JSON.stringify({ code, message }) }
    return send(bark, at())
  }

  it('of 500 may pass or last, by its words', async () => {
    expect(await answered(500, 500, 'push failed: i/o timeout')).toMatchObject({ status: 'retry' })
    expect(await answered(500, 500, 'push failed: Unregistered')).toMatchObject({
      status: 'failed',
      lasting: true,
    })
    expect(await answered(500, 500, 'push failed: PayloadTooLarge')).toMatchObject({
      status: 'failed',
      tooLong: true,
    })
    expect(await answered(400, 400, 'failed to get device token')).toMatchObject({
      status: 'failed',
      lasting: true,
    })
    expect(await answered(200, 400, 'no')).toMatchObject({ status: 'failed' })
  })
})

it('names a key that is none, with the cure', () => {
  const message = 'must be the bare key of a device, as the app shows it, not its address'
  expect(problems(bark, { key: 'https://api.day.app/abc/' })).toEqual([`key: ${message}`])
  expect(problems(bark, { key: [key, 'x y'] })).toEqual([`key.1: ${message}`])
})
