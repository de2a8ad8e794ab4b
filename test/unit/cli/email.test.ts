import { connect } from 'node:net'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import type { Inbox } from '#cli/inbox/inbox.ts'
import { startInbox } from './inbox.ts'

interface SmtpFailure {
  readonly code?: string
  readonly responseCode?: number
  readonly command?: string
  readonly permanent?: boolean
}

const mail: SendMailOptions = {
  from: 'alerts@example.com',
  to: 'ops@example.com',
  subject: '[CRITICAL] 磁盘满',
  text: 'disk full',
  html: '<p>disk <b>full</b></p>',
}

function send({ smtp }: Inbox, options: SendMailOptions = {}, server: object = {}) {
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    requireTLS: true,
    auth: { user: smtp.user, pass: smtp.pass },
    tls: { ca: smtp.ca },
    ...server,
  })
  return transport.sendMail({ ...mail, ...options }).finally(() => transport.close())
}

async function failure(sent: Promise<unknown>): Promise<SmtpFailure> {
  try {
    await sent
  } catch (cause) {
    return cause as SmtpFailure
  }
  throw new Error('the mail was taken')
}

describe('the fake mail server', () => {
  it('takes a mail over STARTTLS with a certificate that verifies, and shows its parts', async () => {
    const inbox = await startInbox()
    await send(inbox, { headers: { 'Auto-Submitted': 'auto-generated' }, cc: 'team@example.com' })
    const received = await inbox.next({ provider: 'email' })
    expect(received).toMatchObject({
      ok: true,
      answer: { status: 250 },
      request: { method: 'DATA', path: 'ops@example.com, team@example.com', secure: true },
      view: {
        subject: '[CRITICAL] 磁盘满',
        text: expect.stringContaining('disk full'),
        html: expect.stringContaining('<b>full</b>'),
        to: ['ops@example.com', 'team@example.com'],
        mentions: [],
        notes: [],
      },
    })
    expect(received.request.headers).toMatchObject({
      'auto-submitted': 'auto-generated',
      to: 'ops@example.com',
    })
    expect(received.request.body).toContain('Auto-Submitted: auto-generated')
  })

  it('takes a mail over TLS from the first byte', async () => {
    const inbox = await startInbox()
    await send(inbox, {}, { port: inbox.smtp.securePort, secure: true })
    expect(await inbox.next()).toMatchObject({ ok: true, request: { secure: true } })
  })

  it('is trusted by its own certificate only', async () => {
    const [inbox, other] = [await startInbox(), await startInbox()]
    await expect(send(inbox, {}, { tls: { ca: other.smtp.ca } })).rejects.toThrow('self-signed certificate')
    expect(inbox.received()).toEqual([])
  })

  it('takes AUTH PLAIN and LOGIN, and neither without TLS', async () => {
    const inbox = await startInbox()
    for (const method of ['PLAIN', 'LOGIN'])
      await send(inbox, {}, { auth: { user: inbox.smtp.user, pass: inbox.smtp.pass, method } })
    expect(inbox.received({ ok: true })).toHaveLength(2)
    const inClear = { requireTLS: false, ignoreTLS: true }
    expect(await failure(send(inbox, {}, inClear))).toMatchObject({ code: 'EAUTH', responseCode: 538 })
  })

  it('refuses a wrong password, and never keeps it', async () => {
    const inbox = await startInbox()
    const auth = { user: inbox.smtp.user, pass: 'not the password' }
    expect(await failure(send(inbox, {}, { auth }))).toMatchObject({ code: 'EAUTH', responseCode: 535 })
    expect(inbox.received()).toMatchObject([
      { ok: false, answer: { status: 535 }, request: { method: 'AUTH' } },
    ])
    const base64 = Buffer.from(`\0${auth.user}\0${auth.pass}`).toString('base64')
    for (const trace of [auth.pass, base64]) expect(JSON.stringify(inbox.received())).not.toContain(trace)
  })

  it('takes a mail in part when some recipients do not exist', async () => {
    const inbox = await startInbox({ settings: { email: { unknownRecipients: ['gone@example.com'] } } })
    const info = await send(inbox, { to: ['ops@example.com', 'gone@example.com'] })
    expect(info).toMatchObject({ accepted: ['ops@example.com'], rejected: ['gone@example.com'] })
    expect(inbox.received()).toMatchObject([
      { ok: false, answer: { status: 550 }, request: { method: 'RCPT', path: 'gone@example.com' } },
      { ok: true, view: { to: ['ops@example.com'] } },
    ])
  })

  it('refuses in the ways mail servers do', async () => {
    const inbox = await startInbox()
    const refusal = async (
      mode: 'refuse' | 'greylist' | 'too-long' | 'error' | 'rate-limited' | 'bad-auth',
    ) => {
      inbox.behave('email', { mode, times: 1 })
      const { code, responseCode, permanent } = await failure(send(inbox))
      expect(inbox.received().at(-1)).toMatchObject({ ok: false, answer: { status: responseCode } })
      return [code, responseCode, permanent]
    }
    expect(await refusal('refuse')).toEqual(['EENVELOPE', 550, true])
    expect(await refusal('greylist')).toEqual(['EENVELOPE', 451, false])
    expect(await refusal('too-long')).toEqual(['EMESSAGE', 552, true])
    expect(await refusal('error')).toEqual(['EMESSAGE', 451, false])
    expect(await refusal('rate-limited')).toEqual(['EENVELOPE', 421, false])
    expect(await refusal('bad-auth')).toEqual(['EAUTH', 535, true])
    await send(inbox)
    expect(inbox.received().at(-1)).toMatchObject({ ok: true })
  })

  it('refuses every recipient of a greylisted mail, and takes the next mail', async () => {
    const inbox = await startInbox()
    inbox.behave('email', { mode: 'greylist', times: 1 })
    const two = { to: ['a@example.com', 'b@example.com'] }
    expect(await failure(send(inbox, two))).toMatchObject({ responseCode: 451 })
    expect((await send(inbox, two)).accepted).toEqual(two.to)
  })

  it('offers no STARTTLS in that mode, and says when a mail came in clear', async () => {
    const inbox = await startInbox()
    inbox.behave('email', 'no-starttls')
    expect(await failure(send(inbox))).toMatchObject({ code: 'ETLS' })
    expect(inbox.received()).toEqual([])
    await send(inbox, {}, { requireTLS: false })
    expect(await inbox.next()).toMatchObject({
      ok: true,
      request: { secure: false },
      view: { notes: ['sent without TLS'] },
    })
    inbox.behave('email', 'ok')
    await send(inbox)
    expect(await inbox.next()).toMatchObject({ request: { secure: true } })
  })

  it('breaks the connection after the mail in that mode', async () => {
    const inbox = await startInbox()
    inbox.behave('email', { mode: 'reset', times: 1 })
    expect((await failure(send(inbox))).responseCode).toBeUndefined()
    expect(inbox.received()).toMatchObject([{ ok: false, answer: { status: 0 } }])
  })

  it('holds a mail without an answer until it is closed', async () => {
    const inbox = await startInbox()
    inbox.behave('email', 'hang')
    const sent = failure(send(inbox))
    expect(await inbox.next()).toMatchObject({ ok: false, answer: { status: 0 } })
    await inbox.close()
    expect((await sent).responseCode).toBeUndefined()
  })

  it('accepts a connection and stays silent in that mode', async () => {
    const inbox = await startInbox()
    inbox.behave('email', 'no-greeting')
    expect(await failure(send(inbox, {}, { greetingTimeout: 300 }))).toMatchObject({ code: 'ETIMEDOUT' })
  })

  it('closes while clients are connected and say nothing', async () => {
    const inbox = await startInbox()
    const sockets = [inbox.smtp.port, inbox.smtp.securePort].map((port) => connect(port, inbox.smtp.host))
    const ended = sockets.map(
      (socket) => new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve)),
    )
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    await inbox.close()
    await Promise.all(ended)
  })

  it('refuses a mail of more than a megabyte and keeps no more than that', async () => {
    const inbox = await startInbox()
    const text = `${'x'.repeat(70)}\n`.repeat(20_000)
    expect(await failure(send(inbox, { text, html: undefined }))).toMatchObject({ responseCode: 552 })
    const [received] = inbox.received()
    expect(received).toMatchObject({ ok: false, answer: { status: 552 } })
    expect(received?.request.body.length).toBeLessThanOrEqual(1024 * 1024)
  })

  it('survives headers with hostile names and values', async () => {
    const inbox = await startInbox()
    await send(inbox, { subject: 'a\r\nBcc: z@example.com', headers: { __proto__x: '1', constructor: '2' } })
    const { request, view } = await inbox.next()
    expect(request.headers['constructor']).toBe('2')
    expect(request.headers['bcc']).toBeUndefined()
    expect(view.subject).toBe('a Bcc: z@example.com')
  })
})
