import { hostname } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import pagerduty from '#core/providers/pagerduty.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const routingKey = 'a0key0of0the0unit0tests0a0key0of'
let events: Receiver

beforeAll(async () => {
  events = await createReceiver()
})
beforeEach(() => {
  events.answer = { status: 202, body: '{"status":"success"}' }
  events.arrived.length = 0
})
afterAll(() => events.close())

const at = () => ({ endpoint: `${events.url}/v2/enqueue`, routingKey })
const sent = () => events.arrived.map(({ body }) => JSON.parse(body) as Record<string, unknown>)

describe('an event', () => {
  it('is opened under the fingerprint, with what is known of it', async () => {
    const card = aCard({ severity: 'critical', runbook: 'https://wiki.example.com/pay' })
    const { runbook } = card
    const data = { ...card.data, env: 'prod', runbook, firstSeen: '2026-11-23T11:55:00.000Z' }
    expect(
      await send(pagerduty, at(), aMessage({ severity: 'critical', cards: [{ ...card, data }] })),
    ).toEqual({
      status: 'delivered',
    })
    expect(events.arrived[0]?.path).toBe('/v2/enqueue')
    expect(events.json()).toMatchObject({
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: '00c0ffee00c0ffee',
      payload: {
        summary: 'payments prod: card gateway timeout ×37',
        source: hostname(),
        severity: 'critical',
        timestamp: '2026-11-23T11:55:00.000Z',
        component: 'payments',
        group: 'prod',
        class: 'PAY_TIMEOUT',
        custom_details: { alert_id: '00c0ffee00c0ffee', code: 'PAY_TIMEOUT', count: 37 },
      },
      links: [
        { text: 'Open trace', href: 'https://trace.example.com/4bf92f35' },
        { text: 'Runbook', href: 'https://wiki.example.com/pay' },
      ],
    })
  })

  it('of a test says so, and is resolved at once', async () => {
    const subject = '[TEST] payments prod: test message, nothing is wrong'
    const message = aMessage({ subject, severity: 'info', test: true, cards: [aCard({ severity: 'info' })] })
    expect(await send(pagerduty, at(), message)).toEqual({ status: 'delivered' })
    expect(sent()).toMatchObject([
      { event_action: 'trigger', dedup_key: '00c0ffee00c0ffee', payload: { summary: subject } },
      { event_action: 'resolve', dedup_key: '00c0ffee00c0ffee' },
    ])
  })

  it('is resolved under the same key, with nothing else', async () => {
    await send(pagerduty, at(), aMessage({ reason: 'resolved', cards: [aCard({ reason: 'resolved' })] }))
    expect(events.json()).toEqual({
      routing_key: routingKey,
      event_action: 'resolve',
      dedup_key: '00c0ffee00c0ffee',
    })
  })

  it('is sent for each alert, one after the other, and named by its own service', async () => {
    const cards = [
      aCard({ id: 'a' }),
      aCard({
        id: 'b',
        title: '[CRITICAL] disk full',
        severity: 'critical',
        data: { service: 'db', env: 'prod' },
      }),
      aCard({ id: 'c', reason: 'resolved' }),
    ]
    await send(pagerduty, at(), aMessage({ cards }))
    expect(sent().map((event) => [event['event_action'], event['dedup_key']])).toEqual([
      ['trigger', 'a'],
      ['trigger', 'b'],
      ['resolve', 'c'],
    ])
    expect(sent()[1]).toMatchObject({
      payload: { summary: 'db prod: disk full', severity: 'critical' },
    })
  })

  it('is one more for all alerts that have no card, the same one however often it storms', async () => {
    const storm = (count: number) =>
      aMessage({
        id: `n-${count}`,
        reason: 'storm',
        subject: `[ERROR] payments prod: ${count} kinds of errors in 30 s`,
        cards: [],
        brief: ['[ERROR] a ×3', '[ERROR] b ×2'],
        more: count - 2,
        closing: [`and ${count - 2} more`],
      })
    await send(pagerduty, at(), storm(37))
    await send(pagerduty, at(), storm(41))
    const keys = sent().map((event) => event['dedup_key'])
    expect(keys).toEqual([expect.stringMatching(/^more-[\da-f]{16}$/), keys[0]])
    expect(sent()[0]).toMatchObject({
      payload: {
        summary: 'payments prod: 37 kinds of errors in 30 s',
        custom_details: { count: 37, alerts: ['[ERROR] a ×3', '[ERROR] b ×2'] },
      },
    })
  })

  it('has no link that a browser may not open', async () => {
    const data = { traceUrl: 'javascript:alert(1)', runbook: 'page 7 of the binder' }
    await send(pagerduty, at(), aMessage({ cards: [aCard({ data })] }))
    expect(events.json()).toMatchObject({ links: [] })
  })

  it('stays within the lengths of its fields', async () => {
    const text = '磁盘已满😀'.repeat(20_000)
    const facts = Array.from({ length: 200 }, (_, index) => ({ label: `f${index}`, value: text }))
    const card = aCard({ text, facts, context: Array.from({ length: 500 }, () => text) })
    await send(pagerduty, at(), aMessage({ subject: text.slice(0, 3_000), cards: [card] }))
    expect(events.arrived[0]!.body.length).toBeLessThan(200_000)
    expect((events.json()['payload'] as { summary: string }).summary.length).toBeLessThanOrEqual(200)
  })
})

