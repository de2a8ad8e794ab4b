/** The HTTP port: routes a request by the first part of its path, and closes without waiting. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Api } from './api.ts'
import type { ProviderHandler } from './provider-requests.ts'

const maxConnections = 1_000
const requestTimeoutMs = 60_000

/** The HTTP port. */
export interface Front {
  /** Resolves with the port; rejects when it is taken. */
  listen(port: number, host: string): Promise<number>
  /** Breaks every connection, answered or not. */
  close(): Promise<void>
}

/** Creates the server; an unknown path is answered 404. */
export function createFront(handlers: ReadonlyMap<string, ProviderHandler>, api: Api): Front {
  const signpost = `Nothing is here. Providers: ${[...handlers.keys()].map((name) => `/${name}/`).join(' ')}\n`

  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const url = toUrl(request)
    const [, name = '', path = ''] = /^\/([^/]*)(.*)$/s.exec(url?.pathname ?? '') ?? []
    const handler = handlers.get(name)
    if (url !== undefined && handler !== undefined) await handler(request, response, url, path)
    else if (url === undefined || !(await api.handle(request, response, url)))
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(signpost)
  }

  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy())
  })
  server.maxConnections = maxConnections
  server.requestTimeout = requestTimeoutMs

  return {
    async listen(port, host) {
      server.listen(port, host)
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    },
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

function toUrl(request: IncomingMessage): URL | undefined {
  try {
    // The target is a path; anything else (a proxy's absolute form, '*') is unknown.
    return request.url?.startsWith('/') ? new URL(`http://inbox${request.url}`) : undefined
  } catch {
    return undefined
  }
}
