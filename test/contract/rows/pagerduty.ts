import { inOwnWords, neverTooLong, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, https, key32, trace } from '../said.ts'
import { changeJson, jsonOf, setBody } from '../wire.ts'

const secrets = {
  pagerduty: 'routing0key0of0the0pagerduty0set',
} as const

export const pagerduty: ProviderRow = {
  // Its details are the data of the alert.
  sees: ['payments prod', 'card gateway timeout', 'PAY_TIMEOUT', '4bf92f35'],
  secrets,
  settings: { routingKey: secrets.pagerduty },
  remote: {
    ...neverTooLong,
    acceptsByStatus: true,
    throttled: inOwnWords(60_000),
    no: ['refuse', 'too-long', { status: 200 }, { status: 200, body: '{"status":"success"}' }, 'html'],
    badCredentials: withOther({ routingKey: 'another0another0another0another0' }),
  },
  check: {
    right: { routingKey: key32 },
    missing: [/^routingKey: is missing/],
    wrong: [
      [{ routingKey: 'short' }, /^routingKey: must be the 32 letters and digits/],
      [{ endpoint: 'http://events.pagerduty.com/v2/enqueue' }, `endpoint: ${https}`],
    ],
  },
  replies: [
    {
      options: { routingKey: 'k'.repeat(32) },
      replies: [
        [[202, '{"status":"success"}'], 'delivered'],
        [[400, '{"status":"invalid event","errors":["x"]}'], 'failed'],
        [[429], 'retry 60'],
        ...each([500, 502, 503, 504], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['a key of another length', changeJson({ routing_key: 'short' }), 400, 'Length of'],
      ['an unknown key', changeJson({ routing_key: 'x'.repeat(32) }), 400, 'not known'],
      ['an action that is none', changeJson({ event_action: 'open' }), 400, "'event_action' is invalid"],
      ['a key of an incident above 255', changeJson({ dedup_key: 'k'.repeat(256) }), 400, 'dedup_key'],
      [
        'an end without the key of its incident',
        changeJson({ event_action: 'resolve', dedup_key: undefined }),
        400,
        'dedup_key',
      ],
      ['no payload', changeJson({ payload: undefined }), 400, "'payload' is missing"],
      ['no summary', changeJson({ payload: { source: 'a', severity: 'error' } }), 400, 'payload.summary'],
      [
        'a summary above 1024 characters',
        changeJson({ payload: { summary: 's'.repeat(1025), source: 'a', severity: 'error' } }),
        400,
        "summary' is too long",
      ],
      [
        'a severity of its own',
        changeJson({ payload: { summary: 's', source: 'a', severity: 'fatal' } }),
        400,
        'payload.severity',
      ],
      ['a link that is none', changeJson({ links: [{ href: 'javascript:x' }] }), 400, 'links.href'],
      ['512 kB', changeJson({ more: 'x'.repeat(512 * 1024) }), 413, 'too large'],
      ['a body that is not JSON', setBody('{"routing_key":'), 400, 'JSON is invalid'],
    ],
  },
  pictures: [
    [
      {
        event_action: 'trigger',
        dedup_key: 'k1',
        payload: { summary: 'down', severity: 'critical', source: 'host', custom_details: { code: 'X1' } },
        links: [{ href: trace, text: 'trace' }],
      },
      { '.state': 'triggered', '.incident-title': 'down', '.key': 'k1', 'a.button': 'trace' },
    ],
  ],
  keyOf: (received) => jsonOf(received).dedup_key,
}
