import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { Readable } from 'node:stream'
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { classify } from '#core/http/classify.ts'
import type { HttpFailure } from '#core/http/http-failure.ts'
import { createNodeFetch } from '#core/http/node-fetch.ts'
import { type HttpReply, type HttpRequest, request } from '#core/http/request.ts'
import { closeIdle, closeServers, serve } from './servers.ts'

afterEach(closeServers)

const never = new AbortController().signal

async function replyOf(asked: Promise<HttpReply | HttpFailure>): Promise<HttpReply> {
  const answer = await asked
  if ('failed' in answer) throw new Error(answer.failed)
  return answer
}

async function failureOf(asked: Promise<HttpReply | HttpFailure>): Promise<HttpFailure> {
  const answer = await asked
  if (!('failed' in answer)) throw new Error(`a reply with status ${answer.status}`)
  return answer
}

/** Resolves with the response of the first request that arrives; the listener leaves it unanswered. */
function firstRequest() {
  let arrived = (_response: ServerResponse) => {}
  const first = new Promise<ServerResponse>((resolve) => {
    arrived = resolve
  })
  return { first, listener: (_incoming: IncomingMessage, response: ServerResponse) => arrived(response) }
}

const ways: readonly (readonly [string, typeof fetch])[] = [
  ['fetch', fetch],
  ['node:http', createNodeFetch({})],
]

