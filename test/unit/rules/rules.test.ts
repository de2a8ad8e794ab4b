import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogRecord, Occurrence } from '#core/model.ts'
import type { GetField } from '#core/rules/match.ts'
import { createResolveIndex } from '#core/rules/resolution.ts'
import { createRuleIndex } from '#core/rules/rule-index.ts'
import { createRules, type RulePlan, type RulesOptions } from '#core/rules/rules.ts'
import { readRecord } from '../read/lines.ts'

const quietMs = 15 * 60_000

function rulesOf(rules: readonly Partial<RulePlan>[] = [], options: Partial<RulesOptions> = {}) {
  const plans = rules.map((rule, index) => ({ name: `r${index}`, resolveAfterMs: quietMs, ...rule }))
  return createRules({ rules: plans, level: 50, labels: {}, ...options })
}

function taken(rules: ReturnType<typeof rulesOf>, fields: object): Occurrence {
  const occurrence = rules.take(readRecord(fields))
  if (occurrence === undefined || 'off' in occurrence) throw new Error(`not taken: ${JSON.stringify(fields)}`)
  return occurrence
}

const ids = (occurrences: readonly Occurrence[]) => occurrences.map(({ id }) => id)

test('without rules an error is an error and a fatal is critical', () => {
  const rules = rulesOf()
  expect(taken(rules, { level: 50, msg: 'x' })).toMatchObject({
    rule: 'error',
    severity: 'error',
    action: 'fire',
    resolveAfterMs: quietMs,
  })
  expect(taken(rules, { level: 60, msg: 'x' })).toMatchObject({ rule: 'error', severity: 'critical' })
  expect(rules.take(readRecord({ level: 40, msg: 'x' }))).toBeUndefined()
  expect(rules.take(readRecord({ msg: 'no level' }))).toBeUndefined()
})

test('the threshold is the option', () => {
  expect(taken(rulesOf([], { level: 40 }), { level: 40, msg: 'x' })).toMatchObject({
    rule: 'error',
    severity: 'warning',
  })
  expect(rulesOf([], { level: 60 }).take(readRecord({ level: 50, msg: 'x' }))).toBeUndefined()
})

test('the first rule that matches takes the record', () => {
  const rules = rulesOf([{ match: { msg: 'a' } }, { match: { msg: ['a', 'b'] } }])
  expect(taken(rules, { level: 50, msg: 'a' }).rule).toBe('r0')
  expect(taken(rules, { level: 50, msg: 'b' }).rule).toBe('r1')
  expect(taken(rules, { level: 50, msg: 'c' }).rule).toBe('error')
})

test('a rule without match takes what the built-in rules would', () => {
  const rules = rulesOf([{ severity: 'critical' }])
  expect(taken(rules, { level: 50, msg: 'x' })).toMatchObject({ rule: 'r0', severity: 'critical' })
  expect(rules.take(readRecord({ level: 30, msg: 'x' }))).toBeUndefined()
  expect(rules.wantsAll).toBe(false)
})

test('a rule sees the parts of a record under their names, and the fields', () => {
  const fields = {
    level: 30,
    msg: 'slow',
    time: 1_780_000_000_000,
    requestId: 'r1',
    traceId: 't1',
    http: { status: 503 },
    err: { message: 'boom', code: 'E1', type: 'HttpError', statusCode: 503 },
  }
  const matches: RulePlan['match'][] = [
    { msg: 'slow' },
    { message: 'slow' },
    { level: 'info' },
    { severity: 'info' },
    { time: { gt: 0 } },
    { requestId: 'r1' },
    { traceId: 't1' },
    { 'http.status': 503 },
    { 'err.code': 'E1' },
    { 'err.type': 'HttpError' },
    { 'err.message': { regex: '^bo' } },
    { 'err.statusCode': { gte: 500 } },
    { err: { exists: true } },
  ]
  for (const match of matches) expect(taken(rulesOf([{ match }]), fields).rule).toBe('r0')
})

