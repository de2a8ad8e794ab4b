/**
 * What one channel cannot tell, on its way to the channel that takes over: it says in whose place it is told, and what that channel was told by
 * itself just as it stands is not told it again.
 */
import { randomUUID } from 'node:crypto'
import { withItems } from '../deliver/merge.ts'
import type { Clock } from '../kernel/clock.ts'
import { createLru } from '../kernel/lru.ts'
import {
  type Alert,
  type Notification,
  type NotificationItem,
  type NotToldReason,
  severityRank,
} from '../model.ts'
import type { Report } from '../report.ts'
import type { Setup } from '../setup.ts'

/** Hands on from channel to channel. */
export interface Handing {
  /** The channel is told this by itself. */
  note(notification: Notification): void
  /** The same for the channel that takes over, with an id of its own; undefined where there is none, or where it has nothing new to hear. */
  handOn(notification: Notification, reason: NotToldReason): Notification | undefined
}

const mostKnown = 2_000

/** Begins with nothing told. */
export function createHanding({
  setup,
  report,
  clock,
}: {
  readonly setup: () => Setup
  readonly report: Report
  readonly clock: Clock
}): Handing {
  const told = createLru<string, Alert>(mostKnown)

  function isNews(channel: string, { alert }: NotificationItem): boolean {
    const known = told.get(keyOf(channel, alert))
    if (known === undefined || known.firstSeen !== alert.firstSeen || known.state !== alert.state) return true
    return known.count < alert.count || severityRank(known.severity) < severityRank(alert.severity)
  }

  return {
    note({ channel, items }) {
      for (const { alert, insteadOf } of items) {
        if (insteadOf === undefined) told.set(keyOf(channel, alert), alert)
      }
    },
    handOn({ joined: _, ...notification }, reason) {
      const { channel } = notification
      const fallback = setup().fallbackOf(channel)
      if (fallback === undefined) return undefined
      const news = notification.items.filter((item) => isNews(fallback, item))
      for (const { alert } of notification.items.filter((item) => !news.includes(item))) {
        const { id, rule, key } = alert
        const at = clock.now()
        report.emit({ type: 'suppressed', channel: fallback, reason: 'told', alert: id, rule, key, at })
      }
      if (news.length === 0) return undefined
      const items = news.map((item) => ({ ...item, insteadOf: item.insteadOf ?? { channel, reason } }))
      return { ...withItems(notification, items), id: randomUUID(), channel: fallback }
    },
  }
}

function keyOf(channel: string, { id }: Alert): string {
  return `${id} ${channel}`
}
