/**
 * Discord webhook: https://discord.com/developers/docs/resources/webhook#execute-webhook. The request asks it
 * to wait, because otherwise a message that is not saved raises no error. Only those named in
 * allowed_mentions are pinged.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { type Dialect, fenced, plainDialect, writeCard, writeMessage } from '../provider/markup.ts'
import { asList, inTurn, needsUrl, postAddress, sharedAmong } from '../provider/option-fields.ts'
import { colourOf } from '../provider/palette.ts'
import { defineProvider, type Message, type Sender } from '../provider/provider.ts'
import { option } from '../provider/schema.ts'
import { escapeMarkdown } from '../text/text.ts'

/**
 * https://discord.com/developers/docs/resources/message#embed-object-embed-limits; 6 000 over all embeds
 * together.
 */
const most = { content: 2000, description: 4096, embeds: 10, chars: 6000, mentions: 50 }

export default defineProvider({
  title: 'Discord',
  kind: 'chat',
  options: () =>
    z
      .object({
        url: postAddress('Address of the webhook; several share the messages', addressProblem, [
          'discord.com',
          'discordapp.com',
        ]),
        threadId: option(
          z
            .string()
            .check(
              z.regex(/^\d+$/, 'must be the id of a thread, digits only: right click on it → Copy Thread ID'),
            ),
          'Thread of the channel, or post of a forum, to write to',
        ),
        username: option(
          z.string().check(
            z.minLength(1),
            z.maxLength(80),
            z.refine(
              (name) => !/discord|clyde/i.test(name),
              "must not contain 'discord' or 'clyde': Discord rejects it",
            ),
          ),
          "Name to write under; default the webhook's own",
        ),
      })
      .check(z.refine(...needsUrl('the address of a webhook (https://discord.com/api/webhooks/…)'))),
  // Discord sends its limits with each reply and asks clients not to build any in; this rate is known to
  // pass.
  limits: { maxChars: most.chars, perMinute: 30 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'all embeds; content 2 000',
    success: '200 with `id`, or 204',
    hint: '`retry_after` in the body; `X-RateLimit-Remaining: 0` waits for its reset',
    mention: 'a user id, `role:…`, `everyone`, `here`',
    resolve: 'a message, green',
  },
  open({ url, threadId, username }): Sender {
    const urls = asList(url).map((one) => withQuery(one, threadId))
    const gone = new Set<string>()
    const live = () => urls.filter((one) => !gone.has(one))
    const next = (address: number) => {
      const own = inTurn(urls, address) ?? ''
      return gone.has(own) ? (inTurn(live(), address) ?? '') : own
    }
    const sender = createHttpSender({
      urls,
      write: (_message, { fit, address }) => ({
        url: next(address),
        body: fit((part) => measured({ ...writeBody(part), ...(username !== undefined && { username }) })),
      }),
      toReceipt(reply, _context, sent) {
        const receipt = toDiscordReceipt(reply)
        if (receipt.status !== 'failed' || !isGone(reply)) return receipt
        gone.add(sent.url)
        const { why } = receipt
        return live().length > 0 ? { status: 'retry', why } : { ...receipt, why: `${why} (${deleted})` }
      },
    })
    return {
      send: async (message, context) =>
        live().length > 0 ? sender.send(message, context) : { status: 'failed', why: deleted, lasting: true },
    }
  },
})

const deleted = 'the webhook was deleted at Discord and is not used again: create another one'

function addressProblem({ hostname, pathname }: URL): string | undefined {
  if (!/(?:^|\.)discord(?:app)?\.com$/.test(hostname)) return undefined
  if (/\/(?:slack|github)\/?$/.test(pathname)) return 'must end with the token: leave out /slack or /github'
  return /^\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]+\/?$/.test(pathname)
    ? undefined
    : 'is not a webhook address: Server Settings → Integrations → Webhooks → Copy Webhook URL'
}

function withQuery(address: string, threadId: string | undefined): string {
  const url = new URL(address)
  url.searchParams.set('wait', 'true')
  if (threadId !== undefined) url.searchParams.set('thread_id', threadId)
  return url.href
}

interface Body {
  readonly content: string
  readonly embeds?: readonly { readonly color: number; readonly description: string }[]
}

