/**
 * Matrix client-server API: https://spec.matrix.org/latest/client-server-api/#sending-events-to-a-room. The
 * message's id is the transaction's, so a second attempt never shows it twice; only `m.mentions` notifies
 * anybody.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { type Dialect, plainDialect, writeMessage } from '../provider/markup.ts'
import { asList, certificates, needsUrl, postAddress, sharedAmong } from '../provider/option-fields.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { preset, required } from '../provider/schema.ts'
import { breakMentions, escapeHtml } from '../text/text.ts'

/** An event is at most 65 536 bytes, with what the server adds. */
const maxBytes = 60_000
const hourMs = 3_600_000

const options = () =>
  z
    .object({
      url: postAddress('Address of the homeserver; several share the messages'),
      tls: certificates(),
      token: secret(required(z.string().check(z.minLength(1)), 'Access token of the user that writes')),
      room: required(
        z
          .string()
          .check(
            z.regex(
              /^![^\s/]+$/,
              "must be a room's id, '!…:server' (its advanced settings show it), not an alias",
            ),
          ),
        'Id of the room; its user has to have joined, and the room must not be encrypted',
      ),
      notice: preset(z.boolean(), false, 'Sends m.notice, which clients show quietly, in place of m.text'),
    })
    .check(z.refine(...needsUrl('the address of the homeserver')))

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Matrix',
  kind: 'chat',
  options,
  limits: { maxBytes },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the event',
    success: '`event_id`',
    hint: '`retry_after_ms`',
    mention: '`@user:server`, `room`',
    resolve: 'a message',
    dedup: 'transaction id',
  },
  open: (settings) =>
    createHttpSender({
      urls: asList(settings.url),
      tls: settings.tls,
      secrets: [settings.token],
      write: (message, { fit }, url) => ({
        url: addressOf(url, settings.room, message.id),
        method: 'PUT',
        headers: { authorization: `Bearer ${settings.token}` },
        body: fit((part) => JSON.stringify(writeEvent(part, settings)), { maxBytes }),
      }),
      toReceipt,
    }),
})

function addressOf(url: string, room: string, id: string): string {
  const path = `rooms/${encodeURIComponent(room)}/send/m.room.message/${encodeURIComponent(id)}`
  return `${url.replace(/\/+$/, '')}/_matrix/client/v3/${path}`
}

function writeEvent(message: Message, { notice }: Options): unknown {
  const { users, isRoom } = readMentions(message.mentions)
  const named = [...users, ...(isRoom ? ['@room'] : [])]
  const links = [
    ...users.map((id) => `<a href="https://matrix.to/#/${encodeURIComponent(id)}">${escapeHtml(id)}</a>`),
    ...(isRoom ? ['@room'] : []),
  ]
  const text = {
    msgtype: notice ? 'm.notice' : 'm.text',
    body: writeMessage(message, textDialect, { mentions: named.join(' ') }),
    // Even empty: without it old rules look for names in the text.
    'm.mentions': { ...(users.length > 0 && { user_ids: users }), ...(isRoom && { room: true }) },
  }
  if (message.plain) return text
  const html = writeMessage(message, htmlDialect, { mentions: links.join(' ') })
  return { ...text, format: 'org.matrix.custom.html', formatted_body: html }
}

/** `@ann:example.org`, or `room`. */
function readMentions(mentions: Message['mentions']) {
  const ids = mentions.map((mention) => mention.trim())
  return {
    users: ids.filter((id) => /^@[^\s:]+:\S+$/.test(id)),
    isRoom: ids.some((id) => /^@?(?:room|all)$/.test(id)),
  }
}

const textDialect: Dialect = {
  ...plainDialect,
  escape: breakMentions,
  code: (lines) => plainDialect.code(lines.map(breakMentions)),
}

function escapeData(data: string): string {
  return escapeHtml(breakMentions(data))
}

const htmlDialect: Dialect = {
  escape: escapeData,
  bold: (markup) => `<b>${markup}</b>`,
  link: (markup, href) => `<a href="${escapeHtml(href)}">${markup}</a>`,
  heading: (markup) => `<b>${markup}</b>`,
  code: (lines) => `<pre><code>${lines.map(escapeData).join('\n')}</code></pre>`,
  newline: '<br>',
}

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { event_id: event, errcode, error, retry_after_ms: afterMs } = readObject(reply)
  if (byStatus.status === 'delivered')
    return typeof event === 'string' ? byStatus : failUnknown(reply, 'Matrix')
  if (typeof errcode !== 'string') return byStatus
  const why = `Matrix answered ${reply.status} ${quote(errcode)}: ${quote(error)}`
  if (byStatus.status === 'failed')
    return { ...byStatus, why, ...(errcode === 'M_TOO_LARGE' && { tooLong: true }) }
  const ownMs = typeof afterMs === 'number' && afterMs > 0 ? Math.min(afterMs, hourMs) : undefined
  const delayMs = byStatus.delayMs ?? ownMs
  return { ...byStatus, why, ...(delayMs !== undefined && { delayMs }) }
}
