// Processes of a fleet, each with a hub of its own, and the webhook that they notify. All of them read the
// machine's own clock.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('../suites/fleet.child.mjs', import.meta.url))
const longestMs = 90_000
const pollMs = 10

/** `ask` has the process do a task of the child's. */
export async function startMember(options) {
  const member = fork(child, [JSON.stringify({ service: 'bench', ...options })], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const waiting = new Map()
  const answerTo = (id) => new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  let asked = 0
  member.on('message', ({ id, result }) => waiting.get(id)?.resolve(result))
  member.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('a process of the fleet has ended'))
  })
  await answerTo(0)
  const ask = (task, value) => {
    const id = ++asked
    const answered = answerTo(id)
    member.send({ id, task, value })
    return answered
  }
  await until(async () => (await ask('role')) !== 'starting')
  return { ask, kill: () => member.kill('SIGKILL') }
}

/** A webhook that knows when a message about a record came, and how many records were counted. */
export async function openProvider() {
  const counts = new Map()
  const waiting = new Map()
  /** A message that is sent twice has the same id. */
  const ids = new Set()

  function receive(arrivedAt, { id, alerts }) {
    if (ids.has(id)) return
    ids.add(id)
    for (const { latestMessage, newCount } of alerts) {
      waiting.get(latestMessage)?.(arrivedAt)
      counts.set(latestMessage, (counts.get(latestMessage) ?? 0) + newCount)
    }
  }

  const server = http.createServer((request, response) => {
    const arrivedAt = process.hrtime.bigint()
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      response.end('{"ok":true}')
      receive(arrivedAt, JSON.parse(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    counted: (msg) => counts.get(msg) ?? 0,
    arrival(msg) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no message about '${msg}' came`)), longestMs)
        waiting.set(msg, (at) => {
          clearTimeout(timer)
          resolve(at)
        })
      })
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

export async function until(isSo) {
  const endAt = performance.now() + longestMs
  while (!(await isSo())) {
    if (performance.now() > endAt) throw new Error('what the suite waits for did not happen')
    await sleep(pollMs)
  }
}
