import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkOptions, isEnabled } from '#core/options.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(content: string, name = 'alerts.yaml'): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const messagesOf = (input: unknown, env: Record<string, string> = {}) =>
  checkOptions(input, env).problems.map(({ path, message }) => `${path}: ${message}`)

describe('a configuration file', () => {
  const yaml =
    'service: billing\nenv: prod\nchannels:\n  ops: { type: slack, url: "${SLACK_URL}" }\nrules:\n  - { name: paid, match: { code: PAID }, severity: "off" }\n'
  const env = { SLACK_URL: 'https://hooks.example/services/T/B/x' }

  it('in YAML or JSON holds the same options as code', () => {
    const inYaml = checkOptions({ config: write(yaml) }, env)
    expect(inYaml.problems).toEqual([])
    const { plan } = inYaml
    expect([plan.service, plan.env, plan.rules.map(({ name }) => name)]).toEqual([
      'billing',
      'prod',
      ['paid'],
    ])
    expect(plan.channels[0]?.providerOptions['url']).toBe(env.SLACK_URL)

    const json = write('{ "service": "orders", "level": "fatal" }', 'alerts.json')
    expect(checkOptions({ config: json }, {}).plan).toMatchObject({ service: 'orders', level: 60 })
  })

  it('is named by ALERT_CONFIG where the options name none', () => {
    const file = write('service: billing')
    expect(checkOptions(undefined, { ALERT_CONFIG: file }).plan.service).toBe('billing')
    const other = write('service: orders', 'other.yaml')
    expect(checkOptions({ config: other }, { ALERT_CONFIG: file }).plan.service).toBe('orders')
    expect(checkOptions({}, { ALERT_CONFIG: '' }).problems).toEqual([])
  })

  it('may be named by a variable', () => {
    write('service: billing')
    const config = `\${PLACE}/alerts.yaml`
    expect(checkOptions({ config }, { PLACE: folder }).plan.service).toBe('billing')
  })

  it('lies beneath the options in code, key by key', () => {
    const config = write(yaml)
    const { plan } = checkOptions({ config, env: 'staging', channels: { here: { type: 'console' } } }, env)
    expect([plan.service, plan.env]).toEqual(['billing', 'staging'])
    expect(plan.channels.map(({ name }) => name)).toEqual(['here'])
  })

  it('has its problems named with their path and the file', () => {
    const config = write('channels: { ops: { type: slack } }\nservise: billing')
    expect(messagesOf({ config, locale: 'xx' })).toEqual([
      expect.stringMatching(/^channels\.ops\.url: needs `url` .* This is in .*alerts\.yaml\.$/),
      expect.stringMatching(/^servise: .*'service'\? This is in .*alerts\.yaml\.$/),
      expect.stringMatching(/^locale: (?!.*alerts\.yaml)/),
    ])
  })

  it('that cannot be used is one problem, and the options in code are used alone', () => {
    const missing = join(folder, 'none.yaml')
    const { plan, problems } = checkOptions({ config: missing, service: 'billing' }, {})
    expect(problems).toEqual([
      {
        path: 'config',
        code: 'unreadable-file',
        message: `the file ${missing} cannot be read (ENOENT).`,
        effect: 'The options in code are used alone until this is corrected.',
      },
    ])
    expect(plan.service).toBe('billing')

    expect(messagesOf({}, { ALERT_CONFIG: missing })).toEqual([
      `config: the file ${missing}, named by ALERT_CONFIG, cannot be read (ENOENT).`,
    ])
    const made = join(folder, 'directory')
    mkdirSync(made)
    expect(messagesOf({ config: made })[0]).toMatch(/is not a regular file\.$|cannot be read \(EISDIR\)\.$/)
    expect(messagesOf({ config: write('a: [1') })[0]).toMatch(/neither JSON nor YAML/)
    expect(messagesOf({ config: write('- 1') })[0]).toMatch(/it must be an object/)
    expect(messagesOf({ config: write('') })[0]).toMatch(/it must be an object/)
    expect(messagesOf({ config: write('config: other.yaml') })[0]).toMatch(/must not name another one/)
    expect(messagesOf({ config: write(`a: ${'x'.repeat(4 * 1024 * 1024)}`) })[0]).toMatch(/larger than 4 MiB/)
    expect(messagesOf({ config: 7 })[0]).toMatch(/^config: expected a string, got the number 7/)
  })

  it('whose aliases would grow without bound is refused', () => {
    const lists = [...'bcdefghi'].map((name, index) => {
      const former = 'abcdefgh'[index]
      return `${name}: &${name} [${Array(10).fill(`*${former}`).join(', ')}]`
    })
    expect(messagesOf({ config: write(['a: &a [1]', ...lists].join('\n')) })[0]).toMatch(/alias/i)
  })

  it('may switch alerting off; code and ALERT_ENABLED come before it, and it is then not read', () => {
    const config = write('enabled: false')
    expect(isEnabled({ config }, {})).toBe(false)
    expect(checkOptions({ config }, {}).plan.channels).toEqual([])
    expect(isEnabled({ config, enabled: true }, {})).toBe(true)
    expect(messagesOf({ config: '/none', enabled: false })).toEqual([])
    expect(messagesOf({ config: '/none' }, { ALERT_ENABLED: 'false' })).toEqual([])
  })
})
