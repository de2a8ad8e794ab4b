/**
 * What a hub says of itself: what fires and who has taken it on, silences, channels with their last outcome,
 * and the alerts of the last day. Reads what is there and changes nothing.
 */
import { hostname } from 'node:os'
import type { Tracker } from '../alerts/tracker.ts'
import type {
  AlertLife,
  AlertStatus,
  ChannelStatus,
  HubStatus,
  SilenceStatus,
} from '../control/hub-status.ts'
import { type Alert, type AlertEvent, severityRank } from '../model.ts'
import { createRedactor } from '../redact/redact.ts'
import { createDescribe } from '../render/describe.ts'
import { createScrub } from '../render/scrub.ts'
import type { SavedLife } from '../state/entry-schemas.ts'
import type { SavedLives } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import { createZone } from '../time/time-text.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'
import { releaseOf } from './silencing.ts'
import type { Stats } from './stats.ts'

export interface StatusOptions {
  readonly inForce: OptionsInForce
  readonly tracker: Tracker
  readonly events: Events
  readonly texts: () => LifeTexts
  readonly lives: AlertLives
  readonly stats: () => Stats
  readonly clock: Clock
}

const most = { alerts: 1000, why: 160, text: 300 }

/** Of the options in force; made at their first use. */
export function createShownTexts(inForce: OptionsInForce): () => LifeTexts {
  let madeFor: OptionsInForce['compiled'] | undefined
  let made: LifeTexts | undefined
  return () => {
    if (made !== undefined && madeFor === inForce.compiled) return made
    madeFor = inForce.compiled
    const { plan, mask } = madeFor
    const scrub = createScrub(createRedactor(plan.content.redact))
    const describe = createDescribe({
      locale: plan.channels[0]?.locale ?? 'en',
      zone: createZone('UTC'),
      scrub,
    })
    made = {
      headline: (alert, now) => mask(describe({ alert, reason: 'first', added: 0 }, now).headline),
      text: (given) => mask(scrub.line(given, most.text)),
    }
    return made
  }
}

type LastOutcome = NonNullable<ChannelStatus['last']>

/** Follows the events from now on; the function that it returns makes the status. */
export function createStatus(options: StatusOptions): () => HubStatus {
  const { inForce, tracker, events, lives, stats, clock } = options
  const outcomes = new Map<string, LastOutcome>()
  events.subscribe((event) => {
    lives.note(event)
    const last = outcomeOf(event)
    if (last !== undefined) outcomes.set(event.channel!, last)
  })

  return () => {
    const now = clock.now()
    const { plan } = inForce.compiled
    const { service, env } = plan
    const show = createShow(options, now)
    const live = [...tracker.live()].sort(
      (a, b) => severityRank(b.severity) - severityRank(a.severity) || b.lastSeen - a.lastSeen,
    )
    const alerts = live.slice(0, most.alerts).map(show.alert)
    const counters = stats().channels
    return {
      at: now,
      process: { pid: process.pid, host: hostname() },
      ...defined({ service, env, release: releaseOf(plan), timeZone: plan.channels[0]?.timeZone }),
      alerts,
      more: live.length - alerts.length,
      day: lives.ofDay(live, now, new Map(alerts.map(({ id, headline }) => [id, headline]))),
      silences: show.silences(),
      channels: plan.channels.map(({ name, definition }): ChannelStatus => {
        const { delivered = 0, failed = 0, waiting = 0 } = counters[name] ?? {}
        const last = outcomes.get(name)
        return { name, title: definition.title, delivered, failed, waiting, ...defined({ last }) }
      }),
    }
  }
}

function outcomeOf(event: AlertEvent): LastOutcome | undefined {
  switch (event.type) {
    case 'delivered':
      return { outcome: event.type, at: event.at }
    case 'retrying':
    case 'failed':
      return { outcome: event.type, at: event.at, why: event.why.slice(0, most.why) }
    default:
      return undefined
  }
}

/** Shows alerts and silences as of `now`, epoch ms, without secrets. */
function createShow({ inForce, tracker, texts }: StatusOptions, now: number) {
  const { plan, muting } = inForce.compiled
  const { service, env } = plan
  const shown = texts()
  const releases = new Map(muting.runtimeSilences(now).map(({ alert, release }) => [alert, release]))
  const text = (given: string | undefined) => (given === undefined ? undefined : shown.text(given))

  return {
    alert(alert: Alert): AlertStatus {
      const { id, rule, severity, code, labels, count, firstSeen, lastSeen, acknowledged } = alert
      const silence = muting.silenceOf(alert, now)
      const taken = acknowledged && {
        at: acknowledged.at,
        ...defined({ by: text(acknowledged.by), comment: text(acknowledged.comment) }),
      }
      const silenced =
        silence?.untilMs === undefined
          ? undefined
          : { until: silence.untilMs, ...defined({ release: releases.get(id), by: text(silence.by) }) }
      return {
        id,
        shortId: tracker.shortId(id),
        rule,
        severity,
        headline: shown.headline(alert, now),
        ...defined({
          code: text(code),
          service: text(labels['service'] ?? service),
          env: text(labels['env'] ?? env),
        }),
        count,
        firstSeen,
        lastSeen,
        ...defined({ acknowledged: taken, silenced }),
      }
    },
    silences: () =>
      muting.runtimeSilences(now).map(
        ({ id, untilMs, fromMs, alert, match, release, by, comment }): SilenceStatus => ({
          id,
          until: untilMs,
          ...defined({
            from: fromMs !== undefined && fromMs > now ? fromMs : undefined,
            alert: alert === undefined ? undefined : tracker.shortId(alert),
            release,
            by: text(by),
            comment: text(comment),
          }),
          match,
        }),
      ),
  }
}

type Defined<Given> = { [Key in keyof Given]?: Exclude<Given[Key], undefined> }

/** Without what is undefined. */
function defined<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<Given>
}

// ── the lives of alerts of the last day, for the timeline: bounded, and kept in the state across a restart.
// When one ended is looked up when somebody asks, and before it is saved.

const dayMs = 24 * 3_600_000
const mostLives = 500
/** So many are added before the oldest are looked for. */
const mostAdded = 100

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
      list.add({ id, headline: key, key, severity, from: at })
      if (list.all().length > mostLives + mostAdded) list.forget(() => false)
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
