import { httpPassing, retryAfter, saysNo, withOther, withOtherIn } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { https, trace, whole } from '../said.ts'

const secrets = {
  slack: 'token-of-the-slack-suite',
  slackBot: 'xoxb-token-of-the-slack-suite',
} as const

const slackReply = (error: string): Reply => JSON.stringify({ ok: false, error })

export const slack: ProviderRow = {
  secrets,
  settings: { token: secrets.slack, botToken: secrets.slackBot },
  remote: {
    throttled: retryAfter(30),
    passing: [...httpPassing, { status: 400, body: 'rollup_error' }],
    no: [
      'refuse',
      { status: 200, body: 'no_text' },
      { status: 200 },
      { status: 200, body: '{"ok":true}' },
      'html',
    ],
    tooLong: { status: 400, body: 'invalid_blocks' },
    badCredentials: withOtherIn(secrets.slack),
    mentions: {
      given: ['U012AB3CD', 'here', 'S012AB3CD'],
      pinged: ['@U012AB3CD', '!here', '!subteam^S012AB3CD'],
    },
  },
  others: {
    'slack by token': {
      options: ({ url }) => ({ token: secrets.slackBot, channel: 'C0INBOX', endpoint: `${url}/slack/api` }),
      remote: {
        throttled: retryAfter(30),
        passing: [
          ...httpPassing,
          'rate-limited',
          { status: 200, body: '{"ok":false,"error":"fatal_error"}' },
        ],
        no: saysNo('ok', '{"ok":true}'),
        badCredentials: withOther({ token: 'xoxb-another' }),
        mentions: {
          given: ['U012AB3CD', 'here', 'S012AB3CD'],
          pinged: ['@U012AB3CD', '!here', '!subteam^S012AB3CD'],
        },
      },
    },
  },
  check: {
    right: { url: 'https://hooks.slack.com/services/T0/B0/x' },
    missing: [/^url: needs `url`.*`token` and `channel`/],
    wrong: [
      [{ url: 'http://hooks.slack.com/services/T0/B0/x' }, `url: ${https}`],
      [{ url: 'hooks.slack.com/services' }, `url: ${whole}`],
      [{ url: undefined, token: 'xoxb-1' }, /^channel: is missing/],
      [{ url: undefined, token: 'secret', channel: '#ops' }, /^token: .*xoxb-/],
      [{ url: undefined, token: 'xoxb-1', channel: 'ops team' }, /^channel: must be a channel's id/],
    ],
  },
  replies: [
    {
      options: { url: 'https://hooks.slack.com/services/T/B/x' },
      replies: [
        ['ok', 'delivered'],
        [[400, 'invalid_payload'], 'failed'],
        [[400, 'no_text'], 'failed'],
        [[400, 'invalid_blocks'], 'too long'],
        [[400, 'too_many_attachments'], 'too long'],
        [[404, 'no_service'], 'lasting'],
        [[404, 'no_active_hooks'], 'lasting'],
        [[404, 'no_service_id'], 'lasting'],
        [[404, 'no_team'], 'lasting'],
        [[404, 'team_disabled'], 'lasting'],
        [[403, 'invalid_token'], 'lasting'],
        [[404, 'channel_not_found'], 'lasting'],
        [[410, 'channel_is_archived'], 'lasting'],
        [[403, 'action_prohibited'], 'lasting'],
        [[403, 'posting_to_general_channel_denied'], 'lasting'],
        [[500, 'rollup_error'], 'retry'],
        [[400, 'rollup_error'], 'retry'],
        [[429, 'rate_limited', { 'retry-after': '7' }], 'retry 7'],
      ],
    },
    {
      options: { token: 'xoxb-1', channel: 'C012AB3CD' },
      replies: [
        ['{"ok":true,"channel":"C012AB3CD","ts":"1.2"}', 'delivered'],
        ...[
          'invalid_auth',
          'not_authed',
          'account_inactive',
          'token_revoked',
          'token_expired',
          'missing_scope',
          'channel_not_found',
          'not_in_channel',
          'is_archived',
          'restricted_action',
        ].map((word) => [slackReply(word), 'lasting'] as const),
        [slackReply('no_text'), 'failed'],
        [slackReply('invalid_blocks'), 'too long'],
        [slackReply('msg_too_long'), 'too long'],
        [slackReply('msg_blocks_too_long'), 'too long'],
        [slackReply('ratelimited'), 'retry 1'],
        [[429, '', { 'retry-after': '30' }], 'retry 30'],
        [slackReply('internal_error'), 'retry'],
        [slackReply('fatal_error'), 'retry'],
        [slackReply('service_unavailable'), 'retry'],
      ],
    },
  ],
  pictures: [
    [
      {
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: 'down & <b>' } },
          {
            type: 'section',
            text: {
              type: 'mrkdwn',
              text: '*bold* &lt;x&gt; :fire:\n&gt; quoted <!here>\n```line 1\nline 2```',
            },
          },
          {
            type: 'section',
            fields: [
              { type: 'mrkdwn', text: '*k*' },
              { type: 'plain_text', text: '*v*' },
            ],
          },
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_section',
                elements: [{ type: 'text', text: 'rich', style: { code: true } }],
              },
            ],
          },
          {
            type: 'actions',
            elements: [
              { type: 'button', style: 'danger', text: { type: 'plain_text', text: 'Open' }, url: trace },
            ],
          },
        ],
        attachments: [{ color: '#B3261E', text: 'edge', fields: [{ title: 'f', value: 'g' }] }],
      },
      {
        '.slack-header': 'down & <b>',
        '.slack-section strong': 'bold',
        blockquote: 'quoted @here',
        pre: 'line 1\nline 2',
        '.slack-fields': 'k*v*',
        code: 'rich',
        'a.button.danger': 'Open',
        '.attachment dd': 'g',
      },
    ],
  ],
}
