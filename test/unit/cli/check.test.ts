import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkOptions } from 'alert-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { run } from './run-command.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-check-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** What `check --verbose` prints below its summary. */
const allOf = (printed: string) => parse(printed.slice(printed.indexOf('All options')).replace(/^.*\n/, ''))

describe('check --verbose', () => {
  const options = {
    service: 'orders',
    env: 'prod',
    level: 'warn',
    process: 'web-1',
    channels: {
      chat: {
        type: 'slack',
        url: '${CHECK_CHAT_URL}',
        wait: 1500,
        digest: { at: '09:00' },
        retry: { first: '2s' },
        fallback: 'ops',
      },
      ops: { type: 'webhook', url: 'https://hooks.example.com/notify', repeat: false, locale: 'zh-CN' },
      sms: {
        type: 'aliyun-sms',
        accessKeyId: 'made-up-id',
        accessKeySecret: '${CHECK_SMS_SECRET}',
        signName: 'shop',
        templateCode: 'SMS_1',
        to: ['+8613800138000'],
      },
      console: {},
    },
    rules: [
      { name: 'many', match: { code: 'A' }, when: { spike: 3, within: '5m' }, for: '90s' },
      { name: 'missing', match: { code: 'B' }, when: { absent: '25h' } },
      { name: 'row', match: { code: 'C' }, when: { consecutive: 3, reset: { ok: true } } },
      { name: 'none', match: { code: 'D' }, severity: 'off' },
    ],
    context: {},
    control: { secret: '${CHECK_CONTROL_SECRET}' },
    heartbeat: { url: '${CHECK_HEARTBEAT}' },
    limits: { queue: 50 },
    closeTimeout: '1500ms',
  }
  const env = {
    CHECK_CHAT_URL: 'https://hooks.slack.example.com/services/T/B/x',
    CHECK_SMS_SECRET: 'made-up-secret',
    CHECK_CONTROL_SECRET: 'made-up-secret-of-32-characters!',
    CHECK_HEARTBEAT: 'https://beat.example.com/ping',
  }
  it.each(['json', 'yaml'])(
    'prints all of a %s file, which means the same when it is pasted',
    async (kind) => {
      const printed = await run(
        'check',
        file(`all.${kind}`, JSON.stringify(options)),
        '--verbose',
        '--no-env',
      )
      const all = allOf(printed.replaceAll('***', options.channels.ops.url))
      expect(all.channels.chat).toMatchObject({ url: '${CHECK_CHAT_URL}', interval: '30s', repeatMax: '4h' })
      const { plan, problems } = checkOptions(all, env)
      expect(problems).toEqual([])
      expect(plan).toEqual(checkOptions(options, env).plan)
      if (kind === 'json') expect(printed).toContain('"repeatMax": "4h"')
    },
  )

  it('shows *** for a secret that stands in the file itself, and says so', async () => {
    const config = file(
      'secret.yaml',
      'channels: { chat: { type: slack, url: "https://hooks.example.com/x" } }',
    )
    const printed = await run('check', config, '--verbose')
    expect(printed).toContain('and *** for each secret that the file holds itself')
    expect(allOf(printed).channels.chat.url).toBe('***')
    expect(printed).not.toContain('hooks.example.com')
  })
})

describe('a configuration in a module', () => {
  it.each([
    ['alerts.mjs', 'export default { service: `or${"ders"}`, channels: { ops: { type: "console" } } }'],
    ['alerts.cjs', 'module.exports = { service: "orders", channels: { ops: { type: "console" } } }'],
    [
      'compiled.cjs',
      'exports.__esModule = true; exports.default = { service: "orders", channels: { ops: { type: "console" } } }',
    ],
  ])('is read from %s', async (name, text) => {
    expect(await run('check', file(name, text))).toMatch(/service {2}orders\n[\s\S]*ops: Console/)
  })

  it.each([
    ['no-default.mjs', 'export const options = {}', /must export the options as its default/],
    ['a-number.mjs', 'export default 5', /must export the options as its default/],
    ['throws.mjs', 'throw new Error("no\\nluck")', /cannot read .*throws\.mjs: no luck$/],
    ['wrong.mjs', 'export default { levle: 1 }', /has a problem:\n {2}levle/],
  ])('is refused with its reason: %s', async (name, text, reason) => {
    await expect(run('check', file(name, text))).rejects.toThrow(reason)
  })
})
