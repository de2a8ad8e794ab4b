// A way to a server of this host that a test may lead elsewhere, or that speaks TLS.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export async function startProxy(
  port: number,
  certificate?: { readonly key: string; readonly cert: string },
) {
  const sockets = new Set<Socket>()
  let target = port

  function lead(socket: Socket): void {
    const other = connect(target, '127.0.0.1')
    for (const [one, end] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        end.destroy()
      })
      one.pipe(end)
    }
  }

  const server = certificate === undefined ? createServer(lead) : createTlsServer(certificate, lead)
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function cutOff(): void {
    for (const socket of sockets) socket.destroy()
  }

  return {
    port: (server.address() as AddressInfo).port,
    /** Who is connected is cut off, and finds that server. */
    leadTo(other: number): void {
      target = other
      cutOff()
    },
    async stop() {
      cutOff()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
