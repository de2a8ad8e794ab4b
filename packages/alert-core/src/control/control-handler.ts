/**
 * The control page in a server: reads a request, passes it to the hub, and writes the answer, in node:http,
 * express, fastify and koa.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isObjectOrList } from '../text/get-path.ts'
import type { ControlAnswer, ControlRequest } from './control.ts'

/** A hub, or an adapter of it. */
export interface Controlled {
  control(request: ControlRequest): Promise<ControlAnswer>
}

/** What fastify, koa and their like call a handler with, in place of node's own. */
type WrappedRequest = { readonly raw: IncomingMessage } | { readonly req: IncomingMessage }
type WrappedResponse = { readonly raw: ServerResponse } | (() => unknown)

/** Handles one request of node:http or express, a request and reply of fastify, or a context of koa. */
export type ControlHandler = (
  request: IncomingMessage | WrappedRequest,
  response: ServerResponse | WrappedResponse,
) => void

/** One request, whatever it came in. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the framework knows of it. */
  readonly known: Readonly<Partial<Record<'originalUrl' | 'hostname' | 'ip' | 'body', unknown>>>
}

const mostBytes = 65_536
const bodyMs = 10_000
const unread = 'The form was read before it came here: mount this page before the body parser.\n'

/**
 * Serves the page of option `control` from the application's own server, under any path:
 * `app.use('/alerts', controlHandler(transport))`.
 */
export function controlHandler(target: Controlled): ControlHandler {
  return async (given, answered) => {
    const exchange = exchangeOf(given, answered)
    try {
      await handle(target, exchange)
    } catch {
      if (!exchange.response.headersSent) exchange.response.writeHead(503)
      exchange.response.end()
    }
  }
}

/** A framework that would answer by itself leaves that to us from now on. */
function exchangeOf(...[given, answered]: Parameters<ControlHandler>): Exchange {
  if ('raw' in given) {
    const reply = answered as { raw: ServerResponse; hijack?: () => void }
    reply.hijack?.()
    return { request: given.raw, response: reply.raw, known: given as object }
  }
  if ('req' in given) {
    const context = given as { req: IncomingMessage; res: ServerResponse; request: object; respond?: boolean }
    context.respond = false
    return { request: context.req, response: context.res, known: context.request }
  }
  return { request: given, response: answered as ServerResponse, known: given as object }
}

async function handle(target: Controlled, exchange: Exchange): Promise<void> {
  const { request, response, known } = exchange
  const { method = 'GET', headers, socket } = request
  // The framework's own values obey its trust in proxies; a mount sets the url back once this has returned.
  const url = textOf(known.originalUrl) ?? request.url ?? '/'
  const host = textOf(known.hostname) ?? headers.host ?? ''
  const address = textOf(known.ip) ?? socket.remoteAddress ?? ''
  const body = method === 'POST' ? await bodyOf(exchange) : ''
  if (typeof body === 'number') {
    response.writeHead(body, { 'content-type': 'text/plain', connection: 'close' })
    response.end(body === 500 ? unread : undefined)
    return
  }
  const token = headers['x-alert-token']
  const answer = await target.control({
    method,
    url,
    host,
    address,
    ...(headers['accept-language'] === undefined
      ? {}
      : { language: headers['accept-language'].slice(0, 100) }),
    body,
    ...(typeof token === 'string' ? { token } : {}),
  })
  response.writeHead(answer.status, answer.headers)
  response.end(method === 'HEAD' ? undefined : answer.body)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Else 413 if it is too large or takes too long, and 500 if it was read and nothing is left of it. */
async function bodyOf({ request, known: { body } }: Exchange): Promise<string | 413 | 500> {
  // A parser of other types leaves an empty body, and the form unread.
  const parsed = parsedBody(body)
  if (parsed !== '') return parsed
  if (request.readableDidRead) return body === undefined ? 500 : ''
  return (await readBody(request)) ?? 413
}

function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => end(undefined), bodyMs)
    timer.unref()
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > mostBytes) end(undefined)
      else chunks.push(chunk)
    })
    request.once('end', () => end(Buffer.concat(chunks).toString('utf8')))
    request.once('error', () => end(undefined))
    request.once('close', () => end(undefined))
    function end(text: string | undefined): void {
      clearTimeout(timer)
      resolve(text)
    }
  })
}

/** A framework has read it: a form as an object, or a question of the command line. */
function parsedBody(body: unknown): string {
  if (typeof body === 'string') return body
  if (Buffer.isBuffer(body)) return body.toString('utf8')
  if (!isObjectOrList(body)) return ''
  if ('request' in body) return JSON.stringify(body)
  return new URLSearchParams(
    Object.entries(body).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  ).toString()
}

/** Serves the page on a port of its own; keeps no process alive. `onError` gets the reason if it cannot. */
export function serveControl(
  target: Controlled,
  { port, host }: { readonly port: number; readonly host: string },
  onError: (why: string) => void,
): Server {
  // Loaded only if it is served: every start would pay for it.
  const server = process.getBuiltinModule('node:http').createServer(controlHandler(target))
  server.headersTimeout = bodyMs
  server.requestTimeout = 2 * bodyMs
  server.maxConnections = 100
  server.on('error', (error: NodeJS.ErrnoException) => onError(error.code ?? error.message))
  server.unref()
  server.listen({ host, port, exclusive: true })
  return server
}
