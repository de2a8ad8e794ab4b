import { describe, expect, it } from 'vitest'
import { type AlertOptions, checkOptions, type RuleOptions, ruleWarnings } from '#core/options.ts'

const ops = { type: 'console' } as const
const oncall = { type: 'console', minSeverity: 'critical' } as const

function warnings(options: AlertOptions): readonly string[] {
  const { plan, problems } = checkOptions(options, {})
  expect(problems).toEqual([])
  return ruleWarnings(plan).map(({ code, message }) => `${code} ${message}`)
}

const of = (rule: Partial<RuleOptions>, channels: AlertOptions['channels'] = { ops }) =>
  warnings({ channels, rules: [{ name: 'db', match: { ev: 'db.down' }, ...rule }] })

describe('a rule that no channel takes', () => {
  it.each<[what: string, rule: Partial<RuleOptions>, channels: AlertOptions['channels'], reason: RegExp]>([
    [
      'its severity is too low everywhere',
      { severity: 'info' },
      { oncall },
      /severity info: oncall takes critical only/,
    ],
    [
      'its own channels refuse it',
      { severity: 'error', channels: ['oncall'] },
      { ops, oncall },
      /oncall takes critical/,
    ],
    [
      'the filter of its channel wants another label',
      { labels: { team: 'data' } },
      { ops: { ...ops, match: { team: 'db' } } },
      /the match of ops does not take it/,
    ],
    [
      'the filter names another rule',
      {},
      { ops: { ...ops, match: { rule: { not: 'db' } } } },
      /match of ops/,
    ],
    [
      'its records never reach the severity',
      { match: { level: 'warn' } },
      { oncall },
      /error: oncall takes critical/,
    ],
    ['it waits for what is absent', { when: { absent: '1h' } }, { oncall }, /error: oncall takes critical/],
  ])('is named: %s', (_what, rule, channels, reason) => {
    expect(of(rule, channels)).toEqual([expect.stringMatching(reason)])
    expect(of(rule, channels)[0]).toMatch(/^ALERT_NO_CHANNEL Rule 'db': no channel takes its alerts/)
  })

  it.each<[what: string, rule: Partial<RuleOptions>, channels: AlertOptions['channels']]>([
    ['some of its records are severe enough', {}, { oncall }],
    ['a field of the record decides', {}, { ops: { ...ops, match: { region: 'eu' } } }],
    ['one of several filters takes it', {}, { ops: { ...ops, match: [{ team: 'x' }, { rule: 'db' }] } }],
    ['it is off', { severity: 'off' }, { oncall }],
    ['another channel takes it', { severity: 'info' }, { oncall, ops }],
  ])('is not named if %s', (_what, rule, channels) => {
    expect(of(rule, channels)).toEqual([])
  })
})

describe('a rule whose alerts cannot end', () => {
  it.each<[what: string, rule: Partial<RuleOptions>, message: RegExp]>([
    [
      'the group has another value at the end',
      { resolve: { ev: 'db.up' }, groupBy: ['ev'] },
      /end only after no record for 15 min.* groups by ev/,
    ],
    [
      'and no quiet ends it',
      { resolve: { ev: 'db.up' }, groupBy: ['ev', 'host'], resolveAfter: false },
      /its alerts never end, because it groups by ev/,
    ],
    [
      'a reset does not reach the group',
      { when: { consecutive: 3, reset: { ev: ['db.up', 'db.ok'] } }, groupBy: ['ev'] },
      /never end.* groups by ev/,
    ],
    [
      'one is a pattern',
      { match: { ev: { regex: 'down$' } }, resolve: { ev: 'db.up' }, groupBy: ['ev', '@fingerprint'] },
      /groups by ev/,
    ],
    ['there is nothing that ends it', { resolveAfter: false }, /never end, because `resolveAfter` is false/],
  ])('is named: %s', (_what, rule, message) => {
    expect(of(rule)).toEqual([expect.stringMatching(message)])
    expect(of(rule)[0]).toMatch(/^ALERT_RULE_INEFFECTIVE Rule 'db'/)
  })

  it.each<[what: string, rule: Partial<RuleOptions>]>([
    ['the group is another field', { resolve: { ev: 'db.up' }, groupBy: ['host'] }],
    [
      'a value is common',
      { match: { ev: ['db', 'x'] }, resolve: { ev: ['db', 'y'], ok: true }, groupBy: ['ev'] },
    ],
    ['one alternative can end it', { resolve: [{ ev: 'db.up' }, { ok: true }], groupBy: ['ev'] }],
    ['absence ends with the next record', { when: { absent: '1h' } }],
  ])('is not named if %s', (_what, rule) => {
    expect(of(rule)).toEqual([])
  })
})

