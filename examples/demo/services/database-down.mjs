// Real failures, shared by both services: a database that refuses connections, a job that fails repeatedly.
import { randomUUID } from 'node:crypto'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A port on loopback without a server. */
export async function closedPort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Resolves with the error of the connection. */
export function connect(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('error', (error) => resolve(error))
    socket.once('connect', () => socket.destroy())
  })
}

/** `times` orders fail because the database is down, 100 per turn; `log(error, order)` is called for each. */
export async function databaseDown(times, log) {
  const port = await closedPort()
  for (let n = 1; n <= times; n++) {
    const error = await connect(port)
    log(error, {
      orderId: 70_000 + n,
      requestId: randomUUID(),
      ip: `10.0.${n % 256}.${(n * 7) % 256}`,
      ms: (n * 13) % 900,
    })
    if (n % 100 === 0) await sleep(20)
  }
}
