import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { planChannel } from '#core/options/plan-channel.ts'
import { checkOptions } from '#core/options.ts'
import { defineProvider, type ProviderKind } from '#core/provider/provider.ts'

const minute = 60_000
const hour = 60 * minute

const plan = (options: unknown) => {
  const { plan, problems } = checkOptions(options, {})
  expect(problems).toEqual([])
  return plan
}
const slackPlan = (options: object) =>
  plan({ channels: { slack: { url: 'https://hooks.example/x', ...options } } }).channels[0]

const planOfKind = (kind: ProviderKind) => {
  const definition = defineProvider({
    title: kind,
    kind,
    options: z.object({}),
    limits: {},
    open: neverOpened,
  })
  return planChannel(
    { name: kind, path: ['channels', kind], shared: {}, provider: { type: kind, definition, options: {} } },
    { to: [], mentions: {}, locale: 'en', timeZone: 'UTC' },
  )
}
const neverOpened = () => {
  throw new Error('never opened')
}

describe('the plan of nothing', () => {
  it('is the defaults and a console', () => {
    const { channels, ...rest } = plan({})
    expect(rest).toMatchObject({
      level: 50,
      labels: {},
      rules: [],
      wire: {},
      failedRequests: true,
      clientErrors: false,
      trace: {},
      content: { include: [], redact: { paths: [], patterns: [] } },
      limits: { alerts: 1000, queue: 200 },
      closeTimeoutMs: 3000,
      dryRun: false,
      strict: false,
      secrets: [],
      muting: { silences: [], inhibit: [], schedules: {} },
      runIn: 'worker',
      handleSignals: false,
      sourceMaps: true,
    })
    expect(channels.map(({ name, type }) => [name, type])).toEqual([['console', 'console']])
  })
})

describe('the plan of a channel', () => {
  it('has every default in milliseconds', () => {
    const { definition: _, ...channel } = slackPlan({})!
    expect(channel).toEqual({
      name: 'slack',
      type: 'slack',
      providerOptions: { url: 'https://hooks.example/x', endpoint: 'https://slack.com/api' },
      minSeverity: 'info',
      to: [],
      waitMs: 5000,
      afterMs: 0,
      intervalMs: 30_000,
      repeatMs: 5 * minute,
      repeatMaxMs: 4 * hour,
      sendResolved: 'critical',
      max: 10,
      limits: [{ count: 60, perMs: hour }],
      mentions: {},
      format: 'full',
      timeoutMs: 10_000,
      retryForMs: 10 * minute,
      retry: { firstMs: 1000, factor: 2, maxMs: minute },
      locale: 'en',
      timeZone: undefined,
    })
  })

  it.each([
    [
      'email',
      {
        intervalMs: minute,
        limits: [{ count: 30, perMs: hour }],
        retry: { firstMs: 30_000, factor: 2, maxMs: minute },
      },
    ],
    [
      'sms',
      {
        minSeverity: 'critical',
        limits: [
          { count: 5, perMs: hour },
          { count: 20, perMs: 24 * hour },
        ],
        format: 'short',
      },
    ],
    ['incident', { minSeverity: 'critical', sendResolved: 'always', limits: [] }],
    ['webhook', { minSeverity: 'info', sendResolved: 'always', limits: [] }],
    ['chat', { minSeverity: 'info', sendResolved: 'critical', intervalMs: 30_000 }],
    ['console', { minSeverity: 'info', limits: [] }],
  ] as const)('of kind %s has the defaults of its kind', (kind, expected) => {
    expect(planOfKind(kind)).toMatchObject(expected)
  })

  it('takes what the user says', () => {
    const channel = slackPlan({
      minSeverity: 'warning',
      match: { service: 'a' },
      to: ['ops@example.com'],
      after: '1m',
      wait: 0,
      interval: 100,
      repeat: '1h',
      repeatMax: '2h',
      sendResolved: false,
      max: 3,
      limit: [{ count: 1, per: '1d' }],
      mentions: { critical: ['U1'] },
      format: { subject: '{code}' },
      timeout: '1s',
      retryFor: 0,
      retry: { first: 5, factor: 1, max: 10 },
      locale: 'zh-CN',
      timeZone: 'Asia/Shanghai',
    })
    expect(channel).toMatchObject({
      minSeverity: 'warning',
      match: { service: 'a' },
      to: ['ops@example.com'],
      afterMs: minute,
      waitMs: 0,
      intervalMs: 100,
      repeatMs: hour,
      repeatMaxMs: 2 * hour,
      sendResolved: 'never',
      max: 3,
      limits: [{ count: 1, perMs: 24 * hour }],
      mentions: { critical: ['U1'] },
      format: { subject: '{code}' },
      timeoutMs: 1000,
      retryForMs: 0,
      retry: { firstMs: 5, factor: 1, maxMs: 10 },
      locale: 'zh-CN',
      timeZone: 'Asia/Shanghai',
    })
    expect(slackPlan({ sendResolved: true })?.sendResolved).toBe('always')
    expect(slackPlan({ limit: [] })?.limits).toEqual([])
    expect(slackPlan({ repeat: false })?.repeatMs).toBe(false)
  })

  it('raises a default ceiling above what the user says', () => {
    expect(slackPlan({ repeat: '12h' })?.repeatMaxMs).toBe(12 * hour)
    expect(slackPlan({ retry: { first: '5m' } })?.retry).toEqual({
      firstMs: 5 * minute,
      factor: 2,
      maxMs: 5 * minute,
    })
  })

  it('speaks the language and zone of the options unless it has its own', () => {
    const { channels } = plan({
      locale: 'zh-CN',
      timeZone: 'Asia/Shanghai',
      channels: { a: { type: 'console' }, b: { type: 'console', locale: 'en', timeZone: 'UTC' } },
    })
    expect(channels.map(({ locale, timeZone }) => [locale, timeZone])).toEqual([
      ['zh-CN', 'Asia/Shanghai'],
      ['en', 'UTC'],
    ])
  })
})

