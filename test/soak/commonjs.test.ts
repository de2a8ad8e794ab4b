// Applications that are CommonJS, or that tests and compilers make so, from packed tarballs.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Inbox, openInbox, runProgram, unhurried } from '../e2e/app.ts'

const run = promisify(execFile)

let inbox: Inbox
let project: string
let options: string
beforeAll(async () => {
  inbox = await openInbox()
  options = JSON.stringify(
    unhurried({ channels: { hook: { ...inbox.channels.webhook, type: 'webhook', interval: 0 } } }),
  )
  project = await mkdtemp(join(tmpdir(), 'alert-commonjs-'))
  await writeFile(join(project, 'package.json'), '{ "private": true }\n')
  const packed = join(inject('app'), 'tarballs')
  const own = (await readdir(packed)).map((file) => join(packed, file))
  // TypeScript 7 has no `moduleResolution: node10`, and ts-jest does not know it yet.
  const packages = ['jest@30', 'ts-jest@29', 'typescript@5.9', '@types/node@20', 'pino@10', 'winston@3']
  await run('npm', ['install', '--no-audit', '--no-fund', ...own, ...packages], { cwd: project })
})
beforeEach(() => inbox.clear())
afterAll(async () => {
  await inbox.close()
  await rm(project, { recursive: true, force: true })
})

/** Uses every package, and each way in by `require`. */
const javaScript = () => `
  const { createHub } = require('alert-core')
  const { alertStream, alertTransport } = require('pino-alert-transport')
  const { AlertTransport } = require('winston-alert-transport')
  const pino = require('pino')
  const winston = require('winston')
  const options = ${options}
  async function logEverywhere() {
    const hub = createHub(options)
    hub.publish({ code: 'HUB', msg: 'from the hub' })
    await hub.close()
    const transport = new AlertTransport(options)
    winston.createLogger({ transports: [transport] }).error('from winston')
    await transport.close()
    const stream = alertStream(options)
    pino({}, stream).error('from the stream')
    await stream.close()
    const entry = alertTransport(options)
    pino({ transport: entry }).error('from the target')
    return (await entry.close()).delivered
  }`

/** The same in the words of TypeScript; a wrong option must not compile. */
const typeScript = () => `
  import { AlertError, createHub } from 'alert-core'
  import transport, { alertStream, alertTransport, type AlertOptions } from 'pino-alert-transport'
  import { AlertError as SameError, AlertTransport } from 'winston-alert-transport'
  import pino from 'pino'
  import * as winston from 'winston'
  const options: AlertOptions = ${options}
  // @ts-expect-error an unknown option
  const wrong: AlertOptions = { chanels: {} }
  export async function logEverywhere(): Promise<boolean> {
    if (AlertError !== SameError) throw new Error('two classes of errors')
    const hub = createHub(options)
    hub.publish({ code: 'HUB', msg: 'from the hub' })
    await hub.close()
    const own = new AlertTransport(options)
    winston.createLogger({ transports: [own] }).error('from winston')
    await own.close()
    const stream = alertStream(options)
    pino({}, stream).error('from the stream')
    await stream.close()
    const entry = process.env['DEFAULT'] === undefined ? alertTransport(options) : transport(options)
    pino({ transport: entry }).error('from the target')
    return (await entry.close()).delivered
  }`

const from = ['from the hub', 'from the stream', 'from the target', 'from winston']

function expectAll(): void {
  const messages = inbox
    .received()
    .flatMap(({ request }) => JSON.parse(request.body).alerts as { latestMessage: string }[])
    .map(({ latestMessage }) => latestMessage)
  expect(messages.sort()).toEqual(from)
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text)
}

const bin = (name: string) => join(project, 'node_modules', '.bin', name)

/** Its output, also if it fails. */
async function output(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const all = { ...process.env, NODE_OPTIONS: '', ...env }
  return run(command, [...args], { cwd: project, env: all }).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`${command} failed:\n${error.stdout}${error.stderr}`)
    },
  )
}

