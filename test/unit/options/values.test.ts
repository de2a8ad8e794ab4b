import { describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'

const messages = (input: unknown, levels?: Record<string, number>) =>
  Object.fromEntries(checkOptions(input, {}, levels).problems.map(({ path, message }) => [path, message]))

const channel = (options: object) => ({ channels: { c: { type: 'console', ...options } } })
const rule = (options: object) => ({ rules: [{ name: 'r', ...options }] })
const aDuration = "a duration such as 250 (ms), '30s', '5m' or '1h'"

describe('a value of the wrong type', () => {
  it.each([
    [{ service: 5 }, 'service', "expected a string, got the number 5. Write '5'."],
    [{ service: null }, 'service', 'expected a string, got null.'],
    [{ service: '' }, 'service', 'must not be empty.'],
    [{ labels: { team: 7 } }, 'labels.team', "expected a string, got the number 7. Write '7'."],
    [{ include: 'userId' }, 'include', "expected an array, got the string 'userId'. Write ['userId']."],
    [
      { dryRun: 'true' },
      'dryRun',
      "expected true or false, got the string 'true'. Write true without quotes.",
    ],
    [
      { limits: { queue: '50' } },
      'limits.queue',
      "expected a number, got the string '50'. Write it without quotes.",
    ],
    [{ limits: { queue: 0 } }, 'limits.queue', 'must be at least 1, got the number 0.'],
    [{ limits: [] }, 'limits', 'expected an object, got an array.'],
    [{ channels: [] }, 'channels', 'expected an object, got an array.'],
    [{ rules: {} }, 'rules', 'expected an array, got an object.'],
    [{ rules: ['a'] }, 'rules[0]', "expected an object, got the string 'a'."],
    [{ recipients: { ops: [] } }, 'recipients.ops', 'must not be empty.'],
    [
      channel({ schedules: { only: 'ops' } }),
      'channels.c.schedules.only',
      "expected an array, got the string 'ops'. Write ['ops'].",
    ],
    [channel({ max: 1.5 }), 'channels.c.max', 'expected a whole number, got the number 1.5.'],
    [rule({ groupBy: [] }), 'rules[0].groupBy', 'must not be empty.'],
    // A quota of nothing would be a channel that is off, one without end none at all.
    ...[0, -1, 1.5, Number.POSITIVE_INFINITY, Number.NaN].map(
      (count) =>
        [
          channel({ limit: [{ count, per: '1h' }] }),
          'channels.c.limit[0].count',
          expect.stringMatching(/must be at least 1|expected a (whole )?number|plain JSON/),
        ] as [object, string, string],
    ),
    ...[0, -1, Number.POSITIVE_INFINITY].map(
      (per) =>
        [channel({ limit: [{ count: 2, per }] }), 'channels.c.limit[0].per', expect.any(String)] as [
          object,
          string,
          string,
        ],
    ),
    [rule({ channels: [] }), 'rules[0].channels', 'must not be empty.'],
  ])(
    '%j is a problem that names what was expected, what was given, and the cure',
    (options, path, message) => {
      expect(messages(options)).toEqual({ [path]: message })
    },
  )
})

describe('a choice', () => {
  it('names all that is possible, and the nearest', () => {
    expect(messages(channel({ minSeverity: 'eror' }))).toEqual({
      'channels.c.minSeverity':
        "must be 'info', 'warning', 'error' or 'critical', got the string 'eror'. Did you mean 'error'?",
    })
    expect(messages({ locale: 'zh' })).toEqual({ locale: "must be 'en' or 'zh-CN', got the string 'zh'." })
  })

  it('between a word and an object says so', () => {
    expect(messages(channel({ format: 'long' }))).toEqual({
      'channels.c.format': "expected 'short', 'full' or an object, got the string 'long'.",
    })
    expect(messages(channel({ format: { subjet: 'x' } }))).toEqual({
      'channels.c.format.subjet': "is not an option. Did you mean 'subject'?",
    })
  })
})

describe('a duration', () => {
  it.each(['soon', '5 minutes', '-5s', '5', '5w', '', -1, Number.NaN, true, {}, [], '1e9d'])(
    'cannot be %j',
    (interval) => {
      expect(messages(channel({ interval }))['channels.c.interval']).toContain(`must be ${aDuration}, got `)
    },
  )

  it('of zero is fine for timings, not for what would then never or always happen', () => {
    const zero = { wait: 0, after: '0s', interval: 0, repeat: '0m', retryFor: 0 }
    expect(messages(channel(zero))).toEqual({})
    expect(messages(channel({ timeout: 0 }))).toEqual({ 'channels.c.timeout': 'must be longer than 0.' })
    expect(messages(rule({ resolveAfter: 0 }))).toEqual({ 'rules[0].resolveAfter': 'must be longer than 0.' })
  })

  it('may be switched off only where that has a meaning', () => {
    expect(messages({ ...channel({ repeat: false }), ...rule({ resolveAfter: false }) })).toEqual({})
    expect(messages(channel({ repeat: true }))).toEqual({
      'channels.c.repeat': `expected ${aDuration} or false, got true.`,
    })
    expect(Object.keys(messages(channel({ wait: false })))).toEqual(['channels.c.wait'])
  })

  it('of closing is at most 9s: the logger does not wait longer', () => {
    expect(messages({ closeTimeout: '9s' })).toEqual({})
    expect(messages({ closeTimeout: '20s' })).toEqual({
      closeTimeout: 'must be longer than 0 and at most 9s.',
    })
  })
})

describe('a condition', () => {
  const match = (condition: unknown) => messages(rule({ match: { field: condition } }))

  it.each([
    'text',
    5,
    true,
    null,
    ['a', 5, null],
    { regex: '^a' },
    { not: 'a' },
    { not: { regex: 'a' } },
    { exists: false },
    { gt: 5 },
    { gte: 1, lt: 'b' },
  ])('may be %j', (condition) => {
    expect(match(condition)).toEqual({})
  })

  it.each([
    [
      {},
      'rules[0].match.field',
      'must be one condition: { regex }, { not }, { exists }, or { gt, gte, lt, lte }.',
    ],
    [
      { regex: 'a', exists: true },
      'rules[0].match.field',
      'must be one condition: { regex }, { not }, { exists }, or { gt, gte, lt, lte }.',
    ],
    [[], 'rules[0].match.field', 'must not be empty.'],
    [{ regex: '(' }, 'rules[0].match.field.regex', 'is not a valid regular expression: Unterminated group.'],
    [{ not: { not: {} } }, 'rules[0].match.field.not.not', expect.stringContaining('must be one condition')],
    [{ regex: '\\-' }, 'rules[0].match.field.regex', 'is not a valid regular expression: Invalid escape.'],
    [
      { regex: '^(?!GET)' },
      'rules[0].match.field.regex',
      "uses look-around ('(?!'), which no engine of linear time has. Write the text around it into the pattern, or use two conditions, { regex } and { not: { regex } }.",
    ],
    [{ gt: true }, 'rules[0].match.field.gt', 'expected a number or a string, got true.'],
    [[['nested']], 'rules[0].match.field[0]', expect.stringContaining('got an array')],
  ])('cannot be %j', (condition, path, message) => {
    expect(match(condition)).toEqual({ [path]: message })
  })

  it('may stand in a list of alternatives', () => {
    expect(messages(rule({ match: [{ a: 1 }, { b: { regexp: 'x' } }] }))).toEqual({
      'rules[0].match[1].b.regexp': "is not an option. Did you mean 'regex'?",
    })
  })
})

describe('names that only this machine knows', () => {
  it('of time zones are checked', () => {
    expect(messages({ timeZone: 'Asia/Shanghai', ...channel({ timeZone: 'UTC' }) })).toEqual({})
    expect(messages({ timeZone: 'Mars/Olympus' })['timeZone']).toMatch(
      /IANA name.*got the string 'Mars\/Olympus'/,
    )
    expect(Object.keys(messages(channel({ timeZone: 'local' })))).toEqual(['channels.c.timeZone'])
  })

  it('of levels are the logger’s own where they are known', () => {
    expect(messages({ level: 'audit' }, { audit: 45, error: 50 })).toEqual({})
    expect(checkOptions({ level: 'audit' }, {}, { audit: 45, error: 50 }).plan.level).toBe(45)
    expect(messages({ level: 'odd' }, { audit: 45, error: 50 })['level']).toMatch(
      /is not a level.*Known: audit or error/,
    )
  })

  it('of levels are taken on trust where the logger is not known, unless misspelt', () => {
    expect(messages({ level: 'audit' })).toEqual({})
    expect(messages({ level: 'eror' })['level']).toMatch(
      /is not a level of the logger. Did you mean 'error'\?/,
    )
  })

  it('of levels may be given by number', () => {
    expect(checkOptions({ level: 45 }, {}).plan.level).toBe(45)
    expect(checkOptions({ level: 'warn' }, {}).plan.level).toBe(40)
  })
})

it('a link to traces must be an address', () => {
  expect(messages({ trace: { url: 'https://traces.example/{traceId}' } })).toEqual({})
  expect(messages({ trace: { url: '{traceId}' } })['trace.url']).toContain('must start with https://')
})

it.each([
  ['https://traces.example/', 'needs a placeholder in braces'],
  ['https://traces.example/:traceId', 'needs a placeholder in braces'],
  ['https://traces.example/{{traceId}}', 'needs a placeholder in braces'],
  ['https://traces.example/{traceid}', "has the placeholder '{traceid}'. Did you mean '{traceId}'?"],
  ['https://logs.example/?q={RequestID}', "has the placeholder '{RequestID}'. Did you mean '{requestId}'?"],
])('a link that would be made for no alert is named: %s', (address, problem) => {
  expect(messages({ trace: { url: address } })['trace.url']).toContain(problem)
  expect(messages({ trace: { logs: address } })['trace.logs']).toContain(problem)
})

it('a link may have any field of the record', () => {
  expect(
    messages({ trace: { url: 'https://t.example/{trace_id}', logs: 'https://l.example/{labels.a}' } }),
  ).toEqual({})
})

it('redaction patterns must be regular expressions', () => {
  expect(messages({ redact: { patterns: ['ok\\-', '['] } })['redact.patterns[1]']).toContain(
    'is not a valid regular',
  )
  expect(messages({ redact: { patterns: ['(\\d)\\1'] } })['redact.patterns[0]']).toContain(
    "uses a back reference ('\\1')",
  )
})
