/**
 * The digest of one channel: what happened since the last one. Of alerts that fire it keeps the count that
 * they had then, of those that ended a copy; of these only the most frequent, the others are counted.
 */
import type { Alert, Digest, DigestLine, Severity, SuppressedReason } from '../model.ts'
import { lastedOf, severityRank } from '../model.ts'
import { createImpactRoom, impactCounts, type LiveImpact, mergeImpact, releaseImpact } from './impact.ts'
import { noteVaried, variedTexts } from './varied.ts'

/** When and of what a channel is sent a digest. */
export interface DigestPlan {
  /** The next time of the digest after this moment, epoch ms. */
  readonly nextAfter: (after: number) => number
  /** The alerts that it is about. */
  readonly takes: (alert: Alert) => boolean
  /** Sends it also if nothing happened. */
  readonly quiet: boolean
  /** The channel is sent nothing else. */
  readonly only: boolean
}

/** Records that a channel was not notified of, by reason. */
type Tally = Partial<Record<SuppressedReason, number>>

/** The state of one channel's digest as plain JSON; epoch ms. */
export interface SavedDigest {
  readonly name: string
  /** The last digest, or else when it began to be counted for the first. */
  readonly since: number
  /** No digest was sent yet. */
  readonly isFirst?: true
  readonly notifications: number
  readonly tallies: readonly (readonly [channel: string, tally: Readonly<Tally>])[]
  /** The counts that firing alerts had at `since`. */
  readonly bases: readonly (readonly [id: string, count: number])[]
  /** Alerts that ended, perhaps more than once. */
  readonly ended: readonly DigestLine[]
  /** Those that are not kept. */
  readonly more: { readonly fresh: number; readonly resolved: number; readonly records: number }
  /** When an alert was last seen before, epoch ms. */
  readonly lastAlertAt?: number
}

/** What happens to a live alert, as far as a digest looks at it. */
interface Counted {
  readonly id: string
  readonly count: number
  readonly startedAt: number
  readonly impact?: LiveImpact
}

export interface ChannelDigest {
  readonly plan: DigestPlan
  /** When the next one is due, epoch ms; in the past if it is late. */
  nextAt(): number
  /** An alert ended; `copy` is what it was. */
  noteEnd(alert: Counted, endedAt: number, copy: Alert): void
  /** The one alert took over what the other counted. */
  noteMerged(id: string, other: Counted): void
  noteNotification(): void
  noteSuppressed(channel: string, reason: SuppressedReason, records: number): void
  /** What happened until now, of which these fire; counts anew from here. */
  take(
    name: string,
    firing: readonly { readonly alert: Counted; readonly copy: Alert }[],
    now: number,
  ): Digest
  save(): SavedDigest
}

const most = { ended: 200, saved: 20, lines: 10 }
/** A digest of the future is none: the clock was set back a long way. */
const furthestMs = 129_600_000

