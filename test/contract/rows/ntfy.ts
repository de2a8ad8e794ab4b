import { inOwnWords, withOther } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { https, trace } from '../said.ts'
import { changeJson, dropHeader, setBody, setHeader, setUrl } from '../wire.ts'

const secrets = {
  ntfyTopic: 'topic-of-the-ntfy-suite',
  ntfy: 'tk_of-the-ntfy-suite',
} as const

const ntfyReply = (http: number, code: number): Reply => [http, JSON.stringify({ code, http, error: 'x' })]

export const ntfy: ProviderRow = {
  // A lock screen shows two lines.
  sees: ['payments prod', 'card gateway timeout after 3000 ms'],
  secrets,
  settings: { topic: secrets.ntfyTopic, token: secrets.ntfy },
  remote: {
    throttled: inOwnWords(5_000),
    no: [
      'refuse',
      { status: 200 },
      { status: 200, body: '{"ok":true}' },
      'html',
      { status: 507, body: '{"code":50701}' },
    ],
    badCredentials: withOther({ token: 'tk_another' }),
  },
  check: {
    right: { topic: 'alerts' },
    missing: [/^topic: is missing/],
    wrong: [
      [{ topic: 'https://ntfy.sh/alerts' }, /^topic: must be the name of a topic.*not an address/],
      [{ user: 'a' }, /^user: needs `user` and `pass` together/],
      [{ token: 't', user: 'a', pass: 'b' }, /^token: takes either `token` or/],
      [{ endpoint: 'http://ntfy.sh' }, `endpoint: ${https}`],
    ],
  },
  replies: [
    {
      options: { topic: 'alerts' },
      replies: [
        ['{"id":"a"}', 'delivered'],
        [ntfyReply(429, 42901), 'retry 5'],
        [ntfyReply(429, 42908), 'retry 3600'],
        [ntfyReply(401, 40101), 'failed'],
        [ntfyReply(403, 40301), 'failed'],
        [ntfyReply(413, 41301), 'too long'],
        [ntfyReply(507, 50701), 'failed'],
        [ntfyReply(500, 50001), 'retry'],
      ],
    },
  ],
  refuses: {
    requests: [
      ['no token', dropHeader('authorization'), 403, '40301'],
      ['another token', setHeader('authorization', 'Bearer tk_other'), 401, '40101'],
      ['another topic in the address', setUrl(/\/ntfy\/$/, '/ntfy/other'), 403, '40301'],
      ['another topic', changeJson({ topic: 'other' }), 403, '40301'],
      ['a topic that is not a name', changeJson({ topic: 'a b' }), 400, '40009'],
      ['a priority above 5', changeJson({ priority: 6 }), 400, '40007'],
      ['4097 bytes in 1366 characters', changeJson({ message: `${'长'.repeat(1365)}xx` }), 413, '41301'],
      ['a link that is none', changeJson({ click: 'there' }), 400, '40018'],
      ['a body that is not JSON', setBody('{"topic":'), 400, '40024'],
    ],
  },
  pictures: [
    [
      {
        topic: 'ops',
        title: 'down',
        message: '**x**',
        markdown: true,
        priority: 5,
        tags: ['fire', 'prod'],
        click: trace,
      },
      { '.notice.urgent .notice-title': '🔥 down', strong: 'x', '.label': 'prod' },
    ],
    ['plain words', { '.notice-title': 'down', '.plain': 'plain words' }, '/ntfy/ops', { title: 'down' }],
  ],
}
