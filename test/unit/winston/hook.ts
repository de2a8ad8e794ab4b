/**
 * A webhook on a real server: what came, waiting for more, and the ways such a thing can hang.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a webhook channel posts, as far as these tests look at it. */
export interface Post {
  readonly reason: string
  readonly severity: string
  readonly subject: string
  readonly alerts: readonly {
    readonly count: number
    readonly newCount: number
    readonly [field: string]: unknown
  }[]
}

export interface Hook {
  /** Options that send here at once. */
  readonly options: {
    readonly service: string
    readonly closeTimeout: '9s'
    readonly channels: Record<string, object>
  }
  readonly posts: Post[]
  /** When each came, epoch ms. */
  readonly arrivedAt: number[]
  /** Resolves when `count` posts have come, now or later. */
  came(count: number): Promise<readonly Post[]>
  close(): Promise<void>
}

/** Starts one; a hung one takes every request and answers none, one that is busy asks for so many seconds. */
export async function openHook({ hangs = false, busyFor = 0 } = {}): Promise<Hook> {
  const posts: Post[] = []
  const arrivedAt: number[] = []
  const pending: ServerResponse[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      posts.push(JSON.parse(body))
      arrivedAt.push(Date.now())
      if (hangs) pending.push(response)
      else if (busyFor > 0) response.writeHead(503, { 'retry-after': String(busyFor) }).end()
      else response.end('ok')
      for (const { count, resolve } of waiting) if (posts.length >= count) resolve()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    // A name of its own: transports with equal options share a worker.
    options: {
      service: `shop-${port}`,
      // A worker may be long in coming up on a slow machine.
      closeTimeout: '9s',
      channels: { hook: { type: 'webhook', url: `http://127.0.0.1:${port}/`, wait: 0, interval: 0 } },
    },
    posts,
    arrivedAt,
    async came(count) {
      if (posts.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
      return posts
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Records delivered over all posts. */
export function countDelivered(posts: readonly Post[]): number {
  return posts.flatMap(({ alerts }) => alerts).reduce((sum, { newCount }) => sum + newCount, 0)
}
