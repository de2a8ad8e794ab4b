import { describe, expectTypeOf, it } from 'vitest'
import type { AlertEvent, Severity } from '#core/model.ts'
import type { DocumentedOwn } from '#core/options/documented-options.ts'
import type { AllInput, ChannelInput, OwnInput, RuleInput } from '#core/options/input-types.ts'
import type {
  AlertOptions,
  ChannelOptions,
  FileReference,
  Plan,
  ProviderType,
  RuleOptions,
} from '#core/options.ts'
import type { Matches } from '#core/rules/match.ts'
import type { Duration } from '#core/time/duration.ts'
import { alertStream } from '#pino/alert-stream.ts'
import { alertTransport } from '#pino/transport-entry.ts'
import { AlertTransport } from '#winston/callable.ts'

const take = (_: AlertOptions) => undefined

describe('AlertOptions', () => {
  it('takes nothing, and every option by its type', () => {
    take({})
    take({
      level: 'warn',
      service: 'billing',
      env: 'prod',
      labels: { team: 'payments' },
      channels: {},
      rules: [],
      recipients: { ops: ['ops@example.com'] },
      trace: { requestId: ['reqId'], url: 'https://traces.example/{traceId}' },
      redact: { paths: ['user.ssn'], patterns: ['x+'] },
      include: ['userId'],
      locale: 'zh-CN',
      timeZone: 'Asia/Shanghai',
      limits: { alerts: 10, queue: 5 },
      closeTimeout: '3s',
      dryRun: true,
      strict: false,
    })
  })

  it('takes a channel of any name whose provider has no options of its own', () => {
    take({ channels: { ops: { type: 'console', wait: 0, minSeverity: 'info' } } })
  })

  it('refuses unknown keys, wrong types and impossible durations', () => {
    // @ts-expect-error: 'channels' is misspelt
    take({ chanels: {} })
    // @ts-expect-error: a text is expected
    take({ service: 5 })
    // @ts-expect-error: there is no such unit
    take({ closeTimeout: '3 seconds' })
    // @ts-expect-error: there is no such language
    take({ locale: 'de' })
  })

  it('offers each option by its own type', () => {
    expectTypeOf<AlertOptions['closeTimeout']>().toEqualTypeOf<Duration | undefined>()
    expectTypeOf<AlertOptions['level']>().toEqualTypeOf<string | number | undefined>()
    expectTypeOf<AlertOptions['labels']>().toEqualTypeOf<Record<string, string> | undefined>()
    expectTypeOf<AlertOptions['rules']>().toEqualTypeOf<RuleOptions[] | undefined>()
  })
})

describe('the declared options', () => {
  it('have the keys and the types that the schemas have', () => {
    expectTypeOf<Omit<AlertOptions, 'channels' | 'rules'>>().toEqualTypeOf<
      Omit<AllInput, 'channels' | 'rules'>
    >()
    expectTypeOf<keyof AlertOptions>().toEqualTypeOf<keyof AllInput>()
    expectTypeOf<RuleOptions>().toEqualTypeOf<RuleInput>()
    expectTypeOf<keyof ChannelOptions<'console'>>().toEqualTypeOf<keyof ChannelInput>()
    type Missing = { [One in ProviderType]: Exclude<keyof OwnInput<One>, keyof ChannelOptions<One> | symbol> }
    expectTypeOf<Missing[keyof DocumentedOwn]>().toEqualTypeOf<never>()
    expectTypeOf<Pick<ChannelOptions<'email'>, 'from' | 'auth' | 'url'>>().toEqualTypeOf<
      Pick<OwnInput<'email'>, 'from' | 'auth' | 'url'>
    >()
  })
})

describe('a rule', () => {
  it('needs a name', () => {
    take({ rules: [{ name: 'a' }] })
    // @ts-expect-error: its name is missing
    take({ rules: [{ match: {} }] })
  })

  it('matches by conditions', () => {
    expectTypeOf<RuleOptions['match']>().toEqualTypeOf<Matches | undefined>()
    take({
      rules: [{ name: 'a', match: { 'err.code': ['E1', 'E2'], n: { gt: 5 }, m: { not: { regex: 'x' } } } }],
    })
    take({ rules: [{ name: 'a', match: [{ a: 1 }, { b: null }] }] })
    // @ts-expect-error: 'regex' is misspelt
    take({ rules: [{ name: 'a', match: { a: { regexp: 'x' } } }] })
  })

  it('has a severity of its own, or is off', () => {
    expectTypeOf<RuleOptions['severity']>().toEqualTypeOf<Severity | 'off' | undefined>()
    expectTypeOf<RuleOptions['resolveAfter']>().toEqualTypeOf<Duration | false | undefined>()
  })
})

