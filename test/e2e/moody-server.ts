// A webhook on a real server that has moods: it answers well, late, never, byte by byte, or hangs up.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { WebhookBody } from './app.ts'

export type Mood = 'ok' | 'slow' | 'hung' | 'drip' | 'fickle' | 'refused'

export interface MoodyServer {
  readonly url: string
  /** What was posted, whatever came of it. */
  readonly posts: WebhookBody[]
  /** Resolves when one comes that is as wanted, now or later. */
  came(wanted: (body: WebhookBody) => boolean): Promise<void>
  /** Resolves when no client is connected any more. */
  left(): Promise<void>
  close(): Promise<void>
}

const slowMs = 3_000

/** Starts one; 'refused' is an address without a server, 'fickle' hangs up on every other request. */
export async function openMoodyServer(mood: Mood = 'ok'): Promise<MoodyServer> {
  const posts: WebhookBody[] = []
  const sockets = new Set<Socket>()
  let waiters: { readonly isOver: () => boolean; readonly resolve: () => void }[] = []

  function wake(): void {
    for (const { isOver, resolve } of waiters) if (isOver()) resolve()
    waiters = waiters.filter(({ isOver }) => !isOver())
  }

  function until(isOver: () => boolean): Promise<void> {
    if (isOver()) return Promise.resolve()
    return new Promise((resolve) => waiters.push({ isOver, resolve }))
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      posts.push(JSON.parse(body))
      answer(mood, response, posts.length)
      wake()
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      wake()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  async function close(): Promise<void> {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  if (mood === 'refused') await close()
  return {
    url,
    posts,
    came: (wanted) => until(() => posts.some(wanted)),
    left: () => until(() => sockets.size === 0),
    close,
  }
}

function answer(mood: Mood, response: ServerResponse, count: number): void {
  switch (mood) {
    case 'ok':
      response.end('{}')
      return
    case 'slow':
      setTimeout(() => response.end('{}'), slowMs)
      return
    case 'drip':
      drip(response)
      return
    case 'fickle':
      if (count % 2 === 1) response.destroy()
      else response.end('{}')
      return
    case 'hung':
    case 'refused':
  }
}

/** One byte a second, for longer than anybody waits. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' })
  const timer = setInterval(() => response.write('x'), 1_000)
  response.on('close', () => clearInterval(timer))
}
