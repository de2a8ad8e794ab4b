import { neverTooLong, retryAfter, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, whole } from '../said.ts'
import { dropHeader, jsonOf, setBody, setHeader, setUrl } from '../wire.ts'

const secrets = {
  alertmanager: 'bearer-of-the-alertmanager-suite',
} as const

const alert = (labels: object, more: object = {}) => JSON.stringify([{ labels, ...more }])

export const alertmanager: ProviderRow = {
  secrets,
  settings: { bearer: secrets.alertmanager },
  remote: {
    ...neverTooLong,
    throttled: retryAfter(30),
    no: ['refuse', 'too-long', { status: 200, body: 'OK' }, 'html'],
    badCredentials: withOther({ auth: { bearer: 'another' } }),
  },
  check: {
    right: { url: 'http://alertmanager:9093' },
    missing: [/^url: needs `url`, the address of Alertmanager/],
    wrong: [
      [{ url: 'alertmanager:9093' }, `url: ${whole}`],
      [{ auth: {} }, /^auth: needs either `bearer` or `basic`/],
      [{ labels: { 'a-b': 'x' } }, /^labels.*: .*label name/],
      [{ holdFor: 'long' }, /^holdFor: must be a duration such as '30m'/],
    ],
  },
  replies: [
    {
      options: { url: 'http://alertmanager:9093' },
      replies: [
        [[200], 'delivered'],
        [[400, '"start time must be before end time"'], 'failed'],
        ...each([500, 503], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['no token', dropHeader('authorization'), 401, 'Unauthorized'],
      ['the old API', setUrl('/api/v2/', '/api/v1/'), 404, ''],
      ['another media type', setHeader('content-type', 'text/plain'), 415, 'media type'],
      ['an object in place of a list', setBody('{}'), 400, 'parsing alerts body failed'],
      ['no label', setBody(alert({ a: '' })), 400, 'at least one label'],
      ['a label that is not a text', setBody(alert({ a: 1 })), 400, 'labels in body'],
      ['a label of an impossible name', setBody(alert({ 'a-b': 'x' })), 400, 'invalid name'],
      [
        'an end before the start',
        setBody(alert({ a: 'b' }, { startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' })),
        400,
        'start time must be before',
      ],
      ['a time that is none', setBody(alert({ a: 'b' }, { startsAt: 'now' })), 400, 'date-time'],
      ['a link that is none', setBody(alert({ a: 'b' }, { generatorURL: 'here' })), 400, 'uri'],
    ],
  },
  pictures: [
    [
      [
        {
          labels: { alertname: 'X', severity: 'error', service: 's' },
          annotations: { summary: 'down' },
          endsAt: '2020-01-01T00:00:00Z',
        },
      ],
      { '.over .state': 'resolved', '.incident-title': 'down', '.label': 'service=s' },
    ],
  ],
  keyOf: (received) => JSON.stringify(jsonOf(received)[0].labels),
}
