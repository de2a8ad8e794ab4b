/**
 * Merges the snapshots of processes that ended with that of the process that adopts them: what each channel
 * was notified of is kept from all of them, and counts of records add up.
 */

import { lifeOf, severityRank } from '../model.ts'
import type { ChannelTiming } from './channel.ts'
import { mergeDigests, type SavedDigest } from './digest.ts'
import { mostStarts } from './flapping.ts'
import { ownEntries, type PastAlert } from './history.ts'
import { mergeSavedImpact } from './impact.ts'
import type { ChannelState, LastNotified } from './live-alert.ts'
import { mergeProcesses } from './live-alert.ts'
import { mergeConditions } from './merge-conditions.ts'
import { mergeReleases } from './releases.ts'
import type { SavedAlert, TrackerSnapshot } from './snapshot.ts'

/** One snapshot out of several, at least one; the last one is the youngest. */
export function mergeSnapshots(snapshots: readonly TrackerSnapshot[]): TrackerSnapshot {
  return snapshots.reduce(mergeTwo)
}

function mergeTwo(older: TrackerSnapshot, newer: TrackerSnapshot): TrackerSnapshot {
  const past = mergePast(older.past, newer.past)
  const alerts = new Map<string, SavedAlert>()
  for (const alert of [...older.alerts, ...newer.alerts]) {
    const known = alerts.get(alert.id)
    alerts.set(alert.id, known === undefined ? alert : mergeAlerts(known, alert))
  }
  for (const [id, alert] of alerts) {
    const ended = past.get(id)
    if (ended === undefined) continue
    past.delete(id)
    alerts.set(id, { ...alert, channelStates: withPast(alert.channelStates, ended) })
  }
  const overflowId = newer.overflowId ?? older.overflowId
  return {
    ...older,
    ...newer,
    alerts: [...alerts.values()],
    ended: [...alerts.values()].filter(hasEnded).sort(byEnd).map(idOf),
    channels: mergeChannels(older.channels, newer.channels),
    past: [...past.values()].sort(byEnd),
    ...(overflowId === undefined ? {} : { overflowId }),
    dropped: older.dropped + newer.dropped,
    ...mergeSpikesSince(older.spikesSince, newer.spikesSince),
    ...mergeReleases(older, newer),
    ...mergeAllDigests(older.digests, newer.digests),
    ...mergeConditions(older, newer),
  }
}

/** A rule has watched as long as the process that began first. */
function mergeSpikesSince(
  older: TrackerSnapshot['spikesSince'] = [],
  newer: TrackerSnapshot['spikesSince'] = [],
): Pick<TrackerSnapshot, 'spikesSince'> {
  const since = new Map<string, number>()
  for (const [rule, at] of [...older, ...newer]) since.set(rule, Math.min(at, since.get(rule) ?? at))
  return since.size === 0 ? {} : { spikesSince: [...since] }
}

function mergeAllDigests(
  older: readonly SavedDigest[] = [],
  newer: readonly SavedDigest[] = [],
): Pick<TrackerSnapshot, 'digests'> {
  const merged = new Map(older.map((digest) => [digest.name, digest]))
  for (const digest of newer) {
    const known = merged.get(digest.name)
    merged.set(digest.name, known === undefined ? digest : mergeDigests(known, digest))
  }
  return merged.size === 0 ? {} : { digests: [...merged.values()] }
}

