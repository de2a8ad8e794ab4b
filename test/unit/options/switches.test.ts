import { describe, expect, it } from 'vitest'
import type { NeedsRecipients } from '#core/options/option-types.ts'
import { providers } from '#core/options/provider-table.ts'
import { checkOptions, warningsOf } from '#core/options.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'

const channels = {
  slack: { url: '${SLACK_URL}' },
  mail: { type: 'email', url: '${MAIL}', from: 'a@b.example', to: ['a@b.example'] },
}
const everything = {
  channels,
  rules: [{ name: 'r', match: { level: { gte: 'info' } } }],
  state: { dir: '/tmp/x' },
  reload: { file: '/tmp/y.json' },
  heartbeat: { url: 'https://hc.example/${PING}' },
  metrics: {},
  context: {},
  handleSignals: true,
  runIn: 'process',
}

describe('alerting that is switched off', () => {
  it.each([
    ['by the option', { ...everything, enabled: false }, {}],
    ['by the environment', everything, { ALERT_ENABLED: 'false' }],
    ['by 0 in the environment', everything, { ALERT_ENABLED: '0' }],
    ['by Off in the environment', everything, { ALERT_ENABLED: 'Off' }],
    ['by the environment against the option', { ...everything, enabled: true }, { ALERT_ENABLED: 'no' }],
  ])('%s plans nothing to read, start or send, and needs no secrets', (_, options, env) => {
    const { plan, problems } = checkOptions(options, env)
    expect(problems).toEqual([])
    expect(plan).toMatchObject({
      enabled: false,
      channels: [],
      rules: [],
      runIn: 'inline',
      handleSignals: false,
    })
    expect(plan.level).toBeGreaterThan(1000)
    for (const key of ['stateDir', 'reload', 'heartbeat', 'metrics', 'context'])
      expect(plan).not.toHaveProperty(key)
  })

  it('still names what is wrong in the options, apart from secrets', () => {
    const { problems } = checkOptions({ ...everything, enabled: false, servce: 'x' }, {})
    expect(problems.map(({ path }) => path)).toEqual(['servce'])
  })

  it.each([{}, { ALERT_ENABLED: '' }, { ALERT_ENABLED: 'true' }, { ALERT_ENABLED: '1' }])(
    'is not switched off by %j',
    (env) => {
      expect(checkOptions({}, env).plan).toMatchObject({ enabled: true, channels: [{ name: 'console' }] })
    },
  )

  it('is not what a misspelt variable does: that is a problem', () => {
    const { plan, problems } = checkOptions({}, { ALERT_ENABLED: 'flase' })
    expect(plan.enabled).toBe(true)
    expect(problems).toMatchObject([
      {
        path: 'enabled',
        message: "the environment variable ALERT_ENABLED must be true or false, got 'flase'.",
      },
    ])
  })
})

describe('a level that no record has', () => {
  it.each(['silent', 'off', 'Silent', 'OFF'])('%s leaves only rules and the alert field', (level) => {
    const { plan, problems } = checkOptions({ level }, {})
    expect(problems).toEqual([])
    expect(plan.level).toBeGreaterThan(1_000_000)
    expect(JSON.parse(JSON.stringify(plan.level))).toBe(plan.level)
  })

  it('is silent also among the levels of a logger', () => {
    expect(checkOptions({ level: 'silent' }, {}, { error: 50 }).problems).toEqual([])
  })
})

describe('a dry run', () => {
  it('needs no secrets: a channel whose variables are not set is planned', () => {
    const { plan, problems } = checkOptions({ dryRun: true, channels }, {})
    expect(problems).toEqual([])
    expect(plan.channels.map(({ name, type }) => [name, type])).toEqual([
      ['slack', 'slack'],
      ['mail', 'email'],
    ])
  })

  it('needs no file of a secret', () => {
    const { plan, problems } = checkOptions(
      { dryRun: true, channels: { slack: { url: { file: '/nowhere/slack' } } } },
      {},
    )
    expect(problems).toEqual([])
    expect(plan.channels).toMatchObject([{ name: 'slack' }])
  })

  it('still names what else is wrong, and leaves that channel out', () => {
    const { plan, problems } = checkOptions(
      { dryRun: true, channels: { ...channels, ops: { type: 'slack', url: '${X}', colour: 'red' } } },
      {},
    )
    expect(problems.map(({ path }) => path)).toEqual(['channels.ops.colour'])
    expect(plan.channels.map(({ name }) => name)).toEqual(['slack', 'mail'])
  })
})

describe('a warning of a problem says what is off', () => {
  const warning = (options: unknown) => warningsOf(checkOptions(options, {})).map(({ message }) => message)

  it.each([
    [
      { channels: { 'ops.eu': { type: 'slack', url: '${X}' }, console: {} } },
      'Channel ops.eu is off until this is corrected.',
    ],
    [{ channels: { ops: { type: 'slak' }, console: {} } }, 'Channel ops is off until this is corrected.'],
    [
      { rules: [{ name: 'jobs', match: { job: { regex: '(' } } }] },
      "Rule 'jobs' is off until this is corrected.",
    ],
    [{ rules: [{ match: {} }] }, 'Rule 1 is off until this is corrected.'],
    [{ silences: [{ match: {} }] }, 'This silence is off until this is corrected.'],
    [{ inhibit: [{ source: {} }] }, 'This inhibition is off until this is corrected.'],
    [{ locale: 'de' }, 'Its default is used until this is corrected.'],
    [{ limits: { queue: 'many' } }, 'Its default is used until this is corrected.'],
    [{ servce: 'billing' }, 'It is ignored.'],
    [{ state: { dri: '/tmp' } }, 'It is ignored.'],
    [{ redact: { patterns: ['('] } }, 'It is ignored.'],
    [{ recipients: { ops: [{ email: 'x' }] } }, 'It is ignored.'],
  ])('%j', (options, effect) => {
    expect(warning(options)[0]).toMatch(new RegExp(`^\\S+: .*[.?!] ${effect.replaceAll('.', '\\.')}$`))
  })

  it('of the options as a whole, that all defaults are used', () => {
    expect(warning('nonsense')).toEqual([
      expect.stringMatching(
        /^options: expected an object, got .*\. All defaults are used until this is corrected\.$/,
      ),
    ])
  })
})

describe('the recipients of a channel', () => {
  it('are needed by type wherever its provider always writes to people', () => {
    const listed: Record<NeedsRecipients, true> = {
      email: true,
      twilio: true,
      'aliyun-sms': true,
      'tencent-sms': true,
    }
    const all: [string, ProviderDefinition][] = Object.entries(providers)
    const needing = all.filter(([, one]) => ['email', 'sms'].includes(one.kind) && !one.reachesPeople)
    expect(needing.map(([type]) => type).sort()).toEqual(Object.keys(listed).sort())
  })

  it('may be one string, which a problem names without a position', () => {
    const wrong = checkOptions({ channels: { console: { to: 'ops' } } }, {})
    expect(wrong.problems).toMatchObject([{ path: 'channels.console.to', code: 'unknown-recipient' }])

    const options = {
      recipients: { ops: ['a@b.example'] },
      channels: { mail: { type: 'email', url: 'smtp://h', from: 'a@b.example', to: 'ops' } },
    }
    const { plan, problems } = checkOptions(options, {})
    expect(problems).toEqual([])
    expect(plan.channels).toMatchObject([{ to: ['a@b.example'] }])
  })
})
