import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { errorCodes, internalErrorCodes } from '#core/errors/error-codes.ts'
import { optionsJsonSchema } from '#core/options/json-schema.ts'
import { problemCodes } from '#core/options/problem.ts'
import { providers } from '#core/options/provider-table.ts'
import { checkOptions } from '#core/options.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'

const root = new URL('../../../', import.meta.url)

interface Generator {
  generate(source: object): Record<string, string>
}

describe('generated files', async () => {
  const { generate } = (await import(new URL('docs/generate.mjs', root).href)) as Generator
  const read = (path: string) => {
    const url = new URL(path, root)
    return existsSync(url) ? readFileSync(url, 'utf8') : undefined
  }
  const schema = optionsJsonSchema()
  const files = generate({ schema, errorCodes, internalErrorCodes, problemCodes, providers, read })

  it.each(Object.entries(files))('%s is what the code says', (path, text) => {
    expect((read(path) ?? '') === text, 'it is stale: npx -y pnpm@10 run docs writes it anew').toBe(true)
  })

  it.each(Object.keys({ ...errorCodes, ...internalErrorCodes, ...problemCodes }))(
    'errors.md explains %s',
    (code) => {
      expect(files['docs/errors.md']).toContain(`| \`${code}\` | `)
    },
  )

  const remote = Object.entries(providers).filter(([name]) => name !== 'console' && name !== 'module')

  it.each(remote)('channels.md, both READMEs and its own page say what %s can do', (name, provider) => {
    const { limits, supports } = provider as ProviderDefinition
    const line = (path: string) =>
      files[path]
        ?.split('\n')
        .filter((text) => text.startsWith('| [') && text.includes(`providers/${name}.md)`)) ?? []
    const [takes = '', can = ''] = line('docs/channels.md')
    expect(takes).toContain(supports?.success)
    for (const rate of [limits.perMinute, limits.perSecond]) if (rate) expect(takes).toContain(`${rate} a `)
    for (const fact of [supports?.mention, supports?.thread, supports?.resolve, supports?.dedup])
      if (fact) expect(can).toContain(fact)
    const abilities = [
      supports?.mention,
      supports?.thread,
      supports?.resolve,
      supports?.button,
      supports?.dedup,
    ]
    for (const readme of ['README.md', 'README.zh-CN.md'])
      expect(line(readme)[0]?.split('✓').length).toBe(abilities.filter(Boolean).length + 1)
    const page = files[`docs/providers/${name}.md`] ?? ''
    expect(page).toContain('## In short')
    for (const option of Object.keys(provider.options._zod.def.shape))
      expect(page).toContain(`\`channels.*.${option}\``)
    expect(page).toMatch(/!\[[^\]]+\]\(\.\.\/images\/[\w-]+\.png\)/)
  })
})

