// Starts a redis-server for the time of the example, if one is installed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** Resolves with its address and `stop()`, or with undefined if no redis-server can be started. */
export async function startRedis() {
  const port = await freePort()
  const own = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no']
  const server = spawn('redis-server', own.map(String), { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(server, 'close').catch(() => {})
  const isReady = new Promise((resolve) => {
    createInterface(server.stdout).on('line', (line) => line.includes('Ready to accept') && resolve(true))
    ended.then(() => resolve(false))
  })
  if (!(await isReady)) return undefined
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      server.kill()
      await ended
    },
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}
