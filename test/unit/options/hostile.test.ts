import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { providers } from '#core/options/provider-table.ts'
import { checkOptions } from '#core/options.ts'

const messages = (input: unknown) =>
  Object.fromEntries(checkOptions(input, {}).problems.map(({ path, message }) => [path, message]))

const moduleCure = "Write your provider in a file of its own: { type: 'module', module: './my-provider.js' }."

describe('a value that is not plain JSON', () => {
  it.each([
    [
      { labels: { a: () => 1 } },
      'labels.a',
      `is a function, which cannot be sent to the worker thread. ${moduleCure}`,
    ],
    [{ service: Symbol('x') }, 'service', 'is a symbol: options must be plain JSON.'],
    [{ limits: { alerts: 5n } }, 'limits.alerts', 'is a BigInt: options must be plain JSON. Write a number.'],
    [
      { rules: [{ name: 'a', match: { msg: /x/ } }] },
      'rules[0].match.msg',
      "is an instance of RegExp: options must be plain JSON. Write { regex: 'timeout|refused' }.",
    ],
    [
      { channels: { slack: { url: new URL('https://hooks.example/hidden') } } },
      'channels.slack.url',
      'is an instance of URL: options must be plain JSON. Write its text, url.href.',
    ],
    [{ labels: new Map() }, 'labels', expect.stringContaining('Object.fromEntries(map)')],
    [{ include: new Set() }, 'include', expect.stringContaining('[...set]')],
    [{ include: [new Date()] }, 'include[0]', expect.stringContaining('is an instance of Date')],
    [new (class Config {})(), '', 'is an instance of Config: options must be plain JSON.'],
    [{ trace: new (class {})() }, 'trace', expect.stringContaining('is an instance of ')],
    [() => 1, '', expect.stringContaining('is a function')],
    [
      { labels: { [Symbol('x')]: 'y' } },
      'labels.Symbol(x)',
      expect.stringContaining('has a symbol as its key'),
    ],
  ])('is a problem with its path and cure: %o', (input, path, message) => {
    expect(messages(input)).toEqual({ [path]: message })
  })

  it('is reported once if it contains itself', () => {
    const rule: Record<string, unknown> = { name: 'a' }
    rule['match'] = { a: rule }
    expect(messages({ rules: [rule] })).toEqual({
      'rules[0].match.a': 'refers back to an object that contains it: options must be a tree.',
    })
  })

  it('may hold the same object twice', () => {
    const labels = { team: 'x' }
    expect(messages({ labels, rules: [{ name: 'a', labels }] })).toEqual({})
  })

  it('may come from another realm', () => {
    expect(messages(runInNewContext('({ labels: { a: "b" }, include: ["x"] })'))).toEqual({})
  })
})

describe('a read that throws', () => {
  const boom = () => {
    throw new Error('not-to-be-shown')
  }
  it.each([
    [
      'a getter',
      { service: 'x', labels: Object.defineProperty({}, 'a', { get: boom, enumerable: true }) },
      'labels.a',
    ],
    ['a proxy that refuses its keys', { labels: new Proxy({}, { ownKeys: boom }) }, 'labels'],
    ['a proxy that refuses its values', { labels: new Proxy({ a: 'b' }, { get: boom }) }, 'labels.a'],
    ['a proxy that refuses its prototype', { trace: new Proxy({}, { getPrototypeOf: boom }) }, 'trace'],
    ['a list that refuses', { include: new Proxy([1], { get: boom }) }, 'include'],
    ['a revoked proxy', { labels: revoked() }, 'labels'],
    ['options that are a revoked proxy', revoked(), ''],
  ])('is a problem with its path and without its message: %s', (_, input, path) => {
    expect(messages(input)).toEqual({ [path]: 'could not be read: a getter or a proxy threw.' })
  })
})

