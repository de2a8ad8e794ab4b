import { httpPassing, inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { https, trace } from '../said.ts'

const secrets = {
  feishu: 'token-of-the-feishu-suite',
  feishuSign: 'secret-of-the-feishu-suite',
} as const

const feishuReply = (code: number, msg = 'x'): Reply => JSON.stringify({ code, msg })

export const feishu: ProviderRow = {
  secrets,
  settings: { token: secrets.feishu, secret: secrets.feishuSign, keywords: ['alert-keyword'] },
  remote: {
    throttled: inOwnWords(1_000),
    passing: [...httpPassing, { status: 200, body: '{"code":9499,"msg":"too many request"}' }],
    no: saysNo('{"code":19999,"msg":"no"}'),
    badCredentials: withOther({ secret: 'another-secret' }),
    mentions: { given: ['ou_18eac85d35', 'all'], pinged: ['all', 'ou_18eac85d35'] },
  },
  check: {
    right: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/abc' },
    missing: [/^url: needs `url`, the webhook address/],
    wrong: [
      [{ url: 'https://open.feishu.cn/open-apis/bot/hook/abc' }, /^url: is not a webhook address: copy/],
      [{ url: 'http://open.larksuite.com/open-apis/bot/v2/hook/abc' }, `url: ${https}`],
      [{ secret: ['a', 'b'] }, /^secret: needs as many as there are bots/],
    ],
  },
  replies: [
    {
      options: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/a' },
      replies: [
        [feishuReply(0, 'success'), 'delivered'],
        ['{"StatusCode":0,"StatusMessage":"success"}', 'delivered'],
        [feishuReply(11232, 'frequency limited psm[x]'), 'retry 1'],
        [feishuReply(9499, 'too many request'), 'retry 1'],
        [[400, JSON.stringify({ code: 9499, msg: 'Bad Request' })], 'too long'],
        [feishuReply(19001), 'lasting'],
        [feishuReply(19021), 'lasting'],
        [feishuReply(19022, 'Ip Not Allowed'), 'lasting'],
        [feishuReply(19024, 'Key Words Not Found'), 'failed'],
        [feishuReply(200621, 'parse card json err'), 'too long'],
      ],
    },
  ],
  pictures: [
    [
      {
        msg_type: 'interactive',
        card: {
          header: { title: { tag: 'plain_text', content: 'down' }, template: 'red' },
          elements: [
            { tag: 'div', text: { tag: 'lark_md', content: '**code** &lt;at&gt; <at id=all></at>' } },
            {
              tag: 'action',
              actions: [
                { tag: 'button', type: 'primary', text: { tag: 'plain_text', content: 'Open' }, url: trace },
              ],
            },
            { tag: 'note', elements: [{ tag: 'plain_text', content: 'reminder' }] },
          ],
        },
      },
      {
        '.lark-head.lark-red': 'down',
        strong: 'code',
        '.mention': '@all',
        'a.button.primary': 'Open',
        '.lark-note': 'reminder',
      },
    ],
  ],
}
