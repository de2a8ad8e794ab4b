/**
 * The body for Slack, by webhook and by token. Data is in plain_text objects, which have no
 * markup; a coloured attachment holds the cards, and a text beside them what a phone shows.
 */

import { type Dialect, plainDialect, subjectWithin, writeMessage } from '../../provider/markup.ts'
import { colourOf } from '../../provider/palette.ts'
import type { Message, SendContext } from '../../provider/provider.ts'
import { escapeSlack } from '../../text/text.ts'
import { writeCards, writeHeader } from './slack-blocks.ts'

/** Blocks fail above about 13 200 characters in all, JSON included; Slack documents no number. */
export const maxChars = 12_000
/** Of a header. */
const maxHeader = 150
/** Slack advises at most 4 000 characters of `text`. */
const maxPlainChars = 3_800

/** The body as JSON, cut to what Slack takes; `more` is added: channel and thread. */
export function writeSlack(message: Message, fit: SendContext['fit'], more: object = {}): string {
  return message.plain
    ? fit((part) => JSON.stringify({ ...more, text: writePlainText(part) }), { maxChars: maxPlainChars })
    : fit((part) => JSON.stringify({ ...more, ...writeBlocks(part) }), { maxChars })
}

function writeBlocks(message: Message): object {
  const mentions = writeMentions(message.mentions)
  const subject = writeHeader(subjectWithin(message, maxHeader))
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

/**
 * `U…`/`W…` a person, `S…` a user group, `here`, `channel`, `everyone`; ready-made `<@U…>` is taken as it is.
 */
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
