import { createHmac } from 'node:crypto'
import { createServer, type ServerOptions } from 'node:https'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCertificate } from '#cli/fake/certificate.ts'
import webhook from '#core/providers/webhook/webhook.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

let gateway: Receiver

beforeAll(async () => {
  gateway = await createReceiver()
})
beforeEach(() => {
  gateway.answer = { status: 202 }
  gateway.arrived.length = 0
})
afterAll(() => gateway.close())

const at = () => ({ url: `${gateway.url}/hook` })

describe('request', () => {
  it('is a POST of the documented JSON with an idempotency key', async () => {
    expect(await send(webhook, at())).toEqual({ status: 'delivered' })
    const [{ method, path, headers } = gateway.arrived[0]!] = gateway.arrived
    expect([method, path]).toEqual(['POST', '/hook'])
    expect(headers['idempotency-key']).toBe('n-0001')
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(gateway.json()).toMatchObject({
      version: 1,
      id: 'n-0001',
      channel: 'ops',
      reason: 'first',
      severity: 'error',
      at: new Date(noon).toISOString(),
      subject: '[ERROR] payments prod: card gateway timeout ×37',
      text: expect.stringContaining('card gateway timeout after 3000 ms'),
      alerts: [{ id: '00c0ffee00c0ffee', code: 'PAY_TIMEOUT', service: 'payments', count: 37 }],
      kind: 'alert',
      provider: 'webhook',
      locale: 'en',
      others: [],
      omitted: 0,
      notes: [],
    })
    expect(headers['x-alert-version']).toBe('1')
  })

  it('has the method and headers asked for', async () => {
    const headers = { 'X-Tenant': 'a', 'Content-Type': 'application/vnd.alert+json' }
    await send(webhook, { ...at(), method: 'PUT', headers })
    expect(gateway.arrived[0]?.method).toBe('PUT')
    expect(gateway.arrived[0]?.headers).toMatchObject({
      'x-tenant': 'a',
      'content-type': 'application/vnd.alert+json',
    })
  })

  it('proves who it is by bearer, by user and password, or by a signature over the bytes sent', async () => {
    await send(webhook, { ...at(), auth: { bearer: 'a-bearer-of-a-test' } })
    expect(gateway.arrived[0]?.headers.authorization).toBe('Bearer a-bearer-of-a-test')
    await send(webhook, { ...at(), auth: { basic: { user: 'us', pass: 'pä:ss' } } })
    expect(gateway.arrived[1]?.headers.authorization).toBe(
      `Basic ${Buffer.from('us:pä:ss').toString('base64')}`,
    )
    await send(
      webhook,
      { ...at(), auth: { hmac: { secret: 'hush-hush', header: 'X-Sign' } } },
      aMessage({ subject: '磁盘' }),
    )
    const { headers, body } = gateway.arrived[2]!
    expect(headers['x-sign']).toBe(`sha256=${createHmac('sha256', 'hush-hush').update(body).digest('hex')}`)
  })

  it('shows a client certificate and trusts an authority of its own', async () => {
    const [server, client] = [createCertificate(['127.0.0.1']), createCertificate(['client'])]
    const asked: ServerOptions = { ...server, ca: client.cert, requestCert: true, rejectUnauthorized: true }
    const secure = await createReceiver(
      (listener) => createServer(asked, listener as never) as never,
      'https',
    )
    try {
      const tls = { ca: server.cert, cert: client.cert, key: client.key }
      expect(await send(webhook, { url: secure.url, tls })).toEqual({ status: 'delivered' })
      expect(secure.json()).toMatchObject({ id: 'n-0001' })
      expect(secure.arrived[0]?.headers['idempotency-key']).toBe('n-0001')
      expect(await send(webhook, { url: secure.url, tls: { ca: server.cert } })).toMatchObject({
        status: 'retry',
      })
      expect(
        await send(webhook, { url: secure.url, tls: { cert: client.cert, key: client.key } }),
      ).toMatchObject({
        status: 'failed',
        lasting: true,
        why: expect.stringContaining('self-signed'),
      })
      secure.answer = 'hang'
      const stop = new AbortController()
      const sending = send(webhook, { url: secure.url, tls }, aMessage(), { signal: stop.signal })
      setImmediate(() => stop.abort())
      expect(await sending).toMatchObject({ status: 'retry' })
    } finally {
      await secure.close()
    }
  })
})

