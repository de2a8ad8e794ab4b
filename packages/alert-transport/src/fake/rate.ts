/**
 * How often a fake provider takes a message from one robot, webhook or channel. There are two ways of
 * counting: a window ("20 in a minute", sometimes punished with a pause) and a bucket ("one a second, short
 * bursts allowed").
 */

/** A limit as a provider states it. */
export type RateRule =
  | {
      readonly count: number
      readonly perMs: number /** Pause after one too many. */
      readonly blockMs?: number
    }
  | { readonly burst: number; readonly everyMs: number }

/** How much of its limit a robot has used, with this message. */
export interface RateUse {
  /** Messages of the window or bucket that are used up, this one with them. */
  readonly used: number
  readonly limit: number
  /** True when this one is too many; then it was not counted. */
  readonly isTooMany: boolean
}

export type RateCounter = (key: string) => RateUse

const maxKeys = 1_000

/** Counts by the rule, with the time given; a thousand keys at most, the oldest dropped first. */
export function createRateCounter(rule: RateRule, now: () => number): RateCounter {
  const countByKey = new Map<string, () => RateUse>()
  return (key) => {
    let count = countByKey.get(key)
    if (count === undefined) {
      if (countByKey.size >= maxKeys) countByKey.delete(countByKey.keys().next().value ?? '')
      count = 'burst' in rule ? createBucket(rule, now) : createWindow(rule, now)
      countByKey.set(key, count)
    }
    return count()
  }
}

function createWindow(
  rule: { readonly count: number; readonly perMs: number; readonly blockMs?: number },
  now: () => number,
): () => RateUse {
  const limit = rule.count
  const tooMany = { used: limit, limit, isTooMany: true }
  let takenAt: number[] = []
  let blockedUntil = Number.NEGATIVE_INFINITY
  return () => {
    const at = now()
    if (at < blockedUntil) return tooMany
    takenAt = takenAt.filter((taken) => taken > at - rule.perMs)
    if (takenAt.length >= limit) {
      if (rule.blockMs !== undefined) blockedUntil = at + rule.blockMs
      return tooMany
    }
    takenAt.push(at)
    return { used: takenAt.length, limit, isTooMany: false }
  }
}

function createBucket(
  rule: { readonly burst: number; readonly everyMs: number },
  now: () => number,
): () => RateUse {
  const limit = rule.burst
  let free = limit
  let filledAt = now()
  return () => {
    const at = now()
    free = Math.min(limit, free + Math.max(0, at - filledAt) / rule.everyMs)
    filledAt = at
    if (free < 1) return { used: limit, limit, isTooMany: true }
    free -= 1
    return { used: Math.ceil(limit - free), limit, isTooMany: false }
  }
}
