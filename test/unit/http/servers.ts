/**
 * Real servers on port 0 for the tests of http, closed after each test together with their connections.
 */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const open: Server[] = []

/** Starts a server on loopback; resolves with its origin: 'http://127.0.0.1:4711'. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Closes the connections that wait for another request. */
export function closeIdle(): void {
  for (const server of open) server.closeIdleConnections()
}

/** Closes every server that {@link serve} started. */
export async function closeServers(): Promise<void> {
  for (const server of open.splice(0)) {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
}
