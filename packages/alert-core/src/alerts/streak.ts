/**
 * `{ consecutive, reset }`: so many in a row. A streak has no length in time; only a resolve record ends it.
 */

/** The records of one key since the last resolve record. */
export interface Streak {
  count: number
  /** Those that no alert has counted. */
  unnotified: number
  /** When the first of the uncounted ones came, epoch ms. */
  firstAt: number
}

/** Counts one more. */
export function addToStreak(streak: Streak | undefined, now: number): Streak {
  if (streak === undefined) return { count: 1, unnotified: 1, firstAt: now }
  if (streak.unnotified === 0) streak.firstAt = now
  streak.count++
  streak.unnotified++
  return streak
}
