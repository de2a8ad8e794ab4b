/**
 * The records of one key that count towards an alert: a window, different values, a streak or a spike, as its
 * rule asks.
 */
import { type AlertCondition, type ImpactSigns, type Occurrence, severityRank, type When } from '../model.ts'
import {
  addDistinct,
  countDistinct,
  type Distinct,
  distinctHoldsUntil,
  distinctTimes,
  loadDistinct,
  mostRecords,
  openDistinct,
  type SavedDistinct,
  saveDistinct,
} from './distinct.ts'
import { distinctField, mostValues } from './impact.ts'
import { mostProcesses } from './live-alert.ts'
import type { Collected, Pending, RecordText } from './pending.ts'
import {
  addToSpike,
  countWithin,
  firstWithin,
  loadSpike,
  openSpike,
  type SavedSpike,
  type Spike,
  saveSpike,
  spikeHoldsUntil,
  spikeOf,
} from './spike.ts'
import {
  addToWindow,
  countInWindow,
  latestTime,
  openWindow,
  timesOf,
  type Window,
  windowHoldsUntil,
} from './window.ts'

/** The records of one key. */
export interface KeyState {
  readonly scope: string | undefined
  window?: Window
  distinct?: Distinct
  streak?: Streak
  spike?: Spike
  pending?: Pending
  /**
   * When the records of each process came, epoch ms. Those of the process that counts are left out while it
   * is alone.
   */
  processes?: Map<string, number[]>
  /** By field of `impact`: what stands for each value of its records, and when it came last, epoch ms. */
  impact?: Map<string, Map<number, number>>
  /** What its latest records say, for the headline of their alert; not saved. */
  texts?: KeyText[]
}

/** What records say, and when the latest of them came, epoch ms. */
interface KeyText extends RecordText {
  at: number
}

/** The same as plain JSON; epoch ms. */
export interface SavedKey {
  readonly id: string
  readonly scope?: string
  readonly window?: readonly number[]
  readonly distinct?: SavedDistinct
  readonly streak?: Streak
  readonly spike?: SavedSpike
  readonly pending?: Pending
  readonly processes?: readonly (readonly [name: string, times: readonly number[]])[]
  readonly impact?: Readonly<Record<string, readonly (readonly [sign: number, at: number])[]>>
}

/**
 * Counts one more record; returns until when the condition is met, `-Infinity` if it is not. `since` is when
 * its rule began to watch for spikes, epoch ms; `resetAt` when a record last ended the row of the key, if
 * that is known.
 */
export function addToKey(
  key: KeyState,
  occurrence: Occurrence,
  { when, value }: AlertCondition,
  at: number,
  since: number,
  resetAt?: number,
): number {
  if (occurrence.impact !== undefined) addKeyImpact(key, occurrence.impact, at)
  addKeyText(key, occurrence, at)
  switch (when?.kind) {
    case 'window':
      key.window ??= openWindow()
      addToWindow(key.window, when.count, at)
      return windowHoldsUntil(key.window, when.count, when.withinMs)
    case 'distinct':
      key.distinct ??= openDistinct()
      if (value !== undefined) addDistinct(key.distinct, value, when.count, when.withinMs, at)
      return distinctHoldsUntil(key.distinct, when.count, when.withinMs)
    case 'streak':
      key.streak = addToStreak(key.streak, at, resetAt)
      return key.streak.count >= when.count ? quietAt(occurrence, at) : Number.NEGATIVE_INFINITY
    case 'spike': {
      key.spike ??= openSpike()
      addToSpike(key.spike, when, at)
      const now = Math.max(at, latestIn(key))
      // While it is pending, what was usual before it began counts.
      const threshold = key.pending?.spike?.threshold ?? spikeOf(key.spike, when, since, now)?.threshold
      return threshold === undefined || countWithin(key.spike, when.withinMs, now) < threshold
        ? Number.NEGATIVE_INFINITY
        : spikeHoldsUntil(key.spike, threshold, when.withinMs)
    }
    case 'absence':
      return Number.NEGATIVE_INFINITY
    case undefined:
      return quietAt(occurrence, at)
  }
}

function quietAt({ resolveAfterMs }: Occurrence, now: number): number {
  return resolveAfterMs === false ? Number.POSITIVE_INFINITY : now + resolveAfterMs
}