describe.each(ways)('over %s,', (way, fetcher) => {
  const ask = (url: string, more: Partial<HttpRequest> = {}) =>
    request(fetcher, { url, signal: never, ...more })

  describe('request', () => {
    it('posts the body and the headers, and returns status, headers and body', async () => {
      const seen: { method?: string; type?: string; body: string } = { body: '' }
      const origin = await serve(async (incoming, response) => {
        Object.assign(seen, { method: incoming.method, type: incoming.headers['content-type'] })
        for await (const chunk of incoming) seen.body += chunk
        response
          .writeHead(201, { 'content-type': 'application/json', 'x-id': '7' })
          .end('{"ok":true,"wort":"支付"}')
      })
      const reply = await replyOf(
        ask(`${origin}/x`, { headers: { 'content-type': 'application/json' }, body: '{"text":"支付"}' }),
      )
      expect(seen).toEqual({ method: 'POST', type: 'application/json', body: '{"text":"支付"}' })
      expect(reply.status).toBe(201)
      expect(reply.headers.get('x-id')).toBe('7')
      expect(reply.text).toBe('{"ok":true,"wort":"支付"}')
      expect(reply.json()).toEqual({ ok: true, wort: '支付' })
      expect(reply).not.toHaveProperty('retryAfterMs')
      expect(classify(reply)).toEqual({ status: 'delivered' })
    })

    it('has no JSON of a body that is none', async () => {
      const origin = await serve((_incoming, response) => response.end('ok'))
      const reply = await replyOf(ask(origin))
      expect(reply.text).toBe('ok')
      expect(reply.json()).toBeUndefined()
    })

    it('takes a reply without a body', async () => {
      const origin = await serve((_incoming, response) => response.writeHead(204).end())
      expect(await replyOf(ask(origin))).toMatchObject({ status: 204, text: '' })
    })

    it('puts credentials of the url into a header, and nowhere else', async () => {
      let authorization: string | undefined
      const origin = await serve((incoming, response) => {
        authorization = incoming.headers.authorization
        response.end()
      })
      await replyOf(ask(origin.replace('://', '://us%40er:p%C3%A4ss@')))
      expect(authorization).toBe(`Basic ${Buffer.from('us@er:päss').toString('base64')}`)
      await replyOf(ask(origin.replace('://', '://us%er:50%@')))
      expect(authorization).toBe(`Basic ${Buffer.from('us%er:50%').toString('base64')}`)
      await replyOf(
        ask(origin.replace('://', '://user:pass@'), { headers: { Authorization: 'Bearer mine' } }),
      )
      expect(authorization).toBe('Bearer mine')
    })

    it('takes control characters out of header values', async () => {
      let headers: IncomingMessage['headers'] = {}
      const origin = await serve((incoming, response) => {
        headers = incoming.headers
        response.end()
      })
      await replyOf(ask(origin, { headers: { 'x-title': 'a\r\nx-evil: 1\0b' } }))
      expect(headers['x-title']).toBe('a x-evil: 1 b')
      expect(headers).not.toHaveProperty('x-evil')
    })
  })

  describe('a hint to wait', () => {
    it('is read in seconds', async () => {
      const origin = await serve((_incoming, response) =>
        response.writeHead(429, { 'retry-after': '7' }).end(),
      )
      const reply = await replyOf(ask(origin))
      expect(classify(reply)).toMatchObject({ status: 'retry', delayMs: 7000, httpStatus: 429 })
    })

    it('is read as a date against the clock of the one who gave it', async () => {
      const theirs = Date.UTC(2001, 0, 1)
      const origin = await serve((_incoming, response) => {
        const headers = {
          date: new Date(theirs).toUTCString(),
          'retry-after': new Date(theirs + 90_000).toUTCString(),
        }
        response.writeHead(503, headers).end()
      })
      expect(await replyOf(ask(origin))).toMatchObject({ retryAfterMs: 90_000 })
    })

    it('is read as a date against our clock if the reply has no Date', async () => {
      const ours = Date.UTC(2026, 0, 1)
      const origin = await serve((_incoming, response) => {
        response.sendDate = false
        response.writeHead(503, { 'retry-after': new Date(ours + 5000).toUTCString() }).end()
      })
      expect(await replyOf(ask(origin, { now: () => ours }))).toMatchObject({ retryAfterMs: 5000 })
    })
  })

  describe('a body', () => {
    it('without end is read to the limit and left', async () => {
      let left = () => {}
      const gone = new Promise<void>((resolve) => {
        left = resolve
      })
      const origin = await serve((_incoming, response) => {
        response.on('close', left)
        const endless = new Readable({ read: () => void endless.push('x'.repeat(10_000)) })
        endless.pipe(response)
        response.on('close', () => endless.destroy())
      })
      const reply = await replyOf(ask(origin, { maxResponseBytes: 30_000 }))
      expect(reply.text).toBe('x'.repeat(30_000))
      await gone
    })

    it('that is a bomb behind its compression is read to the limit and left', async () => {
      let left = () => {}
      const gone = new Promise<void>((resolve) => {
        left = resolve
      })
      const origin = await serve((_incoming, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        const zeros = Buffer.alloc(1 << 20)
        const endless = new Readable({ read: () => void endless.push(zeros) })
        const bomb = endless.pipe(createGzip())
        bomb.pipe(response)
        response.on('close', () => {
          endless.destroy()
          bomb.destroy()
          left()
        })
      })
      const reply = await replyOf(ask(origin))
      expect(reply.text).toHaveLength(65_536)
      await gone
    })

    it('is cut between bytes without harm', async () => {
      const origin = await serve((_incoming, response) => response.end('支付'))
      expect(await replyOf(ask(origin, { maxResponseBytes: 4 }))).toMatchObject({ text: '支' })
    })

    it('that is cut off after a 200 leaves it open whether the server has processed it', async () => {
      const origin = await serve((_incoming, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"errco', () => response.destroy())
      })
      expect(await failureOf(ask(origin))).toEqual({
        failed: `${new URL(origin).host}: the reply was cut off`,
        uncertain: true,
      })
    })

    it('that breaks off after a refusal does not hide the refusal', async () => {
      const origin = await serve((_incoming, response) => {
        response.writeHead(429, { 'content-length': '100', 'retry-after': '3' })
        response.write('slow do', () => response.destroy())
      })
      expect(await replyOf(ask(origin))).toMatchObject({ status: 429, retryAfterMs: 3000 })
    })

    it('that is not what its encoding says leaves it open whether it was taken', async () => {
      const origin = await serve((_incoming, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
      )
      expect(await failureOf(ask(origin))).toMatchObject({ uncertain: true })
    })
  })

  describe('a redirect', () => {
    it.each([301, 302, 303, 307, 308])('%d is never followed', async (status) => {
      let followed = 0
      const elsewhere = await serve((_incoming, response) => {
        followed++
        response.end()
      })
      const origin = await serve((incoming, response) => {
        if (incoming.url !== '/') followed++
        response.writeHead(status, { location: `${elsewhere}/stolen` }).end()
      })
      const reply = await replyOf(ask(origin, { body: '{}' }))
      expect(reply.status).toBe(status)
      expect(classify(reply)).toMatchObject({ status: 'failed', httpStatus: status })
      expect(followed).toBe(0)
    })
  })

  describe('the signal', () => {
    it('ends a request that is not answered', async () => {
      const { first, listener } = firstRequest()
      const origin = await serve(listener)
      const controller = new AbortController()
      const asked = ask(origin, { signal: controller.signal })
      const response = await first
      const gone = once(response, 'close')
      controller.abort()
      expect(await failureOf(asked)).toEqual({
        failed: `${new URL(origin).host}: the attempt was cancelled`,
        uncertain: true,
      })
      await gone
    })

    it('says that time was up when it was', async () => {
      const { first, listener } = firstRequest()
      const origin = await serve(listener)
      const controller = new AbortController()
      const asked = ask(origin, { signal: controller.signal })
      await first
      controller.abort(new DOMException('x', 'TimeoutError'))
      expect(await failureOf(asked)).toMatchObject({ failed: expect.stringContaining('no answer in time') })
    })

    it('ends a body that drips', async () => {
      const controller = new AbortController()
      const origin = await serve((_incoming, response) => {
        response.writeHead(200)
        response.write('a', () => controller.abort())
      })
      expect(await failureOf(ask(origin, { signal: controller.signal }))).toMatchObject({ uncertain: true })
    })

    it('ends a fetch that ignores it, and releases a late response', async () => {
      const controller = new AbortController()
      let cancelled = () => {}
      const letGo = new Promise<void>((resolve) => {
        cancelled = resolve
      })
      let answer = (_response: Response) => {}
      const deaf = () =>
        new Promise<Response>((resolve) => {
          answer = resolve
        })
      const asked = request(deaf, { url: 'http://h.example/', signal: controller.signal })
      controller.abort()
      expect(await failureOf(asked)).toMatchObject({ failed: 'h.example: the attempt was cancelled' })
      answer(new Response(new ReadableStream({ cancel: () => cancelled() })))
      await letGo
    })

    it('that is already aborted sends nothing', async () => {
      let sent = 0
      const counting: typeof fetch = async () => {
        sent++
        return new Response()
      }
      const failure = await failureOf(
        request(counting, { url: 'http://h.example/', signal: AbortSignal.abort() }),
      )
      expect(failure).toEqual({ failed: 'h.example: the attempt was cancelled' })
      expect(sent).toBe(0)
    })

    it('is left as it was found', async () => {
      const origin = await serve((_incoming, response) => response.end())
      const controller = new AbortController()
      let added = 0
      const { signal } = controller
      const add = signal.addEventListener.bind(signal)
      const remove = signal.removeEventListener.bind(signal)
      signal.addEventListener = (...args: Parameters<typeof add>) => {
        added++
        add(...args)
      }
      signal.removeEventListener = (...args: Parameters<typeof remove>) => {
        added--
        remove(...args)
      }
      await request(async () => new Response('ok'), { url: origin, signal })
      expect(added).toBe(0)
    })
  })

  describe('a failure', () => {
    it('to connect is certain', async () => {
      const server = createTcpServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      server.close()
      await once(server, 'close')
      expect(await failureOf(ask(`http://127.0.0.1:${port}/secret-path`))).toEqual({
        failed: `127.0.0.1:${port}: connection refused (ECONNREFUSED)`,
      })
    })

    it('after the request was sent is not', async () => {
      const origin = await serve((incoming) => incoming.socket.destroy())
      const failure = await failureOf(ask(origin, { body: 'x' }))
      expect(failure.uncertain).toBe(true)
      expect(failure.failed).toContain('connection')
    })

    it.each([
      ['no url', 'not a url with secret-word'],
      ['an empty url', ''],
      ['another scheme', 'ftp://user:secret-word@h.example/secret-word'],
      ['a file', 'file:///secret-word'],
      ...(way === 'fetch' ? [['a port that fetch does not allow', 'http://127.0.0.1:6000/secret-word']] : []),
    ])('for %s is reported as impossible', async (_what, url) => {
      const failure = await failureOf(ask(url))
      expect(failure).toMatchObject({ impossible: true })
      expect(JSON.stringify(failure)).not.toContain('secret-word')
    })

    it.each([
      ['a header that HTTP cannot carry', { headers: { 'x-title': '支付 secret-word' } }],
      ['a broken header name', { headers: { 'x title secret-word': 'a' } }],
      ['a broken method', { method: 'secret-word\n' }],
      ['a GET with a body', { method: 'GET', body: 'secret-word' }],
    ])('for %s is reported as impossible', async (_what, more) => {
      const failure = await failureOf(ask('https://h.example/', more))
      expect(failure).toMatchObject({ impossible: true })
      expect(JSON.stringify(failure)).not.toContain('secret-word')
    })

    it('of a fetch that throws anything is a value', async () => {
      for (const thrown of [
        undefined,
        null,
        'text',
        7,
        new Error('at https://h/secret'),
        { code: 'x y' },
        [],
      ]) {
        const rejecting = () => Promise.reject(thrown)
        const throwing = () => {
          throw thrown
        }
        for (const broken of [rejecting, throwing]) {
          const failure = await failureOf(request(broken, { url: 'https://h.example/p', signal: never }))
          expect(failure).toEqual({ failed: 'h.example: the request failed', uncertain: true })
        }
      }
    })

    it('of a fetch that returns anything is a value', async () => {
      for (const returned of [undefined, null, {}, 'x', { status: 200, body: 'x' }]) {
        const wrong = (async () => returned) as unknown as typeof fetch
        const answer = await request(wrong, { url: 'https://h.example/p', signal: never })
        expect(answer).toHaveProperty('failed')
      }
    })
  })

  describe('what is said of an attempt', () => {
    it('holds no path, no query and no credentials, whatever happened', async () => {
      const modes = ['echo', 'redirect', 'reset', 'breakOff', 'html'] as const
      const origin = await serve((incoming, response) => {
        const mode = incoming.headers['x-mode']
        if (mode === 'reset') return void incoming.socket.destroy()
        if (mode === 'redirect')
          return void response.writeHead(302, { location: incoming.url }).end(incoming.url)
        if (mode === 'html') {
          return void response
            .writeHead(404)
            .end(`<html><title>Not found</title><pre>Cannot POST ${incoming.url}</pre>`)
        }
        if (mode === 'echo') return void response.writeHead(404).end(`Cannot POST ${incoming.url}`)
        response.writeHead(200, { 'content-length': '1000' })
        response.write(String(incoming.url), () => response.destroy())
      })
      const word = fc.stringMatching(/^[A-Za-z0-9]{12,30}$/)
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...modes), word, word, word, async (mode, path, token, pass) => {
          const url = `${origin.replace('://', `://user:${pass}@`)}/services/${path}?token=${token}`
          const answer = await ask(url, { headers: { 'x-mode': mode } })
          const { why } = classify(answer) as { why: string }
          for (const secret of [path, token, pass]) expect(why).not.toContain(secret)
          expect(why).toContain(new URL(origin).host)
        }),
        { numRuns: 60 },
      )
    })

    it('holds no secret that the reply brought along', async () => {
      const origin = await serve((_incoming, response) =>
        response.writeHead(400).end('{"error":"bad header","authorization":"Bearer abcdefgh"}'),
      )
      expect(classify(await ask(origin))).toMatchObject({
        why: expect.stringContaining('"authorization":"***"'),
      })
    })

    it('shows an error page in words', async () => {
      const page =
        '<html><head><style>a{color:red}</style></head><body><h1>502</h1>\n<p>Bad  Gateway</p></body>'
      const origin = await serve((_incoming, response) => response.writeHead(400).end(page))
      expect(classify(await ask(origin))).toMatchObject({
        why: expect.stringMatching(/answered 400: 502 Bad Gateway$/),
      })
    })
  })

  describe('what comes compressed without a request for it', () => {
    it.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ])('is read: %s', async (encoding, compress) => {
      const origin = await serve((_incoming, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(compress('{"ok":true}')),
      )
      expect((await replyOf(ask(origin))).json()).toEqual({ ok: true })
    })
  })
})