export function createChannelDigest(
  name: string,
  plan: DigestPlan,
  now: number,
  saved?: SavedDigest,
): ChannelDigest {
  const known = saved !== undefined && saved.since <= now + furthestMs ? saved : undefined
  let since = known?.since ?? now
  let isFirst = known === undefined || known.isFirst === true
  let notifications = known?.notifications ?? 0
  let tallies = new Map<string, Tally>(known?.tallies.map(([channel, tally]) => [channel, { ...tally }]))
  let bases = new Map(known?.bases)
  let ended = new Map((known?.ended ?? []).map((line) => [line.alert.id, line]))
  let more = { fresh: 0, resolved: 0, records: 0, ...known?.more }
  let lastAlertAt = known?.lastAlertAt
  let next: number | undefined
  let impacts = createPeriodImpacts()

  function recordsOf({ id, count }: Counted): number {
    return Math.max(0, count - (bases.get(id) ?? 0))
  }

  /** The alert with what it counted in earlier lives of this period. */
  function lineOf(alert: Counted, copy: Alert, endedAt?: number): DigestLine {
    const before = ended.get(alert.id)
    const line = {
      alert: copy,
      records: recordsOf(alert),
      startedAt: alert.startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
    }
    const impact = impacts.add(alert, before)
    return before === undefined ? line : joinLives(before, line, impact && impactCounts(impact))
  }

  function keepMostFrequent(): void {
    if (ended.size <= most.ended) return
    const least = [...ended.values()].sort(byRecords).at(-1)
    if (least === undefined) return
    ended.delete(least.alert.id)
    impacts.drop(least.alert.id)
    more.records += least.records
    if (least.startedAt >= since) more.fresh++
    else more.resolved++
  }

  return {
    plan,
    nextAt: () => (next ??= plan.nextAfter(since)),
    noteEnd(alert, endedAt, copy) {
      if (!plan.takes(copy)) return
      ended.set(alert.id, lineOf(alert, compact(copy), endedAt))
      bases.delete(alert.id)
      keepMostFrequent()
    },
    noteMerged(id, other) {
      const base = (bases.get(id) ?? 0) + (bases.get(other.id) ?? 0)
      if (base > 0) bases.set(id, base)
      bases.delete(other.id)
    },
    noteNotification() {
      notifications++
    },
    noteSuppressed(channel, reason, records) {
      const tally = tallies.get(channel) ?? {}
      tally[reason] = (tally[reason] ?? 0) + records
      tallies.set(channel, tally)
    },
    take(name, firing, now) {
      const live = firing.filter(({ copy }) => plan.takes(copy))
      const fires = new Set(live.map(({ alert }) => alert.id))
      const lines = [
        ...live.map(({ alert, copy }) => lineOf(alert, copy)),
        ...[...ended.values()].filter(({ alert }) => !fires.has(alert.id)),
      ]
      const digest = digestOf(lines, { since, more, notifications, lastAlertAt, now })
      const suppressed = plan.only ? worstOf([...tallies.values()]) : (tallies.get(name) ?? {})
      const latest = Math.max(...lines.map(({ alert }) => alert.lastSeen), lastAlertAt ?? 0)
      if (latest > 0) lastAlertAt = latest
      bases = new Map(firing.map(({ alert }) => [alert.id, alert.count]))
      ended = new Map()
      impacts = createPeriodImpacts()
      tallies = new Map()
      more = { fresh: 0, resolved: 0, records: 0 }
      notifications = 0
      since = now
      isFirst = false
      next = undefined
      return { ...digest, suppressed }
    },
    save: () => ({
      name,
      since,
      ...(isFirst ? { isFirst } : {}),
      notifications,
      tallies: [...tallies].map(([channel, tally]) => [channel, { ...tally }] as const),
      bases: [...bases],
      ended: [...ended.values()].sort(byRecords).slice(0, most.saved),
      more: overflowOf([...ended.values()].sort(byRecords).slice(most.saved), since, more),
      ...(lastAlertAt === undefined ? {} : { lastAlertAt }),
    }),
  }
}

/** The values that alerts concerned in one period; not saved: after a restart there may be more. */
function createPeriodImpacts() {
  const impacts = new Map<string, LiveImpact>()
  const room = createImpactRoom()

  return {
    /** Those of all its lives; undefined if those of the lives before are not known. */
    add({ id, impact }: Counted, before: DigestLine | undefined): LiveImpact | undefined {
      if (impact === undefined || impact.size === 0) return impacts.get(id)
      if (before?.alert.impact !== undefined && !impacts.has(id)) return undefined
      const all = impacts.get(id) ?? new Map()
      mergeImpact(all, impact, room)
      impacts.set(id, all)
      return all
    },
    drop(id: string): void {
      const impact = impacts.get(id)
      if (impact !== undefined) releaseImpact(impact, room)
      impacts.delete(id)
    },
  }
}

/** Both digests of one channel as one: of two processes that ended, or of an ended one and this one. */
export function mergeDigests(a: SavedDigest, b: SavedDigest): SavedDigest {
  const sent = [a, b].filter(({ isFirst }) => !isFirst)
  const since = sent.length === 0 ? Math.min(a.since, b.since) : Math.max(...sent.map((one) => one.since))
  const ended = new Map<string, DigestLine>()
  for (const line of [...a.ended, ...b.ended]) {
    const before = ended.get(line.alert.id)
    ended.set(line.alert.id, before === undefined ? line : joinLives(before, line))
  }
  const bases = new Map(a.bases)
  for (const [id, count] of b.bases) bases.set(id, (bases.get(id) ?? 0) + count)
  const tallies = new Map(a.tallies)
  for (const [channel, tally] of b.tallies) {
    const total: Tally = { ...tallies.get(channel) }
    for (const [reason, records] of entriesOf(tally)) total[reason] = (total[reason] ?? 0) + records
    tallies.set(channel, total)
  }
  const lastAlertAt = Math.max(a.lastAlertAt ?? 0, b.lastAlertAt ?? 0)
  return {
    name: a.name,
    since,
    ...(sent.length === 0 ? { isFirst: true } : {}),
    notifications: a.notifications + b.notifications,
    tallies: [...tallies],
    bases: [...bases],
    ended: [...ended.values()],
    more: {
      fresh: a.more.fresh + b.more.fresh,
      resolved: a.more.resolved + b.more.resolved,
      records: a.more.records + b.more.records,
    },
    ...(lastAlertAt > 0 ? { lastAlertAt } : {}),
  }
}

