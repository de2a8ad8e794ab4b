// The adapters under Bun and Deno: every adapter, and every way a program ends.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Inbox, openInbox, runCommand, unhurried, webhookBody } from '../../e2e/app.ts'
import { examples, runExample } from './run-example.ts'

const commands = {
  Bun: ['bun'],
  Deno: ['deno', 'run', '--no-prompt', '--allow-env', '--allow-read', '--allow-net', '--allow-sys'],
} as const

/** Each sets `log`, for an error, and `last`, for the very last words. */
const adapters = {
  alertStream: `import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const logger = pino({}, alertStream(options))
    const log = (error) => logger.error(error, 'payment failed'), last = (error) => logger.fatal(error)`,
  'a target': `import pino from 'pino'
    const targets = [{ target: 'pino/file' }, { target: 'pino-alert-transport', options }]
    const logger = pino({ transport: { targets } })
    const log = (error) => logger.error(error, 'payment failed'), last = (error) => logger.fatal(error)`,
  winston: `import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const console = new winston.transports.Console()
    const logger = winston.createLogger({ transports: [console, new AlertTransport(options)] })
    const log = (error) => logger.error('payment failed', error), last = (error) => logger.error('it ends', error)`,
} as const

const ends = {
  'at its natural end': { source: '', code: 0, alerts: 1 },
  'at process.exit()': { source: 'process.exit(3)', code: 3, alerts: 1 },
  'at an uncaught error that its own handler logs': {
    source: `process.on('uncaughtException', (error) => { last(error); process.exit(4) })
      setTimeout(() => { throw new Error('ledger is gone') })`,
    code: 4,
    alerts: 2,
  },
} as const

let inbox: Inbox
beforeAll(async () => {
  inbox = await openInbox()
})
afterAll(() => inbox.close())

describe.each(Object.keys(commands) as (keyof typeof commands)[])('under %s', (runtime) => {
  describe.each(Object.entries(adapters))('%s', (_name, adapter) => {
    it.each(Object.entries(ends))('delivers %s', async (_end, { source, code, alerts }) => {
      inbox.clear()
      const channels = { hook: { ...inbox.channels.webhook, type: 'webhook' } }
      const ended = await run(
        runtime,
        `const options = ${JSON.stringify(unhurried({ channels }))}
        ${adapter}
        for (let order = 1001; order <= 1020; order++) log(new Error('card gateway timeout for order ' + order))
        ${source}`,
      )
      expect(ended).toMatchObject({ code, lines: 19 + alerts })
      const delivered = inbox.received().flatMap((each) => webhookBody(each).alerts)
      expect(delivered.reduce((sum, { newCount }) => sum + newCount, 0)).toBe(19 + alerts)
      expect(new Set(delivered.map(({ id }) => id)).size).toBe(alerts)
      expect(JSON.stringify(delivered)).toContain('card gateway timeout for order 1020')
    })
  })

  it('runs the example: one message a program, with the first own frame', async () => {
    const { code, stderr, messages } = await runExample('bun-deno', {}, runtime.toLowerCase())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(messages).toHaveLength(2)
    expect(messages[0]).toMatch(/^\[ERROR\] ledger: ledger differs ×10$/m)
    expect(messages[0]).toMatch(/^Location: .*bun-deno\/pino\.mjs:\d+$/m)
    expect(messages[1]).toMatch(/^\[ERROR\] mailer: letter … not sent ×10$/m)
    expect(messages[1]).toMatch(/^Location: .*bun-deno\/winston\.mjs:\d+$/m)
  })
})

it.each(['alertStream', 'winston'] as const)(
  'under Bun, %s makes an alert of an error that no code catches',
  async (name) => {
    inbox.clear()
    const channels = { hook: { ...inbox.channels.webhook, type: 'webhook' } }
    const { code } = await run(
      'Bun',
      `const options = ${JSON.stringify(unhurried({ channels }))}
    ${adapters[name]}
    setTimeout(() => { throw new Error('ledger is gone') })`,
    )
    expect(code).toBe(1)
    expect(inbox.received().map((each) => webhookBody(each).subject)).toEqual([
      expect.stringMatching(/^\[CRITICAL\].*ledger is gone/),
    ])
  },
)

async function run(runtime: keyof typeof commands, source: string) {
  const file = join(inject('app'), `${Math.random().toString(36).slice(2)}.mjs`)
  await writeFile(file, source)
  const [program, ...args] = commands[runtime]
  const { code, stdout, stderr } = await runCommand(
    [join(examples, 'bun-deno/node_modules/.bin', program), ...args, file],
    { env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } },
  )
  return { code, stderr, lines: stdout.split('\n').length - 1 }
}
