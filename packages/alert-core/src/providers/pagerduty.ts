/**
 * PagerDuty Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview. One event an alert,
 * opened and resolved by the alert's fingerprint as `dedup_key`, so that a second attempt never opens a
 * second incident.
 */
import { hostname } from 'node:os'
import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown } from '../provider/http-sender.ts'
import { type Incident, processText, readIncident, splitEvents } from '../provider/incident.ts'
import * as z from '../provider/light-zod.ts'
import { endpoint } from '../provider/option-fields.ts'
import { inPieces } from '../provider/pieces.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { option, required } from '../provider/schema.ts'
import { cleanLine, cutChars } from '../text/text.ts'

/** Of one event; it is kept far below this by the limits of its parts. */
const maxBytes = 512 * 1024
const most = { summary: 200, source: 255, part: 255 }
const minuteMs = 60_000

const options = () =>
  z.object({
    routingKey: secret(
      required(
        z
          .string()
          .check(
            z.regex(
              /^[A-Za-z0-9]{32}$/,
              'must be the 32 letters and digits of an Events API v2 integration of the service',
            ),
          ),
        'Integration key of the service (Events API v2)',
      ),
    ),
    endpoint: endpoint(
      'https://events.pagerduty.com/v2/enqueue',
      'Where events go; https://events.eu.pagerduty.com/v2/enqueue for accounts in the EU',
    ),
    source: option(
      z.string().check(z.minLength(1)),
      "What PagerDuty shows as the source; default the process, else this machine's name",
    ),
  })

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'PagerDuty',
  kind: 'incident',
  options,
  limits: { maxBytes },
  defaults: { max: 100 },
  notices: () => ['acknowledged'],
  supports: {
    size: 'the event',
    success: '202',
    hint: '429: 1 to 5 min',
    resolve: '`resolve` by dedup key',
    button: 'links',
    dedup: '`dedup_key`, the fingerprint',
  },
  open(settings) {
    const sender = createHttpSender({
      urls: [settings.endpoint],
      secrets: [settings.routingKey],
      write: (message) => ({ body: JSON.stringify(writeEvent(message, settings)) }),
      toReceipt: (reply, { attempt }) => toReceipt(reply, attempt),
    })
    return inPieces(sender, { split: splitEvents, need: 'all' })
  },
})

function writeEvent(message: Message, { routingKey, source }: Options): unknown {
  const incident = readIncident(message)
  const event = { routing_key: routingKey, dedup_key: incident.key }
  if (incident.isOver) return { ...event, event_action: 'resolve' }
  if (message.answered === 'acknowledged') return { ...event, event_action: 'acknowledge' }
  return {
    ...event,
    event_action: 'trigger',
    payload: writePayload(message, incident, source ?? processText(incident.data) ?? hostname()),
    client: 'alert-transport',
    ...(incident.links[0] && { client_url: incident.links[0].url }),
    links: incident.links.map(({ label, url }) => ({ href: url, text: label })),
  }
}

function writePayload(message: Message, { title, details, data }: Incident, source: string) {
  const part = (text: string | undefined) => (text ? cutChars(text, most.part) : undefined)
  return {
    summary: cutChars(cleanLine(title), most.summary) || '-',
    source: cutChars(source, most.source),
    severity: message.severity,
    timestamp: data.firstSeen ?? new Date(message.at).toISOString(),
    component: part(data.service),
    group: part(data.env),
    class: part(data.code ?? data.error?.type),
    custom_details: details,
  }
}

/** A 202 says that it was taken; no Retry-After is promised, and its page advises minutes. */
function toReceipt(reply: HttpReply, attempt: number): Receipt {
  if (reply.status === 202) return { status: 'delivered' }
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered') return failUnknown(reply, 'PagerDuty')
  if (reply.status === 429 && byStatus.status === 'retry')
    return { ...byStatus, delayMs: byStatus.delayMs ?? minuteMs * Math.min(attempt, 5) }
  if (byStatus.status === 'retry') return byStatus
  // Too long is nothing that a shorter text would cure: the events are short already.
  const { status, why, httpStatus } = byStatus
  const isKey = reply.status === 400 && /routing.?key/i.test(reply.text)
  return { status, why, ...(httpStatus !== undefined && { httpStatus }), ...(isKey && { lasting: true }) }
}
