import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Reason, Severity } from '#core/model.ts'
import { checkOptions } from '#core/options.ts'
import type { Message } from '#core/provider/provider.ts'
import alertmanager from '#core/providers/alertmanager.ts'
import { aCard, aContext, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = {}
  server.arrived.length = 0
})
afterAll(() => server.close())

interface Sent {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}
const at = () => ({ url: server.url })
const sent = () => JSON.parse(server.arrived.at(-1)!.body) as Sent[]
const data = {
  rule: 'card payments',
  service: 'payments',
  env: 'prod',
  labels: { team: 'pay', 'my-label': 'x', empty: '' },
  code: 'PAY_TIMEOUT',
  traceUrl: 'https://trace.example.com/4bf92f35',
  firstSeen: '2026-11-23T11:55:00.000Z',
}
/** Sends one message after another, as a channel does. */
async function open() {
  const sender = await alertmanager.open(z.parse(alertmanager.options, at()))
  return (message: Message) => sender.send(message, aContext(message, {}))
}
const ends = () => sent().map(({ labels, endsAt }) => [labels['severity'], endsAt])
const minutes = (count: number) => new Date(noon + count * 60_000).toISOString()

describe('an alert', () => {
  it('is identified by labels that never change, and lasts until it is sent again', async () => {
    const card = aCard({ data, runbook: 'https://wiki.example.com/pay' })
    expect(
      await send(alertmanager, { ...at(), labels: { site: 'eu' } }, aMessage({ cards: [card] })),
    ).toEqual({
      status: 'delivered',
    })
    expect(server.arrived[0]).toMatchObject({ method: 'POST', path: '/api/v2/alerts' })
    expect(sent()).toEqual([
      {
        labels: {
          alertname: 'card payments',
          fingerprint: '00c0ffee00c0ffee',
          severity: 'error',
          service: 'payments',
          env: 'prod',
          team: 'pay',
          my_label: 'x',
          site: 'eu',
        },
        annotations: {
          summary: 'payments prod: card gateway timeout ×37',
          description: expect.stringContaining('14:05:00'),
          code: 'PAY_TIMEOUT',
          runbook_url: 'https://wiki.example.com/pay',
        },
        startsAt: '2026-11-23T11:55:00.000Z',
        endsAt: minutes(30),
        generatorURL: 'https://trace.example.com/4bf92f35',
      },
    ])
  })

  it('ends now when it is over', async () => {
    const card = aCard({ data, severity: 'critical', reason: 'resolved' })
    await send(alertmanager, at(), aMessage({ severity: 'critical', cards: [card] }))
    expect(ends()).toEqual([['critical', minutes(0)]])
  })

  it('that became worse ends under the severity that was sent, and only under that', async () => {
    const deliver = await open()
    const say = (severity: Severity, reason: Reason) =>
      deliver(
        aMessage({
          id: `${severity} ${reason}`,
          severity,
          reason,
          cards: [aCard({ data, severity, reason })],
        }),
      )
    await say('warning', 'first')
    expect(ends()).toEqual([['warning', minutes(30)]])
    await say('error', 'escalated')
    expect(ends()).toEqual([
      ['error', minutes(30)],
      ['warning', minutes(0)],
    ])
    expect(new Set(sent().map(({ labels }) => labels['fingerprint'])).size).toBe(1)
    await say('error', 'repeat')
    expect(ends()).toEqual([['error', minutes(30)]])
    server.answer = { status: 503 }
    await say('critical', 'escalated')
    server.answer = {}
    await say('critical', 'resolved')
    expect(ends()).toEqual([['error', minutes(0)]])
  })

  it('never ends before it began, whatever the clocks say', async () => {
    const late = { ...data, firstSeen: minutes(600) }
    await send(alertmanager, at(), aMessage({ cards: [aCard({ data: late, reason: 'resolved' })] }))
    for (const { startsAt, endsAt } of sent()) expect(startsAt <= endsAt).toBe(true)
  })

  it('lasts as long as configured', async () => {
    await send(alertmanager, { ...at(), holdFor: '4h' })
    expect(sent()[0]?.endsAt).toBe(minutes(240))
  })
})

it('sends all alerts in one request', async () => {
  const cards = ['a', 'b', 'c'].map((id) => aCard({ id, data }))
  await send(alertmanager, at(), aMessage({ cards, brief: ['[ERROR] d'], more: 2, closing: ['and 2 more'] }))
  expect(server.arrived.length).toBe(1)
  expect(sent().map(({ labels }) => labels['fingerprint'])).toEqual([
    'a',
    'b',
    'c',
    expect.stringMatching(/^more-/),
  ])
})

