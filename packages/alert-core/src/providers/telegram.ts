/**
 * Telegram Bot API: https://core.telegram.org/bots/api#sendmessage. HTML, because it is the only markup with
 * complete escaping; if a group became a supergroup, its new id is used.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { buttonsOf, type Dialect, plainDialect, withoutButtons, writeMessage } from '../provider/markup.ts'
import { countGiven, endpoint, together } from '../provider/option-fields.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { option } from '../provider/schema.ts'
import { getPath } from '../text/get-path.ts'
import { breakMentions, escapeHtml } from '../text/text.ts'

/** After the entities are parsed; the markup is counted too, so that any server takes it. */
const maxChars = 4096

const chatProblem = 'must be a chat id such as -1001234567890, or @channelname'
const id = () => z.union([z.string(), z.int()])

const options = () =>
  z
    .object({
      token: secret(
        option(
          z
            .string()
            .check(
              z.regex(
                /^\d+:[\w-]+$/,
                "must be the bot's token as @BotFather gives it: digits, a colon, letters",
              ),
            ),
          'Token of the bot, from @BotFather',
        ),
      ),
      chatId: option(
        id().check(z.refine((value) => /^(?:-?\d+|@[a-z]\w{3,})$/i.test(String(value)), chatProblem)),
        'Chat to write to: its id, negative for groups, or @name of a public channel',
      ),
      threadId: option(
        id().check(
          z.refine(
            (value) => /^\d+$/.test(String(value)),
            'must be the number of a topic: the last but one in a link to it',
          ),
        ),
        'Topic of a group with topics',
      ),
      endpoint: endpoint('https://api.telegram.org', 'Server of the Bot API'),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'token') === 1,
        together('is missing: it needs the token of a bot, from @BotFather', ['token']),
      ),
      z.refine(
        (value) => countGiven(value, 'chatId') === 1,
        together('is missing: it needs the chat to write to; add the bot to it first', ['chatId']),
      ),
    )

export default defineProvider({
  title: 'Telegram',
  kind: 'chat',
  options,
  limits: { maxChars, perSecond: 1, perMinute: 20 },
  supports: {
    size: 'the text',
    success: '`ok: true` with `message_id`',
    hint: '`parameters.retry_after`',
    mention: '`@name`, a user id',
    resolve: 'a message',
    button: 'below the message',
  },
  open({ token = '', chatId, threadId, endpoint: server }) {
    const address = `${server.replace(/\/+$/, '')}/bot${token}/sendMessage`
    let chat = chatId
    return createHttpSender({
      urls: [address],
      secrets: [token],
      write: (message, { fit }) => ({
        body: JSON.stringify({
          chat_id: chat,
          ...(threadId !== undefined && { message_thread_id: Number(threadId) }),
          text: fit((part) => writeText(hasButtons(part) ? withoutButtons(part) : part), { maxChars }),
          ...(message.plain ? {} : { parse_mode: 'HTML' }),
          ...(hasButtons(message) && writeButtons(message)),
          link_preview_options: { is_disabled: true },
        }),
      }),
      toReceipt(reply) {
        const moved = readMigration(reply)
        if (moved === undefined) return noted(toTelegramReceipt(reply))
        chat = moved
        return { status: 'retry', why: `Telegram: ${movedTo(moved)}`, delayMs: 0 }
      },
    })

    function noted(receipt: ReturnType<typeof toTelegramReceipt>) {
      const isMoved = receipt.status === 'delivered' && chat !== chatId
      return isMoved ? { ...receipt, note: movedTo(chat) } : receipt
    }
  },
})

function movedTo(chat: unknown): string {
  return `the group became a supergroup: set \`chatId\` to ${chat}`
}

function writeText(message: Message): string {
  const mentions = message.mentions.map((mention) => writeMention(mention, message.plain)).join(' ')
  return writeMessage(message, message.plain ? plainText : htmlDialect, { mentions })
}