describe('several events', () => {
  const cards = ['a', 'b', 'c'].map((id) => aCard({ id }))

  it('stop at the first that is throttled, and continue there at the next attempt', async () => {
    const sender = await pagerduty.open(pagerduty.options.parse(at()))
    const message = aMessage({ cards })
    const context = {
      fetch: (async (url: string, init: RequestInit) => {
        if (events.arrived.length === 1) events.answer = { status: 429 }
        return fetch(url, init)
      }) as typeof fetch,
      signal: AbortSignal.timeout(10_000),
      now: () => noon,
      attempt: 1,
      address: 0,
      fit: () => '',
    }
    expect(await sender.send(message, context)).toMatchObject({ status: 'retry', delayMs: 60_000 })
    expect(sent().map((event) => event['dedup_key'])).toEqual(['a', 'b'])
    events.answer = { status: 202 }
    expect(await sender.send(message, { ...context, fetch, attempt: 2 })).toEqual({ status: 'delivered' })
    expect(sent().map((event) => event['dedup_key'])).toEqual(['a', 'b', 'b', 'c'])
    await sender.send({ ...message, id: 'n-0002' }, { ...context, fetch })
    expect(events.arrived.length).toBe(7)
  })

  it('fail if one of them fails, and the others are sent all the same', async () => {
    const wrong = {
      fetch: (async (url: string, init: RequestInit) => {
        events.answer = String(init.body).includes('"dedup_key":"b"')
          ? { status: 400, body: '{"status":"invalid event","errors":["no"]}' }
          : { status: 202 }
        return fetch(url, init)
      }) as typeof fetch,
    }
    expect(await send(pagerduty, at(), aMessage({ cards }), wrong)).toMatchObject({
      status: 'failed',
      httpStatus: 400,
    })
    expect(events.arrived.length).toBe(3)
  })
})

describe('reply', () => {
  it('is success by its status 202 alone', async () => {
    expect(await send(pagerduty, at())).toEqual({ status: 'delivered' })
    for (const answer of [{ status: 200, body: '{"status":"success"}' }, { status: 204 }, { status: 301 }]) {
      events.answer = answer
      expect(await send(pagerduty, at())).toMatchObject({ status: 'failed' })
    }
  })

  it('waits minutes when throttled, longer each time, or as long as the answer says', async () => {
    events.answer = { status: 429 }
    expect(await send(pagerduty, at(), aMessage(), { attempt: 3 })).toMatchObject({ delayMs: 180_000 })
    events.answer = { status: 429, headers: { 'retry-after': '7' } }
    expect(await send(pagerduty, at())).toMatchObject({ delayMs: 7_000 })
  })

  it('about the key is lasting, and never shows it', async () => {
    events.answer = { status: 400, body: `{"errors":["routing_key ${routingKey} is invalid"]}` }
    const receipt = await send(pagerduty, at())
    expect(receipt).toMatchObject({ status: 'failed', lasting: true })
    expect(JSON.stringify(receipt)).not.toContain(routingKey)
  })
})

it('names a key that is none, with the cure', () => {
  expect(problems(pagerduty, {})[0]).toMatch(/^routingKey: /)
  expect(problems(pagerduty, { routingKey: 'abc' })).toEqual([
    'routingKey: must be the 32 letters and digits of an Events API v2 integration of the service',
  ])
  expect(problems(pagerduty, { routingKey })).toEqual([])
})