it('sends what a proxy takes: several requests where one would be too large', async () => {
  const text = '付款失败 "card"\n'.repeat(400)
  const cards = Array.from({ length: 100 }, (_, index) => aCard({ id: `id-${index}`, data, text }))
  const deliver = await open()
  expect(await deliver(aMessage({ cards, brief: ['[ERROR] d'], more: 2 }))).toEqual({ status: 'delivered' })
  expect(server.arrived.length).toBeGreaterThan(1)
  for (const { body } of server.arrived) expect(Buffer.byteLength(body)).toBeLessThan(510_000)
  const keys = server.arrived.flatMap(({ body }) =>
    (JSON.parse(body) as Sent[]).map(({ labels }) => labels['fingerprint']),
  )
  expect(keys.length).toBe(101)
  expect(new Set(keys).size).toBe(101)
})

it('keeps labels apart whose names become equal, and names what has no name', async () => {
  const labels = {
    'a-b': '1',
    'a.b': '2',
    severity: 'mine',
    service: 'own',
    '': 'nameless',
    区: 'x',
    '9': 'y',
  }
  await send(alertmanager, at(), aMessage({ cards: [aCard({ data: { ...data, labels } })] }))
  expect(sent()[0]?.labels).toEqual({
    ...{ alertname: 'card payments', fingerprint: '00c0ffee00c0ffee', severity: 'error' },
    ...{ service: 'payments', env: 'prod', a_b: '1', a_b_2: '2', severity_2: 'mine', service_2: 'own' },
    ...{ _: 'nameless', __2: 'x', _9: 'y' },
  })
})

it('promises no reminder of an alert that is over, in a message with others', async () => {
  const cards = [aCard({ id: 'a', data }), aCard({ id: 'b', reason: 'resolved', data })]
  await send(alertmanager, at(), aMessage({ cards, closing: ['next reminder in 5 min'] }))
  const said = (id: string) =>
    sent().find(({ labels }) => labels['fingerprint'] === id)?.annotations['description']
  expect(said('a')).toContain('next reminder')
  expect(said('b')).not.toContain('next reminder')
})

describe('peers', () => {
  it('each get every alert, and one that took it is enough', async () => {
    const peer = await createReceiver()
    const both = { url: [server.url, `${peer.url}/prefix/`] }
    expect(await send(alertmanager, both)).toEqual({ status: 'delivered' })
    expect(peer.arrived[0]?.path).toBe('/prefix/api/v2/alerts')
    peer.answer = { status: 503 }
    const receipt = await send(alertmanager, both)
    expect(receipt).toMatchObject({
      status: 'delivered',
      note: expect.stringMatching(/^1 of 2 peers failed: .*503/),
    })
    server.answer = { status: 400 }
    expect(await send(alertmanager, both)).toMatchObject({ status: 'retry' })
    await peer.close()
    expect(await send(alertmanager, both)).toMatchObject({ status: 'retry' })
  })

  it('are logged in to by token, by password or by what stands in the address', async () => {
    await send(alertmanager, { ...at(), auth: { bearer: 'a-token' } })
    await send(alertmanager, { ...at(), auth: { basic: { user: 'u', pass: 'p' } } })
    await send(alertmanager, { url: server.url.replace('://', '://u:p@') })
    expect(server.arrived.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer a-token',
      'Basic dTpw',
      'Basic dTpw',
    ])
  })
})

describe('options', () => {
  it('are repeated every four minutes, without growing pauses, from errors on', () => {
    const { plan } = checkOptions({ channels: { alertmanager: { url: 'http://am:9093' } } }, {})
    expect(plan.channels[0]).toMatchObject({
      repeatMs: 240_000,
      repeatMaxMs: 240_000,
      minSeverity: 'error',
      max: 100,
    })
    const own = { url: 'http://am:9093', repeat: '1m', repeatMax: '2m', minSeverity: 'info', max: 3 }
    expect(checkOptions({ channels: { alertmanager: own } }, {}).plan.channels[0]).toMatchObject({
      repeatMs: 60_000,
      repeatMaxMs: 120_000,
      minSeverity: 'info',
      max: 3,
    })
  })

  it('need an address, and name what is malformed', () => {
    expect(problems(alertmanager, {}).join()).toContain('needs `url`')
    expect(problems(alertmanager, { url: 'am:9093' }).join()).toContain('must be a whole address')
    const odd = { url: 'http://am:9093', labels: { 'a-b': 'x' }, holdFor: 'long', auth: {} }
    expect(problems(alertmanager, odd).map((text) => text.split(':')[0])).toEqual([
      'auth',
      'labels.a-b',
      'holdFor',
    ])
  })
})
