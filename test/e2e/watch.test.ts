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

describe('alert-transport watch at the end of a pipe', () => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await openInbox()
  })
  beforeEach(() => inbox.clear())
  afterAll(() => inbox.close())

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
    const options = unhurried({ channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } } })
    const ended = await runInTime(piped(app, options))
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    expect(ended.stdout).toBe(lines.join('\n'))
    expect(inbox.received()).toHaveLength(1)
    expect(webhookBody(inbox.received()[0]!)).toMatchObject({ severity: 'critical', reason: 'first' })
  })
})
