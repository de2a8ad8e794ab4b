/**
 * The records of one key that count towards an alert: a window, different values or a streak, as its rule
 * asks.
 */
import type { AlertCondition, Occurrence, When } from '../model.ts'
import { addDistinct, type Distinct, distinctHoldsUntil, distinctTimes, openDistinct } from './distinct.ts'
import type { Collected, Pending } from './pending.ts'
import { addToStreak, type Streak } from './streak.ts'
import { addToWindow, openWindow, timesOf, type Window, windowHoldsUntil } from './window.ts'

/** The records of one key. */
export interface KeyState {
  readonly scope: string | undefined
  window?: Window
  distinct?: Distinct
  streak?: Streak
  pending?: Pending
}

/** The same as plain JSON; epoch ms. */
export interface SavedKey {
  readonly id: string
  readonly scope?: string
  readonly window?: readonly number[]
  readonly distinct?: {
    readonly values: readonly (readonly [value: string, at: number])[]
    readonly times: readonly number[]
  }
  readonly streak?: Streak
  readonly pending?: Pending
}

/** Counts one more record; returns until when the condition is met, `-Infinity` if it is not. */
export function addToKey(
  key: KeyState,
  occurrence: Occurrence,
  { when, value }: AlertCondition,
  now: number,
): number {
  switch (when?.kind) {
    case 'window':
      key.window ??= openWindow()
      addToWindow(key.window, when.count, now)
      return windowHoldsUntil(key.window, when.count, when.withinMs)
    case 'distinct':
      key.distinct ??= openDistinct()
      if (value !== undefined) addDistinct(key.distinct, value, when.count, when.withinMs, now)
      return distinctHoldsUntil(key.distinct, when.count, when.withinMs)
    case 'streak':
      key.streak = addToStreak(key.streak, now)
      return key.streak.count >= when.count ? quietAt(occurrence, now) : Number.NEGATIVE_INFINITY
    case 'absence':
      return Number.NEGATIVE_INFINITY
    case undefined:
      return quietAt(occurrence, now)
  }
}

function quietAt({ resolveAfterMs }: Occurrence, now: number): number {
  return resolveAfterMs === false ? Number.POSITIVE_INFINITY : now + resolveAfterMs
}

/** The records that met the condition. */
export function collectedOf(key: KeyState, when: When | undefined, now: number): Collected {
  const times =
    when?.kind === 'window' && key.window !== undefined
      ? timesOf(key.window)
      : when?.kind === 'distinct' && key.distinct !== undefined
        ? distinctTimes(key.distinct)
        : undefined
  if (times !== undefined) return { count: times.length, firstAt: times[0] ?? now }
  if (when?.kind === 'streak' && key.streak !== undefined) {
    return { count: key.streak.unnotified, firstAt: key.streak.firstAt }
  }
  return { count: 1, firstAt: now }
}

/** How many records, values or failures in a row count now. */
export function countOf(key: KeyState, when: When | undefined, now: number): number {
  switch (when?.kind) {
    case 'window':
      return key.window === undefined
        ? 0
        : timesOf(key.window).filter((at) => at > now - when.withinMs).length
    case 'distinct':
      return [...(key.distinct?.values.values() ?? [])].filter((at) => at > now - when.withinMs).length
    case 'streak':
      return key.streak?.count ?? 0
    case 'absence':
    case undefined:
      return 0
  }
}

/** A value in a map takes about as much memory as so many numbers. */
const valueSize = 16

/** Its size in numbers of 8 bytes. */
export function sizeOf({ window, distinct }: KeyState): number {
  const values = distinct === undefined ? 0 : distinct.times.length + distinct.values.size * valueSize
  return (window?.times.length ?? 0) + values
}

export function saveKey(id: string, { scope, window, distinct, streak, pending }: KeyState): SavedKey {
  return {
    id,
    ...(scope === undefined ? {} : { scope }),
    ...(window === undefined ? {} : { window: timesOf(window) }),
    ...(distinct === undefined
      ? {}
      : { distinct: { values: [...distinct.values], times: distinctTimes(distinct) } }),
    ...(streak === undefined ? {} : { streak: { ...streak } }),
    ...(pending === undefined ? {} : { pending: { ...pending } }),
  }
}

export function loadKey({ scope, window, distinct, streak, pending }: SavedKey): KeyState {
  return {
    scope,
    ...(window === undefined ? {} : { window: openWindow(window) }),
    ...(distinct === undefined
      ? {}
      : { distinct: { values: new Map(distinct.values), times: [...distinct.times], from: 0 } }),
    ...(streak === undefined ? {} : { streak: { ...streak } }),
    ...(pending === undefined ? {} : { pending: { ...pending } }),
  }
}
