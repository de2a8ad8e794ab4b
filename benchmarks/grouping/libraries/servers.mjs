/**
 * What the libraries are run against: ports that refuse, servers that never answer, hang up, answer nonsense
 * or a given status, and a PostgreSQL and a Redis of their own in a temporary folder.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const host = '127.0.0.1'
const closers = []

export async function listen(server) {
  server.listen(0, host)
  await once(server, 'listening')
  const sockets = new Set()
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return server.address().port
}

/** A port that nothing listens on. */
export async function refusedPort() {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Accepts and says nothing. */
export const silentPort = () => listen(createServer(() => {}))

/** Hangs up at once, or after the first bytes. */
export const closingPort = (afterBytes = false) =>
  listen(
    createServer((socket) => {
      if (afterBytes) socket.once('data', () => socket.destroy())
      else socket.destroy()
    }),
  )

/** Answers whatever comes, and greets, with `text`. */
export const textPort = (text, greet = true) =>
  listen(
    createServer((socket) => {
      if (greet) socket.write(text)
      else socket.on('data', () => socket.write(text))
    }),
  )

/** Plays one line of `replies` for each line that comes, after a greeting. */
export const linesPort = (greeting, replies) =>
  listen(
    createServer((socket) => {
      socket.write(greeting)
      let at = 0
      socket.on('data', () => socket.write(replies[Math.min(at++, replies.length - 1)]))
    }),
  )

/** An HTTP server: '/status/503', '/text', '/json', '/slow', '/redirect', '/cut'. */
export const httpPort = () =>
  listen(
    createHttpServer((request, response) => {
      request.resume()
      const [, what, detail] = request.url.split(/[/?]/)
      if (what === 'status') response.writeHead(Number(detail)).end('{"error":"x"}')
      else if (what === 'text') response.writeHead(200, { 'content-type': 'application/json' }).end('<html>')
      else if (what === 'redirect') response.writeHead(302, { location: request.url }).end()
      else if (what === 'cut') {
        response.writeHead(200, { 'content-length': 1_000 }).write('a')
        setTimeout(() => response.destroy(), 20)
      } else if (what !== 'slow') response.end('{}')
    }),
  )

const user = { uid: 65_534, gid: 65_534 }
const asUser = () => (process.getuid?.() === 0 ? user : {})

function temporaryDir() {
  const dir = mkdtempSync(join(tmpdir(), 'libraries-'))
  if (process.getuid?.() === 0) chownSync(dir, user.uid, user.gid)
  chmodSync(dir, 0o700)
  closers.push(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const found = (name) => {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** A PostgreSQL with an empty database, or undefined if none is installed. */
export async function startPostgres() {
  const [initdb, postgres] = [found('initdb'), found('postgres')]
  if (!initdb || !postgres || !existsSync(postgres)) return undefined
  const dir = temporaryDir()
  const made = spawnSync(initdb, ['-D', dir, '-U', 'app', '-A', 'trust', '--locale=C', '-E', 'UTF8'], {
    ...asUser(),
    cwd: dir,
  })
  if (made.status !== 0) return undefined
  const port = await refusedPort()
  const args = [
    '-D',
    dir,
    '-p',
    String(port),
    '-c',
    `unix_socket_directories=${dir}`,
    '-c',
    'max_connections=6',
  ]
  const child = spawn(postgres, args, { ...asUser(), cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
  closers.unshift(async () => {
    child.kill('SIGINT')
    await once(child, 'exit')
  })
  let log = ''
  child.stderr.on('data', (data) => {
    log += data
  })
  while (!log.includes('ready to accept connections')) await delay(50)
  return port
}

/** A Redis that keeps nothing, or undefined if none is installed. */
export async function startRedis() {
  const redis = found('redis-server')
  if (!redis) return undefined
  const port = await refusedPort()
  const child = spawn(redis, ['--port', String(port), '--save', '', '--bind', host, '--maxmemory', '3mb'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  closers.unshift(() => child.kill())
  let log = ''
  child.stdout.on('data', (data) => {
    log += data
  })
  while (!log.includes('eady to accept')) await delay(50)
  return port
}

export async function stopAll() {
  for (const close of closers.splice(0)) await close()
}
