/**
 * Zulip: https://zulip.com/api/send-message. A topic for each alert, so that its reminders and its end stand
 * together. Failures are read from `code`, since `msg` is translated.
 */

import { createLru } from '../cache/lru.ts'
import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { writeMessage, writePlain } from '../provider/markup.ts'
import {
  asList,
  certificates,
  countGiven,
  needsUrl,
  postAddress,
  sharedAmong,
  together,
} from '../provider/option-fields.ts'
import { plainMarkdown } from '../provider/plain-markdown.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { option, required } from '../provider/schema.ts'
import { cleanLine, cutChars } from '../text/text.ts'

const maxChars = 10_000
const maxTopic = 60
const hourMs = 3_600_000
const dialect = plainMarkdown('\n')

const options = () =>
  z
    .object({
      url: postAddress('Address of your organisation, https://example.zulipchat.com'),
      tls: certificates(),
      email: required(
        z.string().check(z.regex(/^[^\s:]+@[^\s:]+$/, 'must be the mail address of the bot')),
        'Mail address of the bot',
      ),
      apiKey: secret(
        required(
          z.string().check(z.regex(/^\w{8,64}$/, 'must be the API key of the bot: letters and digits')),
          'API key of the bot',
        ),
      ),
      stream: option(z.string().check(z.minLength(1)), 'Channel (stream) to write to'),
      topic: option(
        z.string().check(z.minLength(1), z.maxLength(maxTopic)),
        'Topic of all messages; default one for each alert, and `alerts` for several at once',
      ),
      users: option(
        z
          .array(z.string().check(z.regex(/^\S+@\S+$/, 'must be the mail address of a user')))
          .check(z.minLength(1)),
        'Mail addresses of users to write to directly, in place of `stream`',
      ),
    })
    .check(
      z.refine(...needsUrl('the address of your organisation')),
      z.refine(
        (value) => countGiven(value, 'stream', 'users') === 1,
        together('needs either `stream` (a channel) or `users` (direct messages)', ['stream']),
      ),
    )

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Zulip',
  kind: 'chat',
  options,
  limits: { maxChars, perMinute: 60 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the text',
    success: '`result: success`',
    hint: '`X-RateLimit-Reset`, `retry-after` in the body',
    mention: 'a full name, `*group*`, `all`',
    resolve: 'in its topic',
    thread: 'topic, one an alert',
  },
  notices: ({ stream, topic }) =>
    stream === undefined || topic !== undefined ? [] : ['acknowledged', 'silenced'],
  open(settings) {
    const topics = createLru<string, string>(mostTopics)
    const pair = Buffer.from(`${settings.email}:${settings.apiKey}`, 'utf8').toString('base64')
    return createHttpSender({
      urls: asList(settings.url).map((url) => `${url.replace(/\/+$/, '')}/api/v1/messages`),
      secrets: [settings.apiKey, pair],
      tls: settings.tls,
      write: (message, { fit }) => ({
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${pair}` },
        body: new URLSearchParams({
          ...targetOf(message, settings, topics),
          content: fit((part) => writeContent(part), { maxChars }),
        }).toString(),
      }),
      toReceipt: (reply, { now }) => toReceipt(reply, now()),
    })
  },
})

/** Alerts whose topic is remembered. */
const mostTopics = 1_000

type Topics = ReturnType<typeof createLru<string, string>>

function targetOf(
  message: Message,
  { stream, topic, users }: Options,
  topics: Topics,
): Record<string, string> {
  if (users) return { type: 'direct', to: JSON.stringify(users) }
  return { type: 'stream', to: stream ?? '', topic: topic ?? topicOf(message, topics) }
}

/** That of the first message of an alert: its headline may change later, where its records differ. */
function topicOf({ cards, brief, more }: Message, topics: Topics): string {
  const [card] = cards
  if (!card || cards.length + brief.length + more > 1) return 'alerts'
  const known = topics.get(card.id)
  if (known !== undefined) return known
  const bare = card.data.headline ?? card.title.replace(/^\[[^\]]*\] /, '').replace(/ ×\d+$/, '')
  const topic = cutChars(cleanLine(bare).trim(), maxTopic) || 'alerts'
  topics.set(card.id, topic)
  return topic
}

function writeContent(message: Message): string {
  const mentions = message.mentions.map(writeMention).join(' ')
  return message.plain
    ? writePlain(message).replaceAll('@', '@\u200b')
    : writeMessage(message, dialect, { mentions })
}

/** A full name, `*group*`, or `all`. */
function writeMention(mention: string): string {
  const name = mention.replace(/^@/, '').trim()
  return /^\*[^*]+\*$/.test(name) ? `@${name}` : `@**${name.replaceAll('*', '')}**`
}

function toReceipt(reply: HttpReply, now: number): Receipt {
  const byStatus = classify(reply)
  const body = readObject(reply)
  if (byStatus.status === 'delivered')
    return body['result'] === 'success' ? byStatus : failUnknown(reply, 'Zulip')
  if (typeof body['code'] !== 'string') return byStatus
  const why = `Zulip answered ${reply.status} ${quote(body['code'])}: ${quote(body['msg'])}`
  if (byStatus.status === 'retry') {
    const resetMs = Number(reply.headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - now
    const ownMs = Number(body['retry-after']) * 1000
    const hints = [byStatus.delayMs, ownMs, resetMs].filter(
      (ms) => ms !== undefined && ms > 0 && ms <= hourMs,
    )
    const delayMs = reply.status === 429 ? hints[0] : byStatus.delayMs
    return { ...byStatus, why, ...(delayMs !== undefined && { delayMs }) }
  }
  return { ...byStatus, why, ...(/too long/i.test(String(body['msg'])) && { tooLong: true }) }
}
