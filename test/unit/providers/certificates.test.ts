import { createServer } from 'node:https'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCertificate } from '#cli/fake/certificate.ts'
import alertmanager from '#core/providers/alertmanager.ts'
import bark from '#core/providers/bark.ts'
import gotify from '#core/providers/gotify.ts'
import matrix from '#core/providers/matrix.ts'
import mattermost from '#core/providers/mattermost.ts'
import ntfy from '#core/providers/ntfy.ts'
import rocketchat from '#core/providers/rocketchat.ts'
import webhook from '#core/providers/webhook/webhook.ts'
import zulip from '#core/providers/zulip.ts'
import { aMessage, createReceiver, type Receiver, send } from './support.ts'

const certificate = createCertificate(['127.0.0.1'])
let server: Receiver

beforeAll(async () => {
  server = await createReceiver((listener) => createServer(certificate, listener as never) as never, 'https')
})
beforeEach(() => {
  server.arrived.length = 0
  server.answer = {
    status: 200,
    body: '{"success":true,"id":1,"code":200,"event_id":"e","result":"success"}',
  }
})
afterAll(() => server.close())

const hash = '0123456789abcdef0123'

/** A server that people run themselves often has a certificate of their own authority. */
const selfHosted = {
  alertmanager: [alertmanager, () => ({ url: server.url })],
  bark: [bark, () => ({ endpoint: server.url, key: 'a-device-key' })],
  gotify: [gotify, () => ({ url: server.url, token: 'A.token-of-an-app' })],
  matrix: [matrix, () => ({ url: server.url, token: 'syt_a_token', room: '!room:example.com' })],
  mattermost: [mattermost, () => ({ url: `${server.url}/hooks/${hash}` })],
  ntfy: [ntfy, () => ({ endpoint: server.url, topic: 'a-topic-of-ours' })],
  rocketchat: [rocketchat, () => ({ url: `${server.url}/hooks/${hash}/${hash}` })],
  webhook: [webhook, () => ({ url: server.url })],
  zulip: [zulip, () => ({ url: server.url, email: 'b@example.com', apiKey: 'anApiKey12345', stream: 'ops' })],
} as const

describe.each(Object.entries(selfHosted))('%s', (_name, [provider, options]) => {
  const attempt = (more: object) => send(provider as never, { ...options(), ...more } as never, aMessage())

  it('trusts the authority of `tls.ca`', async () => {
    await attempt({ tls: { ca: certificate.cert } })
    expect(server.arrived.length).toBeGreaterThan(0)
    expect(server.arrived[0]?.headers['user-agent']).toMatch(/^alert-core\b/)
  })

  it('fails at once where it does not: the next message would fail too', async () => {
    expect(await attempt({})).toMatchObject({
      status: 'failed',
      lasting: true,
      why: expect.stringContaining('self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)'),
    })
    expect(server.arrived).toEqual([])
  })
})
