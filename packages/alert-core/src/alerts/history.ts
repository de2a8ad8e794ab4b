/**
 * What channels were told of alerts that are over: kept for a day, so that one that comes back is called a regression
 * and a flapping one stays quiet. Bounded; the alert that ended first is forgotten first.
 */
import type { LastNotified } from './channel-state.ts'

/** How long an end is remembered, ms. */
export const keptMs = 24 * 3_600_000

/** An alert that is over: when it ended, epoch ms, and when each channel was last told that it fires. */
export interface PastAlert {
  readonly id: string
  readonly endedAt: number
  readonly notified: Readonly<Record<string, LastNotified>>
}

/** The memory of alerts that are over. */
export interface History {
  add(alert: PastAlert): void
  /** Takes out what is known of an alert that fires again; undefined when it is unknown or too long ago. */
  take(id: string, now: number): PastAlert | undefined
  /** Forgets all channels but these. */
  keepChannels(channels: ReadonlySet<string>): void
  entries(): readonly PastAlert[]
  find(id: string): PastAlert | undefined
}

/** Makes a memory of at most so many alerts, beginning with those given, oldest first. */
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