describe('body template', () => {
  it('is filled as data: no value can change its structure', async () => {
    const nasty = 'he said "x"}, {"admin": true}\n\\ \u2028 磁盘'
    const body = {
      msg: 'at {severity}: {subject}',
      user: { name: '{alert_is_unknown}' },
      n: 3,
      list: ['{id}'],
    }
    await send(webhook, { ...at(), body }, aMessage({ subject: nasty }))
    expect(gateway.json()).toEqual({
      msg: expect.stringContaining('at error: he said "x"}, {"admin": true}\n\\'),
      user: { name: '' },
      n: 3,
      list: ['n-0001'],
    })
  })

  it('takes a placeholder alone as the value itself, and looks bare names up in the first alert', async () => {
    const body =
      '{"alerts":"{alerts}","count":"{count}","text":"code {code} of {alerts.0.service}","raw":"{{code}}"}'
    await send(webhook, { ...at(), body })
    expect(gateway.json()).toEqual({
      alerts: [expect.objectContaining({ code: 'PAY_TIMEOUT' })],
      count: 37,
      text: 'code PAY_TIMEOUT of payments',
      raw: '{code}',
    })
  })
})

describe('reply', () => {
  it('succeeds by the status, and by the JSON if the options say how', async () => {
    const success = { path: 'result.code', equals: 0 }
    gateway.answer = { body: '{"result":{"code":0}}' }
    expect(await send(webhook, { ...at(), success })).toEqual({ status: 'delivered' })
    gateway.answer = { body: '{"result":{"code":7}}' }
    expect(await send(webhook, { ...at(), success })).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('result.code=7'),
    })
    gateway.answer = { body: '<html>' }
    expect(await send(webhook, { ...at(), success })).toMatchObject({ status: 'failed' })
    gateway.answer = { status: 503, body: '{"result":{"code":0}}' }
    expect(await send(webhook, { ...at(), success })).toMatchObject({ status: 'retry' })
    gateway.answer = { status: 301, headers: { location: 'http://127.0.0.1:1/' } }
    expect(await send(webhook, at())).toMatchObject({ status: 'failed' })
  })

  it('is masked where it echoes what must not show', async () => {
    const bearer = 'a-bearer-of-a-test'
    gateway.answer = { status: 400, body: `no: ${bearer} ${Buffer.from('us:a-password').toString('base64')}` }
    const notified = [
      await send(webhook, { ...at(), auth: { bearer } }),
      await send(webhook, { ...at(), auth: { basic: { user: 'us', pass: 'a-password' } } }),
    ].map((receipt) => JSON.stringify(receipt))
    expect(notified[0]).not.toContain(bearer)
    expect(notified[1]).not.toContain(Buffer.from('us:a-password').toString('base64'))
  })

  it('comes from the address whose turn it is', async () => {
    const url = [`${gateway.url}/a`, `${gateway.url}/b`]
    for (const address of [0, 1, 2]) await send(webhook, { url }, aMessage(), { address })
    expect(gateway.arrived.map(({ path }) => path)).toEqual(['/a', '/b', '/a'])
  })
})

it('carries what one receiver can take: never more than 256 KiB', async () => {
  const card = aCard({ text: '磁盘'.repeat(100_000), data: { headline: 'x'.repeat(300_000) } })
  const cards = Array.from({ length: 100 }, (_, index) => ({ ...card, id: String(index) }))
  await send(webhook, at(), aMessage({ cards, closing: [] }))
  expect(Buffer.byteLength(gateway.arrived[0]!.body)).toBeLessThanOrEqual(256 * 1024)
  expect(gateway.json()['subject']).toBe(aMessage().subject)
})

describe('options', () => {
  it('are checked all at once, each with its cure', () => {
    const found = problems(webhook, {
      auth: { bearer: 'x', basic: { user: 'a', pass: 'b' } },
      headers: { 'bad header': 'x' },
      body: 'not json',
      success: { path: 'a', equals: {} },
    })
    expect(found.map((line) => line.split(':')[0]).sort()).toEqual([
      'auth',
      'body',
      'headers.bad header',
      'success.equals',
      'url',
    ])
    expect(problems(webhook, { url: 'http://gateway.corp', auth: {} }).join()).toContain(
      'needs `bearer`, `basic` or `hmac`',
    )
  })
})
