/**
 * What a hub says of itself: what fires and who has taken it on, silences, channels with their last outcome,
 * and the alerts of the last day. Reads what is there and changes nothing.
 */
import { hostname } from 'node:os'
import type { Tracker } from '../alerts/tracker.ts'
import type { AlertStatus, ChannelStatus, HubStatus, SilenceStatus } from '../control/hub-status.ts'
import { type Alert, type AlertEvent, severityRank } from '../model.ts'
import { createRedactor } from '../redact/redact.ts'
import { createDescribe } from '../render/describe.ts'
import { createScrub } from '../render/scrub.ts'
import type { Clock } from '../time/clock.ts'
import { createZone } from '../time/time-text.ts'
import type { AlertLives, LifeTexts } from './alert-lives.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'
import { releaseOf } from './silencing.ts'
import type { Stats } from './stats.ts'

/** What the status depends on. */
export interface StatusOptions {
  readonly inForce: OptionsInForce
  readonly tracker: Tracker
  readonly events: Events
  readonly texts: () => LifeTexts
  readonly lives: AlertLives
  readonly stats: () => Stats
  /** Where the page is served. */
  readonly page: () => string | undefined
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
  const { inForce, tracker, events, lives, stats, page, clock } = options
  const outcomes = new Map<string, LastOutcome>()
  events.subscribe((event) => {
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
      ...defined({ service, env, release: releaseOf(plan), page: page() }),
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
