// Next.js: the example, and an application built as docs/bundlers.md says, whose standalone output runs in a
// folder that holds nothing else.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Inbox, noHurry, openInbox, unhurried, webhookBody } from '../e2e/app.ts'

const run = promisify(execFile)
const sources = fileURLToPath(new URL('../e2e/nextjs/', import.meta.url))
const example = fileURLToPath(new URL('../../examples/nextjs/', import.meta.url))

let inbox: Inbox
let place: string
let exampleEnded: Ended
let env: NodeJS.ProcessEnv
const folders: string[] = []
const servers: ChildProcess[] = []

beforeAll(async () => {
  inbox = await openInbox()
  env = {
    ...process.env,
    NODE_OPTIONS: '',
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    OPTIONS: JSON.stringify(
      unhurried({ channels: { hook: { ...inbox.channels.webhook, type: 'webhook', wait: 0 } } }),
    ),
  }
  const project = await folder()
  await cp(sources, project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{ "private": true }\n')
  const packages = ['next@16', 'react@19', 'react-dom@19', 'pino@10', 'winston@3']
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', ...(await tarballs()), ...packages],
    {
      cwd: project,
    },
  )
  exampleEnded = await runExample(project)
  await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], { cwd: project, env })
  place = await folder()
  // Its node_modules has links, relative ones.
  await cp(join(project, '.next/standalone'), place, { recursive: true, verbatimSymlinks: true })
  await rm(project, { recursive: true })
})
beforeEach(() => inbox.clear())
afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL')
})
afterAll(async () => {
  await inbox.close()
  for (const made of folders) await rm(made, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly stderr: string
  readonly messages: readonly string[]
}

/** `npm start` in a folder of the project, where what it needs is found. */
async function runExample(project: string): Promise<Ended> {
  const cwd = join(project, 'example')
  const isSource = (path: string) => !/[/\\](?:node_modules|\.next)$/.test(path)
  await cp(example, cwd, { recursive: true, filter: isSource })
  const child = spawn('npm', ['start', '--silent'], {
    cwd,
    env: {
      ...env,
      PORT: String(await freePort()),
      SLACK_URL: String(inbox.channels.slack['url']),
      ...noHurry(),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  const messages = inbox
    .received({ provider: 'slack', ok: true })
    .map(({ view }) => `${view.subject}\n${view.text}`)
  await rm(cwd, { recursive: true })
  return { code, stderr, messages }
}

it('the example notifies once of what the server did not catch: route, first own frame, id, no 404', () => {
  const { code, stderr, messages } = exampleEnded
  expect(code, stderr).toBe(0)
  expect(stderr).not.toContain('ALERT_')
  const [message, ...more] = messages
  expect(more).toEqual([])
  expect(message).toMatch(/^\[ERROR\] shop: 2 new alerts, worst: card gateway timeout for order …$/m)
  expect(message).toMatch(/^\[ERROR\] card gateway timeout for order … ×20$/m)
  expect(message).toMatch(/^Location: charge \(\[id\]\/pay\/route\.js:8\)$/m)
  expect(message).toMatch(/^Request: GET \/orders\/\[id\]\/pay$/m)
  expect(message).toMatch(/^requestId: order-1020$/m)
  expect(message).toMatch(/^\[ERROR\] order 1001 not found in the archive$/m)
  expect(message).toMatch(/^Location: .*orders\/\[id\]\/page\.jsx:10\)?$/m)
  expect(message).toMatch(/^Request: GET \/orders\/\[id\]$/m)
  expect(message).not.toContain('no such order')
})

describe.each(['transport', 'stream', 'winston'])('in a route of Next.js, %s', (adapter) => {
  it('delivers once while the server keeps running', async () => {
    const server = await start()
    const response = await fetch(`${server.url}/${adapter}`)
    expect(await response.text()).toBe('logged')
    await expect.poll(() => inbox.received().length, { timeout: 60_000 }).toBeGreaterThan(0)
    server.child.kill()
    await server.ended
    expectOne()
    expect(server.stderr()).not.toContain('ALERT_')
  })

  it('delivers once when the route ends the server', async () => {
    const server = await start()
    await expect(fetch(`${server.url}/${adapter}?end=exit`)).rejects.toThrow()
    expect(await server.ended).toBe(1)
    expectOne()
    expect(server.stderr()).not.toContain('ALERT_')
  })
})

function expectOne(): void {
  const received = inbox.received()
  expect(received.map(({ ok }) => ok)).toEqual([true])
  expect(received.flatMap((each) => webhookBody(each).alerts)).toMatchObject([
    { latestMessage: 'broken', newCount: 1 },
  ])
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'alert-nextjs-'))
  folders.push(made)
  return made
}

async function tarballs(): Promise<string[]> {
  const packed = join(inject('app'), 'tarballs')
  return (await readdir(packed))
    .filter((file) => !file.startsWith('alert-transport'))
    .map((file) => join(packed, file))
}

/** Next.js takes port 0 for 3000, so it is given one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The standalone server, listening. */
async function start() {
  const port = await freePort()
  const child = spawn(process.execPath, ['server.js'], {
    cwd: place,
    env: { ...env, HOSTNAME: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  servers.push(child)
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  let stdout = ''
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      if (stdout.includes('Ready in')) resolve()
    })
  })
  const early = ended.then((code) => {
    throw new Error(`The server ended with ${code} before it was ready: ${stdout}${stderr}`)
  })
  early.catch(() => {})
  await Promise.race([ready, early])
  return { url: `http://127.0.0.1:${port}`, child, ended, stderr: () => stderr }
}