function mergeAlerts(a: SavedAlert, b: SavedAlert): SavedAlert {
  const [first, last] = a.lastAt <= b.lastAt ? [a, b] : [b, a]
  const worst = first.rank > last.rank ? first : last
  const { endedAt: _, releaseNote, acknowledged: __, ...rest } = last
  const impact = mergeSavedImpact(a.impact, b.impact)
  const acknowledged = mergedAcknowledgement(a, b)
  // A life that began after the other one ended is noted by itself.
  const isNoted =
    releaseNote !== undefined && (hasEnded(first) || releaseNote.type === first.releaseNote?.type)
  const isFiring = !hasEnded(a) || !hasEnded(b)
  return {
    ...rest,
    severity: worst.severity,
    rank: worst.rank,
    code: worst.code,
    summary: worst.summary,
    runbook: worst.runbook,
    labels: worst.labels,
    channels: worst.channels,
    count: a.count + b.count,
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    life: Math.min(lifeOf(a), lifeOf(b)),
    first: a.rank !== b.rank ? worst.first : a.firstSeen <= b.firstSeen ? a.first : b.first,
    latest: worst.latest,
    starts: [...new Set([...a.starts, ...b.starts])].sort(byTime).slice(-mostStarts),
    startedAt: Math.min(a.startedAt, b.startedAt),
    escalatedAt: latest(a.escalatedAt, b.escalatedAt),
    ...(acknowledged === undefined ? {} : { acknowledged }),
    endedAt: isFiring ? undefined : latest(a.endedAt, b.endedAt),
    channelStates: mergeChannelStates(a, b),
    ...(a.processes === undefined && b.processes === undefined
      ? {}
      : { processes: mergeProcesses(a.processes, b.processes) }),
    ...(isNoted ? { releaseNote } : {}),
    ...earliestOf(a.firstEverAt, b.firstEverAt),
    ...(impact === undefined ? {} : { impact }),
  }
}

/** One of a less severe copy does not hold for the other. */
function mergedAcknowledgement(a: SavedAlert, b: SavedAlert): SavedAlert['acknowledged'] {
  const worst = Math.max(a.rank, b.rank)
  const [one, other] = [a, b].map(({ rank, acknowledged }) => (rank === worst ? acknowledged : undefined))
  if (one === undefined || other === undefined) return one ?? other
  return other.at >= one.at ? other : one
}

function mergeChannelStates(a: SavedAlert, b: SavedAlert): Readonly<Record<string, ChannelState>> {
  const names = new Set([...Object.keys(a.channelStates), ...Object.keys(b.channelStates)])
  const merged = [...names].map((name) => {
    // A channel that only one of them had was not to be notified of the other's records.
    const one = channelStateOf(a, name)
    const other = channelStateOf(b, name)
    return [name, mergeTwoChannelStates(one, other)] as const
  })
  return ownEntries(merged)
}

function channelStateOf({ channelStates, count }: SavedAlert, name: string): ChannelState {
  const known = Object.hasOwn(channelStates, name) ? channelStates[name] : undefined
  return known ?? { admitted: false, notifiedCount: count, repeats: 0 }
}

function mergeTwoChannelStates(a: ChannelState, b: ChannelState): ChannelState {
  const notified = later(a.notified, b.notified)
  const past = later(a.past, b.past)
  const since = earliest(a.since, b.since)
  const nextAt = latest(a.nextAt, b.nextAt)
  const opened = latest(a.opened, b.opened)
  const fellBackAt = latest(a.fellBackAt, b.fellBackAt)
  // The channel was notified of one of them.
  const isUnknown = opened === undefined ? (a.isUnknown ?? b.isUnknown) : undefined
  const sending = b.sending ?? a.sending
  const silenceEnded = b.silenceEnded ?? a.silenceEnded
  const former = mergeFormer(a.former, b.former)
  return {
    admitted: a.admitted || b.admitted,
    notifiedCount: a.notifiedCount + b.notifiedCount,
    repeats: Math.max(a.repeats, b.repeats),
    ...(since === undefined ? {} : { since }),
    ...(notified === undefined ? {} : { notified }),
    ...(past === undefined ? {} : { past }),
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(a.mute === undefined && b.mute === undefined ? {} : { mute: b.mute ?? a.mute! }),
    ...(silenceEnded === undefined ? {} : { silenceEnded }),
    ...(former === undefined ? {} : { former }),
    ...(opened === undefined ? {} : { opened }),
    ...(fellBackAt === undefined ? {} : { fellBackAt }),
    ...(isUnknown ? { isUnknown } : {}),
    ...(sending === undefined ? {} : { sending }),
  }
}

function mergeFormer(a: ChannelState['former'], b: ChannelState['former']): ChannelState['former'] {
  if (a === undefined || b === undefined) return a ?? b
  const isWorse = severityRank(a.alert.severity) > severityRank(b.alert.severity)
  return { alert: isWorse ? a.alert : b.alert, unsent: a.unsent + b.unsent }
}

