// Cloudflare's runtime, from its package: the worker of the page is bundled as wrangler does, and served.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Inbox, openInbox } from '../../e2e/app.ts'

const run = promisify(execFile)
const page = fileURLToPath(new URL('../../../docs/frameworks/lambda.md', import.meta.url))

/** What the page leaves to the reader. */
const work = `
async function work(request) {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/pay')) throw new Error('card gateway timeout for order ' + pathname.slice(5))
  if (pathname === '/stock') throw new TypeError('stock is not readable')
  return new Response('fine')
}
`

let inbox: Inbox
let folder: string
let server: ChildProcess
let address: string

beforeAll(async () => {
  inbox = await openInbox({ rateLimits: false })
  folder = await mkdtemp(join(tmpdir(), 'alert-workers-'))
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  const places = join(inject('app'), 'tarballs')
  const tarballs = (await readdir(places)).map((name) => join(places, name))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', 'workerd@1', ...tarballs], {
    cwd: folder,
  })
  const [, snippet = ''] = /```js\n(import \{ createHub \}[^`]+)```/.exec(await readFile(page, 'utf8')) ?? []
  await writeFile(join(folder, 'worker.js'), snippet + work)
  await build({
    entryPoints: [join(folder, 'worker.js')],
    outfile: join(folder, 'bundle.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    // wrangler turns the require() of Node's modules into imports; this has the same effect.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire('/');",
    },
  })
  await writeFile(join(folder, 'config.capnp'), configuration(String(inbox.channels.slack['url'])))
  const binary = createRequire(join(folder, 'package.json'))('workerd').default as string
  server = spawn(binary, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const [line] = await once(createInterface(server.stdio[3] as Readable), 'line')
  address = `http://127.0.0.1:${JSON.parse(String(line)).port}`
})
afterAll(async () => {
  if (server?.exitCode === null && server.signalCode === null) {
    server.kill()
    await once(server, 'exit')
  }
  await inbox.close()
  if (existsSync(folder)) await rm(folder, { recursive: true })
})

const configuration = (url: string) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "bundle.mjs")],
  compatibilityDate = "2026-06-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "SLACK_URL", text = ${JSON.stringify(url)})],
);
`

async function ask(path: string): Promise<number> {
  const response = await fetch(`${address}${path}`, { headers: { 'cf-ray': '9a1b2c3d4e5f' } })
  await response.arrayBuffer()
  return response.status
}

describe('a Cloudflare worker', () => {
  it('answers, and its alert is sent behind the answer', async () => {
    expect(await ask('/')).toBe(200)
    expect(await ask('/pay/1001')).toBe(500)
    const { view } = await inbox.next({ provider: 'slack', ok: true }, 60_000)
    expect(view.text).toContain('card gateway timeout for order 1001')
    expect(view.text).toContain('9a1b2c3d4e5f')
  })

  it('counts what continues, and sends what is new in a later request', async () => {
    for (const order of [1002, 1003, 1004]) expect(await ask(`/pay/${order}`)).toBe(500)
    expect(await ask('/')).toBe(200)
    expect(await ask('/stock')).toBe(500)
    const { view } = await inbox.next({ provider: 'slack', ok: true }, 60_000)
    expect(view.text).toContain('stock is not readable')
    expect(inbox.received()).toHaveLength(2)
  })
})
