import { inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { each } from '../said.ts'
import { changeJson, dropHeader, setBody, setHeader, setUrl } from '../wire.ts'

const secrets = {
  matrix: 'token-of-the-matrix-suite',
} as const

const matrixReply = (status: number, errcode: string, more: object = {}): Reply => [
  status,
  JSON.stringify({ errcode, error: 'x', ...more }),
]

export const matrix: ProviderRow = {
  secrets,
  settings: { token: secrets.matrix },
  remote: {
    throttled: inOwnWords(2_000),
    no: saysNo('{"errcode":"M_UNKNOWN"}'),
    badCredentials: withOther({ token: 'another' }),
    mentions: { given: ['@ann:example.org', 'room'], pinged: ['@ann:example.org', '@room'] },
  },
  check: {
    right: { url: 'https://matrix.example', token: 't', room: '!a:example.org' },
    missing: [/^url: needs `url`, the address of the homeserver/, /^token: /, /^room: /],
    wrong: [[{ room: '#ops:example.org' }, /^room: must be a room's id.*not an alias/]],
  },
  replies: [
    {
      options: { url: 'https://matrix.example', token: 't', room: '!a:example.org' },
      replies: [
        ['{"event_id":"$1"}', 'delivered'],
        [matrixReply(429, 'M_LIMIT_EXCEEDED', { retry_after_ms: 2000 }), 'retry 2'],
        [[429, '{"errcode":"M_LIMIT_EXCEEDED","error":"x"}', { 'retry-after': '3' }], 'retry 3'],
        [matrixReply(401, 'M_UNKNOWN_TOKEN'), 'failed'],
        [matrixReply(403, 'M_FORBIDDEN'), 'failed'],
        [matrixReply(413, 'M_TOO_LARGE'), 'too long'],
        ...each([500, 502], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['no token', dropHeader('authorization'), 401, 'M_MISSING_TOKEN'],
      ['another token', setHeader('authorization', 'Bearer other'), 401, 'M_UNKNOWN_TOKEN'],
      ['another room', setUrl('inbox%3Aexample', 'other%3Aexample'), 403, 'M_FORBIDDEN'],
      ['POST', (wire) => ({ ...wire, method: 'POST' }), 404, 'M_UNRECOGNIZED'],
      ['no body', changeJson({ body: '' }), 400, 'M_BAD_JSON'],
      ['a kind of its own', changeJson({ msgtype: 'm.shout' }), 400, 'M_BAD_JSON'],
      ['html without its format', changeJson({ formatted_body: '' }), 400, 'Bad formatted_body'],
      [
        'mentions that are not a list',
        changeJson({ 'm.mentions': { user_ids: 'all' } }),
        400,
        'Bad m.mentions',
      ],
      ['more than an event holds', changeJson({ body: 'x'.repeat(65_000) }), 413, 'M_TOO_LARGE'],
      ['a body that is not JSON', setBody('{'), 400, 'M_NOT_JSON'],
    ],
  },
  pictures: [
    [
      {
        msgtype: 'm.text',
        body: 'down',
        format: 'org.matrix.custom.html',
        formatted_body: '<h3>down</h3><ul><li>x</li></ul>',
        'm.mentions': { room: true },
      },
      { h3: 'down', li: 'x', '.mention': '@room' },
    ],
  ],
  keyOf: ({ request }) => request.path,
}
