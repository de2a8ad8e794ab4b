import { httpPassing, inOwnWords, saysNo } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { ding, https, trace, uuid } from '../said.ts'

const secrets = {
  wecom: '01234567-89ab-4def-8123-456789abcdef',
} as const

export const wecom: ProviderRow = {
  secrets,
  settings: { key: secrets.wecom },
  remote: {
    throttled: inOwnWords(60_000),
    passing: [...httpPassing, { status: 200, body: '{"errcode":-1,"errmsg":"system busy"}' }],
    no: saysNo('{"errcode":40008,"errmsg":"no"}'),
    badCredentials: (_options, { url }) => ({
      url: `${url}/wecom/cgi-bin/webhook/send?key=11111111-89ab-4def-8123-456789abcdef`,
    }),
    mentions: { given: ['zhangsan', 'lisi'], pinged: ['zhangsan', 'lisi'] },
  },
  check: {
    right: { key: uuid },
    missing: [/^url: needs either `url`.*`key`/],
    wrong: [
      [{ key: 'not-a-uuid' }, /^key: must be the uuid after key=/],
      [
        { key: undefined, url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send' },
        /^url: lacks key=…, a uuid/,
      ],
      [
        { key: undefined, url: `http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${uuid}` },
        `url: ${https}`,
      ],
    ],
  },
  replies: [
    {
      options: { key: '01234567-89ab-4def-8123-456789abcdef' },
      replies: [
        [ding(0, 'ok'), 'delivered'],
        [ding(-1), 'retry'],
        [ding(45009, 'api freq out of limit'), 'retry 60'],
        [ding(93000, 'invalid webhook url'), 'lasting'],
        [ding(40058, 'markdown.content exceed max length 4096'), 'too long'],
        [ding(40014), 'failed'],
        [ding(42001), 'failed'],
      ],
    },
  ],
  pictures: [
    [
      {
        msgtype: 'template_card',
        template_card: {
          main_title: { title: 'down', desc: 'since 5' },
          horizontal_content_list: [{ keyname: 'code', value: 'X1' }],
          jump_list: [{ type: 1, url: trace, title: 'trace' }],
        },
      },
      { '.card-title': 'down', dd: 'X1', 'a.button': 'trace' },
    ],
  ],
}
