import { httpPassing, inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, https } from '../said.ts'
import { changeJson, setHeader } from '../wire.ts'

const secrets = {
  webex: 'token-of-the-webex-suite',
} as const

export const webex: ProviderRow = {
  secrets,
  settings: { token: secrets.webex },
  remote: {
    throttled: inOwnWords(3_000),
    passing: [...httpPassing, { status: 423 }],
    no: saysNo('{"message":"no"}'),
    badCredentials: withOther({ token: 'another' }),
    mentions: { given: ['ann@example.com', 'all'], pinged: ['ann@example.com', 'all'] },
  },
  check: {
    right: { token: 't', roomId: 'r' },
    missing: [/^url: needs either `url`.*`token`/],
    wrong: [
      [{ roomId: undefined }, /^roomId: needs either `roomId` or `person`/],
      [{ roomId: undefined, person: 'ann' }, /^person: must be a mail address/],
      [
        { token: undefined, roomId: undefined, url: 'http://webexapis.com/v1/webhooks/incoming/a' },
        `url: ${https}`,
      ],
    ],
  },
  replies: [
    {
      options: { token: 't', roomId: 'r' },
      replies: [
        ['{"id":"1"}', 'delivered'],
        ...each([400, 401, 403, 404], 'failed'),
        [[423, '{"message":"x"}'], 'retry'],
        [[429, '', { 'retry-after': '3' }], 'retry 3'],
        ...each([500, 502, 503], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['another token', setHeader('authorization', 'Bearer other'), 401, 'valid access token'],
      ['another space', changeJson({ roomId: 'other' }), 404, 'Could not find a room'],
      ['no text', changeJson({ markdown: '' }), 400, 'required'],
      ['7440 bytes in 2480 characters', changeJson({ markdown: '长'.repeat(2480) }), 400, '7439'],
      ['a form', setHeader('content-type', 'application/x-www-form-urlencoded'), 400, 'JSON'],
    ],
  },
  pictures: [
    [
      { roomId: 'r', markdown: '**down** <@personEmail:a@example.com|Ann>' },
      { strong: 'down', '.mention': '@Ann' },
    ],
  ],
}
