// Every example runs with its one command, from packed packages and npm's, and notifies an inbox exactly
// once; three of them in `pnpm test`, all in the soak tests.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { inSoak, isSoak } from '../soak.ts'
import { type RedisServer, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'
import { type Inbox, inTime, noHurry, openInbox, runCommand } from './app.ts'

const run = promisify(execFile)
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
/**
 * The demo has a step of its own in the gate; the examples of rules have tests of their own, and what needs a
 * large framework, or another runtime, is in test/soak/frameworks.
 */
const elsewhere = ['demo', 'rules']
const framework = ['bun-deno', 'nextjs', 'pm2']
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !elsewhere.includes(entry.name))
  .map(({ name }) => name)
  .filter((name) => !framework.includes(name))

const tried = inSoak(folders, ['express', 'winston', 'custom-provider'])
const needRedis = ['bullmq']
const withoutRedis = tried.filter((name) => !needRedis.includes(name))

/** The expected subject of each; the count shows that all records were read. */
const said: Readonly<Record<string, string>> = {
  express: '[ERROR] shop: card gateway timeout for order … ×20',
  'express-winston': '[ERROR] shop: card gateway timeout for order … ×20',
  fastify: '[ERROR] shop: card gateway timeout for order … ×20',
  nestjs: '[ERROR] shop: 2 new alerts, worst: card gateway timeout for order …',
  'nestjs-winston': '[ERROR] shop: request failed ×20',
  koa: '[ERROR] shop: card gateway timeout for order … ×20',
  hapi: '[ERROR] shop: card gateway timeout for order … ×20',
  bullmq: '[ERROR] shop: job failed ×20',
  lambda: '[ERROR] shop: payment failed',
  serverless: '[ERROR] shop: card gateway timeout for order 1001',
  docker: '[ERROR] shop prod: card gateway timeout for order … ×20',
  // How many of them the first message counts depends on when it is due.
  cluster: '[ERROR] shop: card gateway timeout for order …',
  sentry: '[ERROR] shop: card gateway timeout for order … ×20',
  opentelemetry: '[ERROR] shop: card gateway timeout for order … ×20',
  bundled: '[ERROR] edge: drawing failed ×10',
  'pino-pretty': '[ERROR] ledger: ledger differs ×10',
  winston: '[ERROR] mailer: letter … not sent ×10',
  fleet: '[ERROR] checkout: order … not saved ×20',
  'custom-provider': '[ERROR] warehouse: scan failed ×3',
  'no-logger': '[ERROR] nightly-settlement: the books do not agree ×3',
}

/** What a person on call reads in it besides: where in the code, which request. */
const read: Readonly<Record<string, readonly RegExp[]>> = {
  express: [
    /^Location: .*express\/main\.mjs:\d+$/m,
    /^Request: GET \/orders\/…\/pay → 500$/m,
    /^requestId: 20$/m,
  ],
  'express-winston': [
    /^Location: .*express-winston\/main\.mjs:\d+$/m,
    /^Request: GET \/orders\/…\/pay$/m,
    /^requestId: order-1020$/m,
  ],
  fastify: [/^Location: .*main\.mjs:\d+$/m, /^Request: GET \/orders\/…\/pay → 500$/m, /^requestId: req-k$/m],
  nestjs: [
    /card gateway timeout for order … ×19$/m,
    /^\[ERROR\] no card in the cart\nType: TypeError$/m,
    /^Location: OrdersController\.pay \(/m,
    /^Request: GET \/orders\/…\/pay → 502$/m,
    /^requestId: 20$/m,
  ],
  'nestjs-winston': [
    /^card gateway timeout for order 1020$/m,
    /^Location: OrdersController\.pay \(/m,
    /^Request: GET \/orders\/…\/pay → 502$/m,
    /^requestId: order-1020$/m,
  ],
  koa: [/^Location: .*koa\/main\.mjs:\d+$/m, /^Request: GET \/orders\/…\/pay$/m, /^requestId: 20$/m],
  hapi: [/^Location: handler \(.*main\.mjs:\d+\)$/m, /^Request: GET \/orders\/…\/pay$/m, /^requestId: \d+:/m],
  bullmq: [/^card gateway timeout for order 1020$/m, /^Location: .*main\.mjs:\d+\)$/m, /^requestId: \d+$/m],
  cluster: [
    /^Location: .*service\.mjs:\d+\)$/m,
    /^Request: GET \/orders\/…\/pay → 500$/m,
    /^requestId: \d+$/m,
    /^Process: (?:all 3 processes|.*worker-\d)/m,
  ],
  docker: [
    /^Location: .*docker\/service\.mjs:\d+$/m,
    /^Request: GET \/orders\/…\/pay → 500$/m,
    /^requestId: 20$/m,
    // The file that ALERT_CONFIG names was read.
    /runbook.*wiki\.example\.com\/payments/i,
  ],
  sentry: [
    /^Location: .*sentry\/service\.mjs:\d+$/m,
    /^Request: GET \/orders\/…\/pay → 500$/m,
    /^requestId: 20$/m,
    /^traceId: [0-9a-f]{32}$/m,
    /sentry\.io\/explore\/traces\/trace\/[0-9a-f]{32}/,
  ],
  opentelemetry: [
    /^Location: .*opentelemetry\/main\.mjs:\d+$/m,
    /^Request: GET \/orders\/…\/pay → 500$/m,
    /^requestId: 20$/m,
    /^traceId: [0-9a-f]{32}$/m,
    /traces\.example\.com\/trace\/[0-9a-f]{32}/,
  ],
  serverless: [
    /^Location: pay \(.*function\.mjs:\d+\)$/m,
    /^Request: GET \/orders\/…\/pay$/m,
    /^requestId: iad1::abc/m,
  ],
  lambda: [/^Location: pay \(.*main\.mjs:\d+\)$/m, /^requestId: 6bc28136-xmpl-4365-b021-0ce6b2e64ab0$/m],
}

