import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import email from '#core/providers/email/email.ts'
import { aMessage, send } from './support.ts'

let inbox: Inbox

beforeAll(async () => {
  inbox = await createInbox()
})
beforeEach(() => {
  inbox.clear()
  inbox.behave('email', 'ok')
})
afterAll(() => inbox.close())

const message = aMessage({ to: ['ops@example.com'] })
const from = 'Alerts <alerts@example.com>'
const login = () => ({ auth: { user: inbox.smtp.user, pass: inbox.smtp.pass } })

it('speaks TLS from the first byte to smtps://, also where STARTTLS would be required', async () => {
  const { host, securePort, user, pass, ca } = inbox.smtp
  const url = `smtps://${user}:${encodeURIComponent(pass)}@${host}:${securePort}`
  expect(await send(email, { url, from, tls: { ca }, requireTLS: true }, message)).toEqual({
    status: 'delivered',
  })
  const { request, view } = await inbox.next({ provider: 'email' })
  expect(request.secure).toBe(true)
  expect(view.to).toEqual(['ops@example.com'])
})

it('upgrades by STARTTLS and logs in only after that', async () => {
  const { host, port, ca } = inbox.smtp
  const options = { host, port, from, tls: { ca }, requireTLS: true, ...login() }
  expect(await send(email, options, message)).toEqual({ status: 'delivered' })
  expect((await inbox.next({ provider: 'email' })).request.secure).toBe(true)
  inbox.behave('email', 'no-starttls')
  expect(await send(email, options, message)).toMatchObject({ status: 'failed' })
  expect(inbox.received({ provider: 'email', ok: true }).length).toBe(1)
})

it('does not talk to a server with an untrusted certificate', async () => {
  const { host, port, securePort } = inbox.smtp
  for (const options of [
    { host, port, requireTLS: true },
    { host, port, tls: { minVersion: 'TLSv1.2' as const } },
    { host, port: securePort, secure: true },
  ]) {
    expect(await send(email, { ...options, from, ...login() }, message)).toMatchObject({
      status: 'failed',
      lasting: true,
    })
  }
  expect(inbox.received({ provider: 'email' })).toEqual([])
})

it('upgrades on this machine without a look at the certificate, as stock mail servers there have none', async () => {
  const { host, port } = inbox.smtp
  expect(await send(email, { host, port, from, ...login() }, message)).toEqual({ status: 'delivered' })
  expect((await inbox.next({ provider: 'email' })).request.secure).toBe(true)
  // No STARTTLS at all: the server asks for it before a login.
  const refused = await send(email, { host, port, from, ignoreTLS: true, ...login() }, message)
  expect(refused).toMatchObject({ status: 'failed' })
})