describe('a `for` that filters nothing', () => {
  it('is named if one record keeps its condition true for longer', () => {
    expect(of({ for: '1m' })).toEqual([
      expect.stringMatching(/INEFFECTIVE.*`for` filters nothing.*2 min.*1 min/),
    ])
    expect(of({ for: '5m', resolveAfter: '15m' })).toHaveLength(1)
  })

  it('is not named if records must come, or one may end it', () => {
    expect(of({ for: '2m' })).toEqual([])
    expect(of({ for: '1m', resolveAfter: '30s' })).toEqual([])
    expect(of({ for: '1m', resolve: { ev: 'db.up' } })).toEqual([])
  })
})

describe('a rule whose records an earlier rule takes', () => {
  const named = (...rules: RuleOptions[]) => warnings({ channels: { ops }, rules })
  const general: RuleOptions = { name: 'general', match: { ev: 'db.down' } }

  it.each<[what: string, rule: Partial<RuleOptions>]>([
    ['the same condition', {}],
    ['one more condition', { match: { ev: 'db.down', region: 'eu' } }],
    [
      'one more in each alternative',
      {
        match: [
          { ev: 'db.down', a: 1 },
          { b: 2, ev: 'db.down' },
        ],
      },
    ],
  ])('is named: %s', (_what, rule) => {
    expect(named(general, { name: 'db', match: { ev: 'db.down' }, ...rule })).toEqual([
      expect.stringMatching(
        /INEFFECTIVE Rule 'db': rule 'general' stands before it and takes all its records/,
      ),
    ])
  })

  it.each<[what: string, first: RuleOptions, rule: Partial<RuleOptions>]>([
    ['it stands first', { name: 'other', match: { ev: 'db.down', region: 'eu' } }, {}],
    ['one alternative is left', general, { match: [{ ev: 'db.down' }, { ev: 'x' }] }],
    ['the value is another', general, { match: { ev: 'db.up' } }],
    ['what ends the first is left for it', { ...general, resolve: { ok: true } }, {}],
  ])('is not named if %s', (_what, first, rule) => {
    expect(named(first, { name: 'db', match: { ev: 'db.down' }, ...rule })).toEqual([])
  })
})

it('names each filter that names a rule which does not exist, and the nearest', () => {
  const until = '2100-01-01T00:00:00Z'
  const options: AlertOptions = {
    channels: { ops: { ...ops, match: { rule: ['db', 'dv'] } } },
    rules: [{ name: 'db', match: { ev: 'db.down' } }],
    silences: [
      { match: { rule: 'db slow' }, until },
      { match: { rule: { regex: 'x' } }, until },
      { match: { rule: 'error' }, until },
    ],
    inhibit: [{ source: { rule: 'd' }, target: { rule: 'db' }, equal: [] }],
  }
  expect(warnings(options)).toEqual([
    expect.stringMatching(/match of channel ops names the rule 'dv'.*Did you mean 'db'/),
    expect.stringMatching(/A silence names the rule 'db slow'/),
    expect.stringMatching(/source of an inhibition names the rule 'd'/),
  ])
})