test("a rule's severity is its own, else the level's and at least error", () => {
  const match = { msg: 'x' }
  expect(taken(rulesOf([{ match, severity: 'info' }]), { level: 60, msg: 'x' }).severity).toBe('info')
  expect(taken(rulesOf([{ match }]), { level: 30, msg: 'x' }).severity).toBe('error')
  expect(taken(rulesOf([{ match }]), { level: 60, msg: 'x' }).severity).toBe('critical')
})

test("severity 'off' takes the record and keeps silent", () => {
  const rules = rulesOf([{ match: { msg: 'known' }, severity: 'off' }])
  expect(rules.take(readRecord({ level: 60, msg: 'known' }))).toEqual({ off: 'r0' })
})

test('what a rule says travels with the occurrence, its summary unfilled', () => {
  const rule = {
    summary: 'Job {job} failed',
    code: 'JOB',
    runbook: 'https://wiki.example.com/job',
    channels: ['ops'],
    resolveAfterMs: false,
  } as const
  expect(
    taken(rulesOf([{ ...rule, match: { job: { exists: true } } }]), { level: 50, msg: 'x', job: 'a' }),
  ).toMatchObject(rule)
})

test("the alert's code is the record's, the rule's, or the error's", () => {
  const fields = { level: 50, msg: 'x', err: { message: 'x', code: 'E1' } }
  expect(taken(rulesOf(), fields).code).toBe('E1')
  expect(taken(rulesOf([{ code: 'RULE' }]), fields).code).toBe('RULE')
  expect(taken(rulesOf([{ code: 'RULE' }]), { ...fields, alert: 'OWN' }).code).toBe('OWN')
  expect(taken(rulesOf(), { level: 50, msg: 'x' })).not.toHaveProperty('code')
})

test('labels are those of the options, the rule and the record, each over the one before', () => {
  const options = { service: 'pay', env: 'prod', labels: { team: 'a', zone: '1' } }
  const rules = rulesOf([{ labels: { team: 'b', tier: '1' } }], options)
  expect(taken(rules, { level: 50, msg: 'x', alert: { labels: { tier: '2' } } }).labels).toEqual({
    service: 'pay',
    env: 'prod',
    team: 'b',
    zone: '1',
    tier: '2',
  })
})

test('service and env come from the record where the options do not say', () => {
  const fields = { level: 50, msg: 'x', service: 'billing', env: 'staging' }
  expect(taken(rulesOf(), fields).labels).toEqual({ service: 'billing', env: 'staging' })
  expect(taken(rulesOf([], { service: 'pay' }), fields).labels).toEqual({ service: 'pay', env: 'staging' })
  expect(taken(rulesOf(), { level: 50, msg: 'x', service: { name: 'x' } }).labels).toEqual({})
})

test('records that differ in ids, ips and numbers are one alert; other codes, places and services are others', () => {
  const rules = rulesOf()
  const record = (index: number, extra: object = {}) => ({
    level: 50,
    msg: `order ${index} of cus_${index}aX${index} failed`,
    err: {
      message: `connect ETIMEDOUT 10.0.${index % 250}.7:${40_000 + index}`,
      code: 'ETIMEDOUT',
      stack: `Error: x\n    at charge (/app/src/pay.js:${index}:1)`,
    },
    ...extra,
  })
  const first = taken(rules, record(0))
  for (let index = 1; index < 500; index++) expect(taken(rules, record(index)).id).toBe(first.id)
  const err = record(0).err
  const others = [
    record(0, { err: { ...err, code: 'ECONNRESET' } }),
    record(0, { err: { ...err, stack: 'Error: x\n    at refund (/app/src/pay.js:1:1)' } }),
    record(0, { service: 'mail' }),
    record(0, { msg: 'mail failed' }),
  ]
  expect(new Set([first.id, ...others.map((other) => taken(rules, other).id)]).size).toBe(5)
})

