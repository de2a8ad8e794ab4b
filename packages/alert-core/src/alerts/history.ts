/**
 * When each channel was last notified of alerts that ended: kept for a day, so that an alert that fires again
 * is a regression, and a flapping one is notified less often. Bounded; the alert that ended first is dropped
 * first.
 */
import type { LastNotified } from './live-alert.ts'

/** How long ended alerts are kept, ms. */
export const keptMs = 24 * 3_600_000

/** An alert that ended: when, epoch ms, and when each channel was last notified that it fires. */
export interface PastAlert {
  readonly id: string
  readonly endedAt: number
  /** When it started within a day before its last start, that one included, epoch ms. */
  readonly starts?: readonly number[]
  readonly notified: Readonly<Record<string, LastNotified>>
}

/** The alerts that ended, by id; the oldest end first. */
export type History = Map<string, PastAlert>

export function createHistory(past: readonly PastAlert[] = []): History {
  return new Map(past.map((alert) => [alert.id, alert]))
}

/** Adds an alert that ended, and drops what is too old or more than `max`. */
export function addPast(history: History, alert: PastAlert, max: number): void {
  history.delete(alert.id)
  history.set(alert.id, alert)
  for (const [id, { endedAt }] of history) {
    if (history.size <= max && endedAt + keptMs > alert.endedAt) return
    history.delete(id)
  }
}

/** Removes and returns an alert that fires again; undefined if it is unknown or ended too long ago. */
export function takePast(history: History, id: string, now: number): PastAlert | undefined {
  const alert = history.get(id)
  history.delete(id)
  return alert !== undefined && alert.endedAt + keptMs > now ? alert : undefined
}

/** Drops all channels but these. */
export function keepChannels(history: History, channels: ReadonlySet<string>): void {
  for (const alert of history.values()) {
    const notified = Object.entries(alert.notified).filter(([name]) => channels.has(name))
    history.set(alert.id, { ...alert, notified: ownEntries(notified) })
  }
}

/** The provider accepted the last message about the alert at `at`, epoch ms. */
export function confirmPast(history: History, id: string, channel: string, at: number): void {
  const alert = history.get(id)
  const last =
    alert !== undefined && Object.hasOwn(alert.notified, channel) ? alert.notified[channel] : undefined
  if (alert === undefined || last === undefined || last.at >= at) return
  const notified = Object.entries({ ...alert.notified, [channel]: { ...last, at } })
  history.set(id, { ...alert, notified: ownEntries(notified) })
}

/** An object of these entries without a prototype: its keys are the user's. */
export function ownEntries<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const own: Record<string, Value> = Object.create(null)
  for (const [name, value] of entries) own[name] = value
  return own
}
