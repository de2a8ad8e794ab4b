import { httpPassing, inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { ding, https, trace } from '../said.ts'

const secrets = {
  dingtalk: 'token-of-the-dingtalk-suite',
  sign: 'SEC-of-the-dingtalk-suite',
} as const

export const dingtalk: ProviderRow = {
  secrets,
  settings: { token: secrets.dingtalk, secret: secrets.sign, keywords: ['alert-keyword'] },
  remote: {
    throttled: inOwnWords(60_000),
    passing: [...httpPassing, { status: 200, body: '{"errcode":-1,"errmsg":"system busy"}' }],
    no: saysNo('{"errcode":43004,"errmsg":"no"}'),
    badCredentials: withOther({ secret: 'SEC-another' }),
    mentions: {
      given: ['13800000000', 'manager4081', 'all'],
      pinged: ['@all', '13800000000', 'manager4081'],
    },
    shown: (text) => text.replace(/\\(?=[^\w\s])/g, ''),
  },
  check: {
    right: { token: 'abc' },
    missing: [/^url: needs either `url`.*`token`/],
    wrong: [
      [
        { token: 'https://oapi.dingtalk.com/robot/send?access_token=a' },
        /^token: must be the bare access_token/,
      ],
      [{ token: undefined, url: 'https://oapi.dingtalk.com/robot/send' }, /^url: lacks access_token/],
      [{ token: undefined, url: 'http://oapi.dingtalk.com/robot/send?access_token=a' }, `url: ${https}`],
      [{ endpoint: 'http://oapi.dingtalk.com/robot/send' }, `endpoint: ${https}`],
      [{ secret: '' }, /^secret: must not be empty: leave it out/],
      [{ token: ['a', 'b'], secret: ['SECa'] }, /^secret: needs as many as there are robots/],
      [{ style: 'card' }, /^style: .*markdown.*actionCard.*text/],
    ],
  },
  replies: [
    {
      options: { token: 'a' },
      replies: [
        [ding(0, 'ok'), 'delivered'],
        [ding(-1, 'system busy'), 'retry'],
        [ding(130101, 'send too fast, exceed 20 times per minute'), 'retry 60'],
        [ding(410100), 'retry 60'],
        [ding(999999, '发送频繁'), 'retry 60'],
        [ding(90030), 'retry 3600'],
        [ding(310000, 'keywords not in content'), 'failed'],
        [ding(310000, 'sign not match'), 'failed'],
        [ding(310000, 'invalid timestamp'), 'failed'],
        [ding(310000, 'ip 1.2.3.4 not in whitelist'), 'failed'],
        ...[300001, 300005, 400101, 400013, 400102, 400106].map((code) => [ding(code), 'lasting'] as const),
        ...[400105, 40035, 43002, 43004, 430101, 430102, 430103, 430104].map(
          (code) => [ding(code), 'failed'] as const,
        ),
        [ding(460101, 'message too long, exceed 20000 bytes'), 'too long'],
        [ding(101002, 'message is too long'), 'too long'],
      ],
    },
  ],
  pictures: [
    [
      {
        msgtype: 'actionCard',
        actionCard: {
          title: 't',
          text: '## down\n\n- one\n- two\n\nfirst\nsame line',
          singleTitle: 'Open',
          singleURL: trace,
        },
      },
      { h2: 'down', 'li:last-child': 'two', p: 'first same line', 'a.button': 'Open' },
    ],
  ],
}
