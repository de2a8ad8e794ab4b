/**
 * Webex messages: https://developer.webex.com/docs/api/v1/messages/create-a-message, by a bot's token or an
 * incoming webhook. Markdown, measured in bytes.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, readObject } from '../provider/http-sender.ts'
import { inert } from '../provider/inert.ts'
import * as z from '../provider/light-zod.ts'
import { writeMessage, writePlain } from '../provider/markup.ts'
import {
  asList,
  countGiven,
  endpoint,
  postAddress,
  sharedAmong,
  together,
} from '../provider/option-fields.ts'
import { plainMarkdown } from '../provider/plain-markdown.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { option } from '../provider/schema.ts'

/** It rejects 7 439 bytes of text. */
const maxBytes = 7_400
const dialect = plainMarkdown('  \n')

const options = () =>
  z
    .object({
      url: postAddress(
        'Address of an incoming webhook, in place of `token`; several share the messages',
        undefined,
        ['webexapis.com'],
      ),
      token: secret(option(z.string().check(z.minLength(1)), 'Access token of a bot')),
      roomId: option(z.string().check(z.minLength(1)), 'Space to write to; the bot has to be a member'),
      person: option(
        z.string().check(z.regex(/^\S+@\S+$/, 'must be a mail address')),
        'Mail address of a person to write to, in place of `roomId`',
      ),
      endpoint: endpoint('https://webexapis.com/v1/messages', 'Where `token` is sent to'),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'url', 'token') === 1,
        together("needs either `url` (an incoming webhook) or `token` (a bot's)", ['url']),
      ),
      z.refine(
        (value) => countGiven(value, 'token') === 0 || countGiven(value, 'roomId', 'person') === 1,
        together('needs either `roomId` or `person` beside `token`', ['roomId']),
      ),
    )

export default defineProvider({
  title: 'Webex',
  kind: 'chat',
  options,
  limits: { maxBytes },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the text',
    success: '`id` of the message; a webhook answers with nothing',
    hint: '423 is passing',
    mention: 'a mail address, a person’s id, `all`',
    resolve: 'a message',
  },
  open({ url, token, roomId, person, endpoint: address }) {
    const target = roomId === undefined ? person && { toPersonEmail: person } : { roomId }
    return createHttpSender({
      urls: token === undefined ? asList(url) : [address],
      secrets: asList(token),
      write: (message, { fit }) => ({
        ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
        body: JSON.stringify({ ...(token !== undefined && target), ...writeText(message, fit) }),
      }),
      toReceipt: (reply) => toReceipt(reply, token === undefined),
    })
  },
})

function writeText(
  message: Message,
  fit: (render: (part: Message) => string, limits: { maxBytes: number }) => string,
) {
  if (message.plain) return { text: fit((part) => writePlain(part), { maxBytes }) }
  const mentions = message.mentions.map(writeMention).join(' ')
  return { markdown: fit((part) => writeMessage(part, dialect, { mentions }), { maxBytes }) }
}

/** A mail address, `all`, or the id of a person. */
function writeMention(mention: string): string {
  const id = mention.replace(/^@/, '').trim()
  if (id === 'all') return '<@all>'
  if (/^[^\s<>|]+@[^\s<>|]+$/.test(id)) return `<@personEmail:${id}>`
  return /^[\w=-]{20,}$/.test(id) ? `<@personId:${id}>` : inert(id)
}

/** A message that was made has an id; a webhook answers with nothing. */
function toReceipt(reply: HttpReply, isWebhook: boolean): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered') {
    const isMade = typeof readObject(reply)['id'] === 'string'
    return isMade || (isWebhook && reply.text === '') ? byStatus : failUnknown(reply, 'Webex')
  }
  if (reply.status === 423 && byStatus.status === 'failed')
    return {
      status: 'retry',
      why: byStatus.why,
      httpStatus: 423,
      ...(reply.retryAfterMs && { delayMs: reply.retryAfterMs }),
    }
  const isTooLong = byStatus.status === 'failed' && /too long|length|exceed/i.test(reply.text)
  return isTooLong ? { ...byStatus, tooLong: true } : byStatus
}
