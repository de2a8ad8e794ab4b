/**
 * What every provider over HTTP owes when its address answers with something that no provider says: it is
 * bounded, it never counts as success, it crashes nothing, and no secret goes anywhere else.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import type { Receipt } from '#core/model.ts'
import { aMessage } from '../unit/providers/support.ts'
import { attemptOnce } from './attempt.ts'
import { type Row, rows, secrets, settings } from './rows.ts'

type Reply = (response: ServerResponse, request: IncomingMessage, body: string) => void

const megabyte = 1024 * 1024
/** Ten megabytes of nothing, again and again. */
const member = gzipSync(Buffer.alloc(10 * megabyte))

/** Answers whatever it is asked by `reply`, and knows how much it could get rid of. */
async function createHost() {
  const asked: { readonly url: string; readonly text: string }[] = []
  const host = {
    url: '',
    asked,
    written: 0,
    reply: (() => {}) as Reply,
    server: undefined as unknown as Server,
  }
  host.server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      asked.push({ url: request.url ?? '', text: JSON.stringify(request.headers) + body })
      host.reply(response, request, body)
    })
    response.on('error', () => {})
  })
  host.server.listen(0, '127.0.0.1')
  await once(host.server, 'listening')
  host.url = `http://127.0.0.1:${(host.server.address() as AddressInfo).port}`
  return host
}

type Host = Awaited<ReturnType<typeof createHost>>

let inbox: Inbox
let host: Host
let other: Host

beforeAll(async () => {
  inbox = await createInbox({ settings })
  host = await createHost()
  other = await createHost()
  other.reply = (response) => response.end('{"ok":true,"errcode":0,"code":0}')
})

afterAll(async () => {
  for (const { server } of [host, other]) {
    server.close()
    server.closeAllConnections()
  }
  await inbox.close()
})

/** The inbox as if it were at the other address: every channel sends to the odd host. */
function elsewhere(): Inbox {
  const channels = JSON.parse(
    JSON.stringify(inbox.channels).replaceAll(inbox.url, host.url),
  ) as Inbox['channels']
  return { ...inbox, url: host.url, channels }
}

async function answeredBy(row: Row, reply: Reply): Promise<Receipt> {
  host.reply = reply
  host.written = 0
  host.asked.length = 0
  other.asked.length = 0
  const message = aMessage({ to: ['ops@example.com'], at: Date.now() })
  const receipt = await attemptOnce(row, message, { options: row.options(elsewhere()) })
  expect(host.asked.length).toBeGreaterThan(0)
  expect(other.asked).toEqual([])
  return receipt
}

/** Writes until the other side has had enough; resolves once it has let go. */
function pour(response: ServerResponse, chunk: Buffer, most = Number.POSITIVE_INFINITY): Promise<void> {
  const closed = new Promise<void>((resolve) => response.on('close', resolve))
  const more = () => {
    while (!response.destroyed && host.written < most) {
      host.written += chunk.length
      if (!response.write(chunk)) return void response.once('drain', () => setImmediate(more))
    }
    if (host.written >= most) response.end()
  }
  more()
  return closed
}

const overHttp = Object.entries(rows).filter(([, row]) => row.remote && row.remote.fake !== 'email')

/** A workflow answers as its author likes, only not with a page. */
const isAnyAnswerFine = (name: string) => name === 'teams'

describe.each(overHttp)('%s', (name, row) => {
  it('takes a page for no answer of its provider', async () => {
    const page = '<!doctype html><html><title>Sign in</title><body>Welcome to the hotel</body></html>'
    for (const status of [200, 202]) {
      const receipt = await answeredBy(row, (response) =>
        response.writeHead(status, { 'content-type': 'text/html' }).end(page),
      )
      // That an event was taken is said by the status alone.
      if (status === 202 && row.remote?.acceptsByStatus) continue
      expect(receipt).toMatchObject({ status: 'failed' })
    }
  })

  it('takes JSON that is broken for no success', async () => {
    for (const body of ['{"errcode":0,"ok":tr', '{"code":0', '[', 'null', '\u0000\u0001', '"ok"', '{}']) {
      const receipt = await answeredBy(row, (response) => response.writeHead(200).end(body))
      if (!isAnyAnswerFine(name)) expect(receipt.status, body).not.toBe('delivered')
    }
    const binary = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0xa0])
    expect((await answeredBy(row, (response) => response.writeHead(400).end(binary))).status).toBe('failed')
  })

  it('reads a bounded part of a body without end, and lets go of the connection', async () => {
    let closed = Promise.resolve()
    const receipt = await answeredBy(row, (response) => {
      response.writeHead(200)
      closed = pour(response, Buffer.alloc(64 * 1024, 'x'))
    })
    if (!isAnyAnswerFine(name)) expect(receipt.status).not.toBe('delivered')
    await closed
    // What lies in the buffers of both sides beside the 64 kB that are read.
    expect(host.written).toBeLessThan(32 * megabyte)
  })

  it('unpacks a bounded part of a bomb', async () => {
    const before = process.memoryUsage().arrayBuffers
    let closed = Promise.resolve()
    const receipt = await answeredBy(row, (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      closed = pour(response, member, 200 * member.length)
    })
    if (!isAnyAnswerFine(name)) expect(receipt.status).not.toBe('delivered')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * megabyte)
    await closed
  })

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect (%i): the other host gets nothing',
    async (status) => {
      const receipt = await answeredBy(row, (response) =>
        response.writeHead(status, { location: `${other.url}/take?it=all` }).end(),
      )
      expect(receipt).toMatchObject({ status: 'failed', why: expect.stringContaining('redirect') })
    },
  )

  it('says nothing of what the other side repeats of the request', async () => {
    for (const status of [200, 400, 403, 429, 500]) {
      const receipt = await answeredBy(row, (response, request, body) =>
        response
          .writeHead(status)
          .end(JSON.stringify({ message: `${request.url} ${JSON.stringify(request.headers)} ${body}` })),
      )
      // The secrets of all rows are looked for in attemptOnce().
      if (status !== 200) expect(receipt.status).not.toBe('delivered')
    }
    for (const secret of Object.values(secrets)) expect(JSON.stringify(other.asked)).not.toContain(secret)
  })

  it('takes a reply that breaks off, or has impossible headers, for one to try again', async () => {
    const replies: readonly Reply[] = [
      (response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('{"ok":')
        response.socket?.end()
      },
      (response) => void response.writeHead(200, { 'x-long': 'x'.repeat(64 * 1024) }).end('{}'),
      (response) => void response.socket?.end('HTTP/9.9 hello\r\n\r\n'),
      (response) => void response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
    ]
    for (const reply of replies) expect(await answeredBy(row, reply)).toMatchObject({ status: 'retry' })
  })

  it('believes no hint to wait for years', async () => {
    for (const hint of ['99999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', '-5', 'soon']) {
      const receipt = await answeredBy(row, (response) =>
        response.writeHead(429, { 'retry-after': hint }).end('{"retry_after":1e12}'),
      )
      expect(receipt).toMatchObject({ status: 'retry' })
      const delayMs = receipt.status === 'retry' ? (receipt.delayMs ?? 0) : 0
      expect(delayMs).toBeLessThanOrEqual(3_600_000)
    }
  })
})
