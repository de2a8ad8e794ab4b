import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createCertificate } from '#cli/fake/certificate.ts'
import { adviceOn } from '#core/http/advice.ts'
import { classify } from '#core/http/classify.ts'
import type { TlsOptions } from '#core/http/node-exchange.ts'
import { createNodeFetch } from '#core/http/node-fetch.ts'
import { request } from '#core/http/request.ts'

const certificate = createCertificate(['127.0.0.1', 'api.example.test'])
const arrived: IncomingMessage[] = []
const tunnels: IncomingMessage[] = []
const forwarded: IncomingMessage[] = []
const opened: Server[] = []
const sockets = new Set<Socket>()
/** What the proxy answers to CONNECT; 0 hangs. */
let proxyStatus = 200

async function listen(server: Server): Promise<number> {
  opened.push(server.listen(0, '127.0.0.1'))
  server.on('connection', (socket) => sockets.add(socket))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const answer: RequestListener = (asked, response) => {
  arrived.push(asked)
  asked.resume().on('end', () => response.end('{"ok":true}'))
}

/** Connects to this machine, whatever the name of the host is. */
const proxy = createServer((asked, response) => {
  forwarded.push(asked)
  response.writeHead(202).end('forwarded')
}).on('connect', (asked: IncomingMessage, socket: Socket) => {
  tunnels.push(asked)
  socket.on('error', () => {})
  if (proxyStatus === 0) return
  if (proxyStatus !== 200) {
    socket.end(`HTTP/1.1 ${proxyStatus} no\r\ncontent-length: 0\r\n\r\n`)
    return
  }
  const server = connect(Number(asked.url!.split(':').at(-1)), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 ok\r\n\r\n')
    server.pipe(socket).pipe(server)
  }).on('error', () => socket.destroy())
})

let url: string
let clear: string
let proxyAt: string

beforeAll(async () => {
  url = `https://api.example.test:${await listen(createHttpsServer(certificate, answer))}/hook`
  clear = `http://api.example.test:${await listen(createServer(answer))}/hook?x=1`
  proxyAt = `127.0.0.1:${await listen(proxy)}`
})
afterEach(() => {
  proxyStatus = 200
  for (const list of [arrived, tunnels, forwarded]) list.length = 0
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of opened) server.close()
})

const credentials = 'us%40er:p%C3%A4ss-w0rd'
const send = (
  address: string,
  by = `http://${credentials}@${proxyAt}`,
  tls: TlsOptions = { ca: certificate.cert },
  signal = AbortSignal.timeout(5_000),
) => request(createNodeFetch({ tls, proxyOf: () => by }), { url: address, body: 'hello', signal })

async function failure(...args: Parameters<typeof send>) {
  const reply = await send(...args)
  if (!('failed' in reply)) throw new Error(`answered ${reply.status}`)
  return classify(reply)
}

describe('a request through a proxy', () => {
  it('goes through a tunnel to https, with the credentials of the proxy for the proxy alone', async () => {
    expect(await send(url)).toMatchObject({ status: 200, text: '{"ok":true}' })
    expect(tunnels.map(({ url, headers }) => [url, headers['proxy-authorization']])).toEqual([
      [new URL(url).host, `Basic ${Buffer.from('us@er:päss-w0rd').toString('base64')}`],
    ])
    expect(arrived[0]?.headers).toMatchObject({ host: new URL(url).host, 'content-length': '5' })
    expect(arrived[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  it('takes a % in the credentials of the proxy that encodes nothing as it is', async () => {
    for (const address of [url, clear]) await send(address, `http://us%er:50%@${proxyAt}`)
    const expected = `Basic ${Buffer.from('us%er:50%').toString('base64')}`
    expect([...tunnels, ...forwarded].map(({ headers }) => headers['proxy-authorization'])).toEqual([
      expected,
      expected,
    ])
  })

  it('is forwarded to http', async () => {
    expect(await send(clear)).toMatchObject({ status: 202, text: 'forwarded' })
    expect(forwarded.map(({ url, headers }) => [url, headers.host])).toEqual([[clear, new URL(clear).host]])
    expect(tunnels).toEqual([])
  })

  it('is checked against the name of the server, not that of the proxy', async () => {
    const other = url.replace('api.example.test', 'other.example.test')
    expect(await failure(other)).toEqual({
      status: 'failed',
      lasting: true,
      why: `${new URL(other).host}: certificate of another host (ERR_TLS_CERT_ALTNAME_INVALID)`,
    })
    expect(await failure(url, undefined, {})).toMatchObject({
      status: 'failed',
      lasting: true,
      why: expect.stringContaining('self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)'),
    })
  })

  it.each([
    [407, 'failed', /user and password of the proxy/],
    [403, 'failed', /NO_PROXY/],
    [502, 'retry', /NO_PROXY/],
  ])(
    'that it answers with %i has %s, with its own name and without credentials',
    async (status, outcome, cure) => {
      proxyStatus = status
      const { status: got, ...rest } = await failure(url)
      const { host } = new URL(url)
      const why = `${host}: proxy ${proxyAt} answered ${status}`
      expect([got, rest]).toEqual([outcome, outcome === 'failed' ? { why, lasting: true } : { why }])
      expect(adviceOn(why)).toMatch(cure)
      expect(arrived).toEqual([])
    },
  )

  it('fails by the name of a proxy that is not there', async () => {
    const gone = createServer()
    const port = await listen(gone)
    gone.close()
    await once(gone, 'close')
    for (const address of [url, clear]) {
      const outcome = await failure(address, `http://${credentials}@127.0.0.1:${port}`)
      const { host } = new URL(address)
      expect(outcome).toEqual({
        status: 'retry',
        why: `${host}: proxy 127.0.0.1:${port}: connection refused (ECONNREFUSED)`,
      })
    }
  })

  it('does not start where the proxy is none of HTTP', async () => {
    expect(await failure(url, `socks5://${credentials}@${proxyAt}`)).toEqual({
      status: 'failed',
      lasting: true,
      why: `${new URL(url).host}: the proxy must be an http:// or https:// address`,
    })
  })

  it('is given up with its signal, also while the proxy hangs', async () => {
    proxyStatus = 0
    const stop = new AbortController()
    const sending = failure(url, undefined, undefined, stop.signal)
    await once(proxy, 'connect')
    stop.abort()
    expect(await sending).toMatchObject({ why: `${new URL(url).host}: the attempt was cancelled` })
  })

  it('can use an https proxy', async () => {
    const secure = createHttpsServer(certificate)
    secure.on('connect', (asked, socket) => proxy.emit('connect', asked, socket))
    const port = await listen(secure)
    // The authority of the proxy is one that the process trusts, not one of the channel.
    expect(await failure(url, `https://127.0.0.1:${port}`)).toMatchObject({
      status: 'failed',
      lasting: true,
      why: expect.stringContaining(`proxy 127.0.0.1:${port}: self-signed certificate`),
    })
  })
})
