import { neverTooLong, retryAfter, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, https, trace } from '../said.ts'
import { changeJson, dropHeader, jsonOf, setBody, setHeader, setUrl } from '../wire.ts'

const secrets = {
  incidentio: 'token-of-the-incidentio-suite',
} as const

export const incidentio: ProviderRow = {
  secrets,
  settings: { token: secrets.incidentio },
  remote: {
    ...neverTooLong,
    acceptsByStatus: true,
    throttled: retryAfter(20),
    passing: [...neverTooLong.passing, 'rate-limited'],
    no: ['refuse', 'too-long', { status: 200 }, { status: 200, body: '{"status":"success"}' }, 'html'],
    badCredentials: withOther({ token: 'another-token' }),
  },
  check: {
    right: { sourceId: '01GW2G3V0S59R238FAHPDS1R66', token: 'abcdefgh' },
    missing: [/^sourceId: is missing/, /^token: is missing/],
    wrong: [
      [
        { sourceId: 'https://api.incident.io/v2/alert_events/http/01GW2G3V0S59R238FAHPDS1R66' },
        /^sourceId: must be the id of an alert source: the last part/,
      ],
      [{ token: 'Bearer abcdefgh' }, /^token: must be the bare token/],
      [{ endpoint: 'http://api.incident.io/v2/alert_events/http' }, `endpoint: ${https}`],
    ],
  },
  replies: [
    {
      options: { sourceId: '01GW2G3V0S59R238FAHPDS1R66', token: 'abcdefgh' },
      replies: [
        [[202, '{"status":"success","deduplication_key":"a"}'], 'delivered'],
        ...each([400, 401, 403, 404, 413, 422], 'failed'),
        [[429, '{"type":"too_many_requests"}', { 'retry-after': '20' }], 'retry 20'],
        [[429], 'retry'],
        ...each([500, 502, 503], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['no token', dropHeader('authorization'), 401, 'not valid'],
      ['another token', setHeader('authorization', 'Bearer other'), 401, 'not valid'],
      ['another source', setUrl('01INBOX', '02INBOX'), 404, 'No such alert source'],
      ['no title', changeJson({ title: '' }), 422, 'title'],
      ['a status of its own', changeJson({ status: 'open' }), 422, 'status'],
      ['an empty key', changeJson({ deduplication_key: '' }), 422, 'deduplication_key'],
      ['a description in parts', changeJson({ description: ['a'] }), 422, 'description'],
      ['metadata in a list', changeJson({ metadata: 'a' }), 422, 'metadata'],
      ['a link that is not an address', changeJson({ source_url: 'javascript:x' }), 422, 'source_url'],
      ['more than 512 KB', changeJson({ more: 'x'.repeat(512 * 1024) }), 413, 'larger'],
      ['a body that is not JSON', setBody('{"title":'), 400, 'JSON'],
    ],
  },
  pictures: [
    [
      {
        title: 'down',
        status: 'firing',
        deduplication_key: 'k1',
        description: '**code**: X1  \nsince 5',
        metadata: { severity: 'critical', service: 'payments' },
        source_url: trace,
      },
      {
        '.rank-1 .state': 'firing',
        '.incident-title': 'down',
        '.key': 'k1',
        strong: 'code',
        dd: 'payments',
        'a.button': 'Source',
      },
    ],
    [{ title: 'down', status: 'resolved', deduplication_key: 'k1' }, { '.over .state': 'resolved' }],
  ],
  keyOf: (received) => jsonOf(received).deduplication_key,
}
