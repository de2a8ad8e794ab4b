/**
 * ServerChan (Server酱): https://sct.ftqq.com and https://sc3.ft07.com. The key says which of the two servers
 * it belongs to; success is `code` 0. Title and daily quota are those of its free plan, which no page of the
 * API states.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { subjectWithin, writeMessage, writePlain } from '../provider/markup.ts'
import { plainMarkdown } from '../provider/plain-markdown.ts'
import { defineProvider, secret } from '../provider/provider.ts'
import { option, preset, required } from '../provider/schema.ts'

const maxBytes = 30_000
const hourMs = 3_600_000
const ofThird = /^sctp(\d+)t/
const dialect = plainMarkdown('\n\n')

const options = () =>
  z.object({
    key: secret(
      required(
        z
          .string()
          .check(
            z.regex(
              /^(?:SCT\w{8,80}|sctp\d+t\w{8,80})$/,
              'must be a SendKey, SCT… or sctp…t…, not its address',
            ),
          ),
        'SendKey',
      ),
    ),
    maxTitle: preset(
      z.int().check(z.minimum(8)),
      32,
      'Characters of a title; the whole subject heads the text',
    ),
    endpoint: option(
      z
        .string()
        .check(
          z.refine(
            (text) => /^https?:\/\//.test(text) && URL.canParse(text),
            'must be a whole address that starts with https:// (or http://)',
          ),
        ),
      "A gateway in place of the key's own server",
    ),
  })

export default defineProvider({
  title: 'ServerChan',
  kind: 'chat',
  options,
  limits: { maxBytes },
  supports: {
    size: 'the text',
    success: '`code: 0`',
    hint: 'words of a quota: 1 h',
    resolve: 'a message',
  },
  open: ({ key, maxTitle, endpoint }) =>
    createHttpSender({
      urls: [addressOf(key, endpoint?.replace(/\/+$/, ''))],
      secrets: [key],
      write: (message, { fit }) => ({
        body: JSON.stringify({
          title: subjectWithin(message, maxTitle),
          desp: fit((part) => (part.plain ? writePlain(part) : writeMessage(part, dialect)), { maxBytes }),
        }),
      }),
      toReceipt,
    }),
})

function addressOf(key: string, base: string | undefined): string {
  const user = ofThird.exec(key)?.[1]
  if (user !== undefined) return `${base ?? `https://${user}.push.ft07.com`}/send/${key}.send`
  return `${base ?? 'https://sctapi.ftqq.com'}/${key}.send`
}

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { code, message, error } = readObject(reply)
  if (byStatus.status === 'delivered' && code === 0) return byStatus
  if (typeof code !== 'number')
    return byStatus.status === 'delivered' ? failUnknown(reply, 'ServerChan') : byStatus
  const said = quote(message ?? error)
  const why = `ServerChan answered code ${code}: ${said}`
  // The quota of the day: the fallback takes over at once.
  if (/次数|频率|limit|too many/i.test(said)) return { status: 'retry', why, delayMs: hourMs }
  if (byStatus.status === 'retry') return { ...byStatus, why }
  if (/too long|过长|超长/i.test(said)) return { status: 'failed', why, tooLong: true }
  return { status: 'failed', why, ...(/key|token/i.test(said) && { lasting: true }) }
}
