/**
 * The control page in a server: reads a request, passes it to the hub, and writes the answer. A plain
 * `(req, res)`, for node:http, express, fastify and koa.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ControlAnswer, ControlRequest } from './control.ts'

/** A hub, or an adapter of it. */
export interface Controlled {
  control(request: ControlRequest): Promise<ControlAnswer>
}

/** Handles one request; `body` may be parsed already, as express and fastify do. */
export type ControlHandler = (request: IncomingMessage, response: ServerResponse) => void

const mostBytes = 65_536
const bodyMs = 10_000

/**
 * Serves the page of option `control` from the application's own server, under any path:
 * `app.use('/alerts', controlHandler(transport))`.
 */
export function controlHandler(target: Controlled): ControlHandler {
  return (request, response) => {
    handle(target, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(503)
      response.end()
    })
  }
}

async function handle(target: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers, socket } = request
  const { originalUrl } = request as { originalUrl?: string }
  const body = method === 'POST' ? await bodyOf(request) : ''
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const token = headers['x-alert-token']
  const answer = await target.control({
    method,
    url: originalUrl ?? url,
    host: headers.host ?? '',
    address: socket.remoteAddress ?? '',
    ...(headers['accept-language'] === undefined
      ? {}
      : { language: headers['accept-language'].slice(0, 100) }),
    body,
    ...(typeof token === 'string' ? { token } : {}),
  })
  response.writeHead(answer.status, answer.headers)
  response.end(method === 'HEAD' ? undefined : answer.body)
}

/** Undefined if it is too large, or takes too long. */
function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const { body } = request as { body?: unknown }
  if (request.readableEnded || (typeof body === 'object' && body !== null && !Buffer.isBuffer(body)))
    return Promise.resolve(parsedBody(body))
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
  if (typeof body !== 'object' || body === null) return ''
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