test('groupBy takes the place of the fingerprint, or goes before it', () => {
  const grouped = rulesOf([{ groupBy: ['job', 'http.host'] }])
  const key = taken(grouped, { level: 50, msg: 'one', job: 'a', http: { host: 'h' } })
  expect(key.key).toBe('job=a http.host=h')
  expect(taken(grouped, { level: 50, msg: 'other', job: 'a', http: { host: 'h' } }).id).toBe(key.id)
  expect(taken(grouped, { level: 50, msg: 'one', job: 'b', http: { host: 'h' } }).id).not.toBe(key.id)
  const both = rulesOf([{ groupBy: ['job', '@fingerprint'] }])
  const [one, same, message, job] = [
    { msg: 'one 1', job: 'a' },
    { msg: 'one 2', job: 'a' },
    { msg: 'other', job: 'a' },
    { msg: 'one 1', job: 'b' },
  ].map((fields) => taken(both, { level: 50, ...fields }).id)
  expect(same).toBe(one)
  expect(new Set([one, message, job]).size).toBe(3)
})

test('an error that is logged again as fatal is the same alert, now critical', () => {
  const rules = rulesOf()
  const [error, fatal] = [50, 60].map((level) => taken(rules, { level, msg: 'disk full' }))
  expect(fatal!.id).toBe(error!.id)
  expect(fatal!.severity).toBe('critical')
})

test('labels do not make a problem another one, service and env do', () => {
  const idOf = (labels: Record<string, string>) =>
    taken(rulesOf([], { labels }), { level: 50, msg: 'disk full' }).id
  expect(idOf({ version: '1.4.1', pod: 'web-7f' })).toBe(idOf({ version: '1.4.2' }))
  expect(idOf({ env: 'prod' })).not.toBe(idOf({ env: 'stage' }))
  expect(idOf({ service: 'pay' })).not.toBe(idOf({ service: 'mail' }))
})

test('alert: false raises nothing, even if a rule matches', () => {
  const rules = rulesOf([{ match: { msg: 'x' } }])
  expect(rules.take(readRecord({ level: 60, msg: 'x', alert: false }))).toEqual({ off: 'alert' })
})

test('alert: true and alert: code raise an alert at any level, as errors at least', () => {
  const rules = rulesOf()
  expect(taken(rules, { level: 10, msg: 'x', alert: true })).toMatchObject({
    rule: 'alert',
    severity: 'error',
  })
  expect(taken(rules, { level: 30, msg: 'x', alert: 'PAY' })).toMatchObject({
    rule: 'alert',
    severity: 'error',
    code: 'PAY',
  })
  expect(taken(rules, { msg: 'no level', alert: 'PAY' })).toMatchObject({ severity: 'error' })
  expect(taken(rules, { level: 60, msg: 'x', alert: true }).severity).toBe('critical')
})

test("the record's own alert field beats the rule that takes it", () => {
  const rule = {
    match: { msg: 'x' },
    severity: 'off',
    code: 'RULE',
    summary: 's',
    runbook: 'r',
    channels: ['a'],
  } as const
  const alert = {
    code: 'OWN',
    severity: 'warning',
    key: 'k',
    summary: 'own',
    runbook: 'own',
    channels: ['b'],
  } as const
  expect(taken(rulesOf([rule]), { level: 30, msg: 'x', alert })).toMatchObject({ rule: 'r0', ...alert })
  expect(taken(rulesOf([rule]), { level: 60, msg: 'x', alert: true })).toMatchObject({
    rule: 'r0',
    code: 'RULE',
    severity: 'critical',
  })
})

test('alert.key is the key, whatever else the record says', () => {
  const rules = rulesOf()
  const one = taken(rules, { level: 50, msg: 'a', alert: { key: 'gateway' } })
  expect(one.key).toBe('gateway')
  expect(taken(rules, { level: 60, msg: 'b', alert: { key: 'gateway' } }).id).toBe(one.id)
})

