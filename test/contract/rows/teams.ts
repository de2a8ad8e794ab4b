import { httpPassing, retryAfter, withOtherIn } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, https, trace } from '../said.ts'

const secrets = {
  teams: 'signature-of-the-teams-suite',
} as const

export const teams: ProviderRow = {
  secrets,
  settings: { sig: secrets.teams },
  remote: {
    throttled: retryAfter(12),
    passing: [...httpPassing, 'rate-limited'],
    no: ['refuse', { status: 200, body: '<html>sign in</html>' }, 'html'],
    badCredentials: withOtherIn(secrets.teams),
    mentions: {
      given: ['Jane Doe <jane@example.com>', '87d349ed-44d7-43e1-9a83-5f2406dee5bd'],
      pinged: ['jane@example.com', '87d349ed-44d7-43e1-9a83-5f2406dee5bd'],
    },
  },
  check: {
    right: { url: 'https://prod-1.westeurope.logic.azure.com/workflows/a?sig=b' },
    missing: [/^url: needs `url`, the address of a workflow/],
    wrong: [
      [{ url: 'https://acme.webhook.office.com/webhookb2/a' }, /^url: is a connector.*make a workflow/],
      [{ url: 'https://prod-1.westeurope.logic.azure.com/workflows/a' }, /^url: lacks sig=/],
      [{ url: 'http://prod-1.westeurope.logic.azure.com/workflows/a?sig=b' }, `url: ${https}`],
      [{ version: '2' }, /^version: must be a version of adaptive cards such as '1\.4'/],
    ],
  },
  replies: [
    {
      options: { url: 'https://x.logic.azure.com/workflows/a?sig=b' },
      replies: [
        [[202], 'delivered'],
        [[200, '1'], 'delivered'],
        [[400, '{"error":{"code":"TriggerInputSchemaMismatch","message":"x"}}'], 'failed'],
        ...each([401, 403, 404], 'failed'),
        [[413], 'too long'],
        [[429, '', { 'retry-after': '4' }], 'retry 4'],
        [[502, '{"error":{"code":"NoResponse","message":"x"}}'], 'retry'],
      ],
    },
  ],
  pictures: [
    [
      {
        type: 'message',
        attachments: [
          {
            content: {
              type: 'AdaptiveCard',
              body: [
                { type: 'TextBlock', text: '**down**', color: 'Attention', weight: 'Bolder', wrap: true },
                { type: 'FactSet', facts: [{ title: 'code', value: 'X1' }] },
                {
                  type: 'Container',
                  style: 'emphasis',
                  items: [{ type: 'TextBlock', text: '<at>Ann</at>', wrap: true }],
                },
              ],
              actions: [{ type: 'Action.OpenUrl', title: 'Open', url: trace }],
            },
          },
        ],
      },
      { '.colour-attention': 'down', dd: 'X1', '.mention': '@Ann', 'a.button': 'Open' },
    ],
  ],
}
