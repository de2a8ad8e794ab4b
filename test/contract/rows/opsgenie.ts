import { inOwnWords, neverTooLong, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each } from '../said.ts'
import { changeJson, dropHeader, jsonOf, setHeader, setUrl } from '../wire.ts'

const secrets = {
  opsgenie: 'key-of-the-opsgenie-suite',
} as const

export const opsgenie: ProviderRow = {
  secrets,
  settings: { apiKey: secrets.opsgenie },
  remote: {
    ...neverTooLong,
    acceptsByStatus: true,
    throttled: inOwnWords(60_000),
    no: ['refuse', 'too-long', { status: 501 }, { status: 200 }, 'html'],
    badCredentials: withOther({ apiKey: 'another-key' }),
  },
  check: {
    right: { apiKey: 'abcdefgh-1234' },
    missing: [/^apiKey: is missing/],
    wrong: [
      [{ apiKey: 'GenieKey abc' }, /^apiKey: must be the bare key/],
      [{ responders: ['ops'] }, /^responders.*: must be like 'team:ops'/],
    ],
  },
  replies: [
    {
      options: { apiKey: 'abcdefgh' },
      replies: [
        [[202, '{"result":"Request will be processed"}'], 'delivered'],
        ...each([400, 401, 403, 422, 501], 'failed'),
        [[429, '', { 'x-ratelimit-state': 'THROTTLED', 'x-ratelimit-period-in-sec': '60' }], 'retry 60'],
        ...each([500, 502, 503], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['no key', dropHeader('authorization'), 401, 'Could not authenticate'],
      ['another key', setHeader('authorization', 'GenieKey other'), 403, 'Key format'],
      ['a message above 130 characters', changeJson({ message: 'm'.repeat(131) }), 422, '130'],
      ['an empty message', changeJson({ message: '' }), 422, 'can not be empty'],
      ['a description above 15 000', changeJson({ description: 'd'.repeat(15_001) }), 422, '15000'],
      ['an alias above 512', changeJson({ alias: 'a'.repeat(513) }), 422, '512'],
      ['a priority of its own', changeJson({ priority: 'P9' }), 422, 'priority'],
      ['21 tags', changeJson({ tags: Array.from({ length: 21 }, String) }), 422, 'tags'],
      ['a number among the details', changeJson({ details: { count: 1 } }), 422, 'details'],
      ['responders without a type', changeJson({ responders: [{ name: 'ops' }] }), 422, 'responders'],
      [
        'an end by something else than the alias',
        setUrl('/v2/alerts', '/v2/alerts/a/close'),
        404,
        'not exist',
      ],
    ],
  },
  pictures: [
    [
      { note: 'over' },
      { '.over .state': 'closed', '.incident-title': 'over' },
      '/opsgenie/v2/alerts/a1/close?identifierType=alias',
    ],
  ],
  keyOf: (received) => jsonOf(received).alias,
}
