import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readRecord } from '../lines.ts'
import { trace } from './payment.ts'

const program = fileURLToPath(new URL('opentelemetry.cjs', import.meta.url))

test.each(['pino', 'winston'])(
  '@opentelemetry/instrumentation-%s: the trace is read',
  (logger) => {
    const line = execFileSync(process.execPath, [program, logger], { encoding: 'utf8' }).trim()
    expect(readRecord(line)).toMatchObject({
      level: 50,
      msg: expect.stringContaining('payment failed'),
      traceId: trace,
      err: { message: expect.stringContaining('charge failed') },
    })
  },
  20_000,
)

const exception = {
  'exception.type': 'TypeError',
  'exception.message': 'charge failed',
  'exception.stacktrace': 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)',
}
const err = { type: 'TypeError', message: 'charge failed', stack: exception['exception.stacktrace'] }

test.each([
  [
    'its JSON names',
    { severityText: 'ERROR', body: 'payment failed', attributes: exception, traceId: trace },
  ],
  [
    'its data model',
    { SeverityText: 'Error', Body: 'payment failed', Attributes: exception, TraceId: trace },
  ],
  [
    'numbers for severities',
    { severityNumber: 17, body: 'payment failed', attributes: exception, traceId: trace },
  ],
  [
    'nested objects',
    {
      severity_text: 'ERROR',
      body: 'payment failed',
      attributes: { exception: { type: 'TypeError', message: 'charge failed', stacktrace: err.stack } },
      trace_id: trace,
    },
  ],
  ['flat fields', { level: 'error', message: 'payment failed', ...exception, trace_id: trace }],
])('a log record of OpenTelemetry with %s is read', (_names, given) => {
  expect(readRecord({ timeUnixNano: '1790000000000000000', ...given })).toMatchObject({
    time: 1_790_000_000_000,
    level: 50,
    msg: 'payment failed',
    traceId: trace,
    err,
  })
})
