// From a log call to the first byte at the provider, in a process that has been up for a while. The provider
// is a server in this process: both read the machine's own clock.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { atMost } from '../lib/goals.mjs'
import { marksIn, steadyMs, watched } from '../lib/marks.mjs'
import { few, hasPeers, isShort, rounds as roundsOf } from '../lib/size.mjs'
import { median } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./latency.child.mjs', import.meta.url))
const processes = roundsOf(4) * 3
const warmUp = 5
/** What a process has sent before, where the code is to have run often. */
const often = isShort ? warmUp : 305
const calls = isShort ? 3 : 15
const longestMs = 5_000

const first = 'pino + alertStream'
// What one request takes in a thread that is given the line.
const floor = 'a target that only sends'
const others = ['pino-alert-transport target', 'winston + AlertTransport']
const peers = ['pino-slack-transport', 'winston-slack-webhook-transport', '@sentry/node (pino)']
const oftenRun = `${first}, after ${often - warmUp} messages of other loggers`

export async function latency() {
  const taken = new Map(
    few([first, floor, ...others, ...(hasPeers ? peers : [])], 2).map((name) => [name, []]),
  )
  const parts = new Map(points.map(([, part]) => [part, []]))
  for (let n = 0; n < processes; n++) {
    for (const [name, each] of taken) each.push(...(await measure(name)).map(msOf))
    for (const call of await measure(first, { flags: watched })) addParts(call, parts)
  }
  taken.set(oftenRun, [])
  for (let n = 0; n < processes / 4; n++)
    taken.get(oftenRun).push(...(await measure(first, { before: often })).map(msOf))
  const at = (name) => median(taken.get(name))
  const rows = [
    ...[...taken].map(([name, times]) => rowOf(name, times)),
    ...[...parts].map(([part, times]) => rowOf(`${first}: ${part}`, times)),
  ]
  const why = whyOf(new Map([...parts].map(([part, times]) => [part, median(times)])), at)
  const goals = [atMost(`fatal to the first byte, warm, p50, ${first}`, 2, at(first), { unit: ' ms', why })]
  const ofPeers = peers.filter((name) => taken.has(name)).map(at)
  if (ofPeers.length > 0)
    goals.push(
      atMost(`the same against the fastest peer`, 1, at(first) / Math.min(...ofPeers), { unit: '×', why }),
    )
  return { rows, goals }
}

function rowOf(name, times) {
  return {
    contestant: name,
    'log calls': times.length,
    'p50, ms': median(times).toFixed(2),
    'p99, ms': quantile(times, 0.99).toFixed(2),
  }
}

const msOf = ({ at, arrivedAt }) => arrivedAt - at

/** The points of the thread's way, each with the part that ends there. */
const points = [
  ['text came', 'until its thread has the line'],
  ['text read', 'read and matched'],
  ['due', 'waits for others of the same millisecond'],
  ['sent', 'message chosen and written'],
  ['arrived', 'request, until the first byte'],
]

function addParts({ at, arrivedAt, marks }, parts) {
  const passed = [
    ...marks.filter((mark) => mark.at > at && mark.at < arrivedAt),
    { name: 'arrived', at: arrivedAt },
  ]
  let from = at
  for (const [point, part] of points) {
    const to = passed.find((mark) => mark.name === point && mark.at >= from)?.at
    // What is due by a timer of another alert joins it.
    if (to === undefined) return
    parts.get(part).push(to - from)
    from = to
  }
}

function whyOf(parts, at) {
  const [crossing, reading, waiting, writing, sending] = [...parts.values()].map(
    (ms) => `${ms.toFixed(1)} ms`,
  )
  return `Two threads take part. A target that only sends takes ${at(floor).toFixed(1)} ms. By its parts, measured in the same run: the worker has the line after ${crossing}; reading and matching it takes ${reading}; for ${waiting} it waits for records that belong to the same message, which is a timer of Node’s; choosing and writing the message takes ${writing}, and the request ${sending} until its first byte is there. This code has run a few times at most: after 300 messages the median is ${at(oftenRun).toFixed(1)} ms. A peer that passes the line on as it is neither waits nor chooses.`
}

/**
 * Each log call with the moments of it and of its first byte; with `flags` that watch the thread, also the
 * marks of that.
 */
async function measure(name, { flags = [], before = warmUp } = {}) {
  const waiting = new Map()
  const server = http.createServer((request, response) => {
    const arrivedAt = steadyMs()
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
    execArgv: flags,
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  let stdout = ''
  logger.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk
  })
  try {
    await messageOf(logger, 'ready')
    const taken = []
    for (let n = 0; n < before + calls; n++) {
      const arrived = arrivalOf(waiting, `${n}`)
      logger.send({ n })
      const { at } = await messageOf(logger, 'logged')
      const arrivedAt = await arrived
      if (n >= before) taken.push({ at, arrivedAt })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const marks = marksIn(stdout)
    return taken.map((call) => ({ ...call, marks }))
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
