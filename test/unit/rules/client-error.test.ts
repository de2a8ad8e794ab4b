import { pino } from 'pino'
import { describe, expect, it, test } from 'vitest'
import { createHub } from '#core/index.ts'
import { isClientError } from '#core/rules/client-error.ts'
import { createRules, type RulePlan } from '#core/rules/rules.ts'
import { pinoLine, readRecord } from '../read/lines.ts'

type Parts = Readonly<Record<string, unknown>>

const errorLine = (fields: Parts, parts: Parts = {}) =>
  pinoLine({}, (log) => log.error({ ...parts, err: Object.assign(new Error('no such order'), fields) }))

/** What the rules say of a line, without options or with them. */
function take(line: string, options: Parts = {}, rules: readonly RulePlan[] = []) {
  return createRules({ rules, level: 50, labels: {}, ...options }).take(readRecord(line))
}

const suppressed = { off: 'client-error', reason: 'client-error' }

describe('an error with a status from 400 to 499', () => {
  test.each([
    ['http-errors and Koa', { status: 404, statusCode: 404, expose: true }],
    ['http-errors with headers', { status: 405, statusCode: 405, expose: true, headers: { allow: 'GET' } }],
    ['an application', { statusCode: 422 }],
    [
      'a NestJS exception',
      { status: 400, response: { statusCode: 400, message: ['email must be an email'] } },
    ],
    ['Boom', { isBoom: true, output: { statusCode: 404, payload: {} } }],
    ['Feathers', { code: 401, className: 'not-authenticated', data: {} }],
    ['a wrong query', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    ['a query with a status', { extensions: { http: { status: 400 } } }],
    ['a client that has gone', { status: 499 }],
  ])('raises no alert: %s', (_, fields) => {
    expect(take(errorLine(fields))).toEqual(suppressed)
  })

  test.each([
    ['a timeout', { statusCode: 408 }],
    ['too early', { statusCode: 425 }],
    ['too many requests', { statusCode: 429 }],
    ['a failure of the service', { statusCode: 500 }],
    ['a status that is a text', { status: 'failed' }],
    ['a query that failed inside', { extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    ['no status', {}],
  ])('is nothing else: %s', (_, fields) => {
    expect(take(errorLine(fields))).toMatchObject({ rule: 'error' })
  })

  test.each([
    ['axios', { status: 401, config: { url: '/charge' }, request: {}, response: { data: {}, headers: {} } }],
    ['superagent', { status: 404, response: { header: {}, text: 'Not Found' } }],
    ['octokit', { status: 403, request: { method: 'GET', url: '/user' } }],
    ['OpenAI and Stripe', { status: 401, headers: {}, requestID: 'req_1' }],
    ['the AWS SDK', { statusCode: 403, requestId: 'a-1' }],
    ['Twilio', { status: 401, moreInfo: 'https://example.com/20003' }],
    ['discord.js', { status: 403, rawError: {}, requestBody: {} }],
  ])('is an alert where another service answered so: %s', (_, fields) => {
    expect(take(errorLine(fields))).toMatchObject({ rule: 'error' })
  })
})

describe('a response with a status from 400 to 499', () => {
  test.each([
    ['pino-http', { req: { id: 1, method: 'GET', url: '/' }, res: { statusCode: 404 }, responseTime: 3 }],
    ['ECS', { http: { response: { status_code: 404 } } }],
    ['ECS, flat', { 'http.response.status_code': 404 }],
    ['Google Cloud', { httpRequest: { status: 403 } }],
    ['express-winston', { meta: { res: { statusCode: 404 } } }],
    ['a request and a status', { req: { method: 'GET', url: '/' }, statusCode: 404 }],
  ])('raises no alert: %s', (_, fields) => {
    expect(take(JSON.stringify({ level: 50, msg: 'request failed', ...fields }))).toEqual(suppressed)
  })

  it('is an alert where no request of this service is named', () => {
    const line = JSON.stringify({ level: 50, msg: 'the bank answered', url: '/charge', statusCode: 401 })
    expect(take(line)).toMatchObject({ rule: 'error' })
  })

  it('counts before that of the error', () => {
    const answered = (statusCode: number, status: number) => errorLine({ status }, { res: { statusCode } })
    expect(take(answered(500, 404))).toMatchObject({ rule: 'error' })
    expect(take(answered(404, 500))).toEqual(suppressed)
  })

  it('says nothing yet while it is 200: then the error does', () => {
    expect(take(errorLine({ status: 404 }, { res: { statusCode: 200 } }))).toEqual(suppressed)
  })

  it('says nothing yet in a raw response whose headers are not written, as on the error event of Koa', () => {
    const res = { _header: null, statusCode: 404 }
    expect(take(errorLine({}, { res }))).toMatchObject({ rule: 'error' })
    expect(take(errorLine({ status: 404 }, { res }))).toEqual(suppressed)
    expect(take(errorLine({}, { res: { ...res, _header: 'HTTP/1.1 404 Not Found' } }))).toEqual(suppressed)
  })
})

describe('what makes it an alert all the same', () => {
  const line = errorLine({ statusCode: 404 })

  it('is a rule that matches it', () => {
    const rule = { name: 'missing', match: { 'err.statusCode': 404 }, resolveAfterMs: 1_000 }
    expect(take(line, {}, [rule])).toMatchObject({ rule: 'missing' })
  })

  it('is not a rule without a match: that takes what would be an alert anyway', () => {
    expect(take(line, {}, [{ name: 'all', resolveAfterMs: 1_000 }])).toEqual(suppressed)
  })

  test.each([true, 'ORDER_MISSING', { severity: 'critical' }])('is its field alert: %j', (alert) => {
    expect(take(errorLine({ statusCode: 404 }, { alert }))).toMatchObject({ action: 'fire' })
  })

  it('is the level fatal: a crash is one of the service', () => {
    expect(isClientError(readRecord(line))).toBe(true)
    expect(take(line.replace('"level":50', '"level":60'))).toMatchObject({ severity: 'critical' })
  })

  it('is the option clientErrors', () => {
    expect(take(line, { clientErrors: true })).toMatchObject({ rule: 'error' })
  })
})

it('is counted under its own reason, and explained', async () => {
  const hub = createHub({ channels: { ops: { type: 'console' } }, dryRun: true })
  const logger = pino({}, { write: (line: string) => hub.write(line) })
  logger.error(Object.assign(new Error('no such order'), { statusCode: 404 }))
  expect(hub.explain(errorLine({ statusCode: 404 }))).toEqual({ rule: 'client-error', outcome: 'off' })
  const { matched, suppressed: reasons, rules } = hub.stats()
  expect({ matched, reasons, rules }).toEqual({
    matched: 0,
    reasons: { 'client-error': 1 },
    rules: { 'client-error': { matched: 0, off: 1 } },
  })
  await hub.close()
})