function writeBody(message: Message): Body & Record<string, unknown> {
  const { literal, allowed } = readMentions(message.mentions)
  if (message.plain) {
    return {
      content: writeMessage(message, markdownDialect, { mentions: literal }),
      allowed_mentions: allowed,
    }
  }
  const { link, ...unlinked } = message
  const { cards, brief, body } = message
  const inFull = body === undefined ? cards.slice(0, most.embeds - 1) : []
  const listed = cards.slice(inFull.length).map((card) => card.title)
  const rest: Message = {
    ...unlinked,
    cards: [],
    lead: inFull.length === 0 ? message.lead : '',
    brief: [...listed, ...brief],
    ...(inFull.length === 0 && link && { link }),
  }
  const descriptions = [
    ...inFull.map((card, index) => {
      const lines = writeCard(card, message, markdownDialect)
      const isLed = index === 0 && message.lead !== ''
      return (isLed ? [`**${escapeMarkdown(message.lead)}**`, ...lines] : lines).join('\n')
    }),
    writeMessage(rest, markdownDialect, { subject: false }),
  ]
  const color = Number.parseInt(colourOf(message).slice(1), 16)
  return {
    content: [`**${escapeMarkdown(message.subject)}**`, literal].filter(Boolean).join('\n'),
    embeds: descriptions.filter((text) => text.trim()).map((description) => ({ color, description })),
    allowed_mentions: allowed,
  }
}

/**
 * The body as JSON, longer than any limit while one of its parts is: white space behind JSON changes nothing.
 */
function measured(body: Body): string {
  const { content, embeds = [] } = body
  const isOver =
    content.length > most.content || embeds.some(({ description }) => description.length > most.description)
  return JSON.stringify(body) + (isOver ? ' '.repeat(most.chars) : '')
}

/** User ids, `role:<id>` or `&<id>`, `everyone`, `here`; anything else is shown as it is. */
function readMentions(mentions: Message['mentions']) {
  const users: string[] = []
  const roles: string[] = []
  let parse: readonly string[] = []
  const literal = mentions.slice(0, most.mentions).map((mention) => {
    const id = mention.trim().replace(/^<?@!?|>$/g, '')
    if (id === 'everyone' || id === 'here') {
      parse = ['everyone']
      return `@${id}`
    }
    const [, kind, digits = ''] = /^(role:|&|user:)?(\d{5,25})$/.exec(id) ?? []
    if (!digits) return escapeMarkdown(mention)
    const isRole = kind === 'role:' || kind === '&'
    ;(isRole ? roles : users).push(digits)
    return isRole ? `<@&${digits}>` : `<@${digits}>`
  })
  return {
    literal: literal.join(' '),
    allowed: { parse, users: [...new Set(users)], roles: [...new Set(roles)] },
  }
}

const markdownDialect: Dialect = {
  ...plainDialect,
  escape: escapeMarkdown,
  bold: (markup) => `**${markup}**`,
  link: (markup, href) => `[${markup}](${href})`,
  heading: (markup) => `**${markup}**`,
  code: fenced,
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const unknownWebhook = 10015

/** True when Discord says that there is no such webhook (any more). */
function isGone(reply: HttpReply): boolean {
  return reply.status === 404 && readObject(reply)['code'] === unknownWebhook
}

/**
 * https://discord.com/developers/docs/topics/rate-limits#header-format: the rate of the bucket, sent with
 * each reply.
 */
function restOf({ headers }: HttpReply): { readonly delayMs?: number } {
  const seconds = Number(headers.get('x-ratelimit-reset-after') ?? Number.NaN)
  if (headers.get('x-ratelimit-remaining') !== '0' || !(seconds > 0)) return {}
  return { delayMs: Math.min(3_600_000, Math.ceil(seconds * 1000)) }
}

/** The receipt: only a message that was saved is delivered. */
function toDiscordReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { id, retry_after: seconds } = readObject(reply)
  switch (byStatus.status) {
    case 'delivered':
      // A gateway may drop the Retry-After header.
      return reply.status === 204 || typeof id === 'string'
        ? { ...byStatus, ...restOf(reply) }
        : failUnknown(reply, 'Discord')
    case 'retry': {
      // A float in seconds, finer than the header.
      if (typeof seconds !== 'number' || !(seconds >= 0)) return byStatus
      return {
        ...byStatus,
        delayMs: Math.min(3_600_000, Math.max(Math.ceil(seconds * 1000), byStatus.delayMs ?? 0)),
      }
    }
    case 'failed':
      return /MAX_LENGTH|MAX_EMBED|EMBED_SIZE|\bor fewer in length/.test(reply.text.slice(0, 4000))
        ? { ...byStatus, tooLong: true }
        : byStatus
  }
}