/** The records that met the condition. */
export function collectedOf(key: KeyState, when: When | undefined, now: number, since: number): Collected {
  const times =
    when?.kind === 'window' && key.window !== undefined
      ? timesOf(key.window)
      : when?.kind === 'distinct' && key.distinct !== undefined
        ? distinctTimes(key.distinct)
        : undefined
  if (times !== undefined) {
    const firstAt = times[0] ?? now
    return { count: times.length, firstAt, ...detailsSince(key, firstAt) }
  }
  if (when?.kind === 'streak' && key.streak !== undefined) {
    const { count, unnotified, firstAt, resetAt } = key.streak
    return {
      count: unnotified,
      firstAt,
      ...detailsSince(key, firstAt),
      ...(count === unnotified ? {} : { rowBefore: count - unnotified }),
      ...(resetAt === undefined ? {} : { lastSuccessAt: resetAt }),
    }
  }
  const spike = when?.kind === 'spike' && key.spike && spikeOf(key.spike, when, since, now)
  if (spike) {
    const firstAt = firstWithin(key.spike!, spike.withinMs, now)
    return { count: spike.count, firstAt, ...detailsSince(key, firstAt), spike }
  }
  return { count: 1, firstAt: now, ...detailsSince(key, now) }
}

function addKeyImpact(key: KeyState, signs: ImpactSigns, now: number): void {
  key.impact ??= new Map()
  for (const field in signs) {
    const known = key.impact.get(field) ?? new Map<number, number>()
    for (const sign of signs[field]!) {
      known.delete(sign)
      known.set(sign, now)
      if (known.size > mostValues) known.delete(known.keys().next().value!)
    }
    key.impact.set(field, known)
  }
}

/** Counts where a record came; one without a name is left out. */
export function addKeyProcess(key: KeyState, name: string | undefined, now: number): void {
  if (name === undefined) return
  key.processes ??= new Map()
  const times = key.processes.get(name) ?? []
  if (times.length === 0 && key.processes.size >= mostProcesses) return
  times.push(now)
  if (times.length > mostRecords) times.shift()
  key.processes.set(name, times)
}

/** So many different texts show which of their words differ. */
const mostTexts = 8

function addKeyText(key: KeyState, { record, severity, summary }: Occurrence, at: number): void {
  // A summary of the user is the headline.
  if (summary !== undefined) return
  key.texts ??= []
  const { msg, err } = record
  const rank = severityRank(severity)
  for (const text of key.texts) {
    if (text.msg !== msg || text.error !== err?.message || text.rank !== rank) continue
    text.at = Math.max(text.at, at)
    return
  }
  key.texts.push({ msg, ...(err === undefined ? {} : { error: err.message }), rank, at })
  if (key.texts.length > mostTexts) key.texts.shift()
}

/** Where the records from this moment on were met, what they say, and what is counted of them. */
export function detailsSince(key: KeyState, from: number): Pick<Collected, 'impact' | 'processes' | 'texts'> {
  const texts = key.texts?.filter(({ at }) => at >= from) ?? []
  const processes = [...(key.processes ?? [])].flatMap(([name, times]) => {
    const count = times.filter((at) => at >= from).length
    return count === 0 ? [] : [{ name, count }]
  })
  return {
    ...impactSince(key, from),
    ...(processes.length === 0 ? {} : { processes }),
    ...(texts.length < 2 ? {} : { texts }),
  }
}

/** The values of records from this moment on, and the different values that met the condition. */
function impactSince({ impact, distinct }: KeyState, from: number): Pick<Collected, 'impact'> {
  if (impact === undefined && distinct === undefined) return {}
  const signs = [...(impact ?? [])].map(([field, values]) => {
    return [field, [...values].flatMap(([sign, at]) => (at >= from ? [sign] : []))] as const
  })
  const counted =
    distinct === undefined ? [] : [[distinctField, [...distinct.values.keys()].map(numberOf)] as const]
  return { impact: Object.fromEntries([...signs, ...counted]) }
}

/** What stands for a value that a rule's `distinct` counts, as a number. */
export function numberOf(sign: string): number {
  const bytes = Buffer.from(sign.slice(0, 8), 'base64url')
  return bytes.length < 6 ? 0 : bytes.readUIntBE(0, 6)
}

