/**
 * How people answer while a hub runs: they silence alerts, and acknowledge them. Both are kept across a
 * restart.
 */
import { randomUUID } from 'node:crypto'
import type { Effect, Tracker } from '../alerts/tracker.ts'
import { alertsNamed, leastIdLength } from '../alerts/tracker.ts'
import { AlertError } from '../errors/alert-error.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import type { Acknowledgement, Alert } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { State } from '../state/state.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import { type Duration, parseDuration } from '../time/duration.ts'
import type { Advance } from './advance.ts'
import type { AcknowledgeOptions, SilenceRequest } from './answer-types.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { LazyParts } from './hub-types.ts'

export interface SilencingOptions {
  readonly inForce: OptionsInForce
  readonly state: State | undefined
  readonly fleet: Pick<Fleet, 'submitSilence' | 'decides' | 'ask'>
  readonly tracker: Tracker
  readonly clock: Clock
  readonly lazyParts: () => Pick<LazyParts, 'checkSilence'>
  readonly advance: Advance['advance']
}

/** Each is described where the hub offers it. */
export interface Silencing {
  silence(silence: SilenceRequest): string
  unsilence(id: string): boolean
  acknowledge(id: string, options?: AcknowledgeOptions): string
}

/** The version of the watched application, if it is known. */
export function releaseOf(plan: object): string | undefined {
  return 'release' in plan && typeof plan.release === 'string' ? plan.release : undefined
}

const wholeId = /^[\da-f]{16}$/i
/** An answer that is passed on is not waited for. */
const passedOnMs = 10_000
const dayMs = 24 * 3_600_000
/** A release may never come. */
const longestReleaseMs = 30 * dayMs
/** So many can be made at run time. */
const mostSilences = 1000
const most = { by: 60, comment: 300, near: 3 }

