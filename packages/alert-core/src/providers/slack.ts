/**
 * Slack incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. Data stands in
 * plain_text objects, which know no markup; a coloured attachment holds the cards. Success is the body 'ok'.
 */
import { z } from 'zod'
import { escapeSlack } from '../kernel/escape.ts'
import { type Dialect, plainDialect, writeMessage } from '../markup.ts'
import { defineProvider, type Message } from '../provider.ts'
import { asList, countGiven, isLoopback, postAddress, together } from './fields.ts'
import { createHttpSender } from './http-sender.ts'
import { colourOf } from './palette.ts'
import { writeCards, writeHeader } from './slack-blocks.ts'
import { judgeSlack } from './slack-reply.ts'

/** Blocks fail above about 13 200 characters in all, JSON included; Slack documents no number. */
const maxChars = 12_000
/** Slack advises at most 4 000 characters of `text`. */
const maxPlainChars = 3_800

export default defineProvider({
  title: 'Slack',
  kind: 'chat',
  options: z
    .object({
      url: postAddress('Address of the incoming webhook; a list is used in turn', (url) =>
        url.protocol === 'https:' || isLoopback(url.hostname)
          ? undefined
          : 'must start with https://: the address itself is the secret',
      ),
    })
    .refine(
      (value) => countGiven(value, 'url') === 1,
      together('needs `url`, the address of an incoming webhook (https://hooks.slack.com/services/…)', [
        'url',
      ]),
    ),
  limits: { maxChars, perSecond: 1 },
  supports: { mention: true, resolve: true },
  open: ({ url }) =>
    createHttpSender({
      urls: asList(url),
      write: (message, { fit }) => ({
        body: message.plain
          ? fit((part) => JSON.stringify({ text: writePlainText(part) }), { maxChars: maxPlainChars })
          : fit((part) => JSON.stringify(writeBlocks(part)), { maxChars }),
      }),
      judge: judgeSlack,
    }),
})

function writeBlocks(message: Message): unknown {
  const mentions = writeMentions(message.mentions)
  const subject = writeHeader(message.subject)
  const ping = { type: 'section', text: { type: 'mrkdwn', text: mentions, verbatim: true } }
  const cards = writeCards(message)
  return {
    // Shown in the notification on the phone, not in the channel.
    text: [escapeSlack(message.subject), mentions].filter(Boolean).join(' '),
    blocks: mentions ? [subject, ping] : [subject],
    ...(cards.length > 0 && { attachments: [{ color: colourOf(message), blocks: cards }] }),
  }
}

function writePlainText(message: Message): string {
  return writeMessage(message, plainText, { mentions: writeMentions(message.mentions) })
}

const plainText: Dialect = {
  ...plainDialect,
  escape: escapeSlack,
  link: (markup, href) => `<${escapeSlack(href)}|${markup}>`,
  code: (lines) => plainDialect.code(lines.map(escapeSlack)),
}

/** `U…`/`W…` a person, `S…` a user group, `here`, `channel`, `everyone`; ready-made `<@U…>` is taken as it is. */
function writeMentions(mentions: Message['mentions']): string {
  return mentions.map(writeMention).filter(Boolean).join(' ')
}

function writeMention(mention: string): string {
  const id = mention.trim()
  if (/^<(?:@[UW]\w+|!subteam\^S\w+|!(?:here|channel|everyone))(?:\|[^<>]*)?>$/.test(id)) return id
  const name = id.replace(/^[@!]/, '')
  if (/^[UW][A-Z0-9]{2,}$/.test(name)) return `<@${name}>`
  if (/^(?:subteam\^)?S[A-Z0-9]{2,}$/.test(name)) return `<!subteam^${name.replace('subteam^', '')}>`
  if (/^(?:here|channel|everyone)$/.test(name)) return `<!${name}>`
  return escapeSlack(id)
}