/** Several lives of one alert as one line; without `impact` the values of both may be the same. */
function joinLives(before: DigestLine, line: DigestLine, impact?: Alert['impact']): DigestLine {
  const counts = impact ?? atLeast(before.alert.impact, line.alert.impact)
  const varied = variedInBoth(before.alert, line.alert)
  return {
    ...line,
    alert: {
      ...line.alert,
      severity: worseOf(before.alert.severity, line.alert.severity),
      ...(counts.length === 0 ? {} : { impact: counts }),
      ...(varied === undefined ? {} : { varied }),
    },
    records: before.records + line.records,
    startedAt: Math.min(before.startedAt, line.startedAt),
    ...(line.endedAt === undefined ? {} : { lastedMs: Math.max(lastedOf(before), lastedOf(line)) }),
  }
}

function worseOf(a: Severity, b: Severity): Severity {
  return severityRank(a) > severityRank(b) ? a : b
}

function atLeast(
  a: NonNullable<Alert['impact']> = [],
  b: NonNullable<Alert['impact']> = [],
): NonNullable<Alert['impact']> {
  const most = new Map(a.map(({ field, count }) => [field, count]))
  for (const { field, count } of b) most.set(field, Math.max(count, most.get(field) ?? 0))
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  return [...most].map(([field, count]) => ({ field, count, isMore: true }))
}

/** What the records of both lives have in common, if they differ. */
function variedInBoth(before: Alert, alert: Alert): Alert['varied'] {
  const { summary, isAbsence } = alert
  const first = sharedBy(before)
  const both: Parameters<typeof noteVaried>[0] = {
    first,
    latest: first,
    summary,
    ...(isAbsence && { isAbsence }),
  }
  noteVaried(both, sharedBy(alert))
  const varied = { ...before.varied, ...(both.varied && variedTexts(both.varied)) }
  return varied.message === undefined && varied.error === undefined ? undefined : varied
}

function sharedBy({ first, varied }: Alert): Alert['first'] {
  const { message = first.msg, error } = varied ?? {}
  const err = first.err && error !== undefined ? { ...first.err, message: error } : first.err
  return { ...first, msg: message, ...(err && { err }) }
}

function digestOf(
  lines: readonly DigestLine[],
  {
    since,
    more,
    notifications,
    lastAlertAt,
    now,
  }: {
    readonly since: number
    readonly more: SavedDigest['more']
    readonly notifications: number
    readonly lastAlertAt: number | undefined
    readonly now: number
  },
): Omit<Digest, 'suppressed'> {
  const fresh = lines.filter(({ startedAt }) => startedAt >= since)
  const older = lines.filter(({ startedAt }) => startedAt < since)
  const firing = older.filter(({ endedAt }) => endedAt === undefined)
  const resolved = older.filter(({ endedAt }) => endedAt !== undefined)
  const longest = [...resolved].sort((a, b) => lastedOf(b) - lastedOf(a) || byRecords(a, b))
  const shown = [
    ...[...firing].sort(byWeight).slice(0, most.lines),
    ...[...fresh].sort(byWeight).slice(0, most.lines),
    ...longest.slice(0, 1),
    ...[...lines].sort(byRecords).slice(0, most.lines),
  ]
  return {
    from: since,
    to: now,
    records: more.records + lines.reduce((sum, { records }) => sum + records, 0),
    fresh: fresh.length + more.fresh,
    firing: firing.length,
    resolved: resolved.length + more.resolved,
    notifications,
    lines: [...new Set(shown)],
    ...(lastAlertAt === undefined ? {} : { lastAlertAt }),
  }
}

function overflowOf(
  left: readonly DigestLine[],
  since: number,
  more: SavedDigest['more'],
): SavedDigest['more'] {
  const fresh = left.filter(({ startedAt }) => startedAt >= since).length
  return {
    fresh: more.fresh + fresh,
    resolved: more.resolved + left.length - fresh,
    records: more.records + left.reduce((sum, { records }) => sum + records, 0),
  }
}

/** For each reason the channel with the most: the records of one alert are those of all channels. */
function worstOf(tallies: readonly Tally[]): Tally {
  const worst: Tally = {}
  for (const tally of tallies)
    for (const [reason, records] of entriesOf(tally)) worst[reason] = Math.max(worst[reason] ?? 0, records)
  return worst
}

function entriesOf(tally: Tally) {
  return Object.entries(tally) as [SuppressedReason, number][]
}

/** As much of an ended alert as its headline needs. */
function compact(alert: Alert): Alert {
  const { context: _, endRecord: __, ...rest } = alert
  return rest
}

function byRecords(a: DigestLine, b: DigestLine): number {
  return b.records - a.records || (a.alert.id < b.alert.id ? -1 : 1)
}

function byWeight(a: DigestLine, b: DigestLine): number {
  return severityRank(b.alert.severity) - severityRank(a.alert.severity) || byRecords(a, b)
}
