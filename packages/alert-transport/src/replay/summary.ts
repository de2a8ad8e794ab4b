/**
 * The summary of a replay: totals, the alerts with the most records, and the messages in order of time.
 */
import type { Notified, ReplayResult } from './replay.ts'

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

export function channelTotals({ notified }: ReplayResult): ChannelTotal[] {
  const totals = new Map<string, { messages: number; reasons: Record<string, number> }>()
  for (const { channel, message } of notified) {
    const total = totals.get(channel) ?? { messages: 0, reasons: {} }
    total.messages++
    total.reasons[message.reason] = (total.reasons[message.reason] ?? 0) + 1
    totals.set(channel, total)
  }
  return [...totals].map(([channel, total]) => ({ channel, ...total }))
}

/** What happened to the records that one rule took. */
export interface RuleTotal {
  readonly rule: string
  /** Records that it took and that count. */
  readonly matched: number
  /** Records that the rule, or the record itself, switched off. */
  readonly off: number
  /** Records in its notifications, on the channel that got the most. */
  readonly notified: number
  readonly messages: number
  /** Notifications that were suppressed, by reason. */
  readonly suppressed: Readonly<Record<string, number>>
}

/** By rule, the one with the most records first. */
export function ruleTotals({ stats, notified, suppressed }: ReplayResult): RuleTotal[] {
  const names = new Set([...Object.keys(stats.rules), ...notified.flatMap(({ message }) => rulesOf(message))])
  const added = sumsBy(notified, (card) => String(card.data['rule']))
  return [...names]
    .map((rule) => ({
      rule,
      matched: stats.rules[rule]?.matched ?? 0,
      off: stats.rules[rule]?.off ?? 0,
      notified: added.get(rule) ?? 0,
      messages: notified.filter(({ message }) => rulesOf(message).includes(rule)).length,
      suppressed: reasonsOf(suppressed.filter((each) => each.rule === rule)),
    }))
    .sort((a, b) => b.matched + b.off - a.matched - a.off)
}

type Card = Notified['message']['cards'][number]

function rulesOf({ cards }: Notified['message']): string[] {
  return cards.map((card) => String(card.data['rule']))
}

/** Records in the notifications of each, on the channel that got the most. */
function sumsBy(notified: readonly Notified[], nameOf: (card: Card) => string): Map<string, number> {
  const sums = new Map<string, Map<string, number>>()
  for (const { channel, message } of notified) {
    for (const card of message.cards) {
      const name = nameOf(card)
      const byChannel = sums.get(name) ?? new Map<string, number>()
      byChannel.set(channel, (byChannel.get(channel) ?? 0) + Number(card.data['newCount'] ?? 0))
      sums.set(name, byChannel)
    }
  }
  return new Map([...sums].map(([name, byChannel]) => [name, Math.max(...byChannel.values())]))
}

function reasonsOf(suppressed: ReplayResult['suppressed']): Record<string, number> {
  const reasons: Record<string, number> = {}
  for (const { reason, count } of suppressed) reasons[reason] = (reasons[reason] ?? 0) + count
  return reasons
}

/** The alerts with the most records, at most `most` of them. */
export function topAlerts({ notified }: ReplayResult, most: number): AlertTotal[] {
  const added = sumsBy(notified, ({ id }) => id)
  const totals = new Map<string, AlertTotal>()
  for (const { message } of notified) {
    for (const card of message.cards) {
      const known = totals.get(card.id)
      totals.set(card.id, {
        id: card.id,
        title: known?.title ?? String(card.data['headline'] ?? card.title),
        severity: card.severity,
        count: added.get(card.id) ?? 0,
        messages: (known?.messages ?? 0) + 1,
      })
    }
  }
  return [...totals.values()].sort((a, b) => b.count - a.count).slice(0, most)
}

/** What machines read: plain JSON, one entry for each message in `notified`. */
export function toJson(result: ReplayResult): object {
  return {
    lines: result.lines,
    from: isoOf(result.from),
    to: isoOf(result.to),
    matched: result.stats.matched,
    failures: result.stats.failures,
    suppressedByReason: result.stats.suppressed,
    suppressed: result.suppressed,
    keptBack: result.keptBack.map(({ closest, ...rest }) => ({
      ...rest,
      ...(closest === undefined ? {} : { closest: { ...closest, at: isoOf(closest.at) } }),
    })),
    channels: channelTotals(result),
    rules: ruleTotals(result),
    top: topAlerts(result, 20),
    notified: result.notified.map(inboxToJson),
    more: result.more,
  }
}

function inboxToJson({ at, channel, message }: Notified): object {
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

function isoOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString()
}
