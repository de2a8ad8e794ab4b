// A way to a server of this host that speaks TLS.
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'

export async function startTlsProxy(
  port: number,
  certificate: { readonly key: string; readonly cert: string },
) {
  const sockets = new Set<Socket>()

  function lead(socket: Socket): void {
    const other = connect(port, '127.0.0.1')
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

  const server = createServer(certificate, lead)
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
