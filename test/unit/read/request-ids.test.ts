import { expect, test } from 'vitest'
import { readRecord } from './lines.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

const headers = { 'x-request-id': 'r1', host: 'shop.example.com' }
const parent = `00-${trace}-00f067aa0ba902b7-01`
const root = '1-67891233-abcdef012345678912345678'

/** By who writes it. */
test.each([
  ['most applications', { requestId: 'r1' }],
  ['Fastify', { reqId: 'r1', req: { method: 'GET', url: '/' } }],
  ['snake case', { request_id: 'r1' }],
  ['restify and bunyan', { req_id: 'r1' }],
  ['a capital ID', { requestID: 'r1' }],
  ['a short name', { rid: 'r1' }],
  ['pino-http and hapi-pino', { req: { id: 'r1', method: 'GET', headers: { host: 'x' } } }],
  ['a request object', { request: { id: 'r1' } }],
  ['a context with requestID', { ctx: { requestID: 'r1' } }],
  ['a context with requestId', { ctx: { requestId: 'r1' } }],
  ['a context with reqId', { ctx: { reqId: 'r1' } }],
  ['ECS, nested', { http: { request: { id: 'r1', method: 'GET' } } }],
  ['ECS, flat', { 'http.request.id': 'r1' }],
  ['Google Cloud', { httpRequest: { requestId: 'r1', requestMethod: 'GET' } }],
  ['pino-lambda', { awsRequestId: 'r1', 'x-correlation-id': 'c1' }],
  ['Powertools for AWS Lambda', { function_request_id: 'r1', cold_start: true }],
  ['Elastic APM, nested', { transaction: { id: 'r1' }, trace: { id: trace } }],
  ['Elastic APM, flat', { 'transaction.id': 'r1' }],
  ['correlation in camel case', { correlationId: 'r1' }],
  ['correlation in snake case', { correlation_id: 'r1' }],
  ['a header as a field', { 'x-request-id': 'r1' }],
  ['headers', { headers }],
  ["a request's headers", { req: { headers } }],
  ["a request object's headers", { request: { headers } }],
  ['express-winston', { meta: { req: { headers } } }],
  ['request-id as a field', { 'request-id': 'r1' }],
  ["request-id in a request's headers", { req: { headers: { 'request-id': 'r1' } } }],
  ['x-correlation-id as a field', { 'x-correlation-id': 'r1' }],
  ['x-correlation-id in headers', { headers: { 'x-correlation-id': 'r1' } }],
  ["x-correlation-id in a request's headers", { req: { headers: { 'x-correlation-id': 'r1' } } }],
  ['an object that holds the fields', { metadata: { requestId: 'r1' } }],
  ['a job', { jobId: 'r1', queue: 'mail' }],
  ['BullMQ', { job: { id: 'r1', name: 'welcome', attemptsMade: 3 } }],
])('requestId is found where %s has it', (_, fields) => {
  expect(readRecord({ level: 50, ...fields }).requestId).toBe('r1')
})

test.each([
  ['most applications', { traceId: trace }],
  ['OpenTelemetry for pino', { trace_id: trace, span_id: '00f067aa0ba902b7' }],
  ['a capital ID', { traceID: trace }],
  ["OpenTelemetry's data model", { TraceId: trace }],
  ['otelTraceID', { otelTraceID: trace }],
  ['ECS, nested', { trace: { id: trace } }],
  ['ECS, flat', { 'trace.id': trace }],
  ['Datadog', { dd: { trace_id: trace } }],
  ['a span context', { spanContext: { traceId: trace } }],
  ['traceparent as a field', { traceparent: parent }],
  ["W3C's header", { req: { headers: { traceparent: parent } } }],
  ['express-winston', { meta: { req: { headers: { traceparent: parent } } } }],
  ['Google Cloud', { 'logging.googleapis.com/trace': `projects/shop/traces/${trace}` }],
  [
    "B3's several headers",
    { req: { headers: { 'x-b3-traceid': trace, 'x-b3-spanid': '00f067aa0ba902b7' } } },
  ],
  ["B3's one header", { req: { headers: { b3: `${trace}-00f067aa0ba902b7-1` } } }],
  ["B3's one header with a parent", { headers: { b3: `${trace}-00f067aa0ba902b7-d-05e3ac9a4f6e3b90` } }],
])('traceId is found where %s has it', (_, fields) => {
  expect(readRecord({ level: 50, ...fields }).traceId).toBe(trace)
})

