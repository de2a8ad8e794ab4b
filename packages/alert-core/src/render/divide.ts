/**
 * Which alerts of a notification get a card and which get a line. In a storm, one message sums up many new
 * alerts.
 */
import type { Notification, NotificationItem } from '../model.ts'

export interface Division {
  /** Shown as cards. */
  readonly inFull: readonly NotificationItem[]
  /** One line each. All other alerts are only counted. */
  readonly inLines: readonly NotificationItem[]
}

const mostLines = 20
const mostStormLines = 10

/**
 * The first `max` in full, the next 20 in lines. In a storm the new kinds of errors are ten lines, most
 * frequent first; what else fell due with it keeps its card.
 */
export function divide({ items, reason }: Notification, max: number): Division {
  if (reason !== 'storm') return { inFull: items.slice(0, max), inLines: items.slice(max, max + mostLines) }
  const kinds = items.filter(isOfStorm).sort((a, b) => b.alert.count - a.alert.count)
  const others = items.filter((item) => !isOfStorm(item))
  return { inFull: others.slice(0, max), inLines: kinds.slice(0, mostStormLines) }
}

/** Whether an alert counts as one of the kinds of a storm. */
export function isOfStorm(item: NotificationItem): boolean {
  return item.alert.state === 'firing' && (item.reason === 'storm' || item.reason === 'first')
}
