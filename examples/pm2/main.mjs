// Starts the service under a PM2 of its own, lets twenty customers pay, reloads it, lets twenty more pay.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const folder = await mkdtemp(join(tmpdir(), 'alert-pm2-'))
const port = await freePort()
const env = { ...process.env, PM2_HOME: folder, ALERTS: join(folder, 'alerts'), PORT: String(port) }
const pm2File = createRequire(import.meta.url).resolve('pm2/bin/pm2')
const pm2 = (...args) => promisify(execFile)(process.execPath, [pm2File, ...args], { env })

try {
  await pm2('start', 'ecosystem.config.cjs', '--silent')
  await payTwenty(1001)
  await pm2('reload', 'shop', '--silent')
  await payTwenty(1021)
  await pm2('stop', 'shop', '--silent')
} finally {
  await pm2('kill', '--silent')
  await rm(folder, { recursive: true, force: true })
}

/** One asks for an unknown order as well. */
async function payTwenty(first) {
  for (let id = first; id < first + 20; id += 1) await fetch(`http://127.0.0.1:${port}/orders/${id}/pay`)
  await fetch(`http://127.0.0.1:${port}/orders/none/pay`)
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
