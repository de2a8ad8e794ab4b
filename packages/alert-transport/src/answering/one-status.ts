/** What the hubs of one service say, as one: an alert that several of them count is shown once. */
import type { AlertLife, AlertStatus, ChannelStatus, HubStatus, SilenceStatus } from 'alert-core'

const ranks = ['critical', 'error', 'warning', 'info']

/** At least one status. */
export function oneStatus(all: readonly HubStatus[]): HubStatus {
  const [first, ...others] = all
  if (first === undefined) throw new Error('no process answered')
  if (others.length === 0) return first
  const alerts = new Map<string, AlertStatus>()
  for (const alert of all.flatMap((one) => one.alerts)) {
    const known = alerts.get(alert.id)
    alerts.set(alert.id, known === undefined ? alert : both(known, alert))
  }
  const silences = new Map<string, SilenceStatus>()
  for (const silence of all.flatMap((one) => one.silences)) silences.set(keyOf(silence), silence)
  const channels = new Map<string, ChannelStatus>()
  for (const channel of all.flatMap((one) => one.channels)) {
    const known = channels.get(channel.name)
    channels.set(channel.name, known === undefined ? channel : bothChannels(known, channel))
  }
  const lives = new Map<string, AlertLife>()
  for (const life of all.flatMap((one) => one.day)) lives.set(`${life.from} ${life.id}`, life)
  return {
    ...first,
    at: Math.max(...all.map(({ at }) => at)),
    alerts: [...alerts.values()].sort(
      (a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity) || b.lastSeen - a.lastSeen,
    ),
    more: all.reduce((sum, { more }) => sum + more, 0),
    day: [...lives.values()].sort((a, b) => b.from - a.from),
    silences: [...silences.values()],
    channels: [...channels.values()],
  }
}

function both(a: AlertStatus, b: AlertStatus): AlertStatus {
  const worse = ranks.indexOf(a.severity) <= ranks.indexOf(b.severity) ? a : b
  const acknowledged = a.acknowledged ?? b.acknowledged
  return {
    ...worse,
    count: a.count + b.count,
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    ...(acknowledged === undefined ? {} : { acknowledged }),
  }
}

function bothChannels(a: ChannelStatus, b: ChannelStatus): ChannelStatus {
  const last = (a.last?.at ?? 0) >= (b.last?.at ?? 0) ? a.last : b.last
  return {
    ...a,
    delivered: a.delivered + b.delivered,
    failed: a.failed + b.failed,
    waiting: a.waiting + b.waiting,
    ...(last === undefined ? {} : { last }),
  }
}

/** The same silence was made on each hub. */
function keyOf({ match, until, by, comment }: SilenceStatus): string {
  return JSON.stringify([match, Math.round(until / 10_000), by, comment])
}