/** What stands on stdout. */
const printed: Readonly<Record<string, RegExp>> = {
  // Wrong requests are not errors for Sentry either.
  sentry: /^Sentry got 20 errors\.$/m,
  opentelemetry: /^\{.*"trace_id":"[0-9a-f]{32}".*card gateway timeout for order 1020/m,
  fleet: whyNoRedis === '' ? /^Four processes share a Redis\.$/m : /^Four processes share a directory\.$/m,
}

describe('the examples', () => {
  let inbox: Inbox
  let copy: string

  beforeAll(async () => {
    inbox = await openInbox({ rateLimits: false })
    copy = join(inject('app'), 'examples')
    await mkdir(copy)
    for (const name of tried)
      await cp(join(examples, name), join(copy, name), {
        recursive: true,
        filter: (path) => !/[/\\](?:node_modules|dist)$|\.log$/.test(path),
      })
    await install()
  })
  afterAll(() => inbox.close())

  it('are all listed, each with a page and a sentence to expect', () => {
    const list = readFileSync(join(examples, 'README.md'), 'utf8')
    expect(folders.toSorted()).toEqual(Object.keys(said).toSorted())
    for (const name of [...folders, ...framework]) {
      expect(list).toContain(`(${name}/README.md)`)
      expect(readFileSync(join(examples, name, 'README.md'), 'utf8')).toContain('npm start')
    }
  })

  it.each(withoutRedis)('%s notifies once of what broke, however often', (name) => expectOne(name))

  if (isSoak)
    describe.skipIf(whyNoRedis)(`with a Redis${whyNoRedis}`, () => {
      let redis: RedisServer
      beforeAll(async () => {
        redis = await startRedis()
      })
      afterAll(() => redis?.stop())

      it.each(needRedis)('%s notifies once of what broke, however often', (name) =>
        expectOne(name, { REDIS_URL: redis.url }),
      )
    })

  if (isSoak)
    it('fleet shares a directory where no Redis is installed', async () => {
      const bin = await mkdtemp(join(tmpdir(), 'alert-no-programs-'))
      onTestFinished(() => rm(bin, { recursive: true }))
      const ended = await start('fleet', { PATH: bin }, [process.execPath, 'main.mjs'])
      expect(ended.code).toBe(0)
      expect(ended.stdout).toBe('Four processes share a directory.\n')
      expect(ended.stderr.match(/\[ERROR\]/g)).toHaveLength(1)
      expect(ended.stderr).toContain(said['fleet'])
    })

  async function expectOne(name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    inbox.clear()
    const ended = await start(name, {
      SLACK_URL: String(inbox.channels.slack['url']),
      PAGER_URL: String(inbox.channels.webhook['url']),
      ...env,
    })
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    expect(inbox.received()).toHaveLength(1)
    const [{ ok, view }] = inbox.received() as [ReturnType<Inbox['received']>[number]]
    expect(ok).toBe(true)
    expect(`${view.subject} ${view.text}`).toContain(said[name])
    for (const line of read[name] ?? []) expect(view.text).toMatch(line)
    expect(view.text).not.toContain('no such order')
    if (printed[name] !== undefined) expect(ended.stdout).toMatch(printed[name])
  }

  it.each(inSoak(['express', 'winston'], ['winston']))(
    '%s shows a card on stderr where no channel is set',
    async (name) => {
      inbox.clear()
      const ended = await start(name, {})
      expect(ended.code).toBe(0)
      expect(ended.stderr.match(/\[ERROR\]/g)).toHaveLength(1)
      expect(ended.stderr).toContain(said[name])
      expect(inbox.received()).toEqual([])
    },
  )

  /** All of them from one install: their dependencies, with the packed tarballs in place of the workspace. */
  async function install(): Promise<void> {
    const tarballs = await readdir(join(inject('app'), 'tarballs'))
    const dependencies: Record<string, string> = {}
    for (const name of tried) {
      const manifest = JSON.parse(readFileSync(join(copy, name, 'package.json'), 'utf8'))
      for (const [dependency, range] of Object.entries<string>(manifest.dependencies)) {
        const isOurs = range.startsWith('workspace:')
        dependencies[dependency] = isOurs ? packed(dependency) : range
      }
      // As a user would write them: npm knows no workspaces of ours.
      await writeFile(
        join(copy, name, 'package.json'),
        JSON.stringify({ ...manifest, dependencies: undefined }),
      )
    }
    dependencies['alert-core'] = packed('alert-core')
    await writeFile(join(copy, 'package.json'), JSON.stringify({ private: true, dependencies }))
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], {
      cwd: copy,
    })

    function packed(name: string): string {
      const file = tarballs.find((each) => each.replace(/-\d.*$/, '') === name)
      if (file === undefined) throw new Error(`${name} is not packed`)
      return `file:../tarballs/${file}`
    }
  }

  async function start(
    name: string,
    env: Readonly<Record<string, string>>,
    command: Parameters<typeof runCommand>[0] = ['npm', 'start', '--silent'],
  ) {
    const ended = await runCommand(command, {
      cwd: join(copy, name),
      env: { ...process.env, NODE_OPTIONS: '', SLACK_URL: '', PAGER_URL: '', ...noHurry(), ...env },
    })
    return inTime(ended)
  }
})