/** When the latest record of a window came, epoch ms. */
export function latestIn({ window, distinct, spike }: KeyState): number {
  return Math.max(
    spike?.times.at(-1) ?? Number.NEGATIVE_INFINITY,
    window === undefined ? Number.NEGATIVE_INFINITY : latestTime(window),
    distinct?.times.at(-1) ?? Number.NEGATIVE_INFINITY,
  )
}

/** How many records, values or failures in a row count now. */
export function countOf(key: KeyState, when: When | undefined, now: number): number {
  switch (when?.kind) {
    case 'window':
      return key.window === undefined ? 0 : countInWindow(key.window, when.withinMs, now)
    case 'distinct':
      return key.distinct === undefined ? 0 : countDistinct(key.distinct, when.withinMs, now)
    case 'streak':
      return key.streak?.count ?? 0
    case 'spike':
      return key.spike === undefined ? 0 : countWithin(key.spike, when.withinMs, now)
    case 'absence':
    case undefined:
      return 0
  }
}

/** A value in a map takes about as much memory as so many numbers. */
const valueSize = 16

/** Its size in numbers of 8 bytes. */
export function sizeOf({ window, distinct, spike, impact, processes, texts }: KeyState): number {
  const values = distinct === undefined ? 0 : distinct.times.length + distinct.values.size * valueSize
  let signs = 0
  if (impact !== undefined) for (const known of impact.values()) signs += known.size * valueSize
  if (processes !== undefined) for (const times of processes.values()) signs += times.length + valueSize
  return (window?.times.length ?? 0) + 2 * (spike?.times.length ?? 0) + values + signs + textSize(texts)
}

function textSize(texts: readonly KeyText[] = []): number {
  let size = 0
  for (const { msg, error = '' } of texts) size += valueSize + (msg.length + error.length) / 4
  return size
}

export function saveKey(
  id: string,
  { scope, window, distinct, streak, spike, pending, processes, impact }: KeyState,
): SavedKey {
  return {
    id,
    ...(scope === undefined ? {} : { scope }),
    ...(window === undefined ? {} : { window: timesOf(window) }),
    ...(distinct === undefined ? {} : { distinct: saveDistinct(distinct) }),
    ...(streak === undefined ? {} : { streak: { ...streak } }),
    ...(spike === undefined ? {} : { spike: saveSpike(spike) }),
    ...(pending === undefined ? {} : { pending: { ...pending } }),
    ...(processes === undefined
      ? {}
      : { processes: [...processes].map(([name, times]) => [name, [...times]] as const) }),
    ...(impact === undefined
      ? {}
      : { impact: Object.fromEntries([...impact].map(([field, values]) => [field, [...values]])) }),
  }
}

export function loadKey(saved: SavedKey): KeyState {
  const { scope, window, distinct, streak, spike, pending, processes, impact } = saved
  return {
    scope,
    ...(window === undefined ? {} : { window: openWindow(window) }),
    ...(distinct === undefined ? {} : { distinct: loadDistinct(distinct) }),
    ...(streak === undefined ? {} : { streak: { ...streak } }),
    ...(spike === undefined ? {} : { spike: loadSpike(spike) }),
    ...(pending === undefined ? {} : { pending: { ...pending } }),
    ...(processes === undefined
      ? {}
      : { processes: new Map(processes.map(([name, times]) => [name, [...times]])) }),
    ...(impact === undefined
      ? {}
      : { impact: new Map(Object.entries(impact).map(([field, values]) => [field, new Map(values)])) }),
  }
}

// ── { consecutive, reset }

// So many in a row. A streak has no length in time; only a resolve record ends it.

/** The records of one key since the last resolve record. */
export interface Streak {
  count: number
  /** Those that no alert has counted. */
  unnotified: number
  /** When the first of the uncounted ones came, epoch ms. */
  firstAt: number
  /** When a record ended the row before, epoch ms. */
  readonly resetAt?: number
}

/** Counts one more. */
function addToStreak(streak: Streak | undefined, now: number, resetAt: number | undefined): Streak {
  if (streak === undefined)
    return { count: 1, unnotified: 1, firstAt: now, ...(resetAt === undefined ? {} : { resetAt }) }
  if (streak.unnotified === 0) streak.firstAt = now
  streak.count++
  streak.unnotified++
  return streak
}
