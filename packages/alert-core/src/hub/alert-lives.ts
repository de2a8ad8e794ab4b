/**
 * The lives of alerts of the last day, for the timeline: bounded, in memory, noted when an alert fires. When
 * it ended is looked up when somebody asks.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { AlertLife } from '../control/hub-status.ts'
import type { Alert, AlertEvent, Severity } from '../model.ts'

const dayMs = 24 * 3_600_000
const mostLives = 500

interface Life {
  readonly id: string
  readonly key: string
  severity: Severity
  headline: string
  readonly from: number
  to?: number
}

export interface AlertLives {
  note(event: AlertEvent): void
  /** The latest first; `live` are the firing alerts. */
  ofDay(live: readonly Alert[], headlineOf: (alert: Alert) => string, now: number): AlertLife[]
}

/** `shownKey` makes a key safe to show. */
export function createAlertLives(tracker: Tracker, shownKey: (key: string) => string): AlertLives {
  const lives: Life[] = []

  /** Its text as long as it fires, and then when it ended. */
  function update(
    life: Life,
    alert: Alert | undefined,
    headlineOf: (alert: Alert) => string,
    now: number,
  ): void {
    if (life.to !== undefined) return
    const { alerts, past } = tracker.partOf([life.id])
    if (alert !== undefined && alerts[0]?.startedAt === life.from) {
      life.severity = alert.severity
      life.headline = headlineOf(alert)
    } else life.to = Math.max(life.from, alerts[0]?.endedAt ?? past[0]?.endedAt ?? now)
  }

  return {
    note(event) {
      if (event.type !== 'fired') return
      lives.push({ id: event.alert, key: event.key, severity: event.severity, headline: '', from: event.at })
      if (lives.length > mostLives) lives.shift()
    },
    ofDay(live, headlineOf, now) {
      const firing = new Map(live.map((alert) => [alert.id, alert]))
      for (const life of lives) update(life, firing.get(life.id), headlineOf, now)
      const known = new Set(lives.filter(({ to }) => to === undefined).map(({ id }) => id))
      // Alerts that were taken over from a former process have no event.
      const taken = live
        .filter(({ id }) => !known.has(id))
        .map((alert): Life => {
          const { id, key, severity, firstSeen } = alert
          return { id, key, severity, headline: headlineOf(alert), from: firstSeen }
        })
      return [...taken, ...lives]
        .filter(({ to = now }) => to > now - dayMs)
        .sort((a, b) => b.from - a.from)
        .slice(0, mostLives)
        .map(({ id, key, severity, headline, from, to }) => ({
          id,
          shortId: tracker.shortId(id),
          severity,
          headline: headline || shownKey(key),
          from,
          ...(to === undefined ? {} : { to }),
        }))
    },
  }
}
