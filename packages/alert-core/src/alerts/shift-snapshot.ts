/**
 * When the clock was set, all times of the tracker move along: no notification is early, and none waits for
 * an hour that comes again. Records keep the times in them, but for the one that ended an alert: how long
 * that lasted is taken from it.
 */

import type { Alert } from '../model.ts'
import { ownEntries } from './history.ts'
import type { ChannelState, LastNotified } from './live-alert.ts'
import { shiftConditions } from './merge-conditions.ts'
import type { SavedAlert, TrackerSnapshot } from './snapshot.ts'

/** The same snapshot with our own times `byMs` later. */
export function shiftSnapshot(snapshot: TrackerSnapshot, byMs: number): TrackerSnapshot {
  const shift = <Time extends number | undefined>(at: Time): Time =>
    (at === undefined ? at : at + byMs) as Time
  return {
    ...snapshot,
    alerts: snapshot.alerts.map(
      (alert): SavedAlert => ({
        ...alert,
        ...shiftSeen(alert),
        startedAt: shift(alert.startedAt),
        lastAt: shift(alert.lastAt),
        escalatedAt: shift(alert.escalatedAt),
        endedAt: shift(alert.endedAt),
        ...(alert.formerEndedAt === undefined ? {} : { formerEndedAt: shift(alert.formerEndedAt) }),
        ...(alert.firstEverAt === undefined ? {} : { firstEverAt: shift(alert.firstEverAt) }),
        ...(alert.acknowledged && {
          acknowledged: { ...alert.acknowledged, at: shift(alert.acknowledged.at) },
        }),
        starts: alert.starts.map(shift),
        ...(alert.firedBy && { firedBy: shiftFiredBy(alert.firedBy) }),
        channelStates: ownEntries(
          Object.entries(alert.channelStates).map(([name, channelState]) => [
            name,
            shiftChannelState(channelState),
          ]),
        ),
      }),
    ),
    channels: snapshot.channels.map((state) => ({
      ...state,
      ...(state.sentAt === undefined ? {} : { sentAt: shift(state.sentAt) }),
      ...(state.pausedUntil === undefined ? {} : { pausedUntil: shift(state.pausedUntil) }),
      ...(state.quotaReportedUntil === undefined
        ? {}
        : { quotaReportedUntil: shift(state.quotaReportedUntil) }),
      ...(state.newKinds && { newKinds: { ...state.newKinds, at: shift(state.newKinds.at) } }),
      recent: state.recent.map((message) => ({ ...message, at: shift(message.at) })),
      quota: state.quota.map(shift),
    })),
    ...(snapshot.spikesSince && {
      spikesSince: snapshot.spikesSince.map(([rule, at]) => [rule, shift(at)] as const),
    }),
    ...(snapshot.releases && {
      releases: snapshot.releases.map((release) => ({ ...release, at: shift(release.at) })),
    }),
    ...(snapshot.seen && {
      seen: snapshot.seen.map(({ firstAt, ...one }) =>
        firstAt === undefined ? one : { ...one, firstAt: shift(firstAt) },
      ),
    }),
    ...(snapshot.conditions && { conditions: shiftConditions(snapshot.conditions, byMs) }),
    past: snapshot.past.map((past) => ({
      ...past,
      endedAt: shift(past.endedAt),
      ...(past.starts && { starts: past.starts.map(shift) }),
      notified: ownEntries(
        Object.entries(past.notified).map(([name, notified]) => [name, shiftNotified(notified)]),
      ),
    })),
  }

  function shiftNotified({ at, recent, nextAt, ...notified }: LastNotified): LastNotified {
    return {
      ...notified,
      at: shift(at),
      ...(recent === undefined ? {} : { recent: recent.map(shift) }),
      ...(nextAt === undefined ? {} : { nextAt: shift(nextAt) }),
    }
  }

  function shiftFiredBy<By extends { readonly lastSuccessAt?: number }>(firedBy: By): By {
    const { lastSuccessAt } = firedBy
    return lastSuccessAt === undefined ? firedBy : { ...firedBy, lastSuccessAt: shift(lastSuccessAt) }
  }

  type Seen = Pick<Alert, 'firstSeen' | 'lastSeen' | 'endRecord'>

  function shiftSeen({ firstSeen, lastSeen, endRecord }: Seen): Seen {
    return {
      firstSeen: shift(firstSeen),
      lastSeen: shift(lastSeen),
      ...(endRecord && { endRecord: { ...endRecord, time: shift(endRecord.time) } }),
    }
  }

  function shiftAlert(given: Alert): Alert {
    const { endedAt, formerEndedAt, firstEverAt, condition, acknowledged, ...alert } = given
    return {
      ...alert,
      ...shiftSeen(given),
      ...(firstEverAt === undefined ? {} : { firstEverAt: shift(firstEverAt) }),
      ...(condition && { condition: shiftFiredBy(condition) }),
      ...(acknowledged && { acknowledged: { ...acknowledged, at: shift(acknowledged.at) } }),
      ...(endedAt === undefined ? {} : { endedAt: shift(endedAt) }),
      ...(formerEndedAt === undefined ? {} : { formerEndedAt: shift(formerEndedAt) }),
    }
  }

  function shiftChannelState(channelState: ChannelState): ChannelState {
    const { since, notified, past, former, nextAt, opened, fellBackAt, sending, mute, silenceEnded } =
      channelState
    return {
      ...channelState,
      ...(since === undefined ? {} : { since: shift(since) }),
      ...(notified === undefined ? {} : { notified: shiftNotified(notified) }),
      ...(past === undefined ? {} : { past: shiftNotified(past) }),
      ...(former === undefined ? {} : { former: { ...former, alert: shiftAlert(former.alert) } }),
      ...(nextAt === undefined ? {} : { nextAt: shift(nextAt) }),
      ...(opened === undefined ? {} : { opened: shift(opened) }),
      ...(fellBackAt === undefined ? {} : { fellBackAt: shift(fellBackAt) }),
      ...(sending === undefined ? {} : { sending: { ...sending, life: shift(sending.life) } }),
      ...(silenceEnded === undefined
        ? {}
        : { silenceEnded: { ...silenceEnded, at: shift(silenceEnded.at) } }),
      // Silences and schedules follow the wall clock: they are asked again.
      ...(mute === undefined ? {} : { mute: { ...mute, untilMs: Number.NEGATIVE_INFINITY } }),
    }
  }
}

/** The latest past moment in the snapshot, epoch ms; `-Infinity` if there is none. */
export function latestMoment(snapshot: TrackerSnapshot): number {
  let latest = Number.NEGATIVE_INFINITY
  for (const { lastAt } of snapshot.alerts) latest = Math.max(latest, lastAt)
  for (const { endedAt } of snapshot.past) latest = Math.max(latest, endedAt)
  for (const { sentAt } of snapshot.channels) latest = Math.max(latest, sentAt ?? latest)
  return latest
}