describe('the JSON Schema', () => {
  const schema = optionsJsonSchema()
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema)
  const slack = { url: '${SLACK_URL}' }

  const good: object[] = [
    {},
    {
      $schema: './options.schema.json',
      level: 'warn',
      service: 'a',
      labels: { team: 'x' },
      closeTimeout: '3s',
    },
    { channels: { slack } },
    {
      channels: {
        ops: { type: 'slack', ...slack, wait: 0, interval: '30s', repeat: false, retry: { first: 5 } },
      },
    },
    { channels: { slack: { type: 'console' } } },
    {
      channels: {
        slack: { url: { file: '/run/secrets/slack' } },
        hook: { type: 'webhook', url: ['https://a.example'] },
      },
    },
    {
      channels: {
        email: {
          host: 'mail.example',
          from: 'a@example.com',
          to: ['ops'],
          auth: { user: 'u', pass: { file: 'f' } },
        },
      },
    },
    { channels: { console: { format: { subject: '{code}' }, mentions: { critical: ['x'] }, limit: [] } } },
    { rules: [{ name: 'a', match: { a: 1, b: [1, null], c: { not: { regex: 'x' } }, d: { gt: 1 } } }] },
    { rules: [{ name: 'a', match: [{ a: 1 }, { b: true }], severity: 'off', resolveAfter: false }] },
    {
      trace: { requestId: ['id'], url: 'https://traces.example/{traceId}' },
      redact: { patterns: ['x'] },
      limits: { queue: 5 },
    },
  ]
  const bad: [object, string][] = [
    [{ chanels: {} }, 'an unknown key'],
    [{ channels: { ops: { url: 'x' } } }, 'no type'],
    [{ channels: { ops: { type: 'slak' } } }, 'an unknown type'],
    [{ channels: { slack: { ...slack, host: 'x' } } }, 'an option of another provider'],
    [{ channels: { ops: { type: 'dingtalk', style: 'loud' } } }, 'an impossible choice'],
    [{ channels: { email: { host: 'x' } } }, 'no sender'],
    [{ channels: { slack: { ...slack, wait: '5 minutes' } } }, 'an impossible duration'],
    [{ channels: { slack: { ...slack, repeat: true } } }, 'a switch the wrong way'],
    [{ rules: [{ match: {} }] }, 'no name'],
    [{ rules: [{ name: 'a', match: { a: { regexp: 'x' } } }] }, 'an unknown condition'],
    [{ rules: [{ name: 'a', groupBy: [] }] }, 'an empty list'],
    [{ limits: { queue: 0 } }, 'a number out of range'],
    [{ locale: 'de' }, 'an unknown language'],
  ]

  it.each(good.map((options) => [options]))('takes what the check takes: %j', (options) => {
    expect(validate(options), JSON.stringify(validate.errors)).toBe(true)
    const serious = checkOptions(options, {}).problems.filter(({ code }) => !outOfReach.has(code))
    expect(serious).toEqual([])
  })

  it.each(bad)('refuses what the check refuses: %j (%s)', (options) => {
    expect(validate(options)).toBe(false)
    expect(checkOptions(options, {}).problems).not.toEqual([])
  })

  it('says of every option what it means', () => {
    const silent: string[] = []
    const visit = (part: Part, path: string) => {
      for (const [key, child] of Object.entries(part.properties ?? {})) {
        const at = `${path}.${key}`
        if (child.description === undefined && child.$ref === undefined) silent.push(at)
        visit(child, at)
      }
      for (const branch of part.anyOf ?? []) visit(branch, path)
      if (part.items !== undefined) visit(part.items, `${path}[]`)
    }
    visit(schema as Part, '')
    for (const [name, part] of Object.entries(schema.definitions ?? {})) visit(part as Part, name)
    expect(silent.filter((path) => !path.startsWith('.channels.'))).toEqual([])
  })

  it('describes an option that all channels share once, so that the package stays small', () => {
    const { description } = schema.definitions!['channel']!.properties!['digest']!
    const text = readFileSync(new URL('packages/alert-core/options.schema.json', root), 'utf8')
    expect(text.split(JSON.stringify(description))).toHaveLength(2)
    expect(Buffer.byteLength(text)).toBeLessThan(200_000)
  })

  it('states the defaults of each kind of channel', () => {
    const optionOf = (name: string, key: string) => schema.definitions?.[name]?.properties?.[key]
    const defaultOf = (type: string, key: string) =>
      optionOf(`${type} channel`, key)?.['default'] ?? optionOf('channel', key)?.['default']
    expect(defaultOf('slack', 'interval')).toBe('30s')
    expect(defaultOf('email', 'interval')).toBe('1m')
    expect(defaultOf('slack', 'wait')).toBe('5s')
    expect(defaultOf('webhook', 'sendResolved')).toBe(true)
  })
})

interface Part {
  readonly description?: string
  readonly $ref?: string
  readonly properties?: Record<string, Part>
  readonly anyOf?: Part[]
  readonly items?: Part
}

/** What a schema cannot know: the environment, the file system, other names in the document. */
const outOfReach = new Set(['missing-env', 'unreadable-file', 'unknown-recipient'])
