import type { Alert, LogRecord, Notification, NotificationItem, Reason, Severity } from '#core/model.ts'
import { severityRank } from '#core/model.ts'
import type { Message } from '#core/provider/provider.ts'
import type { RendererOptions } from '#core/render/render.ts'

/** 2026-11-23 14:05:09 in Shanghai. */
export const noon = Date.UTC(2026, 10, 23, 6, 5, 9)

export function aRecord(over: Partial<LogRecord> = {}): LogRecord {
  return { time: noon, level: 50, levelLabel: 'error', msg: 'card gateway timeout', fields: {}, ...over }
}

function anAlert(over: Partial<Alert> = {}): Alert {
  const latest = over.latest ?? aRecord()
  return {
    id: '00000000000000a1',
    rule: 'error',
    key: 'card gateway timeout',
    state: 'firing',
    severity: 'critical',
    labels: { service: 'payments', env: 'prod' },
    count: 1,
    firstSeen: noon,
    lastSeen: noon,
    first: latest,
    latest,
    ...over,
  }
}

export function anItem(
  over: Partial<Alert> = {},
  about: Partial<Omit<NotificationItem, 'alert'>> = {},
): NotificationItem {
  const alert = anAlert(over)
  const reason: Reason = alert.state === 'resolved' ? 'resolved' : 'first'
  return { alert, reason, added: alert.count, ...about }
}

export function aNotification(
  items: readonly NotificationItem[] = [anItem()],
  over: Partial<Notification> = {},
): Notification {
  const severity = items.map((item) => item.alert.severity).reduce(worse, 'info')
  return { id: 'n1', channel: 'ops', reason: items[0]?.reason ?? 'first', severity, at: noon, items, ...over }
}

function worse(a: Severity, b: Severity): Severity {
  return severityRank(a) >= severityRank(b) ? a : b
}

/** `count` alerts of different kinds, the first the most frequent. */
export function kinds(count: number, over: Partial<Alert> = {}): NotificationItem[] {
  return Array.from({ length: count }, (_, index) => {
    const latest = aRecord({ msg: `problem of kind ${index}` })
    return anItem({ id: id(index), count: 1000 - index, first: latest, latest, ...over })
  })
}

function id(number: number): string {
  return number.toString(16).padStart(16, '0')
}

export const plainChannel: RendererOptions = {
  channel: 'ops',
  locale: 'en',
  timeZone: 'Asia/Shanghai',
  max: 10,
  format: 'full',
  redact: {},
  include: [],
  mentions: {},
  to: [],
}

/** Everything a message says, as a provider without any syntax would print it. */
export function toText(message: Message): string {
  const cards = message.cards.flatMap((card) => [
    card.title,
    card.lead,
    card.text,
    ...card.facts.map(({ label, value, url }) => `${label}: ${value}${url === undefined ? '' : ` <${url}>`}`),
    card.runbook ?? '',
    ...card.context,
  ])
  const lines = [
    message.subject,
    message.lead,
    ...(message.body === undefined ? cards : [message.body]),
    ...message.brief,
  ]
  return [...lines, ...message.closing, ...message.mentions].filter(Boolean).join('\n')
}
