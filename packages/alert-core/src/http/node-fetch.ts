/**
 * A fetch over node:https, for what Node's own fetch cannot do without the undici package: certificates of
 * one's own, and proxies. It supports what one request needs: method, headers, body, signal. It keeps no
 * socket and follows no redirect.
 */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { RequestOptions as HttpsOptions } from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { decodeUrlPart } from '../text/text.ts'
import type { ProxyOf } from './proxy.ts'

/** Options of the TLS connection: certificates, key, authorities. */
export type TlsOptions = Pick<
  HttpsOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized' | 'minVersion'
>

/** A failure between us and a proxy: the server was not reached. */
export interface ProxyFailure {
  /** Host and port of the proxy, without its credentials; '' if its address is not one of HTTP. */
  readonly proxyHost: string
  /** What it answered to CONNECT. */
  readonly proxyStatus?: number
  readonly cause?: unknown
}

/** Makes a `fetch` whose connections use the certificates and the proxies; it rejects as `fetch` does. */
export function createNodeFetch(settings: {
  readonly tls?: TlsOptions
  readonly proxyOf?: ProxyOf
}): typeof fetch {
  const { tls = {}, proxyOf } = settings

  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const { method = 'GET', headers, body, signal } = init ?? {}
    if (body && typeof body !== 'string' && !(body instanceof Uint8Array))
      throw new TypeError('body must be text or bytes')
    const bytes = Buffer.from(body ?? '')
    const options: RequestOptions = {
      method,
      headers: { ...Object.fromEntries(new Headers(headers)), 'content-length': String(bytes.length) },
      agent: false,
      ...(signal && { signal }),
    }
    const address = proxyOf?.(url)
    if (address === undefined) return answerOf(direct(url, options, tls), bytes)
    const proxy = readProxy(address)
    if (url.protocol === 'https:') return answerOf(await throughTunnel(proxy, url, options, tls), bytes)
    // In clear, the proxy forwards the request.
    const forward = { ...options.headers, ...authorize(proxy), host: url.host }
    return answerOf(proxyRequest(proxy, { ...options, path: url.href, headers: forward }), bytes).catch(
      (cause) => {
        throw signal?.aborted ? cause : proxyError(proxy, { cause })
      },
    )
  }
}

// Loaded with the first request, to keep the start fast.
const http = () => process.getBuiltinModule('node:http')
const https = () => process.getBuiltinModule('node:https')

function direct(url: URL, options: RequestOptions, tls: TlsOptions): ClientRequest {
  return url.protocol === 'https:'
    ? https().request(url, { ...options, ...tls })
    : http().request(url, options)
}

async function throughTunnel(
  proxy: URL,
  url: URL,
  options: RequestOptions,
  tls: TlsOptions,
): Promise<ClientRequest> {
  const socket = await openTunnel(proxy, url, options.signal)
  const { isIP } = process.getBuiltinModule('node:net')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const name = isIP(host) === 0 ? { servername: host } : {}
  const createConnection = () =>
    process.getBuiltinModule('node:tls').connect({ socket, host, ...name, ...tls })
  // With an agent, even a false one, Node makes the connection itself.
  return https().request(url, { ...options, agent: undefined, createConnection })
}

function openTunnel(proxy: URL, url: URL, signal: AbortSignal | undefined): Promise<Socket> {
  const authority = `${url.hostname}:${url.port || 443}`
  return new Promise((resolve, reject) => {
    const headers = { host: authority, ...authorize(proxy) }
    proxyRequest(proxy, {
      method: 'CONNECT',
      path: authority,
      headers,
      agent: false,
      ...(signal && { signal }),
    })
      .on('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket) => {
        if (statusCode >= 200 && statusCode < 300) {
          resolve(socket)
          return
        }
        socket.destroy()
        reject(proxyError(proxy, { proxyStatus: statusCode }))
      })
      .on('response', (reply) => {
        reply.destroy()
        reject(proxyError(proxy, { proxyStatus: reply.statusCode ?? 0 }))
      })
      .on('error', (cause) => reject(signal?.aborted ? cause : proxyError(proxy, { cause })))
      .end()
  })
}

function readProxy(text: string): URL {
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy
  throw Object.assign(new Error('not a proxy for HTTP'), { proxyHost: '' } satisfies ProxyFailure)
}

function proxyRequest(proxy: URL, options: RequestOptions): ClientRequest {
  const { hostname, port, protocol } = proxy
  const host = hostname.replace(/^\[|\]$/g, '')
  const at = { host, port: port || (protocol === 'https:' ? 443 : 80) }
  return protocol === 'https:'
    ? https().request({ ...at, ...options })
    : http().request({ ...at, ...options })
}

function authorize({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodeUrlPart(username)}:${decodeUrlPart(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
}

function proxyError({ host }: URL, more: Omit<ProxyFailure, 'proxyHost'>): Error & ProxyFailure {
  return Object.assign(new Error('the proxy did not connect'), { proxyHost: host, ...more })
}

function answerOf(request: ClientRequest, body: Buffer): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('response', (reply) => {
      try {
        resolve(toResponse(reply.statusCode ?? 0, reply.headersDistinct, reply))
      } catch (error) {
        reply.destroy()
        reject(error instanceof Error ? error : new Error('the reply cannot be read'))
      }
    })
    request.end(body)
  })
}

function toResponse(status: number, headers: NodeJS.Dict<string[]>, stream: Readable): Response {
  const list = Object.entries(headers).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  )
  const hasNoBody = status === 204 || status === 205 || status === 304
  if (hasNoBody) stream.resume()
  // A stream in node:stream/web terms and one in fetch terms are the same object under two type names.
  const body = hasNoBody ? null : (Readable.toWeb(stream) as ReadableStream<Uint8Array>)
  return new Response(body, { status, headers: list })
}