function withPast(
  channelStates: SavedAlert['channelStates'],
  { notified }: PastAlert,
): SavedAlert['channelStates'] {
  const entries = Object.entries(channelStates).map(([name, channelState]) => {
    const past = later(channelState.past, Object.hasOwn(notified, name) ? notified[name] : undefined)
    return [name, past === undefined ? channelState : { ...channelState, past }] as const
  })
  return ownEntries(entries)
}

function earliestOf(...all: readonly (number | undefined)[]): { readonly firstEverAt?: number } {
  const known = all.filter((at) => at !== undefined)
  return known.length === 0 ? {} : { firstEverAt: Math.min(...known) }
}

function mergePast(older: readonly PastAlert[], newer: readonly PastAlert[]): Map<string, PastAlert> {
  const past = new Map<string, PastAlert>()
  for (const alert of [...older, ...newer]) {
    const known = past.get(alert.id)
    past.set(alert.id, known === undefined ? alert : mergeEnds(known, alert))
  }
  return past
}

function mergeEnds(a: PastAlert, b: PastAlert): PastAlert {
  const names = new Set([...Object.keys(a.notified), ...Object.keys(b.notified)])
  const notified = [...names].map((name) => {
    const of = ({ notified }: PastAlert) => (Object.hasOwn(notified, name) ? notified[name] : undefined)
    return [name, later(of(a), of(b))!] as const
  })
  const starts = [...new Set([...(a.starts ?? []), ...(b.starts ?? [])])].sort(byTime).slice(-mostStarts)
  return { id: a.id, endedAt: Math.max(a.endedAt, b.endedAt), starts, notified: ownEntries(notified) }
}

function mergeChannels(older: readonly ChannelTiming[], newer: readonly ChannelTiming[]): ChannelTiming[] {
  const states = new Map<string, ChannelTiming>()
  for (const state of [...older, ...newer]) {
    const known = states.get(state.name)
    states.set(state.name, known === undefined ? state : mergeStates(known, state))
  }
  return [...states.values()]
}

function mergeStates(a: ChannelTiming, b: ChannelTiming): ChannelTiming {
  const sentAt = latest(a.sentAt, b.sentAt)
  const pausedUntil = latest(a.pausedUntil, b.pausedUntil)
  const newKinds = b.newKinds ?? a.newKinds
  const quotaReportedUntil = latest(a.quotaReportedUntil, b.quotaReportedUntil)
  const quotaExhausted = b.quotaExhausted ?? a.quotaExhausted
  return {
    name: a.name,
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(pausedUntil === undefined ? {} : { pausedUntil }),
    ...(quotaReportedUntil === undefined ? {} : { quotaReportedUntil }),
    ...(quotaExhausted === undefined ? {} : { quotaExhausted }),
    ...(newKinds === undefined ? {} : { newKinds }),
    recent: mergeMoments(a.recent, b.recent, ({ at }) => at),
    quota: mergeMoments(a.quota, b.quota, (at) => at),
  }
}

/**
 * In the order of time. What both know of the same moment is one message: a process may keep its state twice.
 */
function mergeMoments<Moment>(
  older: readonly Moment[],
  newer: readonly Moment[],
  timeOf: (moment: Moment) => number,
): Moment[] {
  const known = new Map<number, number>()
  for (const moment of older) known.set(timeOf(moment), (known.get(timeOf(moment)) ?? 0) + 1)
  const added = newer.filter((moment) => {
    const left = known.get(timeOf(moment)) ?? 0
    known.set(timeOf(moment), left - 1)
    return left <= 0
  })
  return [...older, ...added].sort((one, other) => timeOf(one) - timeOf(other))
}

function byTime(a: number, b: number): number {
  return a - b
}

function hasEnded(alert: SavedAlert): boolean {
  return alert.endedAt !== undefined
}

function byEnd(a: { readonly endedAt?: number | undefined }, b: { readonly endedAt?: number | undefined }) {
  return (a.endedAt ?? 0) - (b.endedAt ?? 0)
}

function idOf({ id }: SavedAlert): string {
  return id
}

function later(a: LastNotified | undefined, b: LastNotified | undefined): LastNotified | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.at >= a.at ? b : a
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
