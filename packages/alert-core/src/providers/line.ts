/**
 * LINE Messaging API: https://developers.line.biz/en/reference/messaging-api/#send-push-message. A retry key
 * made of the message's id prevents a second attempt from arriving twice: the answer 409 says that the first
 * one was taken.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { hashWith } from '../provider/crypto.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { writePlain } from '../provider/markup.ts'
import { asList, endpoint, oneOrMore } from '../provider/option-fields.ts'
import { inPieces } from '../provider/pieces.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { preset, required } from '../provider/schema.ts'

/** UTF-16 units of one text. */
const maxChars = 5_000
const minuteMs = 60_000
const hourMs = 3_600_000

const options = () =>
  z.object({
    token: secret(required(z.string().check(z.minLength(1)), 'Channel access token of the Messaging API')),
    target: required(
      oneOrMore((id) =>
        /^[UCR][\da-f]{32}$/.test(id)
          ? undefined
          : 'must be the id of a user (U…), a group (C…) or a room (R…): a letter and 32 hex digits, not a LINE ID',
      ),
      'Id of the user, group or room, or a list; each gets every message',
    ),
    silent: preset(z.boolean(), false, 'Arrives without a sound, unless it is critical'),
    endpoint: endpoint('https://api.line.me', 'Where the API is'),
  })

export default defineProvider({
  title: 'LINE',
  kind: 'chat',
  options,
  limits: { maxChars },
  supports: {
    several: 'each gets every message',
    size: 'the text',
    success: '`sentMessages`, or 409 (taken before)',
    hint: '429: 1 min; the quota of the month: 1 h',
    resolve: 'a message',
    dedup: '`X-Line-Retry-Key`',
  },
  open({ token, target, silent, endpoint: base }) {
    const sender = createHttpSender({
      urls: [`${base.replace(/\/+$/, '')}/v2/bot/message/push`],
      secrets: [token],
      write: (message, { fit }) => ({
        headers: {
          authorization: `Bearer ${token}`,
          'x-line-retry-key': toUuid(`${message.id} ${message.to[0]}`),
        },
        body: JSON.stringify({
          to: message.to[0],
          messages: [{ type: 'text', text: fit((part) => writePlain(part), { maxChars }) }],
          notificationDisabled: silent && message.severity !== 'critical',
        }),
      }),
      toReceipt,
    })
    const ids = asList(target)
    const split = (message: Message) =>
      ids.map((id, index) => ({
        key: id,
        ...(ids.length > 1 && { name: `target ${index + 1}` }),
        message: { ...message, to: [id] },
      }))
    return inPieces(sender, { split, need: 'some' })
  },
})

/** The same text is the same uuid in every process. */
function toUuid(text: string): string {
  const hex = hashWith('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function toReceipt(reply: HttpReply): Receipt {
  if (reply.status === 409) return { status: 'delivered' }
  const byStatus = classify(reply)
  const body = readObject(reply)
  if (byStatus.status === 'delivered')
    return Array.isArray(body['sentMessages']) ? byStatus : failUnknown(reply, 'LINE')
  if (typeof body['message'] !== 'string') return byStatus
  const said = quote(body['message'])
  const why = `LINE answered ${reply.status}: ${said}`
  if (byStatus.status === 'failed')
    return { ...byStatus, why, ...(/length must be/i.test(reply.text) && { tooLong: true }) }
  if (reply.status !== 429) return { ...byStatus, why }
  // The quota of the month: the fallback takes over at once.
  const ownMs = /monthly/i.test(said) ? hourMs : minuteMs
  return { ...byStatus, why, delayMs: byStatus.delayMs ?? ownMs }
}
