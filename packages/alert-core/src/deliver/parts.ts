/**
 * How notifications that wait for one channel are merged and split: nothing that was counted is lost, and an
 * end stays behind the start of its alert.
 */
import {
  byWeight,
  joinedIds,
  merge,
  mustFollow,
  splitNotification,
  withItems,
} from '../alerts/notification.ts'
import { type Notification, type NotificationItem, severityRank } from '../model.ts'

/** Notifications offered at nearly the same time, merged. */
export interface Part {
  readonly notification: Notification
  /** Of the oldest notification in it, ms. */
  readonly offeredAt: number
  /** No attempt is made after this moment, except the first; ms. */
  readonly deadline: number
  /** Alerts of the largest notification in it: a single one is always taken whole. */
  readonly largest: number
  /** It waits for the channel's quota. */
  readonly isDeferred?: true
}

/** A digest is a message of its own. */
export function isDigest({ notification }: Part): boolean {
  return notification.digest !== undefined
}

export function splitPart(
  part: Part,
  isSecond: (item: NotificationItem) => boolean,
): readonly [first: Part | undefined, second: Part | undefined] {
  const [first, second] = splitNotification(part.notification, isSecond)
  return [first && { ...part, notification: first }, second && { ...part, notification: second }]
}

/**
 * The parts with `part` merged into `newest`, except what must follow something there: that is a part of its
 * own.
 */
export function joinPart(parts: readonly Part[], newest: Part, part: Part): readonly Part[] {
  const earlier = parts.filter((other) => other !== newest && other.isDeferred === newest.isDeferred)
  const [joins, follows] = splitPart(part, (item) => {
    const older = itemOf(newest, item.alert.id)
    return older !== undefined && mustFollow(older, item) && !isCovered(older, earlier)
  })
  const whole = joins ? mergeParts(newest, joins) : newest
  return [...parts.with(parts.indexOf(newest), whole), ...(follows ? [follows] : [])]
}

/** An alert that comes and goes again and again waits as one start and one end. */
function isCovered({ alert: { id, severity } }: NotificationItem, earlier: readonly Part[]): boolean {
  return earlier.some((part) => {
    const item = itemOf(part, id)
    const isStart = item !== undefined && item.reason !== 'repeat' && item.reason !== 'resolved'
    return isStart && severityRank(item.alert.severity) >= severityRank(severity)
  })
}

function mergeParts(older: Part, newer: Part): Part {
  return {
    ...older,
    notification: merge(older.notification, newer.notification),
    largest: Math.max(older.largest, newer.largest),
  }
}

function itemOf({ notification }: Part, alert: string): NotificationItem | undefined {
  return notification.items.find((item) => item.alert.id === alert)
}

/** What the next message can say; of an alert that must be two messages, the rest has the second. */
export function firstMessage(parts: readonly Part[]): {
  readonly first: readonly Part[]
  readonly rest: readonly Part[]
} {
  const [next] = parts
  if (next !== undefined && isDigest(next)) return { first: [next], rest: parts.slice(1) }
  const said = new Map<string, NotificationItem>()
  const later = new Set<string>()

  function isLater(item: NotificationItem): boolean {
    const { id } = item.alert
    const older = said.get(id)
    if (older !== undefined && mustFollow(older, item)) later.add(id)
    if (later.has(id)) return true
    if (older === undefined || item.reason !== 'repeat') said.set(id, item)
    return false
  }

  const halves = parts.map((part) =>
    isDigest(part) ? ([undefined, part] as const) : splitPart(part, isLater),
  )
  return { first: halves.flatMap(([first]) => first ?? []), rest: halves.flatMap(([, rest]) => rest ?? []) }
}

/**
 * Too many alerts: the least severe are dropped first, then the least frequent. `dropped` still has the id of
 * a notification of which something may be kept. An end that follows a start is neither counted nor dropped
 * by itself.
 */
export function dropOverflow(
  parts: readonly Part[],
  maxWaiting: number,
): { readonly kept: readonly Part[]; readonly dropped?: Notification } {
  const started = new Set<string>()
  const counted: NotificationItem[] = []
  for (const item of parts.flatMap((part) => part.notification.items)) {
    if (item.reason !== 'resolved') started.add(item.alert.id)
    else if (started.has(item.alert.id)) continue
    counted.push(item)
  }
  const most = Math.max(maxWaiting, ...parts.map((part) => part.largest))
  const last = parts.findLast((part) => !isDigest(part))
  if (counted.length <= most || !last) return { kept: parts }

  const out = new Set<NotificationItem>(counted.sort(byWeight).slice(most))
  // A notification of which something is kept is not done: it is not among the joined ones.
  const joined: string[] = []
  const kept = parts.flatMap((part) => {
    const { items } = part.notification
    const staying = items.filter((item) => !out.has(item))
    if (staying.length === items.length) return [part]
    if (staying.length > 0) return [{ ...part, notification: withItems(part.notification, staying) }]
    joined.push(...joinedIds(part.notification))
    return []
  })
  return { kept, dropped: { ...withItems(last.notification, [...out]), joined } }
}
