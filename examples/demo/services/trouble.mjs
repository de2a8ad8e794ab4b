// Real trouble, shared by both services: a database that refuses connections, a job that fails again and again.
import { randomUUID } from 'node:crypto'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A port on loopback where nobody listens. */
export async function closedPort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Connects and resolves with the error it got. */
export function connect(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('error', (error) => resolve(error))
    socket.once('connect', () => socket.destroy())
  })
}

/** `times` orders meet the dead database, some in each turn; `log(error, order)` is called for each. */
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
