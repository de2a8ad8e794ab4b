// A redis-server of Debian on a port of its own, which a test may pause, kill and start again.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** Why tests on a real server are skipped; '' if they are not. In the gate a skipped test fails. */
export const whyNoRedis =
  isInstalled() || process.env['CI'] === 'true' ? '' : ' (skipped: redis-server is not installed)'

function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export interface RedisServer {
  readonly port: number
  readonly url: string
  /** As a person with all rights. */
  readonly admin: () => Redis
  pause(): void
  continue(): void
  kill(): Promise<void>
  /** Again on the same port; what it had not saved is gone. */
  start(...args: string[]): Promise<void>
  stop(): Promise<void>
}

export async function startRedis(...args: string[]): Promise<RedisServer> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'alert-redis-'))
  let child: ChildProcess | undefined
  let admin: Redis | undefined

  async function start(...more: string[]): Promise<void> {
    const own = ['--port', String(port), '--dir', directory, '--save', '', '--bind', '127.0.0.1']
    const started = spawn('redis-server', [...own, ...args, ...more], { stdio: 'ignore' })
    child = started
    while (!(await answers(port))) {
      if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}`)
      await sleep(10)
    }
  }

  async function kill(): Promise<void> {
    admin?.disconnect()
    admin = undefined
    const one = child
    child = undefined
    if (one === undefined || one.exitCode !== null) return
    const ended = new Promise((resolve) => one.once('exit', resolve))
    one.kill('SIGKILL')
    await ended
  }

  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    admin: () => (admin ??= withoutNoise(new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null }))),
    pause: () => void child?.kill('SIGSTOP'),
    continue: () => void child?.kill('SIGCONT'),
    kill,
    start,
    async stop() {
      child?.kill('SIGCONT')
      await kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Every key of every type, with all that it holds; answers to questions included. */
export async function everythingIn(admin: Redis): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>()
  for (const key of await admin.keys('*')) {
    const type = await admin.type(key)
    const read = readers[type]
    // It may have gone in between.
    if (type === 'none') continue
    if (read === undefined) throw new Error(`${key} is of the type ${type}`)
    all.set(key, JSON.stringify(await read(admin, key)))
  }
  return all
}

/** Calls of clients, without those that scripts make. */
export async function callsOf(admin: Redis): Promise<{ readonly all: number; readonly scripts: number }> {
  const stats = await admin.info('commandstats')
  const calls = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
  const scripts = calls('evalsha') + calls('eval')
  return { all: scripts + calls('xrange') + calls('hgetall'), scripts }
}

const readers: Readonly<Record<string, (admin: Redis, key: string) => Promise<unknown>>> = {
  string: (admin, key) => admin.get(key),
  hash: (admin, key) => admin.hgetall(key),
  stream: (admin, key) => admin.xrange(key, '-', '+'),
  zset: (admin, key) => admin.zrange(key, '0', '-1', 'WITHSCORES'),
  list: (admin, key) => admin.lrange(key, 0, -1),
  set: (admin, key) => admin.smembers(key),
}

function withoutNoise(client: Redis): Redis {
  return client.on('error', () => {})
}

/** Of this host, at this moment. A server of a cluster takes the port 10 000 above it, too. */
export async function freePort(): Promise<number> {
  const port = await anyPort()
  return port <= 55_535 ? port : freePort()
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

export async function answers(port: number): Promise<boolean> {
  const client = withoutNoise(
    new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null }),
  )
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}
