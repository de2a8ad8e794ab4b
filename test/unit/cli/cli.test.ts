import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cleanLine, cleanText, jsonLine } from '#cli/clean.ts'
import { card } from '#cli/commands/inbox-command.ts'
import { fakes } from '#cli/inbox/fake-table.ts'
import type { Received } from '#cli/inbox/received.ts'
import { createProgram } from '#cli/program.ts'
import { bestRatio, linear } from '../text/linear.ts'
import { post } from './inbox.ts'

/** Runs `alert-transport inbox` on free ports; `printed` resolves when the output holds the words. */
function run(...flags: string[]) {
  // The user's cache is not a place for what a test leaves behind.
  const kept = flags.includes('--certificate') ? [] : ['--certificate', '/dev/null']
  const abort = new AbortController()
  let output = ''
  const watchers = new Set<() => void>()
  const out = (text: string) => {
    output += text
    for (const watcher of watchers) watcher()
  }
  const printed = (words: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!output.includes(words)) return
        watchers.delete(look)
        resolve(output)
      }
      watchers.add(look)
      look()
    })
  const argv = ['inbox', '--port', '0', '--smtp-port', '0', ...kept, ...flags]
  const ended = createProgram({ out, signal: abort.signal }).parseAsync(argv, { from: 'user' })
  return {
    printed,
    stop: async () => {
      abort.abort()
      await ended
    },
  }
}

const hostile: Received = {
  id: 1,
  at: 0,
  provider: 'slack',
  ok: false,
  answer: { status: 400, body: 'no\u001b[2J\nway' },
  request: { method: 'POST', path: '/', headers: {}, body: '', secure: false },
  view: {
    subject: 'red \u001b[31malert\u0007\r\nforged',
    text: `one\u001b]0;title\u0007\n\n${'long '.repeat(100)}\n\u202egnorw\u202c \ud800\n${'more\n'.repeat(50)}`,
    mentions: ['!channel'],
    bytes: 0,
    size: 12,
    limit: 10,
    unit: 'characters',
    notes: ['a note'],
  },
}

describe('alert-transport inbox', () => {
  it('prints channel options that can be pasted, then what arrives, until it is stopped', async () => {
    const { printed, stop } = run()
    const start = await printed('Waiting for notifications')
    const options = JSON.parse(`{${/"channels": (\{[\s\S]*?\n {2}\})/.exec(start)![0]}}`) as {
      channels: Record<string, { url: string }>
    }
    expect(Object.keys(options.channels)).toEqual(['email', 'webhook', 'slack', 'dingtalk', 'wecom'])
    expect(start).toContain(`${Object.keys(fakes).length - 5} more are available`)
    expect(start).toMatch(/\bdiscord, feishu\b/)
    await post(options.channels['slack']!.url, { text: '[ERROR] disk \u001b[31mfull\nsince 14:05' })
    const output = await printed('since 14:05')
    expect(output).toMatch(
      /── \d\d:\d\d:\d\d {2}slack {2}taken {2}\(\d+ of 40000 characters\)\n {3}\[ERROR\] disk full\n {3}since 14:05\n/,
    )
    await stop()
    await expect(fetch(options.channels['slack']!.url)).rejects.toThrow()
  })

  it('prints the channel options that are asked for, or all', async () => {
    const some = run('--channels', 'feishu', 'telegram')
    const start = await some.printed('Waiting for notifications')
    expect(start.match(/^ {4}"[\w-]+": /gm)).toEqual(['    "feishu": ', '    "telegram": '])
    await some.stop()
    const all = run('--channels', 'all')
    expect((await all.printed('Waiting for notifications')).match(/^ {4}"[\w-]+": /gm)).toHaveLength(
      Object.keys(fakes).length,
    )
    await all.stop()
    await expect(run('--channels', 'slcak').stop()).rejects.toThrow('unknown: slcak; known: alertmanager')
  })

  it('prints one line of JSON for the start and each that arrives when asked', async () => {
    const { printed, stop } = run('--json')
    const [first = ''] = (await printed('\n')).split('\n')
    const { event, channels } = JSON.parse(first) as {
      event: string
      channels: Record<string, { url: string }>
    }
    expect(event).toBe('listening')
    await post(channels['wecom']!.url, { msgtype: 'text', text: { content: 'hello\n\u009b2J' } })
    const output = await printed('"received"')
    expect(output).not.toContain('\u009b')
    expect(JSON.parse(output.split('\n')[1]!)).toMatchObject({
      event: 'received',
      provider: 'wecom',
      view: { text: 'hello\n\u009b2J' },
    })
    await stop()
  })

  it('prints options that say their type, and that are still right after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alert-inbox-'))
    const file = join(folder, 'cache', 'inbox.pem')
    const optionsOf = async () => {
      const { printed, stop } = run('--certificate', file, '--json', '--channels', 'email')
      const { channels } = JSON.parse((await printed('\n')).split('\n')[0]!)
      await stop()
      return channels as Record<string, { type: string; tls: { ca: string } }>
    }
    try {
      const first = await optionsOf()
      for (const [name, { type }] of Object.entries(first)) expect(type).toBe(name)
      expect((await optionsOf())['email']!.tls.ca).toBe(first['email']!.tls.ca)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      writeFileSync(file, 'no certificate')
      expect((await optionsOf())['email']!.tls.ca).not.toBe(first['email']!.tls.ca)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('refuses a port that is none', async () => {
    for (const port of ['-1', '65536', 'x', '1e3']) {
      const program = createProgram({ out: () => undefined, signal: AbortSignal.abort() })
      for (const command of [program, ...program.commands])
        command.exitOverride().configureOutput({ writeErr: () => undefined })
      await expect(program.parseAsync(['inbox', `--port=${port}`], { from: 'user' }), port).rejects.toThrow(
        'It must be from 0 to 65535',
      )
    }
  })
})

describe('what is printed', () => {
  it('holds nothing that a terminal obeys, and stays short', () => {
    const printed = card(hostile)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(printed).toContain('refused: 400 no way')
    expect(printed).toContain('   red alert forged\n')
    expect(printed).toContain('   … and 33 more lines\n')
    expect(printed).toContain('   pings !channel\n   note: a note\n')
    for (const line of printed.split('\n')) expect(line.length).toBeLessThanOrEqual(160)
  })

  it('says a subject once that the app shows again as its first line', () => {
    for (const text of ['[ERROR] disk full\n\nsince 14:05', '### [ERROR] disk full\n\nsince 14:05']) {
      const view = { ...hostile.view, subject: '[ERROR] disk full', text }
      expect(card({ ...hostile, view }).match(/disk full/g)).toHaveLength(1)
    }
  })

  it('is cleaned of control characters, codes and changes of direction', () => {
    expect(cleanText('a\u001b[1;31mb\u001b[0m\u0000c\r\nd\te\u009b31mf\u2028g\u202eh\ud800')).toBe(
      'abc\nd\tefgh\ufffd',
    )
    expect(cleanLine(' a\n\n b\t')).toBe('a b')
    expect(jsonLine({ a: '\u007f\u202e\n' })).toBe('{"a":"\\u007f\\u202e\\n"}')
  })

  it('takes a megabyte of escapes in its stride', () => {
    expect(cleanText('\u001b['.repeat(500_000))).not.toContain('\u001b')
    expect(bestRatio((size) => '\u001b['.repeat(size), cleanText)).toBeLessThan(linear)
  })
})
