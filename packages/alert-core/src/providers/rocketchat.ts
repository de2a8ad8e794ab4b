/**
 * Rocket.Chat incoming integration: https://docs.rocket.chat/docs/integrations. Its markup has no escape, so
 * data is broken up by invisible characters; the body says whether it succeeded.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import { inert, inertDialect } from '../provider/inert.ts'
import * as z from '../provider/light-zod.ts'
import { type Dialect, fenced, writeMessage } from '../provider/markup.ts'
import { asList, certificates, needsUrl, postAddress, sharedAmong } from '../provider/option-fields.ts'
import { colourOf } from '../provider/palette.ts'
import { defineProvider, type Message } from '../provider/provider.ts'
import { option, preset } from '../provider/schema.ts'

/** The server's setting "Maximum Allowed Characters Per Message" is 5 000 unless it was changed. */
const maxChars = 4_800

const options = () =>
  z
    .object({
      url: postAddress('Address of the incoming integration; several share the messages', ({ pathname }) =>
        /\/hooks\/[^/]+\/?$/.test(pathname)
          ? 'lacks its token: …/hooks/ is followed by the id, a slash and the token'
          : pathname === '/'
            ? 'is the address of the server: use the address of an integration, …/hooks/ with id and token'
            : undefined,
      ),
      tls: certificates(),
      channel: option(
        z
          .string()
          .check(
            z.regex(
              /^[#@]\S+$/,
              "must be #channel or @person: the server reads anything else as a room's id",
            ),
          ),
        '#channel or @person, if the integration may choose',
      ),
      alias: option(z.string().check(z.minLength(1)), 'Name to write under, if the server allows it'),
      maxChars: preset(
        z.int().check(z.minimum(200), z.maximum(200_000)),
        maxChars,
        'Longest message that is sent',
      ),
    })
    .check(z.refine(...needsUrl('the address of an incoming integration (https://…/hooks/…/…)')))

export default defineProvider({
  title: 'Rocket.Chat',
  kind: 'chat',
  options,
  // Its limiter for the whole API takes about ten a minute from one address unless it was changed.
  limits: { maxChars, perMinute: 10 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the body',
    success: '`success: true`',
    hint: '"must wait … seconds" in the body',
    mention: '`@name`, `here`, `all`',
    resolve: 'a message, green',
  },
  open: ({ url, tls, maxChars: chars, channel, alias }) =>
    createHttpSender({
      urls: asList(url),
      tls,
      write: (_message, { fit }) => ({
        body: fit(
          (part) =>
            JSON.stringify({ ...(channel && { channel }), ...(alias && { alias }), ...writeBody(part) }),
          { maxChars: chars },
        ),
      }),
      toReceipt,
    }),
})

function writeBody(message: Message): object {
  const mentions = message.mentions.map(writeMention).join(' ')
  if (message.plain) return { text: writeMessage(message, inertDialect, { mentions }) }
  const text = writeMessage(message, chatDialect, { subject: false })
  return {
    text: [`*${inert(message.subject)}*`, mentions].filter(Boolean).join('\n'),
    ...(text && { attachments: [{ color: colourOf(message), text }] }),
  }
}

/** `@name`, `name`, and `all`, `here`. */
function writeMention(mention: string): string {
  const name = mention.trim().replace(/^@/, '')
  return /^[\w.-]+$/.test(name) ? `@${name}` : inert(mention)
}

const chatDialect: Dialect = {
  ...inertDialect,
  bold: (markup) => `*${markup}*`,
  link: (markup, href) => `[${markup}](${href})`,
  heading: (markup) => `*${markup}*`,
  code: (lines) => fenced(lines.map(inert)),
}

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { success, error, message } = readObject(reply)
  if (byStatus.status === 'delivered' && success === true) return byStatus
  if (success !== false) return byStatus.status === 'delivered' ? failUnknown(reply, 'Rocket.Chat') : byStatus
  const said = quote(error ?? message)
  const why = `Rocket.Chat answered ${reply.status}: ${said}`
  if (/too-many-requests|too many requests/i.test(said)) {
    // The hint stands in the sentence.
    const seconds = Number(/must wait (\d{1,5}) seconds/.exec(said)?.[1] ?? 0)
    const delayMs = Math.max(seconds * 1000, reply.retryAfterMs ?? 0)
    return {
      status: 'retry',
      why,
      httpStatus: reply.status,
      ...(delayMs > 0 && { delayMs: Math.min(delayMs, 3_600_000) }),
    }
  }
  if (byStatus.status === 'retry') return { ...byStatus, why }
  const isTooLong = /size-exceeded|too-long|too long/i.test(said)
  return {
    status: 'failed',
    why,
    ...(byStatus.status === 'failed' && { httpStatus: reply.status }),
    ...(isTooLong && { tooLong: true }),
  }
}
