/**
 * The alert API that Opsgenie began and Jira Service Management keeps: one alert for each alert, its
 * fingerprint the alias. The same alias only raises a count, and closes it. The answer 202 means that the
 * request will be processed.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt, Severity } from '../model.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import { createHttpSender, failUnknown } from './http-sender.ts'
import { processText, readIncident, splitEvents } from './incident.ts'
import * as z from './light-zod.ts'
import { inPieces } from './pieces.ts'
import { type Message, type ProviderFacts, type Sender, secret } from './provider.ts'
import { option, required } from './schema.ts'

const most = {
  message: 130,
  description: 15_000,
  tag: 50,
  tags: 20,
  entity: 512,
  source: 100,
  note: 25_000,
  detail: 1_000,
}
const priorities: Readonly<Record<Severity, string>> = {
  critical: 'P1',
  error: 'P2',
  warning: 'P3',
  info: 'P4',
}
const responder = /^(team|user|escalation|schedule):\S.*$/

/** The options without `endpoint`. */
export const genieOptions = () => ({
  apiKey: secret(
    required(
      z
        .string()
        .check(z.regex(/^[\w-]{8,100}$/, 'must be the bare key of an API integration, without `GenieKey`')),
      'Key of an API integration that may create and close alerts',
    ),
  ),
  responders: option(
    z.array(
      z
        .string()
        .check(z.regex(responder, "must be like 'team:ops', 'user:ann@example.com', 'schedule:night'")),
    ),
    "Whom to notify: 'team:…', 'user:…', 'escalation:…' or 'schedule:…'; default as its rules say",
  ),
  tags: option(
    z.array(z.string().check(z.minLength(1), z.maxLength(most.tag))).check(z.maxLength(most.tags - 3)),
    'Tags of every alert, beside severity, service and environment',
  ),
})

/** What the API can do, for the docs. */
export const genieFacts = {
  size: 'message 130, description 15 000 characters',
  success: '202',
  hint: '`X-RateLimit-Period-In-Sec`',
  resolve: 'close by alias',
  dedup: '`alias`, the fingerprint',
} as const satisfies ProviderFacts

interface GenieOptions {
  readonly apiKey: string
  readonly endpoint: string
  readonly responders?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
}

/** Sends to `/v2/alerts` below `endpoint`; `title` names the API in receipts. */
export function openGenie(settings: GenieOptions, title: string): Sender {
  const base = settings.endpoint.replace(/\/+$/, '')
  const headers = { authorization: `GenieKey ${settings.apiKey}` }
  const sender = createHttpSender({
    urls: [base],
    secrets: [settings.apiKey],
    write(message) {
      const { key, isOver } = readIncident(message)
      const isTaken = message.answered === 'acknowledged'
      const verb = isOver ? 'close' : 'acknowledge'
      const path = isOver || isTaken ? `/${encodeURIComponent(key)}/${verb}?identifierType=alias` : ''
      const body = isOver || isTaken ? writeNote(message) : writeAlert(message, settings)
      return { url: `${base}/v2/alerts${path}`, headers, body: JSON.stringify(body) }
    },
    toReceipt: (reply) => toReceipt(reply, title),
  })
  return inPieces(sender, { split: splitEvents, need: 'all' })
}

function writeAlert(message: Message, { responders, tags = [] }: GenieOptions) {
  const { key, title, text, details, data } = readIncident(message)
  const { service, env } = data
  const names = [service, env].filter((name) => name !== undefined)
  return {
    message: cutChars(cleanLine(title), most.message) || '-',
    alias: key,
    description: cutChars(text || title, most.description),
    priority: priorities[message.severity],
    source: cutChars(processText(data) ?? service ?? message.channel, most.source),
    ...(service && { entity: cutChars(service, most.entity) }),
    tags: [...new Set([message.severity, ...names.map((name) => cutChars(name, most.tag)), ...tags])],
    details: Object.fromEntries(Object.entries(details).map(([name, value]) => [name, asText(value)])),
    ...(responders && { responders: responders.map(readResponder) }),
  }
}

/** Details are texts here. */
function asText(value: unknown): string {
  return cutChars(typeof value === 'string' ? value : JSON.stringify(value), most.detail)
}

/** Why it is closed or acknowledged. */
function writeNote({ channel, subject, cards }: Message) {
  const said = [subject, cards[0]?.lead].filter(Boolean).join(': ')
  return { source: cutChars(channel, most.source), note: cutChars(said, most.note) }
}

function readResponder(text: string) {
  const colon = text.indexOf(':')
  const [type, id] = [text.slice(0, colon), text.slice(colon + 1)]
  return type === 'user' ? { type, username: id } : { type, name: id }
}

/** A throttled caller learns the length of its window, not when to try again. */
function toReceipt(reply: HttpReply, title: string): Receipt {
  if (reply.status === 202) return { status: 'delivered' }
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered') return failUnknown(reply, title)
  if (byStatus.status === 'retry') {
    if (reply.status === 501) return { status: 'failed', why: byStatus.why, httpStatus: 501 }
    const seconds = Number(reply.headers.get('x-ratelimit-period-in-sec') ?? Number.NaN)
    const hintMs = seconds > 0 ? Math.min(seconds, 3600) * 1000 : undefined
    const delayMs = byStatus.delayMs ?? (reply.status === 429 ? hintMs : undefined)
    return { ...byStatus, ...(delayMs !== undefined && { delayMs }) }
  }
  const { status, why, httpStatus } = byStatus
  return { status, why, ...(httpStatus !== undefined && { httpStatus }) }
}
