import { expect, test } from 'vitest'
import { readRecord } from './lines.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

test.each([
  [{ requestId: 'r1' }],
  [{ reqId: 'r1' }],
  [{ request_id: 'r1' }],
  [{ req_id: 'r1' }],
  [{ req: { id: 'r1' } }],
  [{ request: { id: 'r1' } }],
  [{ correlationId: 'r1' }],
  [{ 'x-request-id': 'r1' }],
  [{ req: { headers: { 'x-request-id': 'r1' } } }],
  [{ headers: { 'x-request-id': 'r1' } }],
  [{ metadata: { requestId: 'r1' } }],
])('requestId is found in %j', (fields) => {
  expect(readRecord({ level: 50, ...fields }).requestId).toBe('r1')
})

test.each([
  [{ traceId: trace }],
  [{ trace_id: trace }],
  [{ otelTraceID: trace }],
  [{ trace: { id: trace } }],
  [{ 'trace.id': trace }],
  [{ dd: { trace_id: trace } }],
  [{ spanContext: { traceId: trace } }],
  [{ traceparent: `00-${trace}-00f067aa0ba902b7-01` }],
  [{ req: { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } } }],
  [{ 'logging.googleapis.com/trace': `projects/shop/traces/${trace}` }],
])('traceId is found in %j', (fields) => {
  expect(readRecord({ level: 50, ...fields }).traceId).toBe(trace)
})

test("Amazon's trace header holds the id as its root", () => {
  const header = 'Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678'
  expect(readRecord({ level: 50, req: { headers: { 'x-amzn-trace-id': header } } }).traceId).toBe(
    '1-67891233-abcdef012345678912345678',
  )
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
