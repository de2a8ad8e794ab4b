/**
 * What an answer of the Bot API means for the delivery; the HTTP status repeats its `error_code`.
 */

import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { failUnknown, quote, readObject } from '../../provider/http-sender.ts'

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
export function readMigration(reply: HttpReply): number | undefined {
  const { parameters } = readObject(reply)
  const moved = readField(parameters, 'migrate_to_chat_id')
  return reply.status === 400 && Number.isSafeInteger(moved) ? Number(moved) : undefined
}

/** The receipt: only `ok` with a message id is delivered. */
export function toTelegramReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { ok, result, description, parameters } = readObject(reply)
  if (byStatus.status === 'delivered') {
    const isSent = ok === true && typeof readField(result, 'message_id') === 'number'
    return isSent ? byStatus : failUnknown(reply, 'Telegram')
  }
  if (byStatus.status === 'retry') {
    const seconds = readField(parameters, 'retry_after')
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

function readField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
