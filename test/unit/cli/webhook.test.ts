import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FakeSettings } from '#cli/inbox/fake-table.ts'
import { sharedData } from '../../shared-data.ts'
import { post, startInbox, urlOf } from './inbox.ts'

const json = { 'content-type': 'application/json' }

async function startGateway(webhook: FakeSettings['webhook'], now?: () => number) {
  const inbox = await startInbox({ settings: { webhook: { ...webhook } }, ...(now && { now }) })
  return {
    inbox,
    send: async (body: unknown, headers: Record<string, string> = {}, init: RequestInit = {}) =>
      (await post(urlOf(inbox, 'webhook'), body, { headers: { ...json, ...headers }, ...init })).status,
  }
}

describe('the fake webhook', () => {
  it('takes any JSON on any path of its own', async () => {
    const { inbox, send } = await startGateway({})
    expect(await send({ title: 'disk full', count: 3 })).toBe(200)
    expect(await send([1], {}, { method: 'PUT' })).toBe(200)
    expect((await post(`${inbox.url}/webhook/any/other?x=1`, { a: 1 })).status).toBe(200)
    expect(inbox.received()).toMatchObject([
      { ok: true, view: { subject: 'disk full', text: expect.stringContaining('"count": 3') } },
      { ok: true, request: { method: 'PUT' } },
      { ok: true, request: { path: '/webhook/any/other?x=1' } },
    ])
  })

  it('refuses what is not JSON, by content or by type, and other methods', async () => {
    const { send } = await startGateway({})
    expect(await send('{"a":')).toBe(400)
    expect(await send({}, { 'content-type': 'text/plain' })).toBe(415)
    expect(await send(undefined, {}, { method: 'DELETE', body: null })).toBe(405)
  })

  it('refuses bytes that are not UTF-8', async () => {
    const { send } = await startGateway({})
    expect(await send(undefined, {}, { body: Buffer.from([0x22, 0xff, 0x22]) })).toBe(400)
  })

  it('asks for the bearer token or the password it was set up with', async () => {
    const bearer = await startGateway({ bearer: 'token of the inbox' })
    expect(await bearer.send({})).toBe(401)
    expect(await bearer.send({}, { authorization: 'Bearer token of the inbox' })).toBe(200)
    const basic = await startGateway({ basic: { user: '告警', pass: 'a:b' } })
    const login = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
    expect(await basic.send({}, login('告警:a'))).toBe(401)
    expect(await basic.send({}, login('告警:a:b'))).toBe(200)
    expect(basic.inbox.channels.webhook['auth']).toEqual({ basic: { user: '告警', pass: 'a:b' } })
  })

  it('refuses a signature of another body, of another secret, or none', async () => {
    const { send } = await startGateway({ hmac: { secret: 'shared' } })
    const body = '{"title":"磁盘满"}'
    const header = (secret: string, signed: string) => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`,
    })
    expect(await send(body)).toBe(403)
    expect(await send(body, header('shared', `${body} `))).toBe(403)
    expect(await send(body, header('other', body))).toBe(403)
    expect(await send(body, header('shared', body))).toBe(200)
  })

  it('refuses a signed time that is more than five minutes off', async () => {
    const at = 1_700_000_000
    const hmac = { secret: 'shared', scheme: 'slack' } as const
    const { send } = await startGateway({ hmac }, () => at * 1000)
    const signed = (time: number) => ({
      'x-slack-request-timestamp': String(time),
      'x-slack-signature': `v0=${createHmac('sha256', 'shared').update(`v0:${time}:{}`).digest('hex')}`,
    })
    expect(await send('{}', signed(at - 300))).toBe(200)
    expect(await send('{}', signed(at - 301))).toBe(403)
    expect(await send('{}', signed(at * 1000))).toBe(403)
  })

  const vectorFile = sharedData('signature-vectors.json')
  it.skipIf(!vectorFile.exists)(`accepts the published signatures${vectorFile.unlessSkipped}`, async () => {
    interface Vector {
      readonly id: string
      readonly secret: string
      readonly body: string
      readonly timestamp?: number
      readonly msgId?: string
      readonly expected?: string
      readonly published?: string
    }
    const { genericHmac } = JSON.parse(readFileSync(vectorFile.path, 'utf8')) as { genericHmac: Vector[] }
    const schemes = ['body', 'body', 'grafana', 'slack', 'standard', 'stripe'] as const
    const headers = [
      'x-hub-signature-256',
      'x-signature',
      'x-grafana-alerting-signature',
      'x-slack-signature',
      'webhook-signature',
      'stripe-signature',
    ]
    expect(genericHmac).toHaveLength(schemes.length)
    for (const [index, vector] of genericHmac.entries()) {
      const { id, secret, body, timestamp = 0, msgId = '' } = vector
      const scheme = schemes[index]!
      const header = headers[index]!
      const hmac = { secret, scheme, header, ...(scheme !== 'body' && { timestampHeader: 'x-time' }) }
      const { inbox, send } = await startGateway({ hmac }, () => timestamp * 1000)
      const value = vector.expected ?? vector.published ?? ''
      const time = { 'x-time': String(timestamp), 'webhook-id': msgId }
      const status = await send(body, { [header]: value, ...time })
      // Some of the vectors sign what is not JSON: that the body is looked at means the signature passed.
      expect([200, 400], id).toContain(status)
      expect(await send(`${body} `, { [header]: value, ...time }), id).toBe(403)
      await inbox.close()
    }
  })

  it('answers with the body it was set up with', async () => {
    const inbox = await startInbox({ settings: { webhook: { reply: '{"code":0}' } } })
    expect((await post(urlOf(inbox, 'webhook'), {})).text).toBe('{"code":0}')
  })
})
