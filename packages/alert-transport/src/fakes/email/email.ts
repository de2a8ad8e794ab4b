/**
 * A mail server: STARTTLS on one port and TLS from the first byte on another, AUTH PLAIN and LOGIN, 1 MB a
 * mail. What it accepts is parsed and shown as a mail program would; every command it refuses is an entry of
 * its own.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { maxBodyBytes, readBody } from '../../fake/body.ts'
import type { MailContext } from '../../fake/fake.ts'
import { defineMailFake } from '../../fake/fake.ts'
import type { Mode } from '../../fake/mode.ts'
import { mailView, refusedView } from './mail-view.ts'

/** Who may send, and who does not exist here; any other recipient does. */
export interface EmailSettings {
  readonly user: string
  readonly pass: string
  /** Addresses that are answered 550, so that a mail to several is taken in part. */
  readonly unknownRecipients: readonly string[]
}

/** The fake mail server. */
export const email = defineMailFake<EmailSettings>({
  title: 'Email',
  settings: { user: 'inbox', pass: 'inbox-password', unknownRecipients: [] },
  channel: ({ host, port, ca }, { user, pass }) => ({
    host,
    port,
    requireTLS: true,
    auth: { user, pass },
    tls: { ca },
    from: 'alerts@example.com',
    to: ['ops@example.com'],
  }),
  async start(context) {
    const plain = createServer(context, false)
    const secure = createServer(context, true)
    try {
      const port = await listen(plain, context.port, context.host)
      const securePort = await listen(secure, context.securePort, context.host)
      return {
        address: { host: context.host, port, securePort, ca: context.certificate.cert },
        close: async () => {
          await Promise.all([close(plain), close(secure)])
        },
      }
    } catch (cause) {
      await Promise.all([close(plain), close(secure)])
      throw cause
    }
  },
})

const mailModes: readonly Mode[] = [
  'rate-limited',
  'refuse',
  'greylist',
  'too-long',
  'error',
  'hang',
  'reset',
]
const maxRecipients = 100

function createServer(context: MailContext<EmailSettings>, secure: boolean): SMTPServer {
  const { settings, take, record, certificate } = context
  const modeById = new Map<string, Mode | 'answer'>()

  const refuse = (session: SMTPServerSession, method: string, path: string, status: number, text: string) => {
    record({
      ok: false,
      answer: { status, body: text },
      request: { method, path, headers: {}, body: '', secure: session.secure },
      view: refusedView(session, path),
    })
    return Object.assign(new Error(text), { responseCode: status })
  }

  const server = new SMTPServer({
    ...certificate,
    secure,
    name: 'inbox.localhost',
    size: maxBodyBytes,
    authMethods: ['PLAIN', 'LOGIN'],
    disableReverseLookup: true,
    logger: false,
    maxClients: 200,
    onConnect(_session, done) {
      // Decided for the server as a whole: it is read again at this connection's EHLO.
      server.options.disabledCommands = take(['no-starttls']) ? ['STARTTLS'] : []
      if (take(['no-greeting']) === undefined) done()
    },
    onAuth({ username, password }, session, done) {
      const isKnown = username === settings.user && password === settings.pass
      if (isKnown && take(['bad-auth']) === undefined) return done(null, { user: username })
      return done(refuse(session, 'AUTH', '', 535, '5.7.8 Error: authentication failed'))
    },
    onMailFrom({ address }, session, done) {
      const mode = take(mailModes)?.mode
      modeById.delete(session.id)
      if (mode === 'rate-limited')
        return done(refuse(session, 'MAIL', address, 421, '4.7.0 Too many messages, try again later'))
      if (mode !== undefined) modeById.set(session.id, mode)
      return done()
    },
    onRcptTo({ address }, session, done) {
      const mode = modeById.get(session.id)
      const no = (status: number, text: string) => done(refuse(session, 'RCPT', address, status, text))
      if (mode === 'greylist') return no(451, `4.7.1 <${address}>: Recipient address rejected: Greylisted`)
      if (mode === 'refuse' || settings.unknownRecipients.includes(address))
        return no(550, `5.1.1 <${address}>: Recipient address rejected: User unknown`)
      if (session.envelope.rcptTo.length >= maxRecipients) return no(452, '4.5.3 Error: too many recipients')
      return done()
    },
    onData(stream, session, done) {
      readBody(stream)
        .then(({ raw, bytes }) => finish(raw, bytes, session, done))
        .catch(() => done(Object.assign(new Error('4.3.0 Error: cannot read'), { responseCode: 451 })))
    },
    onClose: (session) => modeById.delete(session.id),
  })

  const finish = async (
    raw: Buffer,
    bytes: number,
    session: SMTPServerSession,
    done: (error?: Error | null, text?: string) => void,
  ) => {
    const mode = modeById.get(session.id)
    modeById.delete(session.id)
    const [status, body] = reply(mode, bytes)
    const { headers, view } = await mailView(raw, bytes, session)
    const path = view.to?.join(', ') ?? ''
    const request = { method: 'DATA', path, headers, body: raw.toString('utf8'), secure: session.secure }
    record({ ok: status === 250, answer: { status, body }, request, view })
    if (mode === 'hang') return
    if (mode === 'reset') return breakConnection(server, session.id)
    done(status === 250 ? null : Object.assign(new Error(body), { responseCode: status }), body)
  }

  // A client may disconnect or reject the certificate.
  server.on('error', () => undefined)
  return server
}

function reply(mode: Mode | 'answer' | undefined, bytes: number): readonly [status: number, text: string] {
  if (mode === 'hang' || mode === 'reset') return [0, '']
  if (mode === 'error') return [451, '4.3.0 Error: local error in processing']
  if (mode === 'too-long' || bytes > maxBodyBytes) return [552, '5.3.4 Error: message file too big']
  return [250, '2.0.0 Ok: queued']
}

async function listen(server: SMTPServer, port: number, host: string): Promise<number> {
  const listener = server.listen(port, host)
  await once(listener, 'listening')
  return (listener.address() as AddressInfo).port
}

function breakConnection(server: SMTPServer, id: string): void {
  for (const connection of server.connections) if (connection.id === id) connection._socket.destroy()
}

async function close(server: SMTPServer): Promise<void> {
  const closed = new Promise((resolve) => server.server.close(resolve))
  // A socket accepted just now must start its TLS handshake first: started on a socket that was destroyed
  // meanwhile, the handshake ends the process (Node 20 to 24).
  await setImmediate()
  server.close()
  // Connections that hang were made to hang: do not wait for them.
  for (const connection of server.connections) connection._socket.destroy()
  await closed
}
