// Processes of a fleet, which a test may stop or kill, and what their webhook was sent.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { until } from '../unit/fleet/redis-rig.ts'

const core = pathToFileURL('packages/alert-core/dist/index.js').href
const source = `
import { openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import core from '${core}'
const hub = core.createHub(JSON.parse(process.argv[1]))
const log = (msg, more = {}) => hub.write(JSON.stringify({ level: 50, time: Date.now(), msg, ...more }))
const tasks = {
  log: ({ msg, more }) => log(msg, more),
  role: () => hub.stats().fleet.role,
  alerts: () => hub.status().alerts,
  // Stopped as its end begins: the calls of Redis are on their way.
  logAndEnd(msg) {
    log(msg)
    void hub.close().then(() => process.exit())
    process.kill(process.pid, 'SIGSTOP')
  },
  async storm({ file, turns, perTurn, messages }) {
    const lines = openSync(file, 'a')
    for (let n = 0; n < turns * perTurn; n++) {
      if (n % perTurn === 0) await sleep(20)
      const msg = messages[n % messages.length]
      // Before it is logged: what a killed process has logged is known.
      writeSync(lines, JSON.stringify({ at: Date.now(), msg }) + '\\n')
      log(msg)
    }
  },
}
process.on('message', async ({ id, task, value }) => {
  process.send({ id, result: (await tasks[task](value)) ?? null })
})
process.send({ id: 0 })
`

export interface Member {
  readonly child: ChildProcess
  /** Whether it has notified for itself. */
  wasAlone(): boolean
  /** What it has written on its stderr. */
  stderr(): string
  log(msg: string, more?: object): Promise<unknown>
  role(): Promise<unknown>
  ask<Result>(task: string, value?: unknown): Promise<Result>
}

export interface Body {
  readonly id: string
  readonly text: string
  readonly alerts: readonly {
    readonly rule: string
    readonly latestMessage: string
    readonly reason: string
    readonly newCount: number
  }[]
}

/** A webhook; `answer` may keep a message waiting. */
export async function aProvider(
  answer: (response: ServerResponse, body: Body) => void = (response) => response.end(),
) {
  const bodies: Body[] = []
  let lastAt = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
      bodies.push(body)
      lastAt = performance.now()
      answer(response, body)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  // What is sent again has the id of before.
  const items = () => [...new Map(bodies.map(({ id, alerts }) => [id, alerts])).values()].flat()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    bodies,
    items,
    counted: (msg: string) =>
      items().reduce((sum, one) => sum + (one.latestMessage === msg ? one.newCount : 0), 0),
    firsts: (msg: string) =>
      items().filter(({ latestMessage, reason }) => latestMessage === msg && reason === 'first').length,
    /** Since the last message. */
    quietMs: () => performance.now() - lastAt,
  }
}

/** It is part of a fleet, or alone. */
export async function aMember(options: object, env: NodeJS.ProcessEnv = {}): Promise<Member> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, JSON.stringify(options)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  await once(child, 'message')
  const waiting = new Map<number, (result: unknown) => void>()
  let asked = 0
  child.on('message', ({ id, result }: { readonly id: number; readonly result: unknown }) =>
    waiting.get(id)?.(result),
  )
  const ask = <Result>(task: string, value?: unknown) =>
    new Promise<Result>((resolve) => {
      const id = ++asked
      waiting.set(id, (result) => resolve(result as Result))
      child.send({ id, task, value })
    })
  const role = () => ask('role')
  await until(async () => (await role()) !== 'starting')
  return {
    child,
    wasAlone: () => stderr.includes('ALERT_FLEET_ALONE'),
    stderr: () => stderr,
    log: (msg, more) => ask('log', { msg, more }),
    role,
    ask,
  }
}
