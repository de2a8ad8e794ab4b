import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import module from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Inbox, openInbox, runInTime, runProgram, unhurried } from './app.ts'

const run = promisify(execFile)

/** Of each kind of option that applications use. */
const usualOptions = {
  service: 'payments',
  level: 'error',
  labels: { team: 'core' },
  context: { lines: 10 },
  redact: { paths: ['user.email'], patterns: ['cust-\\d+'] },
  trace: { url: 'https://traces.example/{traceId}' },
  recipients: { ops: ['ops@example.com', { sms: '+4930123456', slack: 'U024BE7LH' }] },
  rules: [
    {
      name: 'declined cards',
      match: { 'err.code': ['DECLINED', 'EXPIRED'], msg: { regex: '^card' } },
      when: { count: 5, within: '10m' },
      groupBy: ['shop'],
      resolveAfter: '1h',
    },
    { name: 'no orders', match: { msg: 'order placed' }, when: { absent: '30m' }, severity: 'critical' },
  ],
  schedules: { office: [{ times: [{ start: '09:00', end: '17:00' }], weekdays: ['monday:friday'] }] },
  silences: [{ match: { rule: 'declined cards' }, until: '2020-01-01T00:00:00Z' }],
  inhibit: [{ source: { severity: 'critical' }, target: { severity: 'error' }, equal: ['service'] }],
  channels: {
    slack: { url: 'https://hooks.slack.com/services/T0/B0/x', mentions: { critical: ['ops'] } },
    mail: {
      type: 'email',
      url: 'smtp://localhost',
      from: 'a@example.com',
      to: ['ops'],
      wait: '5s',
      digest: { at: '09:00' },
      schedules: { only: ['office'] },
    },
    hook: { type: 'webhook', url: 'http://127.0.0.1:9', limit: [{ count: 5, per: '1h' }], fallback: 'slack' },
  },
}

/** The files of alert-core that are loaded at once with one of them, and their texts. */
async function loadedWith(entry: string): Promise<Map<string, string>> {
  const loaded = new Map<string, string>()
  const load = async (file: string): Promise<void> => {
    if (loaded.has(basename(file))) return
    const source = await readFile(file, 'utf8')
    loaded.set(basename(file), source)
    for (const [, from] of source.matchAll(/^const \w+ = require\(["'](\.[^"']+)["']\)/gm))
      await load(join(dirname(file), from!))
  }
  await load(join(inject('app'), 'node_modules/alert-core/dist', entry))
  return loaded
}

