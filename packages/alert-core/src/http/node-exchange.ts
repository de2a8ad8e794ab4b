/**
 * Requests over node:http and node:https. Node's own fetch takes several times as long for a short message,
 * as it makes streams of it and of the reply, and can use neither certificates of one's own nor a proxy. No
 * redirect is followed.
 */
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { RequestOptions as HttpsOptions } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { proxyError, readProxy, type SentOptions, throughProxy } from './node-proxy.ts'
import type { ProxyOf } from './proxy.ts'
import type { Body, Exchange, Outgoing } from './request.ts'

/** Options of the TLS connection: certificates, key, authorities. */
export type TlsOptions = Pick<
  HttpsOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized' | 'minVersion'
>

/** How the server is reached. */
export interface NodeConnecting {
  readonly tls?: TlsOptions
  readonly proxyOf?: ProxyOf | undefined
}

// Loaded with the first request, to keep the start fast.
const http = () => process.getBuiltinModule('node:http')
const https = () => process.getBuiltinModule('node:https')
const zlib = () => process.getBuiltinModule('node:zlib')

/** Makes requests whose connections use the certificates and the proxies. */
export function createNodeExchange(connecting: NodeConnecting): Exchange {
  return async (outgoing) => {
    const reply = await sendByNode(connecting, outgoing)
    return {
      status: reply.statusCode ?? 0,
      headers: {
        get(name) {
          const value = reply.headers[name.toLowerCase()]
          return Array.isArray(value) ? value.join(', ') : (value ?? null)
        },
      },
      read: (maxBytes, aborted) => readText(decoded(reply), maxBytes, aborted),
      release: () => void reply.destroy(),
    }
  }
}

/** Resolves with the head of the reply; its body is still to be read. */
export async function sendByNode(
  { tls, proxyOf }: NodeConnecting,
  outgoing: Outgoing,
): Promise<IncomingMessage> {
  const { url, body } = outgoing
  const options = optionsOf(outgoing)
  const address = proxyOf?.(url)
  if (address === undefined) return replyTo(direct(url, options, tls), body)
  const proxy = readProxy(address)
  const request = await throughProxy(proxy, url, options, tls)
  const reply = replyTo(request, body)
  if (url.protocol === 'https:') return reply
  return reply.catch((cause) => {
    throw outgoing.signal?.aborted ? cause : proxyError(proxy, { cause })
  })
}

function replyTo(request: ClientRequest, body: Outgoing['body']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('response', resolve)
    request.end(body)
  })
}

function optionsOf({ method, headers, body, signal }: Outgoing): SentOptions {
  const mayBeEmpty = method === 'GET' || method === 'HEAD'
  const length = mayBeEmpty ? {} : { 'content-length': Buffer.byteLength(body ?? '') }
  return { method, headers: { accept: '*/*', ...headers, ...length }, ...(signal && { signal }) }
}

function direct(url: URL, options: SentOptions, tls: TlsOptions | undefined): ClientRequest {
  if (url.protocol === 'https:' && tls !== undefined)
    return https().request(url, { ...options, ...tls, agent: false })
  // The time limit of an idle connection is none of a slow reply.
  const kept = { ...options, agent: agentFor(url), timeout: 0 }
  return url.protocol === 'https:' ? https().request(url, kept) : http().request(url, kept)
}

/** Servers close an idle connection after five seconds or later. */
const idleMs = 4_000
const agents = new Map<string, Agent>()

/** Keeps connections for the next message, but not the process alive. */
function agentFor({ protocol }: URL): Agent {
  let agent = agents.get(protocol)
  if (agent === undefined) {
    const { Agent } = protocol === 'https:' ? https() : http()
    agent = new Agent({ keepAlive: true, timeout: idleMs })
    agents.set(protocol, agent)
  }
  return agent
}

/** The body without its encoding: none is asked for, but a server may use one all the same. */
export function decoded(reply: IncomingMessage): Readable {
  const decoder = createDecoder(reply.headers['content-encoding']?.trim().toLowerCase())
  return decoder === undefined ? reply : pipeline(reply, decoder, () => {})
}

function createDecoder(encoding: string | undefined) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib().createGunzip()
    case 'deflate':
      return zlib().createInflate()
    case 'br':
      return zlib().createBrotliDecompress()
    default:
      return undefined
  }
}

function readText(stream: Readable, maxBytes: number, aborted: Promise<undefined>): Promise<Body> {
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  return new Promise((resolve) => {
    const leave = (whole: boolean) => {
      resolve({ text, whole })
      stream.destroy()
    }
    const breakOff = () => leave(false)
    stream.on('data', (chunk: Buffer) => {
      text += decoder.decode(chunk.subarray(0, Math.max(0, left)), { stream: true })
      left -= chunk.length
      if (left <= 0) leave(true)
    })
    // Not destroyed: its connection is kept.
    stream.on('end', () => resolve({ text: text + decoder.decode(), whole: true }))
    stream.on('error', breakOff)
    stream.on('close', breakOff)
    void aborted.then(breakOff)
  })
}