test.each([
  ['a load balancer', { req: { headers: { 'x-amzn-trace-id': `Root=${root}` } } }],
  [
    'a load balancer that was traced',
    { headers: { 'x-amzn-trace-id': `Self=1-67891234-12456789;Root=${root}` } },
  ],
  ['pino-lambda', { 'x-correlation-trace-id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1` }],
  ['Powertools for AWS Lambda', { xray_trace_id: root }],
])("Amazon's trace id is the root that %s has", (_, fields) => {
  expect(readRecord({ level: 50, ...fields }).traceId).toBe(root)
})

test.each(['0', '1', 'd'])(
  'B3 that says no more than whether the trace is sampled (%s) is not an id',
  (b3) => {
    expect(readRecord({ level: 50, req: { headers: { b3 } } }).traceId).toBeUndefined()
    expect(readRecord({ level: 50, b3, headers: { 'x-amzn-trace-id': `Root=${root}` } }).traceId).toBe(root)
  },
)

test('a request has its own id rather than that of its chain, and a job its own only without a request', () => {
  const fields = { level: 50, 'x-correlation-id': 'c', job: { id: 'j' }, awsRequestId: 'a' }
  expect(readRecord(fields).requestId).toBe('a')
  expect(readRecord({ ...fields, awsRequestId: undefined }).requestId).toBe('c')
  expect(readRecord({ ...fields, req: { id: 'q' } }).requestId).toBe('q')
})

test("the options' places come first, the usual ones after them", () => {
  const paths = { requestId: ['ctx.rid', 'rid'], traceId: ['ctx.tid'] }
  const fields = {
    level: 50,
    requestId: 'usual',
    traceId: 'usual',
    rid: 'second',
    ctx: { rid: 'first', tid: 'first' },
  }
  expect(readRecord(fields, { trace: paths })).toMatchObject({ requestId: 'first', traceId: 'first' })
  expect(readRecord({ level: 50, requestId: 'usual' }, { trace: paths }).requestId).toBe('usual')
})

test('the better place wins, whatever the order of the fields', () => {
  const one = readRecord({ level: 50, correlationId: 'c', req: { id: 'q' }, requestId: 'r' })
  const other = readRecord({ level: 50, requestId: 'r', req: { id: 'q' }, correlationId: 'c' })
  expect([one.requestId, other.requestId]).toEqual(['r', 'r'])
})

test('numbers are ids, and what is neither number nor text is none', () => {
  expect(readRecord({ level: 50, reqId: 17 }).requestId).toBe('17')
  expect(readRecord({ level: 50, reqId: 0 }).requestId).toBe('0')
  expect(
    readRecord({ level: 50, requestId: '', reqId: { a: 1 }, req_id: null, correlationId: 'c' }).requestId,
  ).toBe('c')
})

test('an id is cut to 200 characters', () => {
  expect(readRecord({ level: 50, requestId: 'r'.repeat(5_000) }).requestId).toHaveLength(200)
})

test.each(['X-Request-Id', 'X-REQUEST-ID', 'X-Correlation-Id'])('a header may be written %s', (name) => {
  expect(
    readRecord({ level: 50, msg: 'x', req: { headers: { Accept: '*/*', [name]: 'r-1' } } }),
  ).toMatchObject({
    requestId: 'r-1',
    fields: { req: { headers: { [name]: 'r-1' } } },
  })
})

test('a header in small letters wins over one with capitals', () => {
  const headers = {
    'X-Request-Id': 'r-2',
    'x-request-id': 'r-1',
    Traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  }
  expect(readRecord({ level: 50, msg: 'x', headers })).toMatchObject({
    requestId: 'r-1',
    traceId: 'a'.repeat(32),
  })
})
