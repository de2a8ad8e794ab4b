/**
 * The lives of alerts of the last day, for the timeline: bounded, noted when an alert fires, and kept in the
 * state across a restart. When one ended is looked up when somebody asks, and before it is saved.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { AlertLife } from '../control/hub-status.ts'
import type { Alert, AlertEvent } from '../model.ts'
import type { SavedLife } from '../state/entry-schemas.ts'
import type { SavedLives } from '../state/state.ts'

const dayMs = 24 * 3_600_000
const mostLives = 500

type Life = { -readonly [Name in keyof SavedLife]: SavedLife[Name] } & {
  /** The alert was described: until then the headline is its key. */
  isDescribed?: boolean
}

/** As texts that may be shown. */
export interface LifeTexts {
  headline(alert: Alert, now: number): string
  text(given: string): string
}

export interface AlertLives extends SavedLives {
  note(event: AlertEvent): void
  /** The latest first; `live` are the firing alerts, `headlines` those that are known, by id. */
  ofDay(live: readonly Alert[], now: number, headlines: ReadonlyMap<string, string>): AlertLife[]
}

function keyOf({ id, from }: Pick<SavedLife, 'id' | 'from'>): string {
  return `${from}/${id}`
}

/** The lives in memory, and what changed of them. */
function createLifeList() {
  /** The oldest first. */
  let lives: Life[] = []
  /** Those that fire, as far as is known, by the id of their alert. */
  const open = new Map<string, Life>()
  /** Missing until somebody asks for them, or they would grow for ever. */
  let changed: Map<string, Life | undefined> | undefined

  /** Undefined: it is forgotten. */
  function note(life: Life, left: Life | undefined = life): void {
    if ((left === undefined || life.to !== undefined) && open.get(life.id) === life) open.delete(life.id)
    changed?.set(keyOf(life), left)
  }

  return {
    all: () => lives,
    open,
    note,
    add(life: Life) {
      lives.push(life)
      if (life.to === undefined) open.set(life.id, life)
      note(life)
    },
    end(life: Life, at: number) {
      life.to = Math.max(life.from, at)
      note(life)
    },
    /** Those that are left are the latest, in order. */
    forget(isForgotten: (life: Life) => boolean) {
      const forgotten = lives.filter(isForgotten)
      if (forgotten.length > 0) lives = lives.filter((life) => !isForgotten(life))
      lives.sort((a, b) => a.from - b.from)
      forgotten.push(...lives.splice(0, lives.length - mostLives))
      for (const life of forgotten) note(life, undefined)
    },
    takeChanged() {
      const taken = changed ?? new Map(lives.map((life) => [keyOf(life), life]))
      changed = new Map()
      return taken
    },
    clear() {
      lives = []
      open.clear()
      changed = undefined
    },
  }
}

export function createAlertLives(tracker: Tracker, texts: () => LifeTexts): AlertLives {
  const list = createLifeList()
  const { open } = list
  const forgetOld = (now: number) => list.forget(({ to = now }) => to <= now - dayMs)

  /** Ends what ended, and describes what became worse or was not described yet. */
  function update(live: readonly Alert[], now: number, headlines?: ReadonlyMap<string, string>): void {
    const firing = new Map(live.map((alert) => [alert.id, alert]))
    for (const life of [...open.values()]) {
      const alert = firing.get(life.id)
      if (alert === undefined) {
        const { alerts, past } = tracker.partOf([life.id])
        list.end(life, alerts[0]?.endedAt ?? past[0]?.endedAt ?? now)
      } else if (life.isDescribed !== true || life.severity !== alert.severity) {
        life.severity = alert.severity
        life.headline = headlines?.get(life.id) ?? texts().headline(alert, now)
        life.isDescribed = true
        list.note(life)
      }
    }
    forgetOld(now)
  }

  function updateIfOpen(now: number): void {
    if (open.size > 0) update(tracker.live(), now)
    else forgetOld(now)
  }

  return {
    note(event) {
      if (event.type !== 'fired') return
      const { alert: id, key, severity, at } = event
      const before = open.get(id)
      if (before !== undefined) list.end(before, tracker.partOf([id]).alerts[0]?.formerEndedAt ?? at)
      list.add({ id, headline: key, severity, from: at })
      if (list.all().length > mostLives) list.forget(() => false)
    },
    ofDay(live, now, headlines) {
      update(live, now, headlines)
      const { headline, text } = texts()
      // Alerts that were taken over from a process of which no life is known.
      const taken = live
        .filter(({ id }) => !open.has(id))
        .map((alert): Life => {
          const { id, severity, firstSeen } = alert
          return { id, severity, headline: headlines.get(id) ?? headline(alert, now), from: firstSeen }
        })
      return [...taken, ...list.all()]
        .sort((a, b) => b.from - a.from)
        .slice(0, mostLives)
        .map(({ id, severity, headline, from, to }) => ({
          id,
          shortId: tracker.shortId(id),
          severity,
          headline: text(headline),
          from,
          ...(to === undefined ? {} : { to }),
        }))
    },
    takeChanged(now) {
      updateIfOpen(now)
      return new Map([...list.takeChanged()].map(([key, life]) => [key, life && savedOf(life)]))
    },
    all(now) {
      updateIfOpen(now)
      list.takeChanged()
      return new Map(list.all().map((life) => [keyOf(life), savedOf(life)]))
    },
    adopt(former, now) {
      const known = new Set(list.all().map(keyOf))
      for (const life of former) {
        if (known.has(keyOf(life)) || life.from > now) continue
        const own = open.get(life.id)
        // What both have seen since is one life: the tracker has one alert.
        if (life.to === undefined && own !== undefined) {
          if (own.from <= life.from) continue
          list.forget((one) => one === own)
        }
        list.add({ ...life })
      }
      forgetOld(now)
    },
    clear: list.clear,
  }
}

function savedOf({ isDescribed: _, ...life }: Life): SavedLife {
  return life
}
