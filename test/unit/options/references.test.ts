import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'options-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const env = { SLACK_URL: 'https://hooks.example/services/T/B/x', HOST: 'hooks.example', EMPTY: '' }
const slackUrl = (url: unknown, variables: Record<string, string | undefined> = env) => {
  const { plan, problems } = checkOptions({ channels: { slack: { url } } }, variables)
  const messages = Object.fromEntries(problems.map(({ path, message }) => [path, message]))
  return { url: plan.channels[0]?.providerOptions['url'], messages }
}

describe('${NAME}', () => {
  it('is read from the environment, alone or inside a text, at any depth', () => {
    expect(slackUrl('${SLACK_URL}').url).toBe(env.SLACK_URL)
    expect(slackUrl(['https://${HOST}/a', 'https://${HOST}/b']).url).toEqual([
      'https://hooks.example/a',
      'https://hooks.example/b',
    ])
  })

  it('that is not set is named with its place, and is the only problem there', () => {
    expect(slackUrl('${SLACK_HOOK}').messages).toEqual({
      'channels.slack.url':
        'the environment variable SLACK_HOOK is not set. Set it, or write $${SLACK_HOOK} for the literal text.',
    })
  })

  it('that is set but empty counts as missing where nothing else stands beside it', () => {
    expect(slackUrl('${EMPTY}').messages['channels.slack.url']).toBe(
      'the environment variable EMPTY is empty.',
    )
    expect(slackUrl('https://${HOST}/${EMPTY}').url).toBe('https://hooks.example/')
  })

  it('is taken once: what a variable holds is not read again', () => {
    expect(slackUrl('https://${HOST}/${A}', { ...env, A: '${HOST}' }).url).toBe(
      'https://hooks.example/${HOST}',
    )
  })

  it('written as $${NAME} is literal', () => {
    const { plan, problems } = checkOptions({ rules: [{ name: 'a', summary: 'cost $${amount}' }] }, {})
    expect(problems).toEqual([])
    expect(plan.rules[0]?.summary).toBe('cost ${amount}')
  })

  it('without a proper name is a problem, not a literal', () => {
    expect(slackUrl('https://${HOST:-x}/').messages['channels.slack.url']).toContain(
      'Write only a name between the braces',
    )
  })

  it('finds own variables only', () => {
    expect(slackUrl('${constructor}', {}).messages['channels.slack.url']).toContain('constructor is not set')
    expect(slackUrl('${__proto__}', {}).messages['channels.slack.url']).toContain('__proto__ is not set')
  })

  it('is taken from this process by default', () => {
    process.env['OPTIONS_TEST_SERVICE'] = 'billing'
    try {
      expect(checkOptions({ service: '${OPTIONS_TEST_SERVICE}' }).plan.service).toBe('billing')
    } finally {
      delete process.env['OPTIONS_TEST_SERVICE']
    }
  })

  it('is not looked for in keys', () => {
    expect(checkOptions({ labels: { '${HOST}': 'x' } }, env).plan.labels).toEqual({ '${HOST}': 'x' })
  })
})

describe('{ file }', () => {
  it('is the text of that file without its last line break', () => {
    const path = file('url', `${env.SLACK_URL}\r\n`)
    expect(slackUrl({ file: path }).url).toBe(env.SLACK_URL)
  })

  it('may be named by the environment', () => {
    const path = file('named', env.SLACK_URL)
    expect(slackUrl({ file: '${DIR}/named' }, { DIR: join(path, '..') }).url).toBe(env.SLACK_URL)
  })

  it('that cannot be read is a problem with its path and cause, without its name', () => {
    expect(slackUrl({ file: join(folder, 'nowhere') }).messages).toEqual({
      'channels.slack.url': 'the file cannot be read (ENOENT).',
    })
    expect(slackUrl({ file: folder }).messages).toEqual({
      'channels.slack.url': 'the file is not a regular file.',
    })
    expect(slackUrl({ file: file('empty', '\n') }).messages).toEqual({
      'channels.slack.url': 'the file is empty.',
    })
    expect(slackUrl({ file: file('large', Buffer.alloc(70_000, 'x')) }).messages).toEqual({
      'channels.slack.url': 'the file is larger than 64 KiB.',
    })
    expect(slackUrl({ file: 'a\0b' }).messages['channels.slack.url']).toContain('cannot be read')
  })

  it.skipIf(process.platform === 'win32')('that never ends is not opened', () => {
    expect(slackUrl({ file: '/dev/zero' }).messages['channels.slack.url']).toBe(
      'the file is not a regular file.',
    )
  })
})
