/**
 * What a replay says in the end: totals, the alerts told most, and the messages in order of time.
 */
import type { ReplayResult, Told } from './replay.ts'

/** One alert over the whole replay. */
export interface AlertTotal {
  readonly id: string
  readonly title: string
  readonly severity: string
  readonly count: number
  readonly messages: number
}

/** Messages by channel and reason. */
export interface ChannelTotal {
  readonly channel: string
  readonly messages: number
  readonly reasons: Readonly<Record<string, number>>
}

export function channelTotals({ told }: ReplayResult): ChannelTotal[] {
  const totals = new Map<string, { messages: number; reasons: Record<string, number> }>()
  for (const { channel, message } of told) {
    const total = totals.get(channel) ?? { messages: 0, reasons: {} }
    total.messages++
    total.reasons[message.reason] = (total.reasons[message.reason] ?? 0) + 1
    totals.set(channel, total)
  }
  return [...totals].map(([channel, total]) => ({ channel, ...total }))
}

/** The alerts with the most records, at most `most` of them. */
export function topAlerts({ told }: ReplayResult, most: number): AlertTotal[] {
  const totals = new Map<string, AlertTotal>()
  for (const { message } of told) {
    for (const card of message.cards) {
      const count = typeof card.data['count'] === 'number' ? card.data['count'] : 1
      const known = totals.get(card.id)
      totals.set(card.id, {
        id: card.id,
        title: known?.title ?? String(card.data['title'] ?? card.title),
        severity: card.severity,
        count: Math.max(known?.count ?? 0, count),
        messages: (known?.messages ?? 0) + 1,
      })
    }
  }
  return [...totals.values()].sort((a, b) => b.count - a.count).slice(0, most)
}

/** What machines read: plain JSON, a line for each message in `told`. */
export function toJson(result: ReplayResult): object {
  return {
    lines: result.lines,
    from: isoOf(result.from),
    to: isoOf(result.to),
    matched: result.stats.matched,
    failures: result.stats.failures,
    notTold: result.stats.notTold,
    suppressed: result.suppressed,
    channels: channelTotals(result),
    top: topAlerts(result, 20),
    told: result.told.map(toldToJson),
    more: result.more,
  }
}

function toldToJson({ at, channel, message }: Told): object {
  return {
    at: isoOf(at),
    channel,
    reason: message.reason,
    severity: message.severity,
    subject: message.subject,
    alerts: message.cards.map(({ id, title }) => ({ id, title })),
    more: message.more,
  }
}

export function isoOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString()
}
