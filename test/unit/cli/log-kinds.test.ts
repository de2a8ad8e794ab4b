import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import { createProgram } from '#cli/program.ts'

const time = Date.UTC(2026, 8, 21, 8)
const at = '2026-09-21T08:00:00.123456789Z'
const pino = JSON.stringify({ level: 60, time, msg: 'disk is full' })
/** winston's format.json() writes no time by itself: what stands around the line has it. */
const timeless = JSON.stringify({ level: 'error', message: 'disk is full' })
const each = (wrap: (line: string) => string, lines = ['starting', pino]) => `${lines.map(wrap).join('\n')}\n`

interface Kind {
  readonly log: string | Buffer
  /** Alerts that come of it. */
  readonly alerts: 0 | 1
  readonly lines: number
  readonly said?: RegExp
}

const kinds: Readonly<Record<string, Kind>> = {
  'docker compose logs': { log: each((line) => `orders-1  | ${line}`), alerts: 1, lines: 2 },
  'docker logs -t, without a time of its own': {
    log: each((line) => `${at} ${line}`, [timeless]),
    alerts: 1,
    lines: 1,
  },
  'kubectl logs --prefix --timestamps': {
    log: each((line) => `[pod/orders-7d9c/app] ${at} ${line}`, ['starting', timeless]),
    alerts: 1,
    lines: 2,
  },
  CRI: {
    log: `${at} stdout P ${pino.slice(0, 20)}\n${at} stdout F ${pino.slice(20)}\n`,
    alerts: 1,
    lines: 1,
  },
  journald: { log: each((line) => `Sep 21 08:00:00 web-1 orders[4711]: ${line}`), alerts: 1, lines: 2 },
  'journald as JSON': {
    log: each(
      (line) => JSON.stringify({ __REALTIME_TIMESTAMP: `${time}123`, MESSAGE: line, _PID: '4711' }),
      [timeless],
    ),
    alerts: 1,
    lines: 1,
  },
  PM2: { log: each((line) => `0|orders  | ${line}`), alerts: 1, lines: 2 },
  'plain text': {
    log: 'listening on 3000\nError: disk is full\n    at save (/app/a.js:1:2)\n',
    alerts: 0,
    lines: 3,
    said: /None of the 3 lines is JSON/,
  },
  gzip: { log: gzipSync(`${pino}\n`), alerts: 1, lines: 1 },
  winston: {
    log: each(String, [
      JSON.stringify({ level: 'error', message: 'disk is full', timestamp: new Date(time).toISOString() }),
    ]),
    alerts: 1,
    lines: 1,
  },
  ECS: {
    log: each(String, [
      JSON.stringify({
        '@timestamp': new Date(time).toISOString(),
        'log.level': 'error',
        message: 'disk is full',
        'ecs.version': '8.10.0',
      }),
    ]),
    alerts: 1,
    lines: 1,
  },
  empty: { log: '', alerts: 0, lines: 0, said: /There was no line/ },
}

describe('the commands on logs of all kinds', () => {
  let folder: string
  let inbox: Inbox
  let config: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alert-kinds-'))
    inbox = await createInbox()
    config = file(
      'config.json',
      JSON.stringify({ channels: { hook: { ...inbox.channels.webhook, wait: 0 } } }),
    )
  })
  afterAll(async () => {
    await inbox.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function file(name: string, content: string | Buffer): string {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }

  /** What the command prints, and what it says beside that. */
  async function run(args: readonly string[], input?: string | Buffer) {
    let printed = ''
    let said = ''
    const io = {
      out: (text: string) => {
        printed += text
      },
      note: (text: string) => {
        said += text
      },
      signal: new AbortController().signal,
      ...(input === undefined ? {} : { input: toChunks(Buffer.from(input)) }),
    }
    await createProgram(io).parseAsync([...args], { from: 'user' })
    return { printed, said }
  }

  describe.each(Object.entries(kinds))('%s', (_, { log, alerts, lines, said: expected = /^$/ }) => {
    const text = typeof log === 'string' ? log : gunzipSync(log).toString()

    it('replay finds the records and their times, whatever the name of the file', async () => {
      const { printed, said } = await run(['replay', file('app.log', log), '--json'])
      const result = JSON.parse(printed)
      expect(result).toMatchObject({ lines, matched: alerts })
      if (alerts > 0 && !text.startsWith('Sep')) expect(Date.parse(result.from)).toBeCloseTo(time, -3)
      expect(said).toMatch(expected)
    })

    it('watch sends the alert, and copies what it reads', async () => {
      inbox.clear()
      const { printed, said } = await run(['watch', '--config', config], text)
      expect(printed).toBe(text)
      expect(inbox.received()).toHaveLength(alerts)
      expect(said).toMatch(expected)
    })

    it('explain says what becomes of each line', async () => {
      const given = text.split('\n').filter(Boolean)
      // Without a record it would wait for standard input.
      const { printed } = await run(['explain', '--config', config, ...(given.length === 0 ? [''] : given)])
      expect(printed.match(/→ hook/g) ?? []).toHaveLength(alerts)
      if (alerts === 0) expect(printed).toContain('is not a record')
    })

    it('check refuses it as a configuration, and names it', async () => {
      await expect(run(['check', file('app.log', log)])).rejects.toThrow(
        /app\.log (?:has (?:a|\d+) problems?:|is neither JSON nor YAML|must hold an object)/,
      )
    })
  })
})

async function* toChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 7) yield bytes.subarray(start, start + 7)
}
