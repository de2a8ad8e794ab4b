/**
 * A request through a proxy: to https through a tunnel, in which the proxy reads nothing, to http in clear,
 * with the whole address. It keeps no socket.
 */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { decodeUrlPart } from '../text/text.ts'

/** A failure between us and a proxy: the server was not reached. */
export interface ProxyFailure {
  /** Host and port of the proxy, without its credentials; '' if its address is not one of HTTP. */
  readonly proxyHost: string
  /** What it answered to CONNECT. */
  readonly proxyStatus?: number
  readonly cause?: unknown
}

// Loaded with the first request, to keep the start fast.
const http = () => process.getBuiltinModule('node:http')
const https = () => process.getBuiltinModule('node:https')

/** Those of a request, whatever the way that it takes. */
export interface SentOptions extends RequestOptions {
  readonly headers: OutgoingHttpHeaders
}

/** Opens a request, which is to be ended by the caller; rejects with a {@link ProxyFailure}. */
export async function throughProxy(
  proxy: URL,
  url: URL,
  options: SentOptions,
  tls: ConnectionOptions = {},
): Promise<ClientRequest> {
  if (url.protocol === 'https:') return throughTunnel(proxy, url, options, tls)
  // In clear, the proxy forwards the request.
  const headers = { ...options.headers, ...authorize(proxy), host: url.host }
  return proxyRequest(proxy, { ...options, agent: false, path: url.href, headers })
}

async function throughTunnel(
  proxy: URL,
  url: URL,
  options: RequestOptions,
  tls: ConnectionOptions,
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

function openTunnel(proxy: URL, url: URL, signal: RequestOptions['signal']): Promise<Socket> {
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

/** Throws a {@link ProxyFailure} if it is not one of HTTP. */
export function readProxy(text: string): URL {
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

export function proxyError({ host }: URL, more: Omit<ProxyFailure, 'proxyHost'>): Error & ProxyFailure {
  return Object.assign(new Error('the proxy did not connect'), { proxyHost: host, ...more })
}