describe('the packed packages', () => {
  let inbox: Inbox
  let options: string
  beforeAll(async () => {
    inbox = await openInbox()
    options = JSON.stringify(
      unhurried({ channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } } }),
    )
  })
  beforeEach(() => inbox.clear())
  afterAll(() => inbox.close())

  it('carry the licence, each of them', async () => {
    for (const name of ['alert-core', 'alert-transport', 'pino-alert-transport', 'winston-alert-transport'])
      expect(await readFile(join(inject('app'), 'node_modules', name, 'LICENSE'), 'utf8')).toMatch(
        /^MIT License/,
      )
  })

  it('work from require() with pino', async () => {
    const ended = await runInTime(
      `const pino = require('pino'); const { alertTransport } = require('pino-alert-transport')
       pino({ transport: alertTransport(${options}) }).error('from require')`,
      { extension: 'cjs' },
    )
    expect(ended.stderr).toBe('')
    expect(inbox.received()).toHaveLength(1)
  })

  it('stand among the targets of pino, with what alertTransport() offers beside', async () => {
    const ended = await runInTime(
      `import pino from 'pino'
       import { alertTransport } from 'pino-alert-transport'
       const transport = alertTransport(${options})
       const beside = { target: 'pino/file', options: { destination: 1 } }
       pino({ transport: { targets: [beside, transport] } }).error('among others')
       console.log(await transport.flush())`,
    )
    expect(ended.stderr).toBe('')
    expect(ended.stdout).toContain('"msg":"among others"')
    expect(ended.stdout).toContain('{ delivered: true, pending: 0 }')
    expect(inbox.received()).toHaveLength(1)
  })

  it('work from require() with winston', async () => {
    const ended = await runInTime(
      `const winston = require('winston'); const { AlertTransport } = require('winston-alert-transport')
       winston.createLogger({ transports: [new AlertTransport(${options})] }).error('from require')`,
      { extension: 'cjs' },
    )
    expect(ended.stderr).toBe('')
    expect(inbox.received()).toHaveLength(1)
  })

  it('work from require() and import without a logger', async () => {
    const body = `const hub = createHub(${options}); hub.publish({ code: 'LEDGER', error: new Error('differs') }); hub.close().then((result) => console.log(JSON.stringify(result)))`
    const cjs = await runInTime(`const { createHub } = require('alert-core'); ${body}`, { extension: 'cjs' })
    const esm = await runInTime(`import { createHub } from 'alert-core'; ${body}`)
    for (const ended of [cjs, esm]) {
      expect(ended.stderr).toBe('')
      expect(JSON.parse(ended.stdout)).toEqual({ delivered: true, pending: 0 })
    }
    expect(inbox.received()).toHaveLength(2)
  })

  it.each(['pino-alert-transport', 'winston-alert-transport'])(
    '%s loads a few files, and neither the hub nor zod, on the thread that logs',
    async (adapter) => {
      const ended = await runInTime(
        `import { createRequire } from 'node:module'
       import '${adapter}'
       console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))`,
      )
      const loaded: string[] = JSON.parse(ended.stdout)
      const ours = loaded.filter((file) => /[/\\]node_modules[/\\](?:\w+-)?alert-/.test(file))
      expect(ours.length).toBeGreaterThan(0)
      expect(ours.length).toBeLessThanOrEqual(5)
      expect(ours.filter((file) => file.includes('hub'))).toEqual([])
      expect(
        loaded.filter((file) => /[/\\]node_modules[/\\](?:zod|nodemailer|sonic-boom)[/\\]/.test(file)),
      ).toEqual([])
    },
  )

  it.each(['pino-alert-transport', 'winston-alert-transport'])(
    '%s loads of all providers those of its channels',
    async (adapter) => {
      const use = adapter.startsWith('pino') ? 'adapter.alertStream' : 'new adapter.AlertTransport'
      const ended = await runProgram(
        `import { createRequire } from 'node:module'
       import { readdirSync } from 'node:fs'
       import * as adapter from '${adapter}'
       const require = createRequire(import.meta.url)
       const chunks = require.resolve('alert-core/adapter').replace('adapter.js', 'chunks')
       ${use}({ channels: { ops: { type: 'ntfy', topic: 'x' }, hook: { type: 'webhook', url: 'http://127.0.0.1:9' } } })
       const isLoaded = (file) => Object.hasOwn(require.cache, chunks + '/' + file)
       const types = ['bark', 'ntfy', 'slack', 'email', 'webhook', 'console', 'twilio'].map((type) => type + '.js')
       console.log(JSON.stringify([types.every((file) => readdirSync(chunks).includes(file)), types.filter(isLoaded)]))`,
      )
      expect(JSON.parse(ended.stdout)).toEqual([true, ['ntfy.js', 'webhook.js']])
    },
  )

  it.each(['pino-alert-transport', 'winston-alert-transport'])(
    '%s checks options without zod, and loads it and what hides secrets for a problem with them',
    async (adapter) => {
      const use = adapter.startsWith('pino') ? 'adapter.alertStream' : 'new adapter.AlertTransport'
      const ended = await runProgram(
        `import { createRequire } from 'node:module'
       import * as adapter from '${adapter}'
       const require = createRequire(import.meta.url)
       const chunks = require.resolve('alert-core/adapter').replace('adapter.js', 'chunks')
       const loaded = () => ['zod', 'redact', 'render', 'http'].filter((name) => Object.hasOwn(require.cache, chunks + '/' + name + '.js'))
       ${use}(${JSON.stringify(usualOptions)})
       const before = loaded()
       try { ${use}({ channels: { ops: { type: 'ntfy', topc: 'x' } } }) } catch {}
       console.log(JSON.stringify([before, loaded()]))`,
      )
      expect(ended.stderr).toBe('')
      expect(JSON.parse(ended.stdout)).toEqual([[], ['zod', 'redact']])
    },
  )

  it.each(['pino-alert-transport', 'winston-alert-transport'])(
    '%s starts without what of Node takes long to load, on the thread that logs',
    async (adapter) => {
      const isPino = adapter.startsWith('pino')
      const use = isPino ? 'adapter.alertStream' : 'new adapter.AlertTransport'
      const ended = await runProgram(
        `await import('${isPino ? 'pino' : 'winston'}')
       const before = new Set(process.moduleLoadList)
       const adapter = await import('${adapter}')
       ${use}({ channels: { hook: { type: 'webhook', url: 'http://127.0.0.1:19999', wait: '1h' } } }).write(${isPino ? `'{"level":50}'` : `{ level: 'error', message: 'x', [Symbol.for('level')]: 'error' }`})
       const slow = ['crypto', 'https', 'child_process', 'zlib'].map((name) => 'NativeModule ' + name)
       console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name) && slow.includes(name))))
       process.kill(process.pid, 'SIGKILL')`,
      )
      expect(JSON.parse(ended.stdout)).toEqual([])
    },
  )

  it('start a thread that loads neither the checks of options nor a provider before it needs them', async () => {
    const loaded = await loadedWith('alert-worker.js')
    const all = [...loaded.values()].join('\n')
    expect(all).toContain('function openHub(')
    expect(all).not.toContain('ZodObject')
    expect(all).not.toContain('https://slack.com/api')
    expect(all).not.toContain('sonic-boom')
    expect(all).not.toContain('function createRenderer(')
    expect([...loaded.keys()].sort()).toEqual(['alert-worker.js', 'hub.js', 'shared.js'])
  })

  it('start a thread that has loaded neither what writes messages nor a provider when it takes the first line', async () => {
    const watch = join(await mkdtemp(join(tmpdir(), 'alert-watch-')), 'watch.cjs')
    await writeFile(
      watch,
      `const { isMainThread, MessagePort } = require('node:worker_threads')
       const { on } = MessagePort.prototype
       const loaded = () => Object.keys(require.cache).map((file) => require('node:path').basename(file))
       if (!isMainThread)
         MessagePort.prototype.on = function (event, listener) {
           return on.call(this, event, (message) => {
             if (typeof message === 'string') require('node:fs').writeSync(1, JSON.stringify(loaded()))
             listener(message)
           })
         }`,
    )
    const ended = await runInTime(
      `import { alertStream } from 'pino-alert-transport'
       const stream = alertStream(${options}, { write() {} })
       stream.write('{"level":50,"msg":"first"}\\n')
       await stream.close()`,
      { env: { NODE_OPTIONS: `--require ${JSON.stringify(watch)}` } },
    )
    const loaded: string[] = JSON.parse(ended.stdout)
    expect(loaded).toContain('hub.js')
    expect(loaded.filter((file) => ['render.js', 'redact.js', 'webhook.js'].includes(file))).toEqual([])
    expect(inbox.received()).toHaveLength(1)
  })

  // Node has it since 22.1: there is nothing to turn on before. The gate runs this file on a newer Node too.
  if ('enableCompileCache' in module) {
    it('give the thread that they start the compile cache that the application has turned on', async () => {
      const cache = JSON.stringify(await mkdtemp(join(tmpdir(), 'alert-cache-')))
      const program = `import module from 'node:module'
       module.enableCompileCache(${cache})
       const { AlertTransport } = await import('winston-alert-transport')
       const transport = new AlertTransport(${options})
       transport.write({ level: 'error', message: 'cached', [Symbol.for('level')]: 'error' })
       await transport.close()`
      await runInTime(program)
      const again = await runInTime(program, { env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } })
      expect(again.stderr).toMatch(/code cache for CommonJS \S*hub\.js was accepted/)
      expect(inbox.received()).toHaveLength(2)
    })
  }

  it('load a provider without what checks options, and without zod', async () => {
    const chunks = await readdir(join(inject('app'), 'node_modules/alert-core/dist/chunks'))
    const all = await Promise.all(chunks.map((file) => loadedWith(`chunks/${file}`)))
    const ofProviders = all.filter((loaded) => [...loaded.values()][0]?.includes('.defineProvider({'))
    expect(ofProviders.length).toBeGreaterThan(20)
    for (const loaded of ofProviders) {
      expect([...loaded.keys()]).not.toContain('adapter.js')
      expect([...loaded.keys()]).not.toContain('zod.js')
    }
  })

  it('type-check in a strict TypeScript application', async () => {
    const file = join(inject('app'), 'app.mts')
    await writeFile(
      file,
      `import pino from 'pino'
       import winston from 'winston'
       import { type AlertOptions, createHub } from 'alert-core'
       import { alertTransport } from 'pino-alert-transport'
       import { AlertTransport } from 'winston-alert-transport'
       import { createInbox } from 'alert-transport'
       const options: AlertOptions = { level: 'error', channels: { slack: { url: 'https://hooks.example.com/x', wait: '5s' }, ops: { type: 'email', url: 'smtp://localhost', from: 'a@example.com', to: ['b@example.com'] } } }
       const transport = alertTransport(options)
       transport.on('alert', (event) => event.type === 'delivered' && event.channel)
       pino({ transport }).info('typed')
       winston.createLogger({ transports: [new AlertTransport({ ...options, level: 'error', silent: false })] }).info('typed')
       createHub(options).publish({ error: new Error('x'), code: 'X' })
       void createInbox().then(({ channels }) => createHub({ channels: { slack: channels.slack, ops: channels.email } }))
       // @ts-expect-error an unknown key is an error
       alertTransport({ chanels: {} })
       // @ts-expect-error a slack channel knows no token secret
       alertTransport({ channels: { slack: { url: 'x', secret: 'y' } } })
      `,
    )
    await run(
      join(inject('app'), 'node_modules/.bin/tsc'),
      ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', file],
      { cwd: inject('app') },
    ).catch((error) => {
      throw new Error(error.stdout)
    })
  })
})
