/**
 * Feishu and Lark custom bot: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. Refusals
 * come with HTTP 200, so success is read from `code`; timestamp and signature stand in the body, made anew
 * for each attempt.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { hmacWith } from '../provider/crypto.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import { inert, inertDialect } from '../provider/inert.ts'
import * as z from '../provider/light-zod.ts'
import {
  buttonsOf,
  type Dialect,
  listAndClosing,
  writeCard,
  writeFacts,
  writeMessage,
} from '../provider/markup.ts'
import {
  asList,
  inTurn,
  needsUrl,
  oneOrMore,
  postAddress,
  secretForEach,
  sharedAmong,
} from '../provider/option-fields.ts'
import { type AlertCard, defineProvider, type Message, secret } from '../provider/provider.ts'
import { option, preset } from '../provider/schema.ts'
import { cutChars } from '../text/text.ts'

/** The bot rejects a body over 20 KB; whether a KB has 1 000 or 1 024 bytes is not documented. */
const maxBytes = 19_500
const hosts = ['open.feishu.cn', 'open.larksuite.com']

const options = () =>
  z
    .object({
      url: postAddress(
        'Webhook address of the bot, of Feishu or Lark; several share the messages',
        (url) =>
          hosts.includes(url.hostname) && !/^\/open-apis\/bot\/v2\/hook\/[\w-]+$/.test(url.pathname)
            ? 'is not a webhook address: copy the whole of it, …/open-apis/bot/v2/hook/ and the id'
            : undefined,
        hosts,
      ),
      secret: secret(
        option(
          oneOrMore((value) =>
            value === '' ? 'must not be empty: leave it out for a bot without signature' : undefined,
          ),
          'Of a bot that wants signatures; with several bots a list in the same order',
        ),
      ),
      keyword: option(
        z.string().check(z.minLength(1)),
        'A keyword that the bot requires; appended if it is missing',
      ),
      style: preset(z.enum(['card', 'text']), 'card', 'card has colours and a button'),
    })
    .check(
      z.refine(
        ...needsUrl('the webhook address of the bot (https://open.feishu.cn/open-apis/bot/v2/hook/…)'),
      ),
      z.refine(...secretForEach('bot', 'url')),
    )

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Feishu',
  kind: 'chat',
  options,
  limits: { maxBytes, perMinute: 100, perSecond: 5 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the body',
    success: '`code: 0`',
    hint: '`code` 11232 or its words: 2 s to 2 min, spread',
    mention: 'an open id `ou_…`, `all`',
    resolve: 'a message, green',
    button: 'in the card',
  },
  open(settings) {
    const secrets = asList(settings.secret)
    return createHttpSender({
      urls: asList(settings.url),
      secrets,
      write: (_message, { address, now, fit }) => {
        const key = inTurn(secrets, address)
        const signed = key === undefined ? {} : sign(key, now())
        return {
          body: fit((part) => JSON.stringify({ ...signed, ...writeBody(part, settings) }), { maxBytes }),
        }
      },
      toReceipt: (reply, { attempt }) => toFeishuReceipt(reply, attempt),
    })
  },
})

/** The signature that the bot checks: base64 of HMAC-SHA256 over nothing, keyed with "seconds\nsecret". */
export function signFeishu(key: string, timestampSeconds: number): string {
  return hmacWith('sha256', `${timestampSeconds}\n${key}`).digest('base64')
}

function sign(key: string, nowMs: number) {
  const seconds = Math.floor(nowMs / 1000)
  return { timestamp: String(seconds), sign: signFeishu(key, seconds) }
}

function writeBody(message: Message, { style, keyword }: Options) {
  if (message.plain || style === 'text') {
    const text = writeMessage(message, inertDialect, { mentions: writeMentions(message, 'user_id', '"') })
    return { msg_type: 'text', content: { text: lacks(text, keyword) ? `${text}\n\n${keyword}` : text } }
  }
  const card = writeCardBody(message)
  if (lacks(JSON.stringify(card), keyword)) card.elements.push(note(keyword ?? ''))
  return { msg_type: 'interactive', card }
}

function lacks(text: string, keyword: string | undefined): boolean {
  return keyword !== undefined && !text.includes(keyword)
}

type Element = Readonly<Record<string, unknown>>

/**
 * Data stands in plain_text, which knows no markup; lark_md holds mentions and the facts with their links.
 */
