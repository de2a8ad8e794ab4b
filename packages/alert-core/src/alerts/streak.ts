/**
 * `{ consecutive, reset }`: so many in a row. A row has no length in time; only a resolve record ends it.
 */

/** The records of one key since the last resolve record. */
export interface Streak {
  count: number
  /** Those of them that no alert has counted. */
  unnotified: number
  /** When the first of the uncounted ones came, epoch ms. */
  firstAt: number
}

/** One more in the row. */
export function addToStreak(streak: Streak | undefined, now: number): Streak {
  if (streak === undefined) return { count: 1, unnotified: 1, firstAt: now }
  if (streak.unnotified === 0) streak.firstAt = now
  streak.count++
  streak.unnotified++
  return streak
}
