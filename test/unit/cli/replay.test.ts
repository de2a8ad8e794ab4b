import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '#cli/program.ts'

const start = Date.UTC(2026, 8, 21, 8)
const line = (minute: number, fields: object) =>
  JSON.stringify({ level: 30, time: start + minute * 60_000, ...fields })

describe('the commands that read a configuration', () => {
  let folder: string
  const file = (name: string, content: string | Buffer) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'alert-transport-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function run(...args: string[]): Promise<string> {
    let printed = ''
    const out = (text: string) => {
      printed += text
    }
    await createProgram({ out, signal: new AbortController().signal }).parseAsync(args, { from: 'user' })
    return printed
  }

  /** What the program prints to stderr before it gives up. */
  async function misuse(...args: string[]): Promise<string> {
    let printed = ''
    const program = createProgram({ out: () => undefined, signal: AbortSignal.abort() })
    const writeErr = (text: string) => {
      printed += text
    }
    for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr })
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
    return printed
  }

  const yaml = `
service: orders
channels:
  ops: { type: webhook, url: 'https://im.example.com/notify', auth: { bearer: 'inbox-token' } }
rules:
  - name: job failed
    match: { event: job.failed }
    groupBy: [job]
    summary: 'Job {job} failed {count}×'
`

  it('replay shows the notifications that would have been sent, when, and sends nothing', async () => {
    const config = file('config.yaml', yaml)
    const errors = Array.from({ length: 12 }, (_, minute) =>
      line(minute, { level: 50, msg: `disk ${minute} is full` }),
    )
    const log = file(
      'app.log',
      [...errors, line(12, { event: 'job.failed', job: 'night', msg: 'no luck' }), 'not json', ''].join('\n'),
    )
    const result = JSON.parse(await run('replay', log, '--config', config, '--json'))
    expect(result.lines).toBe(14)
    expect(result.matched).toBe(13)
    expect(result.failures).toEqual({ 'not-json': 1 })
    const minutes = result.notified
      .filter((each: { subject: string }) => each.subject.includes('disk'))
      .map((each: { at: string }) => Math.round((Date.parse(each.at) - start) / 60_000))
    expect(minutes.slice(0, 2)).toEqual([0, 5])
    expect(result.notified.map((each: { subject: string }) => each.subject)).toContainEqual(
      expect.stringContaining('Job night failed'),
    )
  })

  it('replay reads gzip and several files in the order of their times', async () => {
    const config = file('two.yaml', yaml)
    const even = file(
      'even.log',
      [0, 2, 4].map((minute) => line(minute, { level: 50, msg: 'even' })).join('\n'),
    )
    const odd = file(
      'odd.log.gz',
      gzipSync([1, 3, 5].map((minute) => line(minute, { level: 50, msg: 'odd' })).join('\n')),
    )
    const result = JSON.parse(await run('replay', odd, even, '--config', config, '--json'))
    expect(result.lines).toBe(6)
    expect(Date.parse(result.from)).toBe(start)
    expect(Date.parse(result.to)).toBe(start + 5 * 60_000)
    expect(
      result.top.map((each: { title: string; count: number }) => [each.title, each.count]).sort(),
    ).toEqual([
      ['even', 3],
      ['odd', 3],
    ])
  })

  it('replay writes a page in which nothing of a log becomes markup', async () => {
    const config = file('page.yaml', yaml)
    const hostile = '</script><script>document.title="pwned"</script><img src=x onerror=alert(1)>'
    const log = file('hostile.log', line(0, { level: 50, msg: hostile }))
    const page = join(folder, 'report.html')
    const printed = await run('replay', log, '--config', config, '--html', page)
    expect(printed).toContain('1 record matched')
    const html = readFileSync(page, 'utf8')
    expect(html).not.toContain('<img')
    expect(html.match(/<script/g)).toHaveLength(2)
    expect(html).toContain("default-src 'none'")
  })

  it('replay writes in the language and the zone of the options, also its page', async () => {
    const config = file(
      'chinese.yaml',
      `locale: zh-CN\ntimeZone: Asia/Shanghai\nrules: [{ name: slow, match: { msg: slow }, when: { count: 3, within: 1m } }]\n`,
    )
    const lines = [line(0, { level: 60, msg: 'disk is full' }), line(1, { msg: 'slow' })]
    const page = join(folder, 'chinese.html')
    const log = file('chinese.log', lines.join('\n'))
    const printed = await run('replay', log, '--config', config, '--html', page)
    expect(printed).toMatch(/^2026-09-21 16:00:00 UTC\+8 至 2026-09-21 16:01:00 UTC\+8，共 2 行日志：/)
    expect(printed).toMatch(/│ 2026-09-21 16:00:00 +│ console +│ 首次 +│ \[严重\]/)
    expect(printed).toMatch(
      /未满足条件\n.*\n[\s\S]*│ slow +│ count 3, within 1m +│ 1 +│ 1 +│ 1\/3，2026-09-21 16:01 │/,
    )
    expect(printed).not.toContain('T08:00')
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('<html lang="zh-CN">')
    for (const text of ['未满足条件', '2026-09-21 16:00:00', '首次']) expect(html).toContain(text)
  })

  it('replay says what each rule took, sent and suppressed, over the whole log', async () => {
    const config = file(
      'rules.yaml',
      `
channels:
  ops: { type: console }
  phone: { type: console, minSeverity: critical }
rules:
  - { name: flaky, match: { code: FLAKY }, when: { count: 3, within: 1m } }
  - { name: known, match: { code: KNOWN }, severity: 'off' }
`,
    )
    const lines = [
      line(0, { msg: 'started' }),
      ...[1, 2, 40, 40, 40].map((minute) => line(minute, { level: 50, code: 'FLAKY', msg: 'again' })),
      ...[3, 4].map((minute) => line(minute, { level: 50, code: 'KNOWN', msg: 'as ever' })),
      line(5, { level: 50, msg: 'disk is full' }),
      line(90, { msg: 'stopped' }),
    ]
    const result = JSON.parse(
      await run('replay', file('rules.log', lines.join('\n')), '--config', config, '--json'),
    )
    expect([result.from, result.to].map((time) => (Date.parse(time) - start) / 60_000)).toEqual([0, 90])
    expect(result.rules).toEqual([
      { rule: 'flaky', matched: 5, off: 0, notified: 3, messages: 1, suppressed: { filtered: 1 } },
      { rule: 'known', matched: 0, off: 2, notified: 0, messages: 0, suppressed: {} },
      { rule: 'error', matched: 1, off: 0, notified: 1, messages: 1, suppressed: { filtered: 1 } },
    ])
  })

  it('replay shows a channel although its secret is missing', async () => {
    const config = file('secret.yaml', "channels:\n  slack: { url: '${NO_SUCH_SECRET_HERE}' }\n")
    const log = file('secret.log', line(0, { level: 60, msg: 'x' }))
    const { notified } = JSON.parse(await run('replay', log, '--config', config, '--json'))
    expect(notified).toMatchObject([{ channel: 'slack', reason: 'first' }])
    expect(await run('explain', '--config', config, line(0, { level: 60 }))).toContain('→ slack: at once')
  })

  it('replay leaves the state directory of the configuration alone, and its document', async () => {
    const dir = join(folder, 'state')
    const config = file('state.yaml', `${yaml}\nstate: { dir: '${dir}' }\nreload: { file: '${dir}/none' }\n`)
    await run('replay', file('one.log', line(0, { level: 60, msg: 'x' })), '--config', config, '--json')
    expect(existsSync(dir)).toBe(false)
  })

  it('explain says which rule takes a record, its key, the channels, and why not now', async () => {
    const config = file('explain.yaml', yaml)
    const record = line(0, { event: 'job.failed', job: 'night', msg: 'no luck' })
    expect(await run('explain', '--config', config, record, 'no json')).toBe(
      `${record}
  counts for an alert
  rule      job failed
  severity  error
  key       job=night
  state     firing
  → ops: wait, 5 s

no json
  is not a record: not-json

Each line is looked at alone, as the first after a start: \`replay\` shows what lines bring about together.
`,
    )
    const [first] = (await run('explain', '--config', config, '--json', record)).split('\n')
    expect(JSON.parse(first!)).toMatchObject({
      outcome: 'counts',
      rule: 'job failed',
      channels: [{ channel: 'ops' }],
    })
  })

  it('explain says by what a channel filters', async () => {
    const config = file(
      'filters.yaml',
      'channels: { phone: { type: console, minSeverity: critical }, shop: { type: console, match: { tenant: shop } } }\n',
    )
    const printed = await run('explain', '--config', config, line(0, { level: 50, msg: 'no luck' }))
    expect(printed).toContain(
      '✗ phone: it takes critical only\n  ✗ shop: its `match` does not hold on tenant\n',
    )
  })

  it('check names every problem by its path and fails', async () => {
    const config = file('bad.yaml', 'levle: error\nchannels:\n  ops: { type: slack }\n')
    await expect(run('check', config)).rejects.toThrow(/levle[\s\S]*channels\.ops\.url/)
  })

  it('check takes the file as the argument or, like the other commands, with --config', async () => {
    const config = file('bad-both.yaml', 'levle: error\n')
    await expect(run('check', '--config', config)).rejects.toThrow(/bad-both\.yaml has a problem:\n {2}levle/)
    const fine = file('fine-both.yaml', yaml)
    expect(await run('check', '--config', fine)).toBe(await run('check', fine))
    await expect(misuse('check', fine, '--config', fine)).resolves.toMatch(/give the file once.*\n\nUsage: /)
  })

  it.each([
    ['no file', ['check'], /missing argument 'config'\n\nUsage: alert-transport check .*\n/],
    ['no configuration', ['watch'], /'--config <file>' not specified\n\nUsage: alert-transport watch /],
    [
      'an option it does not have',
      ['check', '--conifg', 'x'],
      /unknown option '--conifg'[\s\S]*Usage: .* check /,
    ],
    ['a command it does not have', ['chekc'], /unknown command 'chekc'[\s\S]*Usage: alert-transport \[/],
  ])('a command with %s shows how it is used', async (_wrong, args, shown) => {
    expect(await misuse(...args)).toMatch(shown)
  })

  it('the help of every command ends with its exit codes', () => {
    for (const command of createProgram({ out() {}, signal: AbortSignal.abort() }).commands) {
      let help = ''
      const writeOut = (text: string) => {
        help += text
      }
      command.configureOutput({ writeOut }).outputHelp()
      expect(help, command.name()).toMatch(/\nExit code: \D*0.*\.\n$/)
    }
  })

  it('check names rules without effect, and fails only with --strict', async () => {
    const rules = 'rules: [{ name: db, match: { ev: down }, severity: info, resolveAfter: false }]'
    const config = file('idle.yaml', `channels: { ops: { type: console, minSeverity: error } }\n${rules}\n`)
    const named = /2 warnings:\n {2}Rule 'db': no channel takes.*\n {2}Rule 'db': its alerts never end/
    expect(await run('check', config)).toMatch(named)
    await expect(run('check', config, '--strict')).rejects.toThrow(named)
    expect(await run('check', file('fine.yaml', yaml), '--strict')).toMatch(/fine\.yaml is valid\.\n/)
  })

  it('replay counts one of a thing as one', async () => {
    const log = file('single.log', line(0, { level: 60, msg: 'x' }))
    const config = file('single.yaml', 'channels: { ops: { type: console } }\n')
    expect(await run('replay', log, '--config', config)).toMatch(
      /^1 line from 2026-.*: 1 record matched, 1 message would have been sent\./,
    )
  })

  it('check says in a few lines what it comprises', async () => {
    expect(await run('check', file('short.yaml', yaml))).toMatch(
      /is valid\.\n {2}service {2}orders\n {2}level {4}error\n {2}channel {2}ops: Webhook, from info\n {2}rules {4}job failed\n {2}state {4}none\n$/i,
    )
  })

  it('check needs no variables of the environment with --no-env, and still names other problems', async () => {
    const chat = 'channels: { chat: { type: slack, url: "${NO_SUCH_VARIABLE}" } }\n'
    const config = file('no-env.yaml', chat)
    await expect(run('check', config)).rejects.toThrow('NO_SUCH_VARIABLE')
    expect(await run('check', config, '--no-env')).toContain('chat: Slack')
    const wrong = file('no-env-wrong.yaml', `${chat}levle: error\n`)
    await expect(run('check', wrong, '--no-env')).rejects.toThrow(/has a problem:\n {2}levle/)
  })

  it.each([
    ['docker compose', (text: string) => `orders-1  | ${text}`],
    ['CRI', (text: string) => `2026-09-21T08:00:00.123456789Z stderr F ${text}`],
    ['journalctl', (text: string) => `Sep 21 08:00:00 web-1 orders[4711]: ${text}`],
    ['pm2 logs', (text: string) => `0|orders  | ${text}`],
  ])(
    'replay and explain read what %s makes of the lines, also without a configuration',
    async (name, wrap) => {
      const record = line(0, { level: 60, msg: 'disk is full' })
      const log = file(`${name}.log`, `${wrap('starting')}\n${wrap(record)}\n`)
      expect(JSON.parse(await run('replay', log, '--json'))).toMatchObject({ lines: 2, matched: 1 })
      expect(await run('explain', wrap(record))).toMatch(/severity +critical/)
    },
  )

  it('send-test sends one message a channel and shows what the provider said', async () => {
    const { createInbox } = await import('#cli/inbox/inbox.ts')
    const inbox = await createInbox()
    try {
      const config = file(
        'send.json',
        JSON.stringify({
          channels: {
            good: inbox.channels.webhook,
            bad: inbox.channels.wecom,
            // None of these has a part in a test.
            later: {
              ...inbox.channels.webhook,
              after: '2m',
              schedules: { only: ['never'] },
              limit: [{ count: 1, per: '24h' }],
              match: { code: 'OTHER' },
            },
          },
          schedules: { never: [] },
        }),
      )
      expect(await run('send-test', '--config', config, '--channel', 'good')).toMatch(
        /^✓ good: delivered: answered 200: .+\n$/,
      )
      expect(inbox.received()).toHaveLength(1)
      expect(JSON.stringify(inbox.received())).not.toContain('reminder')
      expect(await run('send-test', '--config', config, '--channel', 'later')).toContain('✓ later: delivered')
      inbox.behave('wecom', { status: 400, times: 5 })
      await expect(run('send-test', '--config', config)).rejects.toThrow('not delivered: bad')
    } finally {
      await inbox.close()
    }
  })

  it('say which file cannot be read, and where it is wrong', async () => {
    await expect(run('check', join(folder, 'none.yaml'))).rejects.toThrow('none.yaml: ENOENT')
    await expect(run('check', file('broken.yaml', 'a: [1'))).rejects.toThrow(
      'broken.yaml is neither JSON nor YAML',
    )
    const half = gzipSync('{"level":50,"msg":"x"}\n'.repeat(500)).subarray(0, 30)
    const config = file('some.json', '{}')
    await expect(run('replay', file('half.log.gz', half), '--config', config)).rejects.toThrow(
      /cannot read .*half\.log\.gz: unexpected end of file/,
    )
  })
})
