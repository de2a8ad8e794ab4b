// From a log call to the first byte at the provider, in a process that has been up for a while. The provider
// is a server in this process: both read the machine's own clock.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { atMost } from '../lib/goals.mjs'
import { few, hasPeers, isShort, rounds as roundsOf } from '../lib/size.mjs'

const child = fileURLToPath(new URL('./latency.child.mjs', import.meta.url))
const processes = roundsOf(4) * 3
// More new alerts than these twenty in half a minute are a storm, and are sent together.
const warmUp = 5
const calls = isShort ? 3 : 15
const longestMs = 5_000

const ours = ['pino + alertStream', 'pino-alert-transport target', 'winston + AlertTransport']
// What one request takes in a thread that is given the line.
const floor = 'a target that only sends'
const peers = ['pino-slack-transport', 'winston-slack-webhook-transport', '@sentry/node (pino)']

export async function latency() {
  const taken = new Map(few([...ours, floor, ...(hasPeers ? peers : [])], 2).map((name) => [name, []]))
  for (let n = 0; n < processes; n++) for (const [name, each] of taken) each.push(...(await measure(name)))
  const at = (name, part) => quantile(taken.get(name), part)
  const rows = [...taken.keys()].map((name) => ({
    contestant: name,
    'log calls': taken.get(name).length,
    'p50, ms': at(name, 0.5).toFixed(2),
    'p99, ms': at(name, 0.99).toFixed(2),
  }))
  const [first] = ours
  const goals = [atMost(`fatal to the first byte, warm, p50, ${first}`, 2, at(first, 0.5), { unit: ' ms' })]
  const others = peers.filter((name) => taken.has(name)).map((name) => at(name, 0.5))
  if (others.length > 0)
    goals.push(
      atMost(`the same against the fastest peer`, 1, at(first, 0.5) / Math.min(...others), { unit: '×' }),
    )
  return { rows, goals }
}

/** ms of each log call until its first byte has come. */
async function measure(name) {
  const waiting = new Map()
  const server = http.createServer((request, response) => {
    const arrivedAt = process.hrtime.bigint()
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      response.end(request.url.includes('slack') ? 'ok' : '{}')
      const call = /latency-(\d+)-/.exec(body)?.[1]
      waiting.get(call)?.(arrivedAt)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const logger = fork(child, [name, `http://127.0.0.1:${server.address().port}`], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  try {
    await messageOf(logger, 'ready')
    const times = []
    for (let n = 0; n < warmUp + calls; n++) {
      const arrived = arrivalOf(waiting, `${n}`)
      logger.send({ n })
      const { at } = await messageOf(logger, 'logged')
      const ms = Number((await arrived) - BigInt(at)) / 1e6
      if (n >= warmUp) times.push(ms)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return times
  } finally {
    logger.kill('SIGKILL')
    server.closeAllConnections()
    server.close()
  }
}

async function messageOf(logger, kind) {
  const ended = new AbortController()
  const { signal } = ended
  const timer = setTimeout(() => logger.kill('SIGKILL'), 30_000)
  const none = once(logger, 'exit', { signal }).then(() => [{}])
  const [message] = await Promise.race([once(logger, 'message', { signal }), none])
  clearTimeout(timer)
  none.catch(() => {})
  ended.abort()
  if (!(kind in message)) throw new Error(`the logger did not say '${kind}'`)
  return message
}

function arrivalOf(waiting, call) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`log call ${call} did not arrive`)), longestMs)
    waiting.set(call, (at) => {
      clearTimeout(timer)
      waiting.delete(call)
      resolve(at)
    })
  })
}

function quantile(times, part) {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
}