it('jest runs every adapter and the fakes without ES modules', async () => {
  await write({
    'jest.config.js': 'module.exports = { testMatch: ["**/plain.test.js"], transform: {} }\n',
    'plain.test.js': `${javaScript()}
      const { createInbox } = require('alert-transport')
      test('delivers', async () => { expect(await logEverywhere()).toBe(true) }, 120_000)
      test('delivers to a fake mail server', async () => {
        const inbox = await createInbox()
        const hub = createHub({ channels: { mail: { ...inbox.channels.email, type: 'email', interval: 0 } } })
        hub.publish({ code: 'MAIL', msg: 'by mail' })
        expect(await hub.close()).toEqual({ delivered: true, pending: 0 })
        expect(inbox.received()).toHaveLength(1)
        await inbox.close()
      }, 120_000)`,
  })
  await output(bin('jest'), ['--config', 'jest.config.js'])
  expectAll()
})

it('ts-jest runs them from TypeScript', async () => {
  await write({
    'ts-jest.config.js': `module.exports = { testMatch: ["**/typed.test.ts"],
      transform: { '.ts$': ['ts-jest', { tsconfig: { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true, strict: true, target: 'es2022', types: ['node', 'jest'], skipLibCheck: true, ignoreDeprecations: '5.0' } }] } }\n`,
    'typed.test.ts': `import { expect, test } from '@jest/globals'
      ${typeScript()}
      test('delivers', async () => { expect(await logEverywhere()).toBe(true) }, 120_000)`,
  })
  await output(bin('jest'), ['--config', 'ts-jest.config.js'])
  expectAll()
})

describe('TypeScript compiles to CommonJS and runs', () => {
  const strict = ['--strict', '--target', 'es2022', '--esModuleInterop', '--types', 'node']
  const compile = async (module: string, resolution: string, ...files: string[]) => {
    await write(Object.fromEntries(files.map((file) => [file, `${typeScript()}\nvoid logEverywhere()\n`])))
    await output(bin('tsc'), [...strict, '--module', module, '--moduleResolution', resolution, ...files])
  }
  beforeAll(async () => {
    await Promise.all([
      compile('commonjs', 'node10', 'node10.ts'),
      compile('node16', 'node16', 'node16.cts', 'node16.mts'),
    ])
  })

  it.each([
    ['module commonjs with the resolution of node10', 'node10.js'],
    ['node16 from .cts', 'node16.cjs'],
    ['node16 from .mts', 'node16.mjs'],
  ])('%s, by name or by default import', async (_name, file) => {
    // The stream writes the line to stdout; nothing else is printed.
    const line = /^\{"level":50,.*"msg":"from the stream"\}\n$/
    expect(await output(process.execPath, [file])).toMatch(line)
    expectAll()
    inbox.clear()
    expect(await output(process.execPath, [file], { DEFAULT: '1' })).toMatch(line)
    expectAll()
  })
})

it('import and require give the same classes, and one worker', async () => {
  const ended = await runProgram(
    `import { createRequire } from 'node:module'
     import * as core from 'alert-core'
     import * as winston from 'winston-alert-transport'
     import * as pino from 'pino-alert-transport'
     const require = createRequire(import.meta.url)
     const same = (imported, name) => Object.keys(require(name)).every((key) => require(name)[key] === imported[key])
     console.log(same(core, 'alert-core'), same(winston, 'winston-alert-transport'), same(pino, 'pino-alert-transport'))
     console.log(winston.default === require('winston-alert-transport'), pino.default === require('pino-alert-transport'))
     console.log(core.AlertError === winston.AlertError)
     const { default: logger } = await import('winston')
     const options = ${options}
     const transports = [new winston.AlertTransport(options), new (require('winston-alert-transport'))(options)]
     const both = logger.createLogger({ transports })
     both.error('once each')
     await Promise.all(transports.map((transport) => transport.flush()))
     await Promise.all(transports.map((transport) => transport.close()))`,
  )
  expect(ended.stderr).toBe('')
  expect(ended.stdout.split('\n').slice(0, 3)).toEqual(['true true true', 'true true', 'true'])
  // One hub took both records.
  expect(inbox.received()).toHaveLength(1)
})
