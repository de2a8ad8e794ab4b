/**
 * Google Chat webhook: https://developers.google.com/workspace/chat/quickstart/webhooks. Each alert has a
 * thread of its own, by its fingerprint; the id of the request makes a second attempt the same message.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, readObject } from '../provider/http-sender.ts'
import { inert, inertDialect } from '../provider/inert.ts'
import * as z from '../provider/light-zod.ts'
import { type Dialect, fenced, writeMessage } from '../provider/markup.ts'
import { asList, needsUrl, postAddress, sharedAmong } from '../provider/option-fields.ts'
import { defineProvider, type Message } from '../provider/provider.ts'
import { preset } from '../provider/schema.ts'

/** Of the whole message. The length of its text is not documented: 4 000 characters are known to pass. */
const maxBytes = 32_000
const maxChars = 4_000

export default defineProvider({
  title: 'Google Chat',
  kind: 'chat',
  options: () =>
    z
      .object({
        url: postAddress('Address of the webhook; several share the messages', addressProblem, [
          'chat.googleapis.com',
        ]),
        threads: preset(
          z.boolean(),
          true,
          'Whether later messages about an alert go into the thread of its first one',
        ),
        maxChars: preset(
          z.int().check(z.minimum(200), z.maximum(maxBytes)),
          maxChars,
          'Longest text that is sent',
        ),
      })
      .check(z.refine(...needsUrl('the address of a webhook (https://chat.googleapis.com/v1/spaces/…)'))),
  limits: { maxChars, perSecond: 1 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the text',
    success: '`name` of the message',
    mention: 'a user id, `all`',
    resolve: 'in its thread',
    thread: '`threadKey`, one an alert',
    dedup: '`requestId`',
  },
  notices: ({ threads }) => (threads ? ['acknowledged', 'silenced'] : []),
  open: ({ url, threads, maxChars: chars }) =>
    createHttpSender({
      urls: asList(url),
      write(message, { fit }, address) {
        const text = fit((part) => writeText(part), { maxChars: chars, maxBytes: maxBytes - 1_000 })
        const threadKey = threads ? threadOf(message) : undefined
        const thread = threadKey === undefined ? {} : { thread: { threadKey } }
        return { url: withQuery(address, message, threadKey), body: JSON.stringify({ text, ...thread }) }
      },
      toReceipt,
    }),
})

function addressProblem({ hostname, pathname, searchParams }: URL): string | undefined {
  if (hostname !== 'chat.googleapis.com') return undefined
  const isWhole =
    /^\/v1\/spaces\/[^/]+\/messages$/.test(pathname) && searchParams.get('key') && searchParams.get('token')
  return isWhole ? undefined : 'lacks its path, key=… or token=…: copy the whole address of the webhook'
}

/** Several alerts at once have no thread in common: such a message stands alone. */
function threadOf({ cards, brief, more }: Message): string | undefined {
  return cards.length === 1 && brief.length === 0 && more === 0 ? cards[0]?.id : undefined
}

function withQuery(address: string, { id }: Message, threadKey: string | undefined): string {
  const url = new URL(address)
  url.searchParams.set('requestId', id)
  // Without this, the thread is ignored.
  if (threadKey !== undefined)
    url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD')
  return url.href
}

function writeText(message: Message): string {
  const mentions = message.mentions.map(writeMention).join(' ')
  return writeMessage(message, message.plain ? inertDialect : chatDialect, { mentions })
}

/** `users/123` or `123`, and `all`. */
function writeMention(mention: string): string {
  const id = mention
    .trim()
    .replace(/^<|>$|^@/g, '')
    .replace(/^users\//, '')
  return /^(?:\d+|all)$/.test(id) ? `<users/${id}>` : inert(mention)
}

const chatDialect: Dialect = {
  ...inertDialect,
  bold: (markup) => `*${markup}*`,
  link: (markup, href) => `<${href}|${markup.replace(/[|>]/g, ' ')}>`,
  heading: (markup) => `*${markup}*`,
  code: (lines) => fenced(lines.map(inert)),
}

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { name, error } = readObject(reply)
  if (byStatus.status === 'delivered')
    return typeof name === 'string' && name.startsWith('spaces/')
      ? byStatus
      : failUnknown(reply, 'Google Chat')
  const said = JSON.stringify(error ?? '').slice(0, 2_000)
  const isTooLong = byStatus.status === 'failed' && /too long|exceed|maximum/i.test(said)
  return isTooLong ? { ...byStatus, tooLong: true } : byStatus
}
