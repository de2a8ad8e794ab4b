import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { parseMailbox } from '#core/provider/mail-address.ts'
import email from '#core/providers/email/email.ts'
import { proxyTo, toTransport } from '#core/providers/email/email-server.ts'
import { shortest } from '#core/render/shorten.ts'
import { aCard, aMessage, problems, send } from './support.ts'

/**
 * A mail server that answers each command as given: the first key that the line starts with, else as usual.
 */
const usual: Readonly<Record<string, string>> = {
  EHLO: '250-relay.test\r\n250-AUTH PLAIN\r\n250 SIZE 1000000',
  MAIL: '250 ok',
  RCPT: '250 ok',
  AUTH: '235 welcome',
  DATA: '354 continue',
  '.': '250 queued',
  QUIT: '221 bye',
}
let replies: Record<string, string> = {}
let commands: string[] = []
let mails: string[] = []
let server: Server
const sockets = new Set<Socket>()

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let pending = ''
    let mail: string[] | undefined
    const answer = (line: string) => {
      const table = { ...usual, ...replies }
      const known = Object.keys(table).filter((start) => line.startsWith(start))
      const reply = table[known.sort((a, b) => b.length - a.length)[0] ?? ''] ?? '500 what?'
      if (reply === 'reset') return void socket.destroy()
      if (reply !== 'hang') socket.write(`${reply}\r\n`)
      if (reply.startsWith('354')) mail = []
    }
    if (replies['greeting'] !== 'hang') socket.write('220 relay.test ESMTP\r\n')
    socket.on('data', (chunk) => {
      pending += chunk.toString('utf8')
      const lines = pending.split('\r\n')
      pending = lines.pop() ?? ''
      for (const line of lines) {
        if (mail && line !== '.') {
          mail.push(line)
          continue
        }
        if (mail) mails.push(mail.join('\r\n'))
        mail = undefined
        commands.push(line)
        answer(line)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
beforeEach(() => {
  replies = {}
  commands = []
  mails = []
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

const at = () => ({
  host: '127.0.0.1',
  port: (server.address() as AddressInfo).port,
  from: 'Alerts <alerts@svc.example>',
})
const toOps = (parts: Parameters<typeof aMessage>[0] = {}) => aMessage({ to: ['ops@corp.example'], ...parts })
const header = (name: string) =>
  new RegExp(`^${name}: ((?:.*)(?:\\r\\n[ \\t].*)*)`, 'im')
    .exec(mails[0]?.split('\r\n\r\n')[0] ?? '')?.[1]
    ?.replace(/\r\n[ \t]/g, ' ')

describe('mail', () => {
  it('has a text and an html part, and headers that stop auto-replies', async () => {
    expect(await send(email, at(), toOps())).toEqual({ status: 'delivered' })
    expect(commands.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<ops@corp.example>'])
    expect(mails[0]).toMatch(/Content-Type: multipart\/alternative/)
    expect(mails[0]).toMatch(/text\/plain[\s\S]*text\/html/)
    expect(header('From')).toBe('Alerts <alerts@svc.example>')
    expect(header('Auto-Submitted')).toBe('auto-generated')
    expect(header('X-Priority')).toBeUndefined()
  })

  it('is of high priority while something critical continues', async () => {
    await send(email, at(), toOps({ severity: 'critical' }))
    expect(header('Importance')).toBe('High')
    mails = []
    await send(email, at(), toOps({ severity: 'critical', reason: 'resolved' }))
    expect(header('Importance')).toBeUndefined()
  })

  it('joins the thread of its alert and day, under a Message-ID of its own that a retry repeats', async () => {
    await send(email, at(), toOps())
    const [id, root] = [header('Message-ID'), header('References')]
    expect(root).toBe('<alert.00c0ffee00c0ffee.2026-11-23@svc.example>')
    expect(header('In-Reply-To')).toBe(root)
    expect(id).toBe('<n-0001@svc.example>')
    mails = []
    await send(email, at(), toOps(), { attempt: 2 })
    expect(header('Message-ID')).toBe(id)
    mails = []
    await send(email, at(), toOps({ id: 'n-0002', reason: 'resolved' }))
    expect(header('References')).toBe(root)
    expect(header('Message-ID')).not.toBe(id)
  })

  it('joins the thread of the day in the zone of its channel', async () => {
    const late = Date.UTC(2026, 10, 23, 18, 30)
    const roots: unknown[] = []
    for (const timeZone of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
      mails = []
      await send(email, at(), toOps({ at: late, timeZone }))
      roots.push(header('References')?.slice(-23, -13))
    }
    expect(roots).toEqual(['2026-11-23', '2026-11-24', '2026-11-23'])
  })

  it('stays in its thread when it was too long and is sent again in plain form', async () => {
    await send(email, at(), toOps())
    const root = header('References')
    mails = []
    await send(email, at(), shortest(toOps()))
    expect(header('References')).toBe(root)
    expect(header('Message-ID')).toBe('<n-0001-plain@svc.example>')
  })

  it('cannot be given headers or recipients by data', async () => {
    const evil = 'x\r\nBcc: thief@evil.example\r\n\r\nbody'
    const card = aCard({ title: evil, text: '<script>alert(1)</script> & "q"', context: ['</div>'] })
    const to = [
      'ops@corp.example',
      'a@b.example\r\nBcc: thief@evil.example',
      'g: thief@evil.example;',
      'x, thief@evil.example',
    ]
    const receipt = await send(email, at(), toOps({ subject: evil, cards: [card], to, id: evil }))
    expect(commands.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<ops@corp.example>'])
    expect(header('Subject')).toBe('x Bcc: thief@evil.example body')
    expect(header('Bcc')).toBeUndefined()
    const html = mails[0]?.split('text/html')[1]
    expect(html).not.toContain('<script>')
    expect(html).toContain('&lt;script&gt;')
    expect(receipt).toMatchObject({ status: 'delivered', note: expect.stringContaining('not an address') })
  })

  it('goes to everybody of the channel, copies included', async () => {
    const options = { ...at(), cc: ['Boss <boss@corp.example>'], replyTo: 'oncall@corp.example' }
    await send(email, options, toOps({ to: ['ops@corp.example', 'Zhang San <zs@corp.example>'] }))
    expect(commands.filter((line) => line.startsWith('RCPT')).length).toBe(3)
    expect(header('Cc')).toBe('Boss <boss@corp.example>')
    expect(header('Reply-To')).toBe('oncall@corp.example')
  })

  it('is cut long before servers refuse it', async () => {
    const cards = Array.from({ length: 50 }, (_, index) =>
      aCard({ id: String(index), text: '磁盘已满\n'.repeat(2000) }),
    )
    expect(await send(email, at(), toOps({ cards, closing: [] }))).toEqual({ status: 'delivered' })
    expect(Buffer.byteLength(mails[0] ?? '')).toBeLessThan(400_000)
  })
})

describe('session', () => {
  const login = { auth: { user: 'us', pass: 'a-mail-password' } }
  const reply = async (
    given: Record<string, string>,
    options: object = {},
    parts: Parameters<typeof aMessage>[0] = {},
  ) => {
    replies = given
    return send(email, { ...at(), ...options }, toOps(parts))
  }

  it('distinguishes permanent from temporary', async () => {
    expect(await reply({ RCPT: '550 no such user' })).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('550'),
    })
    expect(await reply({ RCPT: '451 greylisted' })).toMatchObject({ status: 'retry' })
    expect(await reply({ MAIL: '421 too many' })).toMatchObject({ status: 'retry' })
    expect(await reply({ '.': '451 local error' })).toMatchObject({ status: 'retry' })
    expect(await reply({ '.': '554 spam' })).toMatchObject({ status: 'failed' })
  })

  it('distinguishes too long from a full mailbox', async () => {
    expect(await reply({ '.': '552 too big' })).toMatchObject({ status: 'failed', tooLong: true })
    expect(await reply({ MAIL: '552 5.3.4 too big' })).toMatchObject({ status: 'failed', tooLong: true })
    const full = await reply({ RCPT: '552 5.2.2 mailbox full' })
    expect(full.status).toBe('failed')
    expect(full).not.toHaveProperty('tooLong')
  })

  it('never retries wrong credentials, but retries a temporary failure of login', async () => {
    expect(await reply({ AUTH: '535 5.7.8 no' }, login)).toMatchObject({ status: 'failed', lasting: true })
    expect(await reply({ AUTH: '454 4.7.0 later' }, login)).toMatchObject({ status: 'retry' })
  })

  it('is delivered when some recipients were taken, and names the others', async () => {
    const to = ['ops@corp.example', 'gone@corp.example']
    const receipt = await reply({ 'RCPT TO:<gone@': '550 5.1.1 unknown' }, {}, { to })
    expect(receipt).toEqual({
      status: 'delivered',
      note: 'accepted for 1, not for gone@corp.example (550 5.1.1 unknown)',
    })
    expect(
      await reply({ 'RCPT TO:<gone@': '450 later', 'RCPT TO:<ops@': '550 unknown' }, {}, { to }),
    ).toMatchObject({
      status: 'retry',
    })
  })

  it('sends nothing where STARTTLS is required and refused', async () => {
    expect(await reply({ STARTTLS: '502 not here' }, { requireTLS: true, ...login })).toMatchObject({
      status: 'failed',
    })
    expect(commands.some((line) => /^(?:AUTH|MAIL)/.test(line))).toBe(false)
  })

  it.each([
    [403, 'failed'],
    [407, 'failed'],
    [408, 'retry'],
    [429, 'retry'],
    [502, 'retry'],
  ])('whose proxy answers %i has %s, as a request by HTTP has', async (status, outcome) => {
    const proxy = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(`HTTP/1.1 ${status} no\r\ncontent-length: 0\r\n\r\n`))
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    onTestFinished(() => void proxy.close())
    const at = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const receipt = await reply({}, { proxy: `http://us:a-proxy-password@${at}` })
    expect(receipt).toMatchObject({
      status: outcome,
      why: expect.stringContaining(`${at} answered ${status}`),
    })
    expect('lasting' in receipt).toBe(outcome === 'failed')
  })

  it('that breaks off, is silent or does not begin is tried again', async () => {
    expect(await reply({ MAIL: 'reset' })).toMatchObject({ status: 'retry' })
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    expect(await reply({}, { port })).toMatchObject({
      status: 'retry',
      why: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('ends at once with its signal, wherever it hangs', async () => {
    for (const stuck of ['greeting', 'EHLO', '.']) {
      replies = { [stuck]: 'hang' }
      const stop = new AbortController()
      const connected = once(server, 'connection')
      const sending = send(email, at(), toOps(), { signal: stop.signal })
      await connected
      setImmediate(() => stop.abort())
      expect(await sending).toMatchObject({ status: 'retry', uncertain: true })
    }
    expect(await send(email, at(), toOps(), { signal: AbortSignal.abort() })).toMatchObject({
      status: 'retry',
    })
  })

  it('shows no password in its receipt, even if the server echoes it', async () => {
    const notified = await reply({ AUTH: '535 no a-mail-password for us' }, login)
    expect(JSON.stringify(notified)).not.toContain('a-mail-password')
    const { port } = at()
    replies = { AUTH: '535 no p@ss/word for us' }
    const byUrl = { url: `smtp://us:p%40ss%2Fword@127.0.0.1:${port}`, from: 'a@svc.example' }
    const receipt = await send(email, byUrl, toOps())
    expect(receipt).toMatchObject({ status: 'failed', lasting: true })
    expect(JSON.stringify(receipt)).not.toMatch(/p@ss|p%40ss/)
  })

  it('knows mail services by name, and does not take an unknown one for this machine', async () => {
    const options = { service: 'no-such-service', from: 'a@svc.example' }
    expect(await send(email, options, toOps())).toMatchObject({ status: 'failed', lasting: true })
    expect(commands).toEqual([])
  })

  it('without a recipient is refused', async () => {
    expect(await send(email, at(), aMessage({ to: [] }))).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('`to`'),
    })
  })
})

describe('server', () => {
  it('must speak STARTTLS unless it is this machine or the options say otherwise', () => {
    expect(toTransport({ host: 'smtp.corp.example' }, 0)).toMatchObject({ requireTLS: true, secure: false })
    expect(toTransport({ service: 'Outlook365' }, 0)).toMatchObject({
      requireTLS: true,
      service: 'Outlook365',
    })
    expect(toTransport({ host: 'smtp.corp.example', requireTLS: false }, 0)).toMatchObject({
      requireTLS: false,
    })
    for (const host of ['localhost', '127.0.0.1', '::1'])
      expect(toTransport({ host }, 0).requireTLS).toBe(false)
    expect(toTransport({ url: 'smtp://[::1]:25' }, 0)).toMatchObject({
      host: '::1',
      port: 25,
      requireTLS: false,
    })
  })

  it('is read from its url, and is the one whose turn it is', () => {
    const url = ['smtps://us:p%40ss@smtp.a.example', 'smtp://smtp.b.example:2525']
    expect(toTransport({ url }, 0)).toMatchObject({
      host: 'smtp.a.example',
      port: 465,
      secure: true,
      auth: { user: 'us', pass: 'p@ss' },
    })
    expect(toTransport({ url }, 1)).toMatchObject({ host: 'smtp.b.example', port: 2525, secure: false })
    expect(toTransport({ host: 'a.example', port: 465 }, 0)).toMatchObject({ secure: true })
  })

  it('on this machine is at port 25 unless the url names another', () => {
    for (const url of ['smtp://localhost', 'smtp://127.0.0.1', 'smtp://[::1]'])
      expect(toTransport({ url }, 0)).toMatchObject({ port: 25, secure: false, requireTLS: false })
    expect(toTransport({ host: 'localhost' }, 0)).toMatchObject({ port: 25 })
    expect(toTransport({ url: 'smtp://localhost:587' }, 0)).toMatchObject({ port: 587 })
    expect(toTransport({ url: 'smtps://localhost' }, 0)).toMatchObject({ port: 465, secure: true })
    expect(toTransport({ url: 'smtp://mail.example.com' }, 0)).toMatchObject({ port: 587 })
  })

  it('on this machine need not be verified, unless that is asked for', () => {
    const tlsOf = (options: Parameters<typeof toTransport>[0]) => toTransport(options, 0).tls
    expect(tlsOf({ url: 'smtp://localhost' })).toEqual({ rejectUnauthorized: false })
    expect(tlsOf({ url: 'smtp://localhost', tls: { ca: 'x' } })).toEqual({ ca: 'x' })
    expect(tlsOf({ url: 'smtp://localhost', requireTLS: true })).toBeUndefined()
    expect(tlsOf({ url: 'smtps://localhost' })).toBeUndefined()
    expect(tlsOf({ url: 'smtp://mail.example.com' })).toBeUndefined()
    expect(tlsOf({ url: 'smtp://localhost.example.com' })).toBeUndefined()
  })

  it('is greeted by a name, and without STARTTLS, if that is asked for', () => {
    const options = { host: 'mail.example.com', name: 'web-1.example.com', ignoreTLS: true }
    expect(toTransport(options, 0)).toMatchObject({ ...options, requireTLS: false })
    expect(problems(email, { ...options, requireTLS: true, from: 'a@b.example' }).join()).toContain(
      'not both',
    )
  })

  it('is reached through the proxy that applies, or that of the channel', () => {
    const proxyOf = (address: string | URL) =>
      String(address).includes('near') ? undefined : String(address)
    expect(proxyTo({ host: 'mail.example.com', port: 587 }, {}, proxyOf)).toBe('smtp://mail.example.com:587')
    expect(proxyTo({ host: '2001:db8::1', port: 25 }, {}, proxyOf)).toBe('smtp://[2001:db8::1]:25')
    expect(proxyTo({ host: 'near.example.com', port: 25 }, {}, proxyOf)).toBeUndefined()
    expect(proxyTo({ host: 'near' }, { proxy: 'http://own:1' }, proxyOf)).toBe('http://own:1')
    expect(proxyTo({ host: 'far' }, { proxy: false }, proxyOf)).toBeUndefined()
    expect(proxyTo({ host: 'far' }, {}, undefined)).toBeUndefined()
  })

  it('is given less patience than the mailer would have', () => {
    const { connectionTimeout = 0, socketTimeout = 0 } = toTransport({ host: 'a.example' }, 0)
    expect(connectionTimeout).toBeLessThanOrEqual(30_000)
    expect(socketTimeout).toBeLessThanOrEqual(30_000)
  })
})

describe('address', () => {
  it('is one mailbox or nothing', () => {
    expect(parseMailbox('ops@corp.example')).toEqual({ name: '', address: 'ops@corp.example' })
    expect(parseMailbox('"Zhang San" <zs+a@corp.example>')).toEqual({
      name: 'Zhang San',
      address: 'zs+a@corp.example',
    })
    expect(parseMailbox('root@localhost')).toEqual({ name: '', address: 'root@localhost' })
    for (const text of [
      '',
      'ops',
      '@x',
      'a@',
      'a b@c.d',
      'a@b.c, d@e.f',
      'g: a@b.c;',
      '<a@b.c',
      'a@b.c\r\nBcc: d@e.f',
      'a@-b.c',
      'a@b..c',
      '"a,b"@c.d',
    ]) {
      expect(parseMailbox(text), text).toBeUndefined()
    }
  })
})

describe('options', () => {
  it('need a sender and a server, and name both at once', () => {
    const found = problems(email, {})
    expect(found.join('\n')).toMatch(/from: needs `from`/)
    expect(found.join('\n')).toMatch(/url: needs one of `url`, `host` and `service`/)
    expect(problems(email, { host: 'a.example', service: 'QQ', from: 'a@b.example' }).join()).toContain(
      'needs one of',
    )
  })

  it('check addresses, urls and credentials', () => {
    const found = problems(email, {
      url: 'https://x',
      from: 'a, b@c.d',
      cc: ['x@y.z', 'nope'],
      auth: { user: 'u' },
    })
    expect(found.map((line) => line.split(':')[0]).sort()).toEqual(['auth.pass', 'cc.1', 'from', 'url'])
    expect(problems(email, { url: 'smtp://h?requireTLS=true', from: 'a@b.c' }).join()).toContain(
      'beside `url`',
    )
    expect(problems(email, { url: 'smtp://u:50%@h', from: 'a@b.c' }).join()).toContain('%25')
  })
})
