import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import incidentio from '#core/providers/incidentio.ts'
import { aCard, aMessage, createReceiver, type Receiver, send } from './support.ts'

const sourceId = '01GW2G3V0S59R238FAHPDS1R66'
const token = 'token-of-the-unit-tests'
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { status: 202, body: '{"status":"success"}' }
  api.arrived.length = 0
})
afterAll(() => api.close())

const at = () => ({ endpoint: `${api.url}/http/`, sourceId, token })

describe('an alert', () => {
  it('is an event of its source, with the fingerprint as its key', async () => {
    const link = { label: 'trace', url: 'https://trace.example.com/1' }
    expect(await send(incidentio, at(), aMessage({ severity: 'critical', link }))).toEqual({
      status: 'delivered',
    })
    expect(api.arrived[0]).toMatchObject({
      method: 'POST',
      path: `/http/${sourceId}`,
      headers: { authorization: `Bearer ${token}` },
    })
    expect(api.json()).toMatchObject({
      title: 'payments prod: card gateway timeout ×37',
      deduplication_key: '00c0ffee00c0ffee',
      status: 'firing',
      source_url: 'https://trace.example.com/1',
      metadata: { severity: 'critical', service: 'payments', code: 'PAY_TIMEOUT', count: 37 },
    })
  })

  it('is resolved by the same key', async () => {
    await send(incidentio, at(), aMessage({ cards: [aCard({ reason: 'resolved' })] }))
    expect(api.json()).toMatchObject({ deduplication_key: '00c0ffee00c0ffee', status: 'resolved' })
  })

  it('is described in Markdown in which data stays data', async () => {
    const text = '**not bold** [no link](https://evil.example)'
    await send(incidentio, at(), aMessage({ cards: [aCard({ text })] }))
    const { description } = api.json() as { description: string }
    expect(description).toContain('**since**: 14:05:00')
    expect(description).not.toContain(text)
    expect(description.replaceAll('\u200b', '').replaceAll('\\', '')).toContain('not bold')
  })

  it('shares one event with others that have no card of their own', async () => {
    const message = aMessage({ cards: [], brief: ['[ERROR] one', '[ERROR] two'] })
    await send(incidentio, at(), message)
    const { description, deduplication_key: key } = api.json() as Record<string, string>
    expect(key).toMatch(/^more-/)
    expect(description).toContain('one')
    expect(description).toContain('two')
  })
})

it('takes only a 202 for delivered, and 429 and 5xx for a reason to try again', async () => {
  api.answer = { status: 200, body: '{"status":"success"}' }
  expect(await send(incidentio, at())).toMatchObject({ status: 'failed' })
  api.answer = { status: 429, headers: { 'retry-after': '7' } }
  expect(await send(incidentio, at())).toMatchObject({ status: 'retry', delayMs: 7_000 })
  api.answer = { status: 503 }
  expect(await send(incidentio, at())).toMatchObject({ status: 'retry' })
})
