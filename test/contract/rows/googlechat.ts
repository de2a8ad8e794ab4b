import { httpPassing, retryAfter, saysNo, withOtherIn } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, https, trace } from '../said.ts'

const secrets = {
  googlechat: 'token-of-the-googlechat-suite',
} as const

export const googlechat: ProviderRow = {
  secrets,
  settings: { token: secrets.googlechat },
  remote: {
    throttled: retryAfter(20),
    passing: [...httpPassing, 'rate-limited'],
    no: saysNo('{"name":1}'),
    badCredentials: withOtherIn(secrets.googlechat),
    mentions: { given: ['users/1234567', 'all'], pinged: ['1234567', 'all'] },
  },
  check: {
    right: { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t' },
    missing: [/^url: needs `url`, the address of a webhook/],
    wrong: [
      [
        { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k' },
        /^url: lacks its path, key=… or token=…: copy/,
      ],
      [{ url: 'http://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t' }, `url: ${https}`],
    ],
  },
  replies: [
    {
      options: { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t' },
      replies: [
        ['{"name":"spaces/A/messages/1"}', 'delivered'],
        [[429, '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}'], 'retry'],
        ...each([400, 401, 403, 404], 'failed'),
        ...each([500, 503], 'retry'),
      ],
    },
  ],
  pictures: [
    [
      {
        text: '*down* <users/all>',
        cardsV2: [
          {
            card: {
              header: { title: 'card' },
              sections: [
                {
                  widgets: [
                    { textParagraph: { text: '<b>bold</b> <font color="#b3261e">red</font>' } },
                    { decoratedText: { topLabel: 'code', text: 'X1' } },
                    { buttonList: { buttons: [{ text: 'Open', onClick: { openLink: { url: trace } } }] } },
                  ],
                },
              ],
            },
          },
        ],
      },
      { '.mention': '@all', '.adaptive strong': 'bold', '.decorated': 'codeX1', 'a.button': 'Open' },
    ],
  ],
  keyOf: ({ request }) => new URL(request.path, 'http://chat').searchParams.get('requestId'),
}
