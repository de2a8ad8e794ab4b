/**
 * How often a fake provider takes a message from one robot, webhook or channel. Two ways of counting are in use: a
 * window ("20 in a minute", sometimes punished with a pause) and a bucket ("one a second, short bursts allowed").
 */

/** A limit as a provider states it. */
export type RateRule =
  | {
      readonly count: number
      readonly perMs: number /** Pause after one too many. */
      readonly blockMs?: number
    }
  | { readonly burst: number; readonly everyMs: number }

/** Counts messages by key; true says that this one is too many and was not counted. */
export type RateCounter = (key: string) => boolean

const maxKeys = 1_000

/** Counts by the rule, with the time given; a thousand keys at most, the oldest forgotten first. */
export function createRateCounter(rule: RateRule, now: () => number): RateCounter {
  const isTooFastByKey = new Map<string, () => boolean>()
  return (key) => {
    let isTooFast = isTooFastByKey.get(key)
    if (isTooFast === undefined) {
      if (isTooFastByKey.size >= maxKeys) isTooFastByKey.delete(isTooFastByKey.keys().next().value ?? '')
      isTooFast = 'burst' in rule ? createBucket(rule, now) : createWindow(rule, now)
      isTooFastByKey.set(key, isTooFast)
    }
    return isTooFast()
  }
}

function createWindow(
  rule: { readonly count: number; readonly perMs: number; readonly blockMs?: number },
  now: () => number,
): () => boolean {
  let takenAt: number[] = []
  let blockedUntil = Number.NEGATIVE_INFINITY
  return () => {
    const at = now()
    if (at < blockedUntil) return true
    takenAt = takenAt.filter((taken) => taken > at - rule.perMs)
    if (takenAt.length >= rule.count) {
      if (rule.blockMs !== undefined) blockedUntil = at + rule.blockMs
      return true
    }
    takenAt.push(at)
    return false
  }
}

function createBucket(
  rule: { readonly burst: number; readonly everyMs: number },
  now: () => number,
): () => boolean {
  let free = rule.burst
  let filledAt = now()
  return () => {
    const at = now()
    free = Math.min(rule.burst, free + Math.max(0, at - filledAt) / rule.everyMs)
    filledAt = at
    if (free < 1) return true
    free -= 1
    return false
  }
}