describe('the plan of a rule', () => {
  it('is the rule with its quiet time in milliseconds', () => {
    const rule = {
      name: 'a',
      match: { 'err.code': ['E1', 'E2'] },
      severity: 'off',
      groupBy: ['job'],
      code: 'C',
      runbook: 'https://wiki.example',
      labels: { team: 'x' },
      resolve: [{ msg: 'ok' }],
    }
    expect(plan({ rules: [{ ...rule, resolveAfter: '2m' }] }).rules).toEqual([
      { ...rule, resolveAfterMs: 2 * minute },
    ])
    expect(plan({ rules: [{ name: 'a' }] }).rules).toEqual([{ name: 'a', resolveAfterMs: 15 * minute }])
    expect(plan({ rules: [{ name: 'a', resolveAfter: false }] }).rules[0]?.resolveAfterMs).toBe(false)
  })
})

it('what messages show and hide reaches the plan', () => {
  const { content, trace } = plan({
    include: ['userId'],
    redact: { paths: ['user.ssn'], patterns: ['x+'] },
    trace: { requestId: ['req.id'], traceId: ['trace_id'], url: 'https://traces.example/{traceId}' },
  })
  expect(content).toEqual({
    include: ['userId'],
    redact: { paths: ['user.ssn'], patterns: ['x+'] },
    traceUrl: 'https://traces.example/{traceId}',
  })
  expect(trace).toMatchObject({ requestId: ['req.id'], traceId: ['trace_id'] })
})

it('an option with a problem is at its default, the others stay', () => {
  const { plan } = checkOptions(
    { closeTimeout: 'x', service: 'billing', limits: { alerts: 'many' }, level: {} },
    {},
  )
  expect(plan).toMatchObject({
    closeTimeoutMs: 3000,
    service: 'billing',
    limits: { alerts: 1000 },
    level: 50,
  })
})

it('what is sound of redact holds beside what is not: nothing is shown because of a misspelt pattern', () => {
  const { plan } = checkOptions({ redact: { paths: ['user.ssn'], patterns: ['(', 'x+'], pathz: [] } }, {})
  expect(plan.content.redact).toEqual({ paths: ['user.ssn'], patterns: ['x+'] })
})