describe('a channel', () => {
  it('is of one of the providers', () => {
    expectTypeOf<'console' | 'email' | 'slack' | 'dingtalk' | 'module'>().toExtend<ProviderType>()
    expectTypeOf<string>().not.toExtend<ProviderType>()
    // @ts-expect-error: there is no such provider
    take({ channels: { ops: { type: 'slak', url: 'x' } } })
  })

  it('named after its provider needs no type', () => {
    take({ channels: { slack: { url: '${SLACK_URL}', wait: 0 }, console: {} } })
    take({ channels: { dingtalk: { token: '${TOKEN}', style: 'actionCard' } } })
    // @ts-expect-error: an option of another provider
    take({ channels: { slack: { url: 'x', keyword: 'x' } } })
    // @ts-expect-error: there is no such style
    take({ channels: { dingtalk: { token: 'x', style: 'loud' } } })
  })

  it('named after one provider is of that provider', () => {
    take({ channels: { slack: { type: 'slack', url: 'x' } } })
    // @ts-expect-error: a name that would mislead
    take({ channels: { slack: { type: 'webhook', url: 'x' } } })
  })

  it('of another name has the options of its type', () => {
    take({ channels: { ops: { type: 'dingtalk', url: 'x', keyword: 'alert', interval: '1m' } } })
    take({ channels: { mail: { type: 'email', host: 'x', from: 'a@example.com', to: ['ops'] } } })
    // @ts-expect-error: its sender is missing
    take({ channels: { mail: { type: 'email', host: 'x' } } })
    // @ts-expect-error: an option of another provider
    take({ channels: { ops: { type: 'dingtalk', url: 'x', from: 'x' } } })
  })

  it('that writes to people needs recipients, as a list or one string', () => {
    take({ channels: { email: { host: 'x', from: 'a@example.com', to: 'ops' } } })
    take({ channels: { sns: { topicArn: 'x' } as never, ops: { type: 'slack', url: 'x', to: ['ops'] } } })
    // @ts-expect-error: its recipients are missing
    take({ channels: { email: { host: 'x', from: 'a@example.com' } } })
    // @ts-expect-error: its recipients are missing
    take({ channels: { sms: { type: 'twilio', accountSid: 'x', authToken: 'x', from: 'x' } } })
  })

  it('is named by every event that is about one', () => {
    expectTypeOf<AlertEvent['channel']>().toEqualTypeOf<string | undefined>()
  })

  it('takes a file in place of a text of its provider', () => {
    take({ channels: { slack: { url: { file: '/run/secrets/slack' } } } })
    take({
      channels: {
        mail: { type: 'email', host: 'x', from: 'x', to: 'ops', auth: { user: 'u', pass: { file: 'x' } } },
      },
    })
    expectTypeOf<ChannelOptions<'wecom'>['key']>().toEqualTypeOf<
      string | FileReference | (string | FileReference)[] | undefined
    >()
    // @ts-expect-error: a choice is not free text
    take({ channels: { wecom: { key: 'x', style: { file: 'x' } } } })
  })

  it('shares its options with all others', () => {
    expectTypeOf<ChannelOptions['minSeverity']>().toEqualTypeOf<Severity | undefined>()
    expectTypeOf<ChannelOptions['repeat']>().toEqualTypeOf<Duration | false | undefined>()
    expectTypeOf<ChannelOptions<'slack'>['type']>().toEqualTypeOf<'slack' | undefined>()
    expectTypeOf<ChannelOptions['limit']>().toEqualTypeOf<{ count: number; per: Duration }[] | undefined>()
  })
})

describe('the options in a call', () => {
  const winston = (options: ConstructorParameters<typeof AlertTransport>[0]) => new AlertTransport(options)

  it('have a type for a channel under a name of its own', () => {
    alertTransport({ channels: { ops: { type: 'slack', url: 'x', wait: 0 }, slack: { url: 'x' } } })
    alertStream({ channels: { ops: { type: 'slack', url: 'x' } } })
    new AlertTransport({ channels: { ops: { type: 'slack', url: 'x' } }, silent: true })
    // @ts-expect-error: its type is missing
    alertTransport({ channels: { ops: { url: 'x' } } })
    // @ts-expect-error: its type is missing
    alertStream({ channels: { slack: { url: 'x' }, ops: { url: 'x' } } })
    // @ts-expect-error: its type is missing
    new AlertTransport({ channels: { ops: { url: 'x' } } })
  })

  it('are checked as those of a variable are', () => {
    // @ts-expect-error: 'channels' is misspelt
    alertTransport({ chanels: {} })
    // @ts-expect-error: 'wait' is misspelt
    alertTransport({ channels: { slack: { url: 'x', weit: 0 } } })
    // @ts-expect-error: an option of another provider
    alertTransport({ channels: { ops: { type: 'slack', url: 'x', keyword: 'x' } } })
    // @ts-expect-error: there is no such provider
    alertTransport({ channels: { ops: { type: 'slak', url: 'x' } } })
    // @ts-expect-error: a name that would mislead
    alertTransport({ channels: { slack: { type: 'webhook', url: 'x' } } })
    // @ts-expect-error: its recipients are missing
    alertTransport({ channels: { email: { host: 'x', from: 'a@example.com' } } })
    // @ts-expect-error: 'silent' is misspelt
    new AlertTransport({ sillent: true })
    // @ts-expect-error: there is no such unit
    alertStream({ closeTimeout: '3 seconds' })
  })

  it('may be a variable, whose names are not known', () => {
    const options: AlertOptions = { channels: { ops: { url: 'x' } } }
    alertTransport(options)
    alertStream(options)
    new AlertTransport(options)
    winston({ ...options, silent: true })
    alertTransport({ ...options, service: 'shop' })
    alertTransport(JSON.parse('{}'))
    alertTransport({})
    alertTransport()
  })

  it('give the class that applications extend', () => {
    class Own extends AlertTransport {
      constructor(options: AlertOptions) {
        super(options)
        this.on('alert', ({ type }) => type)
      }
    }
    expectTypeOf(new Own({})).toExtend<AlertTransport>()
  })
})

describe('the plan', () => {
  it('is in milliseconds', () => {
    expectTypeOf<Plan['channels'][number]['waitMs']>().toEqualTypeOf<number>()
    expectTypeOf<Plan['channels'][number]['repeatMs']>().toEqualTypeOf<number | false>()
    expectTypeOf<Plan['level']>().toEqualTypeOf<number>()
  })
})
