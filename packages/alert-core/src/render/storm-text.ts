/**
 * A storm: so many new kinds of errors at once that one message sums them up instead of telling each.
 */
import type { Notification, NotificationItem } from '../model.ts'

/** The alerts of a notification by how much room they get. */
export interface Division {
  /** Shown as cards. */
  readonly inFull: readonly NotificationItem[]
  /** One line each; what is in neither is told by number. */
  readonly inLines: readonly NotificationItem[]
}

const mostLines = 20
const mostStormLines = 10

/**
 * The first `max` in full, the next 20 in lines. In a storm the new kinds of errors are ten lines, most frequent
 * first; what else fell due with it keeps its card.
 */
export function divide({ items, reason }: Notification, max: number): Division {
  if (reason !== 'storm') return { inFull: items.slice(0, max), inLines: items.slice(max, max + mostLines) }
  const kinds = items.filter(isOfStorm).sort((a, b) => b.alert.count - a.alert.count)
  const others = items.filter((item) => !isOfStorm(item))
  return { inFull: others.slice(0, max), inLines: kinds.slice(0, mostStormLines) }
}

/** True for an alert that a storm tells as one of its kinds. */
export function isOfStorm(item: NotificationItem): boolean {
  return item.alert.state === 'firing' && (item.reason === 'storm' || item.reason === 'first')
}
