import { httpPassing, inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { https, trace } from '../said.ts'

const secrets = {
  telegram: '1000001:token-of-the-telegram-suite',
} as const

const telegramReply = (status: number, description: string, parameters?: object): Reply => [
  status,
  JSON.stringify({ ok: false, error_code: status, description, parameters }),
]

export const telegram: ProviderRow = {
  secrets,
  settings: { token: secrets.telegram },
  remote: {
    throttled: inOwnWords(35_000),
    passing: [
      ...httpPassing,
      { status: 400, body: '{"ok":false,"parameters":{"migrate_to_chat_id":-1009007199254}}' },
    ],
    no: saysNo('{"ok":true}', '{"ok":false,"error_code":400,"description":"x"}'),
    tooLong: { status: 400, body: `{"ok":false,"description":"Bad Request: can't parse entities: x"}` },
    badCredentials: withOther({ token: '1000001:another-token' }),
    mentions: { given: ['@oncall_bob', '1234567'], pinged: ['@oncall_bob', '1234567'] },
  },
  check: {
    right: { token: '1000001:abc', chatId: -1001 },
    missing: [/^token: is missing.*@BotFather/, /^chatId: is missing/],
    wrong: [
      [{ token: 'abc' }, /^token: must be the bot's token.*@BotFather/],
      [{ chatId: 'my group' }, /^chatId: must be a chat id such as/],
      [{ threadId: 'general' }, /^threadId: must be the number of a topic/],
      [{ endpoint: 'http://api.telegram.org' }, `endpoint: ${https}`],
    ],
  },
  replies: [
    {
      options: { token: '1:a', chatId: -1 },
      replies: [
        ['{"ok":true,"result":{"message_id":1}}', 'delivered'],
        [telegramReply(429, 'Too Many Requests: retry after 35', { retry_after: 35 }), 'retry 35'],
        [telegramReply(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -1001 }), 'retry'],
        [telegramReply(401, 'Unauthorized'), 'lasting'],
        [telegramReply(403, 'Forbidden: bot was kicked from the group chat'), 'lasting'],
        [telegramReply(403, 'Forbidden: bot was blocked by the user'), 'lasting'],
        [telegramReply(403, 'Forbidden: user is deactivated'), 'lasting'],
        [telegramReply(400, 'Bad Request: chat not found'), 'lasting'],
        [telegramReply(400, 'Bad Request: message thread not found'), 'lasting'],
        [telegramReply(400, "Bad Request: can't parse entities: x"), 'too long'],
        [telegramReply(400, 'Bad Request: message is too long'), 'too long'],
        [telegramReply(404, 'Not Found'), 'failed'],
        [telegramReply(500, 'Internal Server Error'), 'retry'],
      ],
    },
  ],
  pictures: [
    [
      {
        text: '<b>down</b> <code>a &lt; b</code> <unknown> <a href="https://e.example/">link</a>',
        parse_mode: 'HTML',
        reply_markup: { inline_keyboard: [[{ text: 'Open', url: trace }]] },
      },
      { strong: 'down', code: 'a < b', '.html': 'down a < b <unknown> link', '.keyboard a': 'Open' },
    ],
  ],
}
