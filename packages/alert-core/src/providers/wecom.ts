/**
 * WeCom group robot: https://developer.work.weixin.qq.com/document/path/99110. Every reply is HTTP 200, so
 * success and failure are read from `errcode`; a text that is too long is rejected as a whole, so it is cut
 * by its bytes.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { type Dialect, plainDialect, safeHref, writeMessage } from '../provider/markup.ts'
import {
  asList,
  countGiven,
  endpoint,
  oneOrMore,
  postAddress,
  sharedAmong,
  together,
} from '../provider/option-fields.ts'
import { defineProvider, type Message, type SendContext, secret } from '../provider/provider.ts'
import { option } from '../provider/schema.ts'
import { cutChars } from '../text/text.ts'

const markdownBytes = 4096
const textBytes = 2048
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

const options = () =>
  z
    .object({
      url: postAddress(
        'Webhook address of the robot; several share the messages',
        (url) =>
          url.hostname === 'qyapi.weixin.qq.com' && !uuid.test(url.searchParams.get('key') ?? '')
            ? 'lacks key=…, a uuid: copy the whole webhook address of the robot'
            : undefined,
        ['qyapi.weixin.qq.com'],
      ),
      key: secret(
        option(
          oneOrMore((key) =>
            uuid.test(key) ? undefined : 'must be the uuid after key= in the webhook address of the robot',
          ),
          'key of the robot, a uuid, in place of `url`; several share the messages',
        ),
      ),
      endpoint: endpoint('https://qyapi.weixin.qq.com/cgi-bin/webhook/send', 'Where `key` is sent to'),
      style: option(
        z.enum(['markdown', 'text', 'template_card']),
        'Default markdown, but text if a mention is a mobile number or all, which markdown cannot reach. ' +
          'template_card needs a link and has no mentions; without a link, or with mentions, it is sent as markdown or text',
      ),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'url', 'key') === 1,
        together('needs either `url` (the webhook address of the robot) or `key` (the uuid in it)', ['url']),
      ),
    )

type Style = NonNullable<z.output<ReturnType<typeof options>>['style']>

export default defineProvider({
  title: 'WeCom',
  kind: 'chat',
  family: 'robot',
  options,
  limits: { maxBytes: markdownBytes, perMinute: 20 },
  addresses: sharedAmong('url', 'key'),
  supports: {
    size: 'markdown; text 2 048',
    success: '`errcode: 0`',
    hint: '`errcode` 45009: 1 min',
    mention: 'a user id; a mobile number or `all` (as text)',
    resolve: 'a message, its headline green',
    button: '`style: template_card`',
  },
  open: ({ url, key, endpoint: address, style }) =>
    createHttpSender({
      urls: [
        ...asList(url),
        ...asList(key).map((one) => `${address}${address.includes('?') ? '&' : '?'}key=${one}`),
      ],
      secrets: asList(key),
      write: (message, context) => ({ body: JSON.stringify(writeBody(message, context, style)) }),
      toReceipt: toWecomReceipt,
    }),
})

function writeBody(message: Message, { fit }: SendContext, asked: Style | undefined): unknown {
  const mentions = readMentions(message.mentions)
  switch (chooseStyle(message, asked, mentions)) {
    case 'template_card':
      return { msgtype: 'template_card', template_card: writeTemplateCard(message) }
    case 'markdown': {
      const inline = mentions.users.map((id) => `<@${id}>`).join(' ')
      const write = (part: Message) => writeMessage(part, markdownDialect(message), { mentions: inline })
      return { msgtype: 'markdown', markdown: { content: fit(write, { maxBytes: markdownBytes }) } }
    }
    case 'text': {
      const content = fit((part) => writeMessage(part, textDialect), { maxBytes: textBytes })
      const everybody = mentions.all ? ['@all'] : []
      const lists = {
        mentioned_list: [...mentions.users, ...everybody],
        mentioned_mobile_list: mentions.mobiles,
      }
      return { msgtype: 'text', text: { content, ...lists } }
    }
  }
}

interface Mentions {
  readonly users: readonly string[]
  readonly mobiles: readonly string[]
  readonly all: boolean
}

function chooseStyle(message: Message, asked: Style | undefined, mentions: Mentions): Style {
  if (message.plain) return 'text'
  const { users, mobiles, all } = mentions
  const mute = users.length === 0 && mobiles.length === 0 && !all
  if (asked === 'template_card' && mute && message.link && safeHref(message.link.url)) return asked
  if (asked === 'text' || (asked === 'markdown' && !all && mobiles.length === 0)) return asked
  return all || mobiles.length > 0 ? 'text' : 'markdown'
}

function readMentions(mentions: Message['mentions']): Mentions {
  const ids = mentions.map((mention) => mention.replace(/^<?@|>$/g, '').trim()).filter(Boolean)
  const isMobile = (id: string) => /^(?:mobile:.+|1\d{10}|\+\d[\d-]{5,17})$/.test(id)
  return {
    all: ids.includes('all') || ids.includes('所有人'),
    mobiles: ids.filter(isMobile).map((id) => id.replace(/^mobile:/, '')),
    users: ids
      .filter((id) => !isMobile(id) && id !== 'all' && id !== '所有人')
      .map((id) => id.replace(/^user:/, '')),
  }
}

/** The lengths are what the vendor recommends; longer words are cut by the client. */
function writeTemplateCard(message: Message) {
  const facts = message.facts ?? (message.cards.length === 1 ? (message.cards[0]?.facts ?? []) : [])
  const titles = message.cards.map((card) => card.title)
  const [card] = message.cards
  const lines =
    message.cards.length === 1 && card !== undefined ? [card.lead, card.text].filter(Boolean) : titles
  const words = message.body ?? [message.lead, ...lines, ...message.brief].filter(Boolean).join('\n')
  const text = cutChars([cutChars(words, 300), ...message.closing].filter(Boolean).join('\n'), 500)
  const url = safeHref(message.link?.url ?? '') ?? ''
  return {
    card_type: 'text_notice',
    main_title: { title: cutChars(neutral(message.subject), 80) },
    sub_title_text: neutral(text),
    horizontal_content_list: facts.slice(0, 6).map(({ label, value }) => ({
      keyname: cutChars(neutral(label), 12),
      value: cutChars(neutral(value), 60),
    })),
    jump_list: [{ type: 1, url, title: cutChars(neutral(message.link?.label ?? url), 13) }],
    card_action: { type: 1, url },
  }
}