export function createSilencing(options: SilencingOptions): Silencing {
  const { inForce, state, fleet, tracker, clock, lazyParts, advance } = options

  /** The firing alert that this id means. */
  function find(id: unknown): Pick<Alert, 'id'> {
    // It fires in the process that notifies, which finds it by its whole id.
    if (!fleet.decides && wholeId.test(String(id))) return { id: String(id).toLowerCase() }
    const live = tracker.live()
    const given = cutChars(cleanLine(String(id)), 20)
    const [alert, ...others] = alertsNamed(tracker.idOf(String(id)), live)
    if (alert !== undefined && others.length === 0) return alert
    throw new AlertError(
      'ALERT_UNKNOWN_ALERT',
      unknown(given, alert === undefined ? live : [alert, ...others]),
    )
  }

  function unknown(given: string, near: readonly Alert[]): string {
    const isShort = given.length < leastIdLength
    const names = [...near]
      .sort((a, b) => sharedStart(b.id, given) - sharedStart(a.id, given))
      .slice(0, most.near)
      .map(({ id }) => tracker.shortId(id))
    const said = isShort ? `An id has at least ${leastIdLength} digits, got '${given}'.` : ''
    if (near.length === 0) return `${said || `No alert has the id '${given}'.`} Nothing fires now.`
    const fire = `Of those that fire: ${names.join(', ')}${near.length > names.length ? ' …' : ''}.`
    const isAmbiguous = !isShort && near.every(({ id }) => id.startsWith(given.toLowerCase()))
    if (isAmbiguous) return `Several alerts begin with '${given}': ${names.join(', ')}.`
    return `${said || `No alert that fires has the id '${given}'.`} ${fire}`
  }

  return {
    silence(given) {
      const now = clock.now()
      const { plan: inOptions } = inForce.compiled
      const release = releaseOf(inOptions)
      const { alert: named, for: length, untilRelease, by, ...rest } = given
      const alert = named === undefined ? undefined : find(named)
      if (alert !== undefined && given.match !== undefined)
        throw invalid('give `match` or `alert`, not both.')
      const ends = [given.until, length, untilRelease].filter((end) => end !== undefined).length
      if (untilRelease === true && release === undefined)
        throw invalid('`untilRelease` needs the option `release`, or one of its variables.')
      if (ends > 1) throw invalid('give one of `until`, `for` and `untilRelease`.')
      const checked = {
        ...rest,
        ...(alert === undefined ? {} : { match: { '@fingerprint': alert.id } }),
        ...(length === undefined ? {} : { until: isoAt(endOf(length, given.from, now)) }),
        ...(untilRelease === undefined ? {} : { until: isoAt(now + longestReleaseMs) }),
      }
      const schedules = Object.keys(inOptions.muting.schedules)
      const { plan, problems } = lazyParts().checkSilence(checked, schedules, now)
      if (plan === undefined)
        throw invalid(problems.map(({ path, message }) => `${path || 'silence'}: ${message}`).join(' '))
      if (inForce.compiled.muting.runtimeSilences(now).length >= mostSilences)
        throw invalid(`there are ${mostSilences} already.`)
      const silence = {
        ...plan,
        id: randomUUID(),
        at: now,
        ...(plan.comment === undefined ? {} : { comment: shown(plan.comment, most.comment) }),
        ...(by === undefined ? {} : { by: shown(by, most.by) }),
        ...(alert === undefined ? {} : { alert: alert.id }),
        ...(untilRelease === undefined || release === undefined ? {} : { release }),
      }
      advance((at) => addSilence(silence, { inForce, tracker }, at))
      if (!fleet.submitSilence(silence)) state?.saveSilence(silence)
      return silence.id
    },
    unsilence(id) {
      const wasSilenced = inForce.compiled.muting.unsilence(id)
      if (wasSilenced && !fleet.submitSilence(id)) state?.removeSilence(id)
      advance((now) => tracker.updateMutes(now))
      return wasSilenced
    },
    acknowledge(given, { by, comment, undo = false } = {}) {
      const { id } = find(given)
      if (!fleet.decides) {
        void fleet.ask?.({ request: 'acknowledge', given: { id, by, comment, undo } }, passedOnMs)
        return id
      }
      const acknowledgement: Acknowledgement = {
        at: clock.now(),
        ...(by === undefined ? {} : { by: shown(by, most.by) }),
        ...(comment === undefined ? {} : { comment: shown(comment, most.comment) }),
      }
      advance(
        (now) =>
          (undo ? tracker.unacknowledge(id, now) : tracker.acknowledge(id, acknowledgement, now)) ?? [],
      )
      state?.saveAlert(id, true)
      return id
    },
  }
}

/** A silence made at run time begins; of what fires, the channels that were notified may be sent a notice. */
export function addSilence(
  silence: RuntimeSilence,
  { inForce, tracker }: Pick<SilencingOptions, 'inForce' | 'tracker'>,
  now: number,
): readonly Effect[] {
  const { muting } = inForce.compiled
  const isSilenced = (alert: Alert) => muting.silenceOf(alert, now) !== undefined
  const open = tracker.live().filter((alert) => !isSilenced(alert))
  muting.silence(silence, now)
  const ids = open.filter(isSilenced).map(({ id }) => id)
  const { by, comment, untilMs: until } = silence
  const said = { ...(by === undefined ? {} : { by }), ...(comment === undefined ? {} : { comment }) }
  return tracker.noteSilenced(ids, { type: 'silenced', at: now, until, ...said }, now)
}

function endOf(length: Duration, from: unknown, now: number): number {
  const ms = parseDuration(length)
  if (ms === undefined || ms <= 0) throw invalid("for: must be a duration such as '2h'.")
  const start = typeof from === 'string' ? Date.parse(from) : Number.NaN
  return (Number.isNaN(start) ? now : start) + ms
}

function isoAt(at: number): string {
  return new Date(Math.min(at, 8.64e15)).toISOString()
}

function shown(text: string, chars: number): string {
  return cutChars(cleanLine(String(text)), chars)
}

function invalid(why: string): AlertError {
  return new AlertError('ALERT_SILENCE_INVALID', `The silence is wrong: ${why}`)
}

function sharedStart(a: string, b: string): number {
  let length = 0
  while (length < b.length && a[length] === b[length]) length++
  return length
}
