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
import { type Alert, type AlertEvent, type Severity, severityRank } from '../model.ts'
import { createRedactor } from '../redact/redact.ts'
import { createDescribe } from '../render/describe.ts'
import { createScrub } from '../render/scrub.ts'
import type { Clock } from '../time/clock.ts'
import { createZone } from '../time/time-text.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'
import { releaseOf } from './silencing.ts'
import type { Stats } from './stats.ts'

/** What the status depends on. */
export interface StatusOptions {
  readonly inForce: OptionsInForce
  readonly tracker: Tracker
  readonly events: Events
  readonly stats: () => Stats
  /** Where the page is served. */
  readonly page: () => string | undefined
  readonly clock: Clock
}

const most = { alerts: 1000, why: 160, text: 300 }

type LastOutcome = NonNullable<ChannelStatus['last']>

/** Follows the events from now on; the function that it returns makes the status. */
export function createStatus(options: StatusOptions): () => HubStatus {
  const { inForce, tracker, events, stats, page, clock } = options
  const lives = createAlertLives(tracker, (key) => inForce.compiled.shownKey(key))
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
    const headlines = new Map(alerts.map(({ id, headline }) => [id, headline]))
    const counters = stats().channels
    return {
      at: now,
      process: { pid: process.pid, host: hostname() },
      ...defined({ service, env, release: releaseOf(plan), page: page() }),
      alerts,
      more: live.length - alerts.length,
      day: lives.ofDay(live, (alert) => headlines.get(alert.id) ?? show.headline(alert), now),
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
function createShow({ inForce, tracker }: StatusOptions, now: number) {
  const { plan, muting, mask } = inForce.compiled
  const { service, env } = plan
  const scrub = createScrub(createRedactor(plan.content.redact))
  const describe = createDescribe({ locale: 'en', zone: createZone('UTC'), scrub })
  const text = (given: string | undefined) =>
    given === undefined ? undefined : mask(scrub.line(given, most.text))
  const headline = (alert: Alert) => mask(describe({ alert, reason: 'first', added: 0 }, now).headline)

  return {
    headline,
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
          : { until: silence.untilMs, ...defined({ by: text(silence.by) }) }
      return {
        id,
        shortId: tracker.shortId(id),
        rule,
        severity,
        headline: headline(alert),
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

// ── the lives of alerts of the last day, for the timeline

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

interface AlertLives {
  note(event: AlertEvent): void
  /** The latest first; `live` are the firing alerts. */
  ofDay(live: readonly Alert[], headlineOf: (alert: Alert) => string, now: number): AlertLife[]
}

/**
 * Bounded, in memory, noted when an alert fires; when it ended is looked up when somebody asks. `shownKey`
 * makes a key safe to show.
 */
function createAlertLives(tracker: Tracker, shownKey: (key: string) => string): AlertLives {
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
