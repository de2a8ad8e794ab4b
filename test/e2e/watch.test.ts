import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Inbox, openInbox, runInTime, unhurried, webhookBody } from './app.ts'

/** `app` is piped into `alert-transport watch`, whose own output becomes the program's. */
const piped = (app: string, options: object) => `
  import { spawn } from 'node:child_process'
  import { once } from 'node:events'
  import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
  import { tmpdir } from 'node:os'
  import { join } from 'node:path'
  const folder = mkdtempSync(join(tmpdir(), 'alert-watch-'))
  writeFileSync(join(folder, 'config.json'), ${JSON.stringify(JSON.stringify(options))})
  const app = spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(app)}], { stdio: ['ignore', 'pipe', 'inherit'] })
  const watch = spawn(process.execPath, ['node_modules/alert-transport/dist/cli.js', 'watch', '--config', join(folder, 'config.json')], { stdio: [app.stdout, 'inherit', 'inherit'] })
  const [[, signal], [code]] = await Promise.all([once(app, 'exit'), once(watch, 'exit')])
  rmSync(folder, { recursive: true })
  if (signal !== 'SIGKILL') throw new Error('the application was not killed')
  process.exitCode = code
`

/** `app` is started by `alert-transport watch`. */
const started = (app: string, options: object, program = 'node') => `
  import { spawnSync } from 'node:child_process'
  import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
  import { tmpdir } from 'node:os'
  import { join } from 'node:path'
  const folder = mkdtempSync(join(tmpdir(), 'alert-watch-'))
  writeFileSync(join(folder, 'config.json'), ${JSON.stringify(JSON.stringify(options))})
  writeFileSync(join(folder, 'app.mjs'), ${JSON.stringify(app)})
  const argv = ['node_modules/alert-transport/dist/cli.js', 'watch', '--config', join(folder, 'config.json'), '--', ${JSON.stringify(program)}, join(folder, 'app.mjs')]
  const { status } = spawnSync(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] })
  rmSync(folder, { recursive: true })
  process.exitCode = status
`

describe('alert-transport watch, at the end of a pipe or around the application', () => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await openInbox()
  })
  beforeEach(() => inbox.clear())
  afterAll(() => inbox.close())

  const optionsOf = () => unhurried({ channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } } })

  it('outlives the application that was killed, delivers its last line, and copies its input unchanged', async () => {
    const lines = [
      '{"level":30,"msg":"listening"}',
      'a line of some other program: größe',
      '{"level":60,"msg":"out of memory"}',
    ]
    // Written synchronously, as pino does to a pipe; the last line has no end.
    const app = `
      import { writeSync } from 'node:fs'
      writeSync(1, ${JSON.stringify(lines.join('\n'))})
      process.kill(process.pid, 'SIGKILL')
    `
    const ended = await runInTime(piped(app, optionsOf()))
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    expect(ended.stdout).toBe(lines.join('\n'))
    expect(inbox.received()).toHaveLength(1)
    expect(webhookBody(inbox.received()[0]!)).toMatchObject({ severity: 'critical', reason: 'first' })
  })

  it('starts the application, passes its output and exit code on, and says why it died', async () => {
    const app = `
      console.log(JSON.stringify({ level: 30, msg: 'listening' }))
      console.error('the pool is nearly empty')
      setImmediate(function charge() { throw new TypeError('no balance', { cause: new Error('no route') }) })
    `
    const ended = await runInTime(started(app, optionsOf()))
    expect(ended.code).toBe(1)
    expect(ended.stdout).toBe('{"level":30,"msg":"listening"}\n')
    expect(ended.stderr).toContain('the pool is nearly empty\n')
    expect(ended.stderr).toContain('TypeError: no balance')
    const [only, ...others] = inbox.received()
    expect(others).toEqual([])
    expect(webhookBody(only!)).toMatchObject({ severity: 'critical', reason: 'first' })
    const text = JSON.stringify(webhookBody(only!))
    for (const part of [
      'The application ended with exit code 1',
      'no balance',
      'no route',
      'the pool is nearly',
    ])
      expect(text).toContain(part)
  })

  it('says once why it died if the application has logged it itself', async () => {
    const app = `
      console.log(JSON.stringify({ level: 60, msg: 'no database' }))
      process.exitCode = 3
    `
    expect((await runInTime(started(app, optionsOf()))).code).toBe(3)
    expect(inbox.received()).toHaveLength(1)
    expect(JSON.stringify(webhookBody(inbox.received()[0]!))).toContain('no database')
  })

  it('passes on the signal that ends it, and does not call that a death', async () => {
    const app = `
      process.on('SIGTERM', () => process.exit(4))
      process.kill(process.ppid, 'SIGTERM')
      setInterval(() => {}, 1000)
    `
    expect((await runInTime(started(app, optionsOf()))).code).toBe(4)
    expect(inbox.received()).toEqual([])
  })

  it('reports a death by a signal, and says what cannot be started', async () => {
    const ended = await runInTime(started("process.kill(process.pid, 'SIGKILL')", optionsOf()))
    expect(ended.code).toBe(137)
    expect(JSON.stringify(webhookBody(inbox.received()[0]!))).toContain(
      'The application was ended by SIGKILL',
    )
    const none = await runInTime(started('', optionsOf(), 'no-such-program'))
    expect([none.code, none.stderr]).toEqual([1, 'alert-transport: cannot start no-such-program: ENOENT\n'])
  })
})
