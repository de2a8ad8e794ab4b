/**
 * The ends that a removed channel could not be sent in time: they are kept for a channel of that name, which
 * a reload or the next start may bring back, and reported, since people may have to close what is open there.
 */
import { joinedIds, splitNotification } from '../alerts/notification.ts'
import type { Tracker } from '../alerts/tracker.ts'
import { shortFailure } from '../http/failure-brief.ts'
import type { Notification, NotificationItem } from '../model.ts'
import type { State } from '../state/state.ts'
import type { InternalErrors } from './internal-errors.ts'

export interface RemovedChannelsOptions {
  readonly tracker: Pick<Tracker, 'shortId'>
  /** Keeps them for the next start. */
  readonly state: Pick<State, 'saveUnsent'> | undefined
  readonly reporting: { readonly internalErrors: Pick<InternalErrors, 'report'> }
}

/** What was not sent to channels before they were removed. */
export interface RemovedChannels {
  /** Keeps the ends among what the removed channel was not sent, because of `why`, and fails the rest. */
  keep(channel: string, unsent: readonly Notification[], why: string): void
  /** Removes and returns what is kept for the channel: it is back. */
  take(channel: string): readonly Notification[]
  /** All that is kept. */
  all(): readonly Notification[]
  /** Another process continues with it. */
  clear(): void
}

/** Of channels with ever new names only so many are remembered. */
const mostChannels = 20
const mostNamed = 10

/** Nothing is kept at first; what is not kept fails by `fail`. */
export function createRemovedChannels(
  { tracker, state, reporting: { internalErrors } }: RemovedChannelsOptions,
  fail: (notification: Notification) => void,
): RemovedChannels {
  const kept = new Map<string, readonly Notification[]>()

  /** The part about ends whose start the provider accepted, under an id of its own. */
  function endsOf(notification: Notification, unopened: ReadonlySet<string>): Notification | undefined {
    const isOwed = ({ alert, reason }: NotificationItem) => reason === 'resolved' && !unopened.has(alert.id)
    const [others, ends] =
      notification.digest === undefined ? splitNotification(notification, isOwed) : [notification]
    if (ends === undefined || ends === notification) {
      if (others !== undefined) fail(others)
      return ends
    }
    const { joined: _, ...own } = ends
    state?.saveUnsent([own])
    if (others !== undefined) fail({ ...others, joined: joinedIds(notification) })
    return own
  }

  function report(channel: string, ends: readonly Notification[], why: string): void {
    const alerts = ends.flatMap(({ items }) => items).map(({ alert }) => alert)
    const named = alerts.slice(0, mostNamed).map(({ id, rule }) => `${rule} (${tracker.shortId(id)})`)
    const more = alerts.length - named.length
    const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    const count = alerts.length === 1 ? '1 alert is' : `${alerts.length} alerts are`
    const sentences = [
      `Channel ${channel} was removed before it could be sent that ${count} over: ${list}.`,
      sentenceOf(why),
      'Close there what is still open, or bring the channel back: then it is sent.',
    ]
    internalErrors.report('ALERT_ENDS_UNSENT', sentences.join(' '))
  }

  return {
    keep(channel, unsent, why) {
      const starts = unsent.flatMap(({ items }) => items).filter(({ reason }) => reason !== 'resolved')
      // What its provider accepted needs an end also if a reminder of it was not sent.
      const unopened = new Set(starts.filter(isStart).map(({ alert }) => alert.id))
      const ends = unsent.flatMap((notification) => endsOf(notification, unopened) ?? [])
      if (ends.length === 0) return
      kept.set(channel, [...(kept.get(channel) ?? []), ...ends])
      report(channel, ends, why)
      const [oldest] = kept.keys()
      if (kept.size <= mostChannels || oldest === undefined) return
      for (const notification of kept.get(oldest) ?? []) fail(notification)
      kept.delete(oldest)
    },
    take(channel) {
      const ends = kept.get(channel) ?? []
      kept.delete(channel)
      return ends
    },
    all: () => [...kept.values()].flat(),
    clear: () => kept.clear(),
  }
}

/** Its provider may have accepted nothing of it. */
function isStart({ reason, notifiedAt }: NotificationItem): boolean {
  return reason !== 'repeat' && (reason !== 'escalated' || notifiedAt === undefined)
}

function sentenceOf(why: string): string {
  const short = shortFailure(why)
  return /[.…]$/.test(short) ? short : `${short}.`
}
