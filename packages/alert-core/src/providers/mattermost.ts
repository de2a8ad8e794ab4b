/**
 * Mattermost incoming webhook: https://developers.mattermost.com/integrate/webhooks/incoming/. The subject
 * and mentions are the text, the alerts a coloured attachment; success is the body 'ok'.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { type Dialect, fenced, plainDialect, writeMessage } from '../provider/markup.ts'
import { asList, certificates, needsUrl, postAddress, sharedAmong } from '../provider/option-fields.ts'
import { colourOf } from '../provider/palette.ts'
import { defineProvider, type Message } from '../provider/provider.ts'
import { option, preset } from '../provider/schema.ts'
import { breakMentions, escapeMarkdown } from '../text/text.ts'

/** 16 383 characters a post; servers before version 5 take 4 000. */
const maxChars = 16_000

const options = () =>
  z
    .object({
      url: postAddress('Address of the incoming webhook; several share the messages', ({ pathname }) =>
        pathname === '/'
          ? 'is the address of the server: use the address of a webhook, …/hooks/ and the id'
          : undefined,
      ),
      tls: certificates(),
      channel: option(
        z
          .string()
          .check(
            z.regex(
              /^@?[a-z0-9][a-z0-9._-]*$/,
              "must be a channel's name as in its address (town-square), or @name of a person",
            ),
          ),
        'Channel or @person, unless the webhook is locked to its channel',
      ),
      username: option(z.string().check(z.minLength(1)), 'Name to write under, if the server allows it'),
      iconUrl: option(z.url(), 'Picture to write under, if the server allows it'),
      maxChars: preset(
        z.int().check(z.minimum(200), z.maximum(65_000)),
        maxChars,
        'Longest message that is sent',
      ),
    })
    .check(z.refine(...needsUrl('the address of an incoming webhook (https://…/hooks/…)')))

export default defineProvider({
  title: 'Mattermost',
  kind: 'chat',
  options,
  // A server that limits takes ten a second by default.
  limits: { maxChars, perSecond: 10 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the body',
    success: 'the text `ok`',
    mention: '`@name`, `here`, `channel`, `all`',
    resolve: 'a message, green',
  },
  open({ url, tls, maxChars: chars, channel, username, iconUrl: icon_url }) {
    const given = Object.entries({ channel, username, icon_url }).filter(([, value]) => value !== undefined)
    return createHttpSender({
      urls: asList(url),
      tls,
      write: (_message, { fit }) => ({
        body: fit((part) => JSON.stringify({ ...Object.fromEntries(given), ...writeBody(part) }), {
          maxChars: chars,
        }),
      }),
      toReceipt,
    })
  },
})

function writeBody(message: Message): object {
  const mentions = message.mentions.map(writeMention).join(' ')
  if (message.plain) return { text: writeMessage(message, markdownDialect, { mentions }) }
  const text = writeMessage(message, markdownDialect, { subject: false })
  const attachment = { fallback: breakMentions(message.subject), color: colourOf(message), text }
  return {
    text: [`#### ${escapeData(message.subject)}`, mentions].filter(Boolean).join('\n'),
    ...(text && { attachments: [attachment] }),
  }
}

/** `@name`, `name`, and `channel`, `here`, `all`; user names are of these characters only. */
function writeMention(mention: string): string {
  const name = mention.trim().replace(/^@/, '')
  return /^[a-z0-9][a-z0-9._-]*$/i.test(name) ? `@${name}` : escapeData(mention)
}

function escapeData(data: string): string {
  return escapeMarkdown(breakMentions(data))
}

const markdownDialect: Dialect = {
  ...plainDialect,
  escape: escapeData,
  bold: (markup) => `**${markup}**`,
  link: (markup, href) => `[${markup}](${href})`,
  heading: (markup) => `#### ${markup}`,
  code: (lines) => fenced(lines.map(breakMentions)),
}

function toReceipt(reply: HttpReply): Receipt {
  if (reply.status === 200 && reply.text.trim() === 'ok') return { status: 'delivered' }
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered') return failUnknown(reply, 'Mattermost')
  const { id, message } = readObject(reply)
  if (typeof id !== 'string') return byStatus
  const why = `Mattermost answered ${reply.status}: ${quote(message)} (${quote(id)})`
  // 501, but waiting will not switch them on.
  if (id.includes('webhook.disabled'))
    return { status: 'failed', why, httpStatus: reply.status, lasting: true }
  if (byStatus.status === 'failed' && /length|too_long|too_large/.test(id))
    return { ...byStatus, why, tooLong: true }
  return { ...byStatus, why }
}