test('alert.resolve ends what was raised under the same key, or else the same code', () => {
  const rules = rulesOf()
  const keyed = taken(rules, { level: 50, msg: 'gateway down', alert: { key: 'gateway', code: 'GW' } })
  const coded = taken(rules, { level: 50, msg: 'callback lost for 7', alert: 'CALLBACK' })
  const end = (alert: object) => rules.resolve(readRecord({ level: 30, msg: 'fine again', alert }))
  expect(ids(end({ key: 'gateway', resolve: true }))).toContain(keyed.id)
  expect(ids(end({ code: 'CALLBACK', resolve: true }))).toContain(coded.id)
  expect(end({ code: 'CALLBACK', resolve: true }).every(({ action }) => action === 'resolve')).toBe(true)
  expect(
    rules.take(readRecord({ level: 50, msg: 'x', alert: { key: 'gateway', resolve: true } })),
  ).toBeUndefined()
})

test('alert.resolve with a key ends what another process raised', () => {
  const raised = taken(rulesOf(), { level: 50, msg: 'down', alert: { key: 'gateway' } })
  expect(
    ids(rulesOf().resolve(readRecord({ level: 30, msg: 'up', alert: { key: 'gateway', resolve: true } }))),
  ).toEqual([raised.id])
})

test("a rule's resolve ends all its alerts, once", () => {
  const rules = rulesOf([{ match: { topic: 'pay', ok: false }, resolve: { topic: 'pay', ok: true } }])
  const raised = ['declined', 'timeout'].map(
    (msg) => taken(rules, { level: 50, msg, topic: 'pay', ok: false }).id,
  )
  const fine: LogRecord = readRecord({ level: 30, msg: 'paid', topic: 'pay', ok: true })
  expect(rules.resolve(readRecord({ level: 30, msg: 'mailed', topic: 'mail', ok: true }))).toEqual([])
  const ends = rules.resolve(fine)
  expect(new Set(ids(ends))).toEqual(new Set(raised))
  expect(ends[0]).toMatchObject({ action: 'resolve', record: fine })
  expect(rules.resolve(fine)).toEqual([])
})

test("a rule's resolve ends all its alerts, however many fire", () => {
  const rules = rulesOf([{ match: { topic: 'pay', ok: false }, resolve: { topic: 'pay', ok: true } }])
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const words = letters.flatMap((one) => letters.map((other) => one + other)).slice(0, 650)
  for (const word of words) taken(rules, { level: 50, msg: `no ${word} today`, topic: 'pay', ok: false })
  const ends = rules.resolve(readRecord({ level: 30, msg: 'paid', topic: 'pay', ok: true }))
  expect(new Set(ids(ends)).size).toBe(650)
})

test('of alerts that a record may end, those that occur are kept the longest', () => {
  const index = createResolveIndex(2)
  const raise = (id: string) => index.raised('rule', { ...taken(rulesOf(), { level: 50, msg: 'x' }), id })
  for (const id of ['a', 'b', 'a', 'c']) raise(id)
  expect(index.open('rule').map(({ id }) => id)).toEqual(['a', 'c'])
})

test("a rule's resolve ends only the group that it names, also what another process raised", () => {
  const plan = {
    match: { job: { exists: true }, ok: false },
    resolve: { job: { exists: true }, ok: true },
    groupBy: ['job'],
  }
  const a = taken(rulesOf([plan]), { level: 50, msg: 'x', job: 'a', ok: false })
  const ends = rulesOf([plan]).resolve(readRecord({ level: 30, msg: 'done', job: 'a', ok: true }))
  expect(ids(ends)).toEqual([a.id])
})

test('a record that ends a rule raises nothing under it', () => {
  const rules = rulesOf([{ match: { job: { exists: true } }, resolve: { ok: true } }])
  expect(taken(rules, { level: 30, msg: 'x', job: 'a', ok: false }).rule).toBe('r0')
  expect(rules.take(readRecord({ level: 30, msg: 'x', job: 'a', ok: true }))).toBeUndefined()
})