const zeroWidth = '\u200b'

/** A tag or a mention inside data is broken by a zero-width space: no escape is documented. */
function neutral(data: string): string {
  return data.replace(/<(?=[@/!a-z])/gi, `<${zeroWidth}`)
}

function escapeMarkdownData(data: string): string {
  return neutral(data)
    .replace(/\*(?=\*)/g, `*${zeroWidth}`)
    .replace(/\](?=\()/g, `]${zeroWidth}`)
    .replaceAll('`', '\u02cb')
    .replace(/^(?=\s{0,200}[#>])/, zeroWidth)
}

const textDialect: Dialect = {
  ...plainDialect,
  escape: neutral,
  code: (lines) => plainDialect.code(lines.map(neutral)),
}

function markdownDialect({ reason, severity, test }: Message): Dialect {
  // There are three colours: orange, green and grey.
  const calls = severity === 'info' || test ? 'comment' : 'warning'
  const colour = reason === 'resolved' ? 'info' : calls
  return {
    escape: escapeMarkdownData,
    bold: (markup) => `**${markup}**`,
    link: (markup, href) => `[${markup}](${href})`,
    heading: (markup) => `### <font color="${colour}">${markup}</font>`,
    code: (lines) => lines.map((line) => `> ${escapeMarkdownData(line)}`).join('\n'),
    newline: '\n',
    // Empty lines would make the message twice as tall.
    gap: '\n',
  }
}

/** https://developer.work.weixin.qq.com/document/path/90313 lists the codes; any other means failed. */
function toWecomReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  const { errcode, errmsg } = readObject(reply)
  if (errcode === 0) return byStatus
  if (typeof errcode !== 'number') return failUnknown(reply, 'WeCom')

  const said = quote(errmsg)
  const why = `WeCom answered errcode ${errcode}: ${said}`
  if (errcode === 45009 || /freq out of limit/i.test(said)) return { status: 'retry', why, delayMs: 60_000 }
  if (errcode === -1) return { status: 'retry', why }
  if (errcode === 40058 && /exceed|too long/i.test(said)) return { status: 'failed', why, tooLong: true }
  if (errcode !== 93000) return { status: 'failed', why }
  return { status: 'failed', why: `${why} (the key is wrong or the robot was removed)`, lasting: true }
}