/** A user's @name, or an id, which reaches those who have spoken to the bot or are in the group. */
function writeMention(mention: string, plain: boolean): string {
  const name = mention.trim().replace(/^@|^tg:\/\/user\?id=/, '')
  if (/^\d+$/.test(name)) return plain ? name : `<a href="tg://user?id=${name}">${name}</a>`
  if (/^[a-z]\w{3,31}$/i.test(name)) return `@${name}`
  return plain ? breakMentions(mention) : escapeData(mention)
}

/** A button whose host Telegram does not know as one of the web fails the whole message. */
function hasButtons(message: Message): boolean {
  const buttons = buttonsOf(message)
  return (
    !message.plain &&
    buttons.length > 0 &&
    buttons.every(({ url }) => /\.[a-z]{2,}$/i.test(new URL(url).hostname))
  )
}

/** On a phone a row has room for two. */
const mostInRow = 2

function writeButtons(message: Message) {
  const buttons = buttonsOf(message).map(({ label, url }) => ({ text: label, url }))
  const rows = Array.from({ length: Math.ceil(buttons.length / mostInRow) }, (_, row) =>
    buttons.slice(row * mostInRow, (row + 1) * mostInRow),
  )
  return { reply_markup: { inline_keyboard: rows } }
}

/** A visible @name mentions a member of the group, in any markup. */
function escapeData(data: string): string {
  return breakMentions(data).replace(
    /[&<>]/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char,
  )
}

const plainText: Dialect = {
  ...plainDialect,
  escape: breakMentions,
  code: (lines) => plainDialect.code(lines.map(breakMentions)),
}

const htmlDialect: Dialect = {
  escape: escapeData,
  bold: (markup) => `<b>${markup}</b>`,
  link: (markup, href) => `<a href="${escapeHtml(href)}">${markup}</a>`,
  heading: (markup) => `<b>${markup}</b>`,
  code: (lines) => `<pre>${lines.map(escapeData).join('\n')}</pre>`,
  newline: '\n',
}

const longestMs = 3_600_000
/** Worth one attempt as plain text: it was too long, or the markup or the button was the problem. */
const shrinkable = /message is too long|MESSAGE_TOO_LONG|can't parse entities|button|reply.?markup/i

/** Words of `description` that concern every message, with what to do. */
const cures: readonly (readonly [RegExp, string])[] = [
  [/unauthorized/i, 'the token is wrong or was revoked: ask @BotFather'],
  [/chat not found/i, 'add the bot to the chat, and check `chatId`'],
  [/thread not found/i, 'the topic is gone: check `threadId`'],
  [/bot was (?:blocked|kicked)|not a member|deactivated/i, 'the bot was removed from the chat: add it again'],
  [/not enough rights|have no rights/i, 'the bot may not write to this chat'],
]

/** The id of the supergroup that the group has become; `undefined` when it has not. */
function readMigration(reply: HttpReply): number | undefined {
  const { parameters } = readObject(reply)
  const moved = getPath(parameters, 'migrate_to_chat_id')
  return reply.status === 400 && Number.isSafeInteger(moved) ? Number(moved) : undefined
}

/** The receipt: only `ok` with a message id is delivered. The HTTP status repeats the `error_code`. */
function toTelegramReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { ok, result, description, parameters } = readObject(reply)
  if (byStatus.status === 'delivered') {
    const isSent = ok === true && typeof getPath(result, 'message_id') === 'number'
    return isSent ? byStatus : failUnknown(reply, 'Telegram')
  }
  if (byStatus.status === 'retry') {
    const seconds = getPath(parameters, 'retry_after')
    if (typeof seconds !== 'number' || !(seconds >= 0)) return byStatus
    return {
      ...byStatus,
      delayMs: Math.min(longestMs, Math.max(Math.ceil(seconds * 1000), byStatus.delayMs ?? 0)),
    }
  }
  if (ok !== false) return byStatus
  const said = quote(description)
  const why = `Telegram answered ${reply.status}: ${said}`
  if (shrinkable.test(said)) return { ...byStatus, why, tooLong: true }
  const cure = cures.find(([words]) => words.test(said))?.[1]
  return cure ? { ...byStatus, why: `${why} (${cure})`, lasting: true } : { ...byStatus, why }
}
