import { describe, expect, it } from 'vitest'
import { nearest } from '#core/options/nearest.ts'
import { checkOptions } from '#core/options.ts'

const messages = (input: unknown) =>
  Object.fromEntries(checkOptions(input, {}).problems.map(({ path, message }) => [path, message]))

const slack = { type: 'slack', url: 'https://hooks.example/services/x' }

describe('an unknown key', () => {
  it.each([
    [{ chanels: {} }, 'chanels', 'channels'],
    [{ timezone: 'UTC' }, 'timezone', 'timeZone'],
    [{ close_timeout: '1s' }, 'close_timeout', 'closeTimeout'],
    [{ trace: { requestID: ['id'] } }, 'trace.requestID', 'requestId'],
    [{ limits: { alert: 5 } }, 'limits.alert', 'alerts'],
    [{ redact: { pattern: ['x'] } }, 'redact.pattern', 'patterns'],
    [{ rules: [{ name: 'a', macth: {} }] }, 'rules[0].macth', 'match'],
    [
      { rules: [{ name: 'a', match: { 'err.code': { regx: 'x' } } }] },
      'rules[0].match.err.code.regx',
      'regex',
    ],
    [{ channels: { ops: { ...slack, min_severity: 'error' } } }, 'channels.ops.min_severity', 'minSeverity'],
    [{ channels: { ops: { ...slack, retry: { frist: 1 } } } }, 'channels.ops.retry.frist', 'first'],
    [
      { channels: { ops: { ...slack, mentions: { critcal: [] } } } },
      'channels.ops.mentions.critcal',
      'critical',
    ],
    [{ channels: { ops: { ...slack, urls: 'x' } } }, 'channels.ops.urls', 'url'],
    [{ channels: { email: { form: 'x' } } }, 'channels.email.form', 'from'],
  ])('%j suggests the nearest known one', (options, path, suggestion) => {
    expect(messages(options)[path]).toBe(`is not an option. Did you mean '${suggestion}'?`)
  })

  it('that is near to nothing gets no suggestion', () => {
    expect(messages({ xylophone: 1 })).toEqual({ xylophone: 'is not an option.' })
  })

  it('is reported for each of several, and its value is not repeated', () => {
    const found = messages({ tokn: 'not-to-be-shown', passwrd: 'not-to-be-shown' })
    expect(Object.keys(found)).toEqual(['tokn', 'passwrd'])
    expect(JSON.stringify(found)).not.toContain('not-to-be-shown')
  })

  it('disables only the channel or rule that it stands in', () => {
    const { plan } = checkOptions(
      { channels: { a: { ...slack, intervall: 1 }, b: slack }, rules: [{ name: 'x', y: 1 }, { name: 'z' }] },
      {},
    )
    expect(plan.channels.map(({ name }) => name)).toEqual(['b'])
    expect(plan.rules.map(({ name }) => name)).toEqual(['z'])
  })

  it('of an editor or a logger is passed over', () => {
    expect(messages({ $schema: './options.schema.json', $context: {}, pinoWillSendConfig: true })).toEqual({})
  })
})

describe('the nearest word', () => {
  it('counts swapped neighbours as one mistake', () => {
    expect(nearest('lables', ['labels', 'level'])).toBe('labels')
  })

  it('is none when most letters differ', () => {
    expect(nearest('a', ['b', 'c'])).toBeUndefined()
    expect(nearest('service', ['secret'])).toBeUndefined()
  })

  it('is not looked for when the word is very long', () => {
    expect(nearest('x'.repeat(1_000_000), ['x'])).toBeUndefined()
  })
})