test.each<[kind: string, rules: Partial<RulePlan>[], wantsAll: boolean]>([
  ['no rule', [], false],
  ['a rule on a field', [{ match: { 'err.code': 'E1' } }], true],
  ['a rule on errors', [{ match: { level: { gte: 'error' }, msg: 'x' } }], false],
  ['a rule on warnings', [{ match: { level: 'warn' } }], true],
  ['a rule on one of several levels', [{ match: { level: ['error', 'fatal'] } }], false],
  ['a rule with one loose alternative', [{ match: [{ level: 'error' }, { msg: 'x' }] }], true],
  ['a rule that silences', [{ match: { msg: 'x' }, severity: 'off' }], false],
  ['a rule that a good record ends', [{ match: { level: 'error' }, resolve: { msg: 'fine' } }], true],
])('%s: are lower lines to be read?', (_kind, plans, wantsAll) => {
  expect(rulesOf(plans).wantsAll).toBe(wantsAll)
})

test('replicas that see other records in another order agree on every id', () => {
  const lines = Array.from({ length: 200 }, (_, index) => ({
    level: index % 3 === 0 ? 60 : 50,
    msg: `task ${index} of ${['mail', 'pay', 'sync'][index % 3]} failed`,
    err: { message: `boom ${index}`, code: ['E1', 'E2'][index % 2] },
  }))
  const one = rulesOf()
  const other = rulesOf()
  const first = new Map(lines.map((line) => [line, taken(one, line).id]))
  for (const line of lines.toReversed()) expect(taken(other, line).id).toBe(first.get(line))
})

test('a record that ends the alerts of a rule ends those that were raised last, however many came before', () => {
  const rules = rulesOf([{ match: { event: 'failed' }, resolve: { event: 'ok' } }])
  const raised = Array.from({ length: 150 }, (_, n) => {
    const word = [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
    return taken(rules, { level: 50, event: 'failed', msg: `cannot ${word}` }).id
  })
  expect(new Set(raised).size).toBe(150)
  const ended = new Set(ids(rules.resolve(readRecord({ level: 30, event: 'ok', msg: 'fine' }))))
  expect(raised.slice(-100).every((id) => ended.has(id))).toBe(true)
})

test.each<[what: string, one: object, other: object]>([
  ['a value that looks like the next field', { a: 'x b=y', b: 'z' }, { a: 'x', b: 'y b=z' }],
  ['a value that looks like a quoted one', { a: 'x="y', b: '' }, { a: '"x=\\"y"', b: '' }],
  ['values that differ after 200 characters', { a: `${'x'.repeat(300)}1` }, { a: `${'x'.repeat(300)}2` }],
  ['a long value, and how it is written', { a: 'x'.repeat(300) }, { a: `${'x'.repeat(160)}…` }],
  ['a missing field and an empty text', {}, { a: '' }],
  ['a missing field and null', {}, { a: null }],
  ['null and an empty text', { a: null }, { a: '' }],
  ['null and its name', { a: null }, { a: 'null' }],
  ['a missing field and its name', {}, { a: '(missing)' }],
  ['a list and its text', { a: ['x'] }, { a: '["x"]' }],
])('groupBy separates %s', (_what, one, other) => {
  const plan = { groupBy: ['a', 'b'], match: { ok: false }, resolve: { ok: true } }
  const raise = (rules: ReturnType<typeof rulesOf>, fields: object) =>
    taken(rules, { level: 50, msg: 'm', ok: false, ...fields })
  const [first, second] = [raise(rulesOf([plan]), one), raise(rulesOf([plan]), other)]
  expect(second.id).not.toBe(first.id)
  expect(second.key).not.toBe(first.key)
  const ends = rulesOf([plan]).resolve(readRecord({ level: 30, msg: 'm', ok: true, ...one }))
  expect(ids(ends)).toEqual([first.id])
})

test('different values of two groups never share an alert, whatever they hold', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    ' ',
    '=',
    '"',
    '\\',
    ' b=',
    ' · ',
    '(missing)',
    '(null)',
    '…',
    '{',
    '\n',
  )
  const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
  const value = fc.oneof(text, fc.constant(null), fc.constant(undefined), fc.array(text, { maxLength: 2 }))
  const fields = fc.record({ a: value, b: value })
  const grouped = rulesOf([{ groupBy: ['a', 'b', '@fingerprint'] }])
  fc.assert(
    fc.property(fields, fields, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other)
      const [first, second] = [one, other].map((each) => taken(grouped, { level: 50, msg: 'm', ...each }).id)
      expect(first === second).toBe(isSame)
    }),
    { numRuns: 2_000 },
  )
})

