/**
 * incident.io, events of an HTTP alert source: https://docs.incident.io/alerts/custom-http-sources. One event
 * for each alert, the fingerprint its deduplication key: the same key joins the open alert, and resolves it.
 * The answer 202 means that it was taken.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown } from '../provider/http-sender.ts'
import { readIncident, splitEvents } from '../provider/incident.ts'
import * as z from '../provider/light-zod.ts'
import { endpoint } from '../provider/option-fields.ts'
import { inPieces } from '../provider/pieces.ts'
import { plainMarkdown } from '../provider/plain-markdown.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { required } from '../provider/schema.ts'
import { cleanLine, cutChars } from '../text/text.ts'

/** No limit of a title is stated. */
const maxTitle = 250
const dialect = plainMarkdown('  \n')

const options = () =>
  z.object({
    sourceId: required(
      z
        .string()
        .check(z.regex(/^[\w-]{8,64}$/, 'must be the id of an alert source: the last part of its address')),
      'Id of an HTTP alert source, the last part of the address that it shows',
    ),
    token: secret(
      required(
        z
          .string()
          .check(z.regex(/^[\w.~+/=-]{8,}$/, 'must be the bare token of the alert source, without `Bearer`')),
        'Token of the alert source',
      ),
    ),
    endpoint: endpoint('https://api.incident.io/v2/alert_events/http', 'Where the API is, without the id'),
  })

export default defineProvider({
  title: 'incident.io',
  kind: 'incident',
  options,
  limits: {},
  defaults: { max: 100 },
  supports: {
    size: 'each event is kept far below 512 KB',
    success: '202',
    resolve: '`status: resolved` by the same key',
    button: '`source_url`',
    dedup: '`deduplication_key`, the fingerprint',
  },
  open({ sourceId, token, endpoint }) {
    const sender = createHttpSender({
      urls: [`${endpoint.replace(/\/+$/, '')}/${sourceId}`],
      secrets: [token],
      write: (message) => ({
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(writeEvent(message)),
      }),
      toReceipt,
    })
    return inPieces(sender, { split: splitEvents, need: 'all' })
  },
})

function writeEvent(message: Message) {
  const { key, isOver, title, text, details, links, data } = readIncident(message, dialect)
  return {
    title: cutChars(cleanLine(title), maxTitle) || '-',
    description: text,
    deduplication_key: key,
    status: isOver ? 'resolved' : 'firing',
    ...(links[0] && { source_url: links[0].url }),
    metadata: {
      ...details,
      severity: message.severity,
      ...(data.service !== undefined && { service: data.service }),
      ...(data.env !== undefined && { env: data.env }),
    },
  }
}

function toReceipt(reply: HttpReply): Receipt {
  if (reply.status === 202) return { status: 'delivered' }
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered') return failUnknown(reply, 'incident.io')
  if (byStatus.status === 'retry') return byStatus
  // The events are short: a shorter form would not be taken either.
  const { status, why, httpStatus } = byStatus
  return { status, why, ...(httpStatus !== undefined && { httpStatus }) }
}
