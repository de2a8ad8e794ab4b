/**
 * Prometheus Alertmanager, API v2: https://prometheus.io/docs/alerting/latest/alerts_api. An alert is its
 * label set, so only what never changes is a label; it lasts until `endsAt`, so an alert that still fires is
 * sent again before that.
 */
import * as z from 'zod/mini'
import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import { type Receipt, type Severity, severities, severityRank } from '../model.ts'
import { authHeaders, credentialFields } from '../provider/auth.ts'
import { createHttpSender, failUnknown, readObject } from '../provider/http-sender.ts'
import { type Incident, readIncident, splitAlerts } from '../provider/incident.ts'
import {
  asList,
  certificates,
  countGiven,
  needsUrl,
  postAddress,
  together,
} from '../provider/option-fields.ts'
import { worst } from '../provider/pieces.ts'
import {
  type AlertCard,
  defineProvider,
  type Message,
  type SendContext,
  type Sender,
} from '../provider/provider.ts'
import { option, preset } from '../provider/schema.ts'
import { cutBytes } from '../text/text.ts'
import { parseDuration } from '../time/duration.ts'

/** A hundred alerts stay below the megabyte that proxies take. */
const maxTextBytes = 6_000

const labelName = () =>
  z.string().check(z.regex(/^[a-zA-Z_]\w*$/, 'must be a label name: letters, digits and _'))

const options = () =>
  z
    .object({
      url: postAddress('Address of Alertmanager; several are peers, and each gets every alert'),
      tls: certificates(),
      auth: option(
        z
          .strictObject(credentialFields())
          .check(
            z.refine(
              (value) => countGiven(value, 'bearer', 'basic') === 1,
              together('needs either `bearer` or `basic`', []),
            ),
          ),
        'What its web configuration or the proxy before it asks for',
      ),
      labels: option(z.record(labelName(), z.string()), 'Labels of every alert, for its routes'),
      holdFor: preset(
        z
          .union([z.number(), z.string()])
          .check(z.refine((value) => (parseDuration(value) ?? 0) > 0, "must be a duration such as '30m'")),
        '30m',
        'An alert that is not sent again within this time is over: longer than `repeat`',
      ),
    })
    .check(z.refine(...needsUrl('the address of Alertmanager (http://alertmanager:9093)')))

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Alertmanager',
  kind: 'incident',
  options,
  limits: {},
  defaults: { minSeverity: 'error', repeat: '4m', repeatMax: '4m', max: 100 },
  renews: true,
  supports: {
    several: 'each gets every alert',
    size: 'a description, 6 000 bytes',
    success: '200 without a body',
    resolve: '`endsAt`',
    button: '`generatorURL`',
    dedup: 'its labels, with the fingerprint',
  },
  open(settings) {
    const headers = authHeaders(settings.auth)
    const { bearer, basic } = settings.auth ?? {}
    const peers = asList(settings.url).map((url) =>
      createHttpSender({
        urls: [toPath(url)],
        tls: settings.tls,
        secrets: [bearer, basic?.pass, headers['authorization']].filter((text) => text !== undefined),
        write: (message, context) => ({
          headers,
          body: JSON.stringify(writeAlerts(message, context, settings)),
        }),
        toReceipt,
      }),
    )
    return toAll(peers)
  },
})

/** Peers do not share alerts; one that took it is enough for a notification. */
function toAll(peers: readonly Sender[]): Sender {
  return {
    async send(message, context) {
      const receipts = await Promise.all(peers.map((peer) => peer.send(message, context)))
      const failed = receipts.filter((receipt) => receipt.status !== 'delivered')
      if (failed.length === receipts.length) return worst(receipts, 'all')
      const [first] = failed
      if (!first) return { status: 'delivered' }
      return { status: 'delivered', note: `${failed.length} of ${peers.length} peers failed: ${first.why}` }
    },
  }
}

function toPath(url: string): string {
  const { origin, pathname, search, username, password } = new URL(url)
  const path = pathname.replace(/\/+$/, '')
  const whole = /\/api\/v2\/alerts$/.test(path) ? path : `${path}/api/v2/alerts`
  const credentials = username || password ? `${username}:${password}@` : ''
  return origin.replace('://', `://${credentials}`) + whole + search
}

function writeAlerts(message: Message, { now }: SendContext, settings: Options): unknown[] {
  const at = now()
  return splitAlerts(message).flatMap((piece) => {
    const incident = readIncident(piece.message)
    const { severity, cards } = piece.message
    const [card] = cards
    const holdMs = parseDuration(settings.holdFor)!
    const endsAt = at + (incident.isOver ? 0 : holdMs)
    const firstSeen = Date.parse(String(incident.data.firstSeen))
    // An end before the start is invalid, and clocks differ.
    const startsAt = Math.min(Number.isNaN(firstSeen) ? message.at : firstSeen, at, endsAt)
    const link = incident.links[0]?.url
    const alert = (level: Severity, until: number) => ({
      labels: labelsOf(incident, piece.message, level, settings.labels),
      annotations: {
        summary: incident.title,
        description: cutBytes(incident.text, maxTextBytes),
        ...annotationsOf(incident.data),
        ...(card?.runbook && { runbook_url: card.runbook }),
      },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(until).toISOString(),
      ...(link && { generatorURL: link }),
    })
    // Routes match `severity`, so it is a label; an alert that got worse, or ended, ends under its earlier
    // severities.
    const earlier = severities.slice(0, severityRank(severity))
    const hasMoved = incident.isOver || piece.message.reason === 'escalated'
    return [alert(severity, endsAt), ...(hasMoved ? earlier : []).map((level) => alert(level, at))]
  })
}

function annotationsOf({ code, requestId, traceId }: AlertCard['data']): Record<string, string> {
  return {
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { request_id: requestId }),
    ...(traceId !== undefined && { trace_id: traceId }),
  }
}

function labelsOf(
  { key, data }: Incident,
  { storm }: Message,
  severity: Severity,
  own: Options['labels'],
): Record<string, string> {
  const { rule, service, env, labels = {} } = data
  const named = Object.entries(labels)
  const shared = storm === undefined ? 'more-alerts' : 'alert-storm'
  const pairs: (readonly [string, unknown])[] = [
    ...named.map(([name, value]) => [name.replace(/\W/g, '_').replace(/^(?=\d)/, '_'), value] as const),
    ['service', service],
    ['env', env],
    ...Object.entries(own ?? {}),
    ['alertname', rule ?? shared],
    ['fingerprint', key],
    ['severity', severity],
  ]
  const filled = pairs.filter(([, value]) => typeof value === 'string' && value !== '')
  return Object.fromEntries(filled) as Record<string, string>
}

/** Success has no body; a page does not come from Alertmanager. A 400 comes even if a part was stored. */
function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered') {
    const isBare =
      (reply.text.length < 100 && reply.text.trim() === '') || Object.keys(readObject(reply)).length > 0
    return isBare ? byStatus : failUnknown(reply, 'Alertmanager')
  }
  if (byStatus.status === 'retry') return byStatus
  const { status, why, httpStatus } = byStatus
  return { status, why, ...(httpStatus !== undefined && { httpStatus }) }
}