describe('a connection over node:http', () => {
  const send = (url: string, more: Partial<HttpRequest> = {}) =>
    replyOf(request(createNodeFetch({}), { url, signal: never, body: '{}', ...more }))

  it('is kept for the next message, and for that of another channel', async () => {
    const sockets = new Set<unknown>()
    const origin = await serve((incoming, response) => {
      sockets.add(incoming.socket)
      incoming.resume().on('end', () => response.end('ok'))
    })
    for (let n = 0; n < 5; n++) await send(`${origin}/${n}`)
    expect(sockets.size).toBe(1)
  })

  it('that the server has closed meanwhile is opened anew', async () => {
    const origin = await serve((incoming, response) => {
      incoming.resume().on('end', () => response.end('ok'))
      incoming.socket.on('close', () => closed())
    })
    let closed = () => {}
    const gone = new Promise<void>((resolve) => {
      closed = resolve
    })
    await send(origin)
    // What the server does with an idle connection after five seconds.
    closeIdle()
    await gone
    // Our side learns it in one of the next turns.
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    expect(await send(origin)).toMatchObject({ status: 200 })
  })

  it('to an address that two servers may read differently is not made', async () => {
    for (const more of [{ headers: { 'Transfer-Encoding': 'chunked' } }, { method: 'GET' }])
      expect(
        await request(createNodeFetch({}), { url: 'http://h.example/', signal: never, body: '{}', ...more }),
      ).toMatchObject({ impossible: true })
  })
})