describe('keys that JavaScript is touchy about', () => {
  it('never reach a prototype', () => {
    const input = JSON.parse(
      '{"__proto__": {"service": "x"}, "labels": {"__proto__": "y", "constructor": "z"}}',
    )
    const { plan, problems } = checkOptions(input, {})
    expect(problems.map(({ path }) => path)).toEqual(['labels.__proto__', '__proto__'])
    expect(plan.service).toBeUndefined()
    expect(Object.prototype).not.toHaveProperty('service')
  })

  it('are ordinary names of labels, groups and channels', () => {
    const { plan, problems } = checkOptions(
      {
        labels: { constructor: 'a', toString: 'b' },
        recipients: { constructor: ['a@example.com'] },
        channels: {
          constructor: { type: 'console', fallback: 'hasOwnProperty' },
          hasOwnProperty: { type: 'console' },
        },
      },
      {},
    )
    expect(problems).toEqual([])
    expect(plan.labels).toEqual({ constructor: 'a', toString: 'b' })
    expect(plan.channels.map(({ name }) => name)).toEqual(['constructor', 'hasOwnProperty'])
  })
})

describe('options without end', () => {
  it('that are 10 000 levels deep are a problem', () => {
    let match: unknown = 1
    for (let depth = 0; depth < 10_000; depth++) match = { not: match }
    const { problems } = checkOptions({ rules: [{ name: 'a', match: { b: match } }] }, {})
    expect(problems).toHaveLength(1)
    expect(problems[0]?.path).toMatch(/^rules\[0\]\.match\.b(\.not)+$/)
    expect(problems[0]?.message).toContain('is nested too deeply')
  })

  it('that fold out to billions are cut short', () => {
    let bomb: unknown = { a: 1 }
    for (let depth = 0; depth < 20; depth++) bomb = Array.from({ length: 10 }, () => bomb)
    const before = process.cpuUsage()
    expect(checkOptions({ rules: [bomb] }, {}).problems.length).toBeGreaterThan(0)
    expect(cpuMsSince(before)).toBeLessThan(10_000)
  })

  it('that invent ever new objects are cut short', () => {
    const endless = (): object =>
      new Proxy(
        {},
        {
          get: endless,
          ownKeys: () => ['a', 'b'],
          getOwnPropertyDescriptor: (): PropertyDescriptor => ({
            enumerable: true,
            configurable: true,
            value: 1,
          }),
        },
      )
    expect(checkOptions({ labels: endless() }, {}).problems.length).toBeGreaterThan(0)
  })

  it('that hold a very long text or very many unknown keys take no long time', () => {
    const many = Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`key${index}`, index]))
    const before = process.cpuUsage()
    checkOptions({ service: '${'.repeat(2_000_000), labels: { a: '$${'.repeat(1_000_000) }, trace: many }, {})
    checkOptions(many, {})
    expect(cpuMsSince(before)).toBeLessThan(10_000)
  })
})

describe('whatever comes in', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
  })
  const keys = fc.constantFrom(
    'level',
    'service',
    'labels',
    'channels',
    'rules',
    'recipients',
    'trace',
    'redact',
    'include',
    'locale',
    'timeZone',
    'limits',
    'closeTimeout',
    'dryRun',
    'strict',
  )
  const channelKeys = fc.constantFrom(
    'type',
    'minSeverity',
    'match',
    'to',
    'wait',
    'repeat',
    'limit',
    'fallback',
    'mentions',
    'format',
    'retry',
    'url',
    'auth',
    'headers',
    'body',
    'module',
    'token',
  )
  const types = fc.constantFrom(...Object.keys(providers), 'x')

  it('the check never throws, and gives a plan', () => {
    const input = fc.oneof(
      anything,
      fc.dictionary(keys, anything),
      fc.record({ channels: fc.dictionary(types, fc.dictionary(channelKeys, anything)) }),
      fc.record({ rules: fc.array(fc.record({ name: anything, match: anything, resolve: anything })) }),
    )
    fc.assert(
      fc.property(input, (options) => {
        const { plan, problems } = checkOptions(options, {})
        expect(Number.isFinite(plan.level)).toBe(true)
        for (const { path, message } of problems) {
          expect(path).not.toMatch(/[\p{Cc}\p{Cs}]/u)
          expect(message.length).toBeLessThan(2_000)
        }
      }),
      { numRuns: 200 },
    )
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** CPU time, which a busy machine does not prolong. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