function writeCardBody(message: Message): { elements: Element[] } & Record<string, unknown> {
  const { subject, cards, body, answer, facts = [] } = message
  const { list, closing } = listAndClosing(message)
  const notes = [...closing, ...(answer?.text ? [answer.text] : [])]
  const mentions = writeMentions(message, 'id', '')
  const notified =
    body === undefined
      ? [
          ...plain([message.lead]),
          ...cards.flatMap((card) => writeElements(card, message)),
          ...plain(list),
          ...(facts.length > 0 ? [markdown(writeFacts(facts, message.locale, larkDialect).join('\n'))] : []),
        ]
      : plain([body])
  const actions = buttonsOf(message).map(({ label, url, rel }) => {
    const type = rel === 'ack' ? 'primary' : 'default'
    return { tag: 'button', text: plainText(label), url, type }
  })
  const elements = [
    ...(mentions ? [markdown(mentions)] : []),
    ...notified,
    ...(actions.length > 0 ? [{ tag: 'action', actions }] : []),
    ...(notes.length > 0 ? [note(notes.join('\n'))] : []),
  ]
  return {
    config: { wide_screen_mode: true },
    header: { title: plainText(subject), template: templateOf(message) },
    // A card without any element is not documented.
    elements: elements.length > 0 ? elements : [note(subject)],
  }
}

function writeElements(card: AlertCard, message: Message): Element[] {
  const facts = writeCard({ ...card, title: '', lead: '', text: '', context: [] }, message, larkDialect)
  const isTitled = message.cards.length > 1 && card.title !== ''
  return [
    ...(isTitled ? [{ tag: 'hr' }, markdown(`**${inert(card.title)}**`)] : []),
    ...(card.lead === '' ? [] : [markdown(`**${inert(card.lead)}**`)]),
    ...plain([card.text]),
    ...(facts.length > 0 ? [markdown(facts.join('\n'))] : []),
    ...(card.context.length > 0 ? [note(card.context.join('\n'))] : []),
  ]
}

function plain(lines: readonly string[]): Element[] {
  const text = lines.join('\n')
  return text.trim() ? [{ tag: 'div', text: plainText(text) }] : []
}

function plainText(content: string): Element {
  return { tag: 'plain_text', content: content.trim() ? content : '-' }
}

function markdown(content: string): Element {
  return { tag: 'div', text: { tag: 'lark_md', content } }
}

function note(content: string): Element {
  return { tag: 'note', elements: [plainText(content)] }
}

const templates = { critical: 'red', error: 'red', warning: 'orange', info: 'blue' } as const

/** Grey is for a test. */
function templateOf({ reason, severity, test }: Message): string {
  if (test) return 'grey'
  return reason === 'resolved' ? 'green' : templates[severity]
}

/** Only open ids (`ou_…`) and `all` ping; anything else is shown as it is. */
function writeMentions({ mentions }: Message, attribute: 'id' | 'user_id', quoted: '"' | ''): string {
  const write = (mention: string) => {
    const id = mention.replace(/^@/, '').trim()
    const isKnown = id === 'all' || /^ou_[\w-]+$/.test(id)
    return isKnown ? `<at ${attribute}=${quoted}${id}${quoted}></at>` : inert(cutChars(mention, 100))
  }
  return mentions.map(write).filter(Boolean).join(' ')
}

const larkDialect: Dialect = {
  ...inertDialect,
  bold: (markup) => `**${markup}**`,
  link: (markup, href) => `[${markup}](${href})`,
}

const throttled = 11232
/** Malformed or over 20 KB; a card that is none. */
const shrinkable = [9499, 200621]
/** The address, the signature or the sender's address is rejected, for every message. */
const lasting = [19001, 19021, 19022]

const cures: Readonly<Record<number, string>> = {
  19001: 'the address is wrong or the bot was removed',
  19021: 'set `secret` to that of this bot, and check the clock of this machine',
  19022: "add this machine's address to the list of the bot",
  19024: 'set `keyword` to one of the keywords of the bot',
}

/** The receipt for a reply at the given attempt (from 1), by its `code`; any other code means failed. */
function toFeishuReceipt(reply: HttpReply, attempt: number): Receipt {
  const byStatus = classify(reply)
  // Throttling was seen with status 200, and may come with 400: the code counts.
  if (byStatus.status === 'retry') return byStatus
  const { code, msg, StatusCode } = readObject(reply)
  // Older servers say only StatusCode.
  if (byStatus.status === 'delivered' && (code === 0 || (code === undefined && StatusCode === 0)))
    return byStatus
  if (typeof code !== 'number') return byStatus.status === 'failed' ? byStatus : failUnknown(reply, 'Feishu')

  const said = quote(msg)
  const why = `Feishu answered code ${code}: ${said}`
  if (code === throttled || /frequency limit|too many request/i.test(said)) {
    return { status: 'retry', why, delayMs: spread(attempt) }
  }
  const failed = { status: 'failed', why: cures[code] ? `${why} (${cures[code]})` : why } as const
  if (shrinkable.includes(code) || (byStatus.status === 'failed' && byStatus.tooLong))
    return { ...failed, tooLong: true }
  return lasting.includes(code) ? { ...failed, lasting: true } : failed
}

/**
 * Everybody's bots are throttled together at the full hour: the longer it lasts, the further they should
 * part.
 */
function spread(attempt: number): number {
  const leastMs = Math.min(60_000, 1_000 * 2 ** Math.min(attempt, 10))
  return leastMs + Math.round(Math.random() * leastMs)
}
