/**
 * The inbox's own addresses: the page, what was received as JSON and as a stream of events, clearing it, and
 * making a fake misbehave.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../fake/body.ts'
import { isObject } from '../fake/json.ts'
import type { RateRule } from '../fake/rate.ts'
import { packageRoot } from '../package-root.ts'
import type { Orders } from './orders.ts'
import type { Received, Shelf } from './received.ts'

const maxStreams = 50
const maxStreamLag = 8 * 1024 * 1024
const heartbeatMs = 15_000

/** The inbox's own addresses. */
export interface Api {
  /** True if the address was one of its own, and is answered. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>
  close(): void
}

/** One provider as the page needs it: its title, its modes, its rate limit. */
export interface ProviderCard {
  readonly name: string
  readonly title: string
  readonly modes: readonly string[]
  readonly rate?: RateRule
}

/** What the page gets about the inbox; `channels` are options to paste. */
export interface InboxCard {
  readonly providers: readonly ProviderCard[]
  readonly channels: Readonly<Record<string, object>>
}

/** Creates the API over a shelf; `describe` is asked once the inbox listens. */
export function createApi(shelf: Shelf, orders: Orders, describe: () => InboxCard): Api {
  // Lets a page that reconnects after a restart see that these are other messages with the same ids.
  const inbox = randomUUID()
  const streams = new Set<ServerResponse>()
  const hello = () => ({
    inbox,
    from: shelf.list()[0]?.id ?? null,
    orders: orders.list(),
    ...describe(),
  })
  const stopListening = shelf.subscribe((received) => {
    for (const stream of streams) writeEvent(stream, received)
  })
  const stopWatching = orders.subscribe(() => {
    for (const stream of streams) sendEvent(stream, 'orders', orders.list())
  })
  const heartbeat = setInterval(() => {
    for (const stream of streams) stream.write(':\n\n')
  }, heartbeatMs)

  const openStream = (request: IncomingMessage, response: ServerResponse, url: URL) => {
    if (streams.size >= maxStreams) return sendJson(response, 503, { error: 'too many open streams' })
    const since = readSince(String(request.headers['last-event-id'] ?? url.searchParams.get('since') ?? ''))
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    sendEvent(response, 'hello', hello())
    // Without a position to resume from, a stream sends only new messages.
    if (since !== undefined) for (const received of shelf.list({ since })) writeEvent(response, received)
    streams.add(response)
    response.once('close', () => streams.delete(response))
  }

  const routes = new Map<string, (request: IncomingMessage, response: ServerResponse, url: URL) => unknown>([
    ['GET /', (_request, response) => sendPage(response)],
    ['GET /api/inbox', (_request, response) => sendJson(response, 200, hello())],
    ['GET /api/received', (_request, response, url) => sendReceived(shelf, response, url)],
    [
      'DELETE /api/received',
      (_request, response) => {
        shelf.clear()
        response.writeHead(204).end()
      },
    ],
    ['POST /api/behave', (request, response) => behave(orders, request, response)],
    ['GET /api/events', openStream],
  ])

  return {
    async handle(request, response, url) {
      const part = request.method === 'GET' ? partOf(url) : undefined
      const route = part
        ? (_request: IncomingMessage, response: ServerResponse) => sendPart(response, part)
        : routes.get(`${request.method} ${url.pathname}`)
      if (route === undefined) return false
      if (isForeign(request)) sendJson(response, 403, { error: 'only for pages of this inbox' })
      else await route(request, response, url)
      return true
    },
    close() {
      stopListening()
      stopWatching()
      clearInterval(heartbeat)
      for (const stream of streams) stream.end()
    },
  }
}

/**
 * True for a request that a page of another site makes the browser send: it names another origin, or reached
 * this loopback address by a name that is not a loopback name (DNS rebinding).
 */
function isForeign({ method, headers, socket }: IncomingMessage): boolean {
  const host = headers.host ?? ''
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return true
  const site = headers['sec-fetch-site']
  // Another port of this machine is the same site, and not this inbox.
  const isOther = site === 'cross-site' || site === 'same-site'
  if (isOther && !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate')) return true
  const isLoopback = /^(::ffff:)?127\.|^::1$/.test(socket.localAddress ?? '')
  return isLoopback && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host)
}

function sendReceived(shelf: Shelf, response: ServerResponse, { searchParams }: URL): void {
  const since = readSince(searchParams.get('since') ?? '0')
  const provider = searchParams.get('provider')
  if (since === undefined) sendJson(response, 400, { error: 'since must be the id of one received' })
  else sendJson(response, 200, { received: shelf.list({ ...(provider && { provider }), since }) })
}

async function behave(orders: Orders, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { raw } = await readBody(request)
    // A page of another site cannot send this type without a preflight, which is never answered.
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
      throw new TypeError('application/json is required')
    const given: unknown = JSON.parse(raw.toString('utf8'))
    if (!isObject(given) || typeof given['provider'] !== 'string') throw new TypeError('provider is missing')
    const { provider, ...behaviour } = given
    orders.set(given['provider'], behaviour)
    response.writeHead(204).end()
  } catch (cause) {
    sendJson(response, 400, { error: cause instanceof Error ? cause.message : 'bad request' })
  }
}

function readSince(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function writeEvent(stream: ServerResponse, received: Received | undefined): void {
  // A reader that lags this far behind is dropped; it reconnects and resumes after the last it saw.
  if (stream.writableLength > maxStreamLag) return void stream.destroy()
  if (received === undefined) sendEvent(stream, 'cleared', {})
  else stream.write(`id: ${received.id}\nevent: received\ndata: ${JSON.stringify(received)}\n\n`)
}

function sendEvent(stream: ServerResponse, event: string, data: object): void {
  stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

/**
 * The script or style sheet of the page that an address names: no dots but one, so no way out of its folder.
 */
function partOf({ pathname }: URL): string | undefined {
  return /^\/page\/((?:[a-z]+\/)?[a-z-]+\.(?:js|css))$/.exec(pathname)?.[1]
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(JSON.stringify(value))
}

// ── the page: all on it is untrusted and shown as text, and by the policy only its own scripts run

const folder = new URL('page/', packageRoot)

/** Answers with the page; a nonce that is new each time allows its scripts and what they import. */
async function sendPage(response: ServerResponse): Promise<void> {
  const html = await readFile(new URL('index.html', folder), 'utf8')
  const nonce = randomBytes(16).toString('base64')
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy(nonce),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  })
  response.end(html.replaceAll('{nonce}', nonce))
}

/**
 * Answers with a script or style sheet of the page; `part` is a path below its folder, checked by the caller.
 */
async function sendPart(response: ServerResponse, part: string): Promise<void> {
  const text = await readFile(new URL(part, folder), 'utf8').catch(() => undefined)
  const type = part.endsWith('.js') ? 'text/javascript' : 'text/css'
  response.writeHead(text === undefined ? 404 : 200, {
    'content-type': `${text === undefined ? 'text/plain' : type}; charset=utf-8`,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  response.end(text ?? 'Nothing is here.\n')
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // The frame of a mail inherits this policy, and mails are styled inline.
    "style-src 'self' 'unsafe-inline'",
    'img-src data:',
    "connect-src 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ')
}
