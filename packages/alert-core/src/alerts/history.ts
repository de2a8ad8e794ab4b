/**
 * When each channel was last notified of alerts that ended: kept for a day, so that an alert that fires again
 * is a regression, and a flapping one is notified less often. Bounded; the alert that ended first is dropped
 * first.
 */
import type { LastNotified } from './channel-state.ts'

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

/** The alerts that ended. */
export interface History {
  add(alert: PastAlert): void
  /** Removes and returns an alert that fires again; undefined if it is unknown or ended too long ago. */
  take(id: string, now: number): PastAlert | undefined
  /** Drops all channels but these. */
  keepChannels(channels: ReadonlySet<string>): void
  /** The provider accepted the last message about the alert at `at`, epoch ms. */
  confirm(id: string, channel: string, at: number): void
  entries(): readonly PastAlert[]
  find(id: string): PastAlert | undefined
}

/** Keeps at most so many alerts; starts with these, the oldest first. */
export function createHistory(max: number, past: readonly PastAlert[] = []): History {
  const known = new Map(past.map((alert) => [alert.id, alert]))

  function prune(now: number): void {
    for (const [id, { endedAt }] of known) {
      if (known.size <= max && endedAt + keptMs > now) return
      known.delete(id)
    }
  }

  return {
    add(alert) {
      known.delete(alert.id)
      known.set(alert.id, alert)
      prune(alert.endedAt)
    },
    take(id, now) {
      const alert = known.get(id)
      known.delete(id)
      return alert !== undefined && alert.endedAt + keptMs > now ? alert : undefined
    },
    keepChannels(channels) {
      for (const alert of known.values()) {
        const notified = Object.entries(alert.notified).filter(([name]) => channels.has(name))
        known.set(alert.id, { ...alert, notified: ownEntries(notified) })
      }
    },
    confirm(id, channel, at) {
      const alert = known.get(id)
      const last =
        alert !== undefined && Object.hasOwn(alert.notified, channel) ? alert.notified[channel] : undefined
      if (alert === undefined || last === undefined || last.at >= at) return
      const notified = Object.entries({ ...alert.notified, [channel]: { ...last, at } })
      known.set(id, { ...alert, notified: ownEntries(notified) })
    },
    entries: () => [...known.values()],
    find: (id) => known.get(id),
  }
}

/** An object of these entries without a prototype: its keys are the user's. */
export function ownEntries<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const own: Record<string, Value> = Object.create(null)
  for (const [name, value] of entries) own[name] = value
  return own
}
