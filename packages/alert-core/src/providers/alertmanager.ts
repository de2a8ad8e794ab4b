/**
 * Prometheus Alertmanager, API v2: https://prometheus.io/docs/alerting/latest/alerts_api. An alert is its
 * label set, so only what never changes is a label; it lasts until `endsAt`, so an alert that still fires is
 * sent again before that.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt, Severity } from '../model.ts'
import { authHeaders, credentialFields } from '../provider/auth.ts'
import { createHttpSender, failUnknown, readObject } from '../provider/http-sender.ts'
import { type Incident, readIncident, splitAlerts } from '../provider/incident.ts'
import * as z from '../provider/light-zod.ts'
import {
  asList,
  certificates,
  countGiven,
  needsUrl,
  postAddress,
  together,
} from '../provider/option-fields.ts'
import { inPieces, type Piece, worst } from '../provider/pieces.ts'
import { type AlertCard, defineProvider, type Message, type Sender } from '../provider/provider.ts'
import { option, preset } from '../provider/schema.ts'
import { cutBytes } from '../text/text.ts'
import { parseDuration } from '../time/duration.ts'

const maxTextBytes = 6_000
/** Of the alerts of one request: half of the megabyte that nginx takes by default. */
const maxRequestBytes = 500_000
/** Alerts whose severity is remembered. */
const maxKnown = 2_000

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
    size: 'a description, 6 000 bytes; a request, 500 000',
    success: '200 without a body',
    resolve: '`endsAt`',
    button: '`generatorURL`',
    dedup: 'its labels, with the fingerprint',
  },
  open(settings) {
    const headers = authHeaders(settings.auth)
    const { bearer, basic } = settings.auth ?? {}
    // Under which severity Alertmanager has each alert: when it changes, the former one ends.
    const known = new Map<string, Severity>()
    const peers = asList(settings.url).map((url) =>
      createHttpSender({
        urls: [toPath(url)],
        tls: settings.tls,
        secrets: [bearer, basic?.pass, headers['authorization']].filter((text) => text !== undefined),
        write: (message, { now }) => ({
          headers,
          body: JSON.stringify(
            splitAlerts(message).flatMap((piece) => writeAlerts(piece, now(), settings, known)),
          ),
        }),
        toReceipt,
      }),
    )
    const split = (message: Message) => toRequests(message, settings)
    return inPieces(remembering(toAll(peers), known), { split, need: 'all' })
  },
})

/** Remembers what was delivered, the latest of {@link maxKnown} alerts. */
function remembering(sender: Sender, known: Map<string, Severity>): Sender {
  return {
    ...sender,
    async send(message, context) {
      const receipt = await sender.send(message, context)
      if (receipt.status !== 'delivered') return receipt
      for (const { key, message: part } of splitAlerts(message)) {
        known.delete(key)
        if (part.reason !== 'resolved') known.set(key, part.severity)
      }
      for (const [oldest] of known) {
        if (known.size <= maxKnown) break
        known.delete(oldest)
      }
      return receipt
    },
  }
}

/** One message as requests that a proxy takes; what is for no alert of its own is the last one. */
function toRequests(message: Message, settings: Options): Piece[] {
  const pieces = splitAlerts(message)
  const sizes = pieces.map((piece) => sizeOf(piece, message.at, settings))
  if (sizes.reduce((sum, size) => sum + size, 0) <= maxRequestBytes) return [{ key: 'all', message }]
  const requests: Piece[][] = []
  let free = 0
  for (const [index, piece] of pieces.entries()) {
    const size = sizes[index]!
    const isShared = piece.message.cards.length === 0
    if (size > free || isShared) {
      requests.push([])
      free = maxRequestBytes
    }
    requests.at(-1)!.push(piece)
    free -= size
  }
  return requests.map(([first, ...others]) => {
    if (others.length === 0) return first!
    const cards = [first!, ...others].flatMap((piece) => piece.message.cards)
    return { key: first!.key, message: { ...message, cards, brief: [], more: 0 } }
  })
}

function sizeOf(piece: Piece, at: number, settings: Options): number {
  return Buffer.byteLength(JSON.stringify(writeAlerts(piece, at, settings, noneKnown)))
}

const noneKnown: ReadonlyMap<string, Severity> = new Map()

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

function writeAlerts(
  { message }: Piece,
  at: number,
  settings: Options,
  known: ReadonlyMap<string, Severity>,
): unknown[] {
  const incident = readIncident(message)
  const [card] = message.cards
  const firstSeen = Date.parse(String(incident.data.firstSeen))
  const link = incident.links[0]?.url
  const former = known.get(incident.key)
  const alert = (level: Severity, until: number) => ({
    labels: labelsOf(incident, message, level, settings.labels),
    annotations: {
      summary: incident.title,
      description: cutBytes(incident.text, maxTextBytes),
      ...annotationsOf(incident.data),
      ...(card?.runbook && { runbook_url: card.runbook }),
    },
    // An end before the start is invalid, and clocks differ.
    startsAt: new Date(Math.min(Number.isNaN(firstSeen) ? message.at : firstSeen, at, until)).toISOString(),
    endsAt: new Date(until).toISOString(),
    ...(link && { generatorURL: link }),
  })
  // It ends under the severity that Alertmanager was sent: another one would be an alert that never fired.
  if (incident.isOver) return [alert(former ?? message.severity, at)]
  const fires = alert(message.severity, at + parseDuration(settings.holdFor)!)
  // Routes match `severity`, so it is a label, and another severity is another alert.
  return former === undefined || former === message.severity ? [fires] : [fires, alert(former, at)]
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
  const shared = storm === undefined ? 'more-alerts' : 'alert-storm'
  const fixed = Object.entries({
    service,
    env,
    ...own,
    alertname: rule ?? shared,
    fingerprint: key,
    severity,
  }).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '')
  const all = new Map(fixed)
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value === 'string' && value !== '') all.set(freeName(name, all), value)
  }
  return Object.fromEntries(all)
}

/** As Prometheus names labels; what is named like another one gets a number. */
function freeName(given: string, taken: ReadonlyMap<string, string>): string {
  const name = given.replace(/\W/g, '_').replace(/^(?=\d|$)/, '_')
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`
  return free
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
