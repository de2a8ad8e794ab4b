/**
 * Merges the conditions of several processes: counts add up, and for absences the last record counts. Shifts
 * them when the clock was set.
 */
import type { Absence } from './absence.ts'
import type { SavedConditions } from './conditions.ts'
import { mostRecords } from './distinct.ts'
import { mostValues } from './impact.ts'
import type { SavedKey, Streak } from './key-state.ts'
import { mostProcesses } from './live-alert.ts'
import type { Pending } from './pending.ts'
import { mergeSpikes } from './spike.ts'

/** Both states as one; a window may have more times than it needs until its next record. */
export function mergeConditions(
  older: { readonly conditions?: SavedConditions },
  newer: { readonly conditions?: SavedConditions },
): { readonly conditions?: SavedConditions } {
  if (older.conditions === undefined || newer.conditions === undefined) {
    const conditions = newer.conditions ?? older.conditions
    return conditions === undefined ? {} : { conditions }
  }
  const absences = mergeById(older.conditions.absences, newer.conditions.absences, mergeAbsences)
  return {
    conditions: { keys: mergeById(older.conditions.keys, newer.conditions.keys, mergeKeys), absences },
  }
}

/** The same state with our own times `byMs` later. */
export function shiftConditions({ keys, absences }: SavedConditions, byMs: number): SavedConditions {
  return {
    keys: keys.map(({ window, distinct, streak, spike, pending, processes, impact, ...key }) => ({
      ...key,
      ...(window && { window: window.map((at) => at + byMs) }),
      ...(distinct && {
        distinct: {
          values: distinct.values.map(([value, at]) => [value, at + byMs] as const),
          times: distinct.times.map((at) => at + byMs),
        },
      }),
      ...(streak && { streak: shiftStreak(streak, byMs) }),
      ...(spike && { spike: { ...spike, times: spike.times.map((at) => at + byMs) } }),
      ...(pending && { pending: shiftPending(pending, byMs) }),
      ...(processes && {
        processes: processes.map(([name, times]) => [name, times.map((at) => at + byMs)] as const),
      }),
      ...(impact && {
        impact: Object.fromEntries(
          Object.entries(impact).map(([field, values]) => [
            field,
            values.map(([sign, at]) => [sign, at + byMs] as const),
          ]),
        ),
      }),
    })),
    absences: absences.map(({ since, seenAt, dueAt, ...absence }) => ({
      ...absence,
      since: since + byMs,
      dueAt: dueAt + byMs,
      ...(seenAt === undefined ? {} : { seenAt: seenAt + byMs }),
    })),
  }
}

function shiftStreak({ firstAt, resetAt, ...streak }: Streak, byMs: number): Streak {
  return {
    ...streak,
    firstAt: firstAt + byMs,
    ...(resetAt === undefined ? {} : { resetAt: resetAt + byMs }),
  }
}

function shiftPending({ since, firstAt, lastAt, holdsUntil, ...pending }: Pending, byMs: number): Pending {
  return {
    ...pending,
    since: since + byMs,
    firstAt: firstAt + byMs,
    ...(lastAt === undefined ? {} : { lastAt: lastAt + byMs }),
    ...(holdsUntil === undefined ? {} : { holdsUntil: holdsUntil + byMs }),
  }
}

function mergeById<Item extends { readonly id: string }>(
  older: readonly Item[],
  newer: readonly Item[],
  merge: (a: Item, b: Item) => Item,
): Item[] {
  const merged = new Map(older.map((item) => [item.id, item]))
  for (const item of newer) {
    const known = merged.get(item.id)
    merged.set(item.id, known === undefined ? item : merge(known, item))
  }
  return [...merged.values()]
}

function mergeKeys(a: SavedKey, b: SavedKey): SavedKey {
  const window = a.window && b.window ? [...a.window, ...b.window].sort(byTime) : (a.window ?? b.window)
  const distinct =
    a.distinct && b.distinct ? mergeDistinct(a.distinct, b.distinct) : (a.distinct ?? b.distinct)
  const streak = a.streak && b.streak ? mergeStreaks(a.streak, b.streak) : (a.streak ?? b.streak)
  const spike = a.spike && b.spike ? mergeSpikes(a.spike, b.spike) : (a.spike ?? b.spike)
  const pending = a.pending && b.pending ? mergePendings(a.pending, b.pending) : (a.pending ?? b.pending)
  const impact = a.impact && b.impact ? mergeImpact(a.impact, b.impact) : (a.impact ?? b.impact)
  const processes =
    a.processes && b.processes ? mergeTimes(a.processes, b.processes) : (a.processes ?? b.processes)
  return {
    ...a,
    ...(processes && { processes }),
    ...(window && { window }),
    ...(distinct && { distinct }),
    ...(streak && { streak }),
    ...(spike && { spike }),
    ...(pending && { pending }),
    ...(impact && { impact }),
  }
}

type KeyProcesses = NonNullable<SavedKey['processes']>

function mergeTimes(a: KeyProcesses, b: KeyProcesses): KeyProcesses {
  const merged = new Map(a)
  for (const [name, times] of b)
    merged.set(name, [...(merged.get(name) ?? []), ...times].sort(byTime).slice(-mostRecords))
  return [...merged].slice(0, mostProcesses)
}

type KeyImpact = NonNullable<SavedKey['impact']>

function mergeImpact(a: KeyImpact, b: KeyImpact): KeyImpact {
  const merged = new Map(Object.entries(a))
  for (const [field, values] of Object.entries(b)) {
    const both = [...(merged.get(field) ?? []), ...values].sort((one, other) => one[1] - other[1])
    merged.set(field, [...new Map(both)].slice(-mostValues))
  }
  return Object.fromEntries(merged)
}

type SavedDistinct = NonNullable<SavedKey['distinct']>

function mergeDistinct(a: SavedDistinct, b: SavedDistinct): SavedDistinct {
  const values = new Map<string, number>()
  for (const [value, at] of [...a.values, ...b.values].sort((one, other) => one[1] - other[1])) {
    values.delete(value)
    values.set(value, at)
  }
  return { values: [...values], times: [...a.times, ...b.times].sort(byTime) }
}

function mergeStreaks(a: Streak, b: Streak): Streak {
  return {
    count: a.count + b.count,
    unnotified: a.unnotified + b.unnotified,
    firstAt: Math.min(a.firstAt, b.firstAt),
    ...(a.resetAt === undefined && b.resetAt === undefined
      ? {}
      : { resetAt: Math.max(a.resetAt ?? 0, b.resetAt ?? 0) }),
  }
}

function mergePendings(a: Pending, b: Pending): Pending {
  const isOpen = a.holdsUntil === undefined || b.holdsUntil === undefined
  const { holdsUntil: _, ...rest } = b
  return {
    ...rest,
    since: Math.min(a.since, b.since),
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt ?? a.since, b.lastAt ?? b.since),
    count: a.count + b.count,
    ...(isOpen ? {} : { holdsUntil: Math.max(a.holdsUntil ?? 0, b.holdsUntil ?? 0) }),
  }
}

/** A record that came counts; the start of a watch counts only if no record came. */
function mergeAbsences(a: Absence, b: Absence): Absence {
  if ((a.seenAt === undefined) !== (b.seenAt === undefined)) return a.seenAt === undefined ? b : a
  const isLater = a.seenAt !== undefined && b.seenAt !== undefined ? b.seenAt > a.seenAt : b.since < a.since
  return isLater ? b : a
}

function byTime(a: number, b: number): number {
  return a - b
}
