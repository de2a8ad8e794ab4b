import { describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'

const check = (options: object) => {
  const { plan, problems } = checkOptions(options, {})
  return { plan, messages: Object.fromEntries(problems.map(({ path, message }) => [path, message])) }
}
const console = (fallback?: string) => ({ type: 'console', ...(fallback === undefined ? {} : { fallback }) })
const mail = (to?: unknown) => ({
  type: 'email',
  host: 'mail.example',
  from: 'alerts@example.com',
  ...(to ? { to } : {}),
})

describe('recipients', () => {
  const recipients = {
    ops: ['ops@example.com', '+4930123456'],
    oncall: ['Ann <ann@example.com>', 'ops@example.com'],
    phones: ['+4930123456'],
  }
  const to = (entries: string[]) => check({ recipients, channels: { mail: mail(entries) } })

  it('become the addresses of their groups, each once, in order', () => {
    const { plan, messages } = to(['ops', 'oncall', 'bob@example.com'])
    expect(messages).toEqual({})
    expect(plan.channels[0]?.to).toEqual(['ops@example.com', 'Ann <ann@example.com>', 'bob@example.com'])
  })

  it('that are neither group nor address are a problem that names the nearest group', () => {
    const { plan, messages } = to(['opps', 'a@b@c'])
    expect(messages).toEqual({
      'channels.mail.to[0]':
        "is neither a group of `recipients` nor a mail address. Did you mean 'ops'? Known groups: ops, oncall or phones.",
      'channels.mail.to[1]':
        'is neither a group of `recipients` nor a mail address. Known groups: ops, oncall or phones.',
    })
    expect(plan.channels.map(({ name }) => name)).toEqual(['console'])
  })

  it('of a group that the channel cannot reach are a problem', () => {
    expect(to(['phones']).messages).toEqual({ 'channels.mail.to[0]': 'is a group without a mail address.' })
  })

  it('are needed by a channel that writes to people', () => {
    expect(check({ channels: { mail: mail() } }).messages['channels.mail.to']).toMatch(
      /^is missing: the recipients/,
    )
  })

  it('that are broken are reported once, at their own path', () => {
    const { plan, messages } = check({
      recipients: { ops: 'ops@example.com', dev: ['${NOT_SET}'] },
      channels: { mail: mail(['ops']), mail2: mail(['dev']) },
    })
    expect(Object.keys(messages)).toEqual(['recipients.ops', 'recipients.dev[0]'])
    expect(plan.channels.map(({ name }) => name)).toEqual(['console'])
  })

  it('of a group stay usable beside a broken one', () => {
    const { plan } = check({
      recipients: { ops: ['${NOT_SET}', 'ops@example.com'] },
      channels: { mail: mail(['ops']) },
    })
    expect(plan.channels[0]?.to).toEqual(['ops@example.com'])
  })
})

describe('a fallback', () => {
  it('to another channel is kept', () => {
    const { plan, messages } = check({ channels: { a: console('b'), b: console('c'), c: console() } })
    expect(messages).toEqual({})
    expect(plan.channels.map(({ fallback }) => fallback)).toEqual(['b', 'c', undefined])
  })

  it('to a channel that does not exist is a problem that names the nearest', () => {
    expect(check({ channels: { main: console('backp'), backup: console() } }).messages).toEqual({
      'channels.main.fallback': "is not a channel of these options. Did you mean 'backup'? Known: 'backup'.",
    })
  })

  it('to itself, or in a circle, is reported once with the whole circle', () => {
    expect(check({ channels: { a: console('a') } }).messages).toEqual({
      'channels.a.fallback': "leads back to the same channel: 'a' → 'a'.",
    })
    expect(check({ channels: { a: console('b'), b: console('c'), c: console('b') } }).messages).toEqual({
      'channels.b.fallback': "leads back to the same channel: 'b' → 'c' → 'b'.",
    })
  })

  it('to a channel that is disabled is not a second problem, and not planned', () => {
    const { plan, messages } = check({ channels: { a: console('b'), b: { type: 'slack' } } })
    expect(Object.keys(messages)).toEqual(['channels.b.url'])
    expect(plan.channels.map(({ name, fallback }) => [name, fallback])).toEqual([['a', undefined]])
  })
})

describe('a rule', () => {
  it('that names an unknown channel is a problem', () => {
    const { plan, messages } = check({
      channels: { ops: console() },
      rules: [
        { name: 'a', channels: ['ops', 'opss'] },
        { name: 'b', channels: ['ops'] },
      ],
    })
    expect(messages).toEqual({
      'rules[0].channels[1]': "is not a channel of these options. Did you mean 'ops'? Known: 'ops'.",
    })
    expect(plan.rules.map(({ name }) => name)).toEqual(['b'])
  })

  it('with the name of an earlier rule is a problem, and the earlier rule stays', () => {
    const { plan, messages } = check({ rules: [{ name: 'a', code: 'FIRST' }, { name: 'b' }, { name: 'a' }] })
    expect(messages).toEqual({ 'rules[2].name': 'is already the name of rules[0]: names must be unique.' })
    expect(plan.rules.map(({ name, code }) => [name, code])).toEqual([
      ['a', 'FIRST'],
      ['b', undefined],
    ])
  })
})