test('a number and its text are one group, as they are for match', () => {
  const grouped = rulesOf([{ groupBy: ['status'] }])
  const [number, text] = [503, '503'].map((status) => taken(grouped, { level: 50, msg: 'm', status }).id)
  expect(text).toBe(number)
})

test.each(['v', 'body', 'short_message'])('a field named %s is matched, grouped and counted by', (name) => {
  const fields = (value: string) => ({ level: 50, [name]: value })
  const rules = rulesOf([
    { match: { [name]: 'x' }, groupBy: [name], when: { count: 2, withinMs: 1_000, distinct: name } },
  ])
  const occurrence = taken(rules, fields('x'))
  expect(occurrence).toMatchObject({ rule: 'r0', key: `${name}=x` })
  expect(occurrence.condition?.value).toBeDefined()
  expect(taken(rules, fields('y')).rule).toBe('error')
})

test('labels from one record are not those of another whose values only join to the same text', () => {
  const rules = rulesOf()
  taken(rules, { level: 50, msg: 'm', service: 'pay\nenv=prod' })
  expect(taken(rules, { level: 50, msg: 'm', service: 'pay', env: 'prod' }).labels).toEqual({
    service: 'pay',
    env: 'prod',
  })
})

/** Few fields and few values, so that rules of many kinds meet the same records. */
const anyValue = fc.constantFrom<(string | number | boolean)[]>('a', 'b', '1', 1, 0, true, 'true')
const anyCondition = fc.oneof(
  anyValue,
  fc.array(anyValue, { maxLength: 3 }),
  fc.constantFrom(null, { exists: true }, { not: 'a' }, { regex: 'a' }, { gte: 1 }, [{ not: 'a' }, 'b']),
)
const anyMatch = fc.dictionary(fc.constantFrom('x', 'y', 'err.code', 'level'), anyCondition, { maxKeys: 3 })
const anyMatches = fc.oneof(anyMatch, fc.array(anyMatch, { maxLength: 3 }))
const anyField = fc.oneof(anyValue, fc.array(anyValue, { maxLength: 3 }), fc.constant(null))
const anyFields = fc.record(
  { level: fc.constantFrom(30, 50), x: anyField, y: anyField, err: fc.record({ code: anyField }) },
  { requiredKeys: ['level'] },
)

test('many rules take and end what each of them would by itself', () => {
  const plans = fc.array(fc.record({ match: anyMatches, resolve: anyMatches }, { requiredKeys: [] }), {
    minLength: 8,
    maxLength: 20,
  })
  fc.assert(
    fc.property(plans, anyFields, (ungrouped, fields) => {
      const many = ungrouped.map((plan) => ({ ...plan, groupBy: ['x'] })) as Partial<RulePlan>[]
      const record = readRecord(fields)
      const alone = many.map((plan) => rulesOf([plan]).explain(record))
      const first = alone.findIndex(({ rule }) => rule === 'r0')
      const { rule, ends } = rulesOf(many).explain(record)
      expect(rule).toBe(first === -1 ? rulesOf().explain(record).rule : `r${first}`)
      expect(ends.length).toBe(alone.reduce((sum, each) => sum + each.ends.length, 0))
    }),
  )
})

test('of many rules with an equality a record meets those of its values only', () => {
  let asked = 0
  const rules = createRuleIndex(
    Array.from({ length: 200 }, (_, n) => ({ name: n, match: { service: 'shop', code: `E${n}` } })),
    ({ match }) => match,
  )
  const get: GetField = (path) => ({ service: 'shop', code: ['E7', 'E3'] })[path]
  const found = rules.find(get, ({ name }) => {
    asked++
    return name === 7
  })
  expect(found?.name).toBe(7)
  expect(asked).toBe(2)
})
