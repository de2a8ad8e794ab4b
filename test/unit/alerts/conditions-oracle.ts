/**
 * The conditions as plainly as they can be said: every second the whole list of what happened to a key is
 * gone through again. No rings, no deadlines, nothing forgotten.
 */
import type { When } from '#core/model.ts'
import { second } from './stage.ts'

/** The condition of one key. */
export interface Asked {
  readonly when?: When
  readonly forMs: number
  readonly resolveAfterMs: number | false
  /** When its rule began to watch; absent: always. */
  readonly since?: number
}

/** One record of a key, or the record that ends it. */
export interface Happening {
  readonly at: number
  readonly value: string
  readonly ends?: true
}

/** What one key's alert sends: `12 +3` is three records counted at second 12, `40 end` its end. */
export function previewKey(asked: Asked, happenings: readonly Happening[], untilMs: number): string[] {
  const { when, forMs, resolveAfterMs, since = Number.NEGATIVE_INFINITY } = asked
  const lines: string[] = []
  /** Every record, and those that count for the present window: not those before a resolve record. */
  const all: number[] = []
  let restartedAfter = 0
  /** What is a spike while it is pending or fires: as many as when it began. */
  let threshold: number | undefined
  /** Records that no alert has counted, and the whole row of those in a row. */
  let loose: Happening[] = []
  let row = 0
  let lastAt = Number.NEGATIVE_INFINITY
  let isFiring = false
  let pendingSince: number | undefined
  let pendingCount = 0
  let missedFrom = 0

  const quietMs = resolveAfterMs === false ? Number.POSITIVE_INFINITY : resolveAfterMs
  const within = (now: number, withinMs: number) => loose.filter(({ at }) => now - at < withinMs)

  const present = (now: number, withinMs: number) =>
    all.slice(restartedAfter).filter((at) => now - at < withinMs).length

  /** How many records would be a spike now; infinitely many if it is not known what is usual. */
  function spikeOf(now: number): number {
    if (when?.kind !== 'spike') return Number.POSITIVE_INFINITY
    const { factor, withinMs, atLeast, windows, referenceAtLeast } = when
    const counts: number[] = []
    for (let n = 1; n <= windows && now - (n + 1) * withinMs >= since; n++) {
      counts.push(all.filter((at) => now - at >= n * withinMs && now - at < (n + 1) * withinMs).length)
    }
    if (counts.length === 0) return Number.POSITIVE_INFINITY
    counts.sort((a, b) => a - b)
    const last = counts.length - 1
    const usual = (counts[Math.floor(last / 2)]! + counts[Math.ceil(last / 2)]!) / 2
    if (usual < referenceAtLeast) return Number.POSITIVE_INFINITY
    return Math.max(atLeast, usual * factor)
  }

  function isTrue(now: number): boolean {
    switch (when?.kind) {
      case 'window':
        return within(now, when.withinMs).length >= when.count
      case 'distinct':
        return new Set(within(now, when.withinMs).map(({ value }) => value)).size >= when.count
      case 'streak':
        return row >= when.count && now < lastAt + quietMs
      case 'spike':
        return present(now, when.withinMs) >= (threshold ?? spikeOf(now))
      case 'absence':
        return false
      case undefined:
        return loose.length > 0 && now < lastAt + quietMs
    }
  }

  /** What an alert that becomes true now starts with. */
  function collected(now: number): number {
    switch (when?.kind) {
      case 'window':
      case 'distinct':
        return within(now, when.withinMs).length
      case 'streak':
        return loose.length
      case 'spike':
        return present(now, when.withinMs)
      default:
        return 1
    }
  }

  function say(now: number, what: string): void {
    lines.push(`${now / second} ${what}`)
  }

  function fire(now: number, count: number): void {
    isFiring = true
    pendingSince = undefined
    loose = []
    say(now, `+${count}`)
  }

  function end(now: number): void {
    if (isFiring) say(now, 'end')
    isFiring = false
    threshold = undefined
  }

  function pass(now: number): void {
    if (isFiring && when?.kind !== 'absence' && now >= lastAt + quietMs) end(now)
    if (when?.kind === 'absence' && now > missedFrom && (now - missedFrom) % when.absentMs === 0) {
      isFiring = true
      say(now, '+1')
    }
    if (pendingSince === undefined) return
    if (!isTrue(now)) {
      pendingSince = undefined
      threshold = undefined
    } else if (now >= pendingSince + forMs) fire(now, pendingCount)
  }

  function take(happening: Happening): void {
    const { at, ends } = happening
    if (ends) {
      loose = []
      row = 0
      pendingSince = undefined
      restartedAfter = all.length
      end(at)
      return
    }
    if (when?.kind === 'absence') {
      missedFrom = at
      end(at)
      return
    }
    all.push(at)
    if (isFiring && when?.kind === 'spike' && !isTrue(at)) return
    lastAt = at
    if (isFiring) {
      say(at, '+1')
      return
    }
    loose.push(happening)
    row++
    if (pendingSince !== undefined) pendingCount++
    else if (isTrue(at)) {
      threshold = spikeOf(at)
      if (forMs === 0) fire(at, collected(at))
      else {
        pendingSince = at
        pendingCount = collected(at)
      }
    }
  }

  const left = [...happenings]
  for (let now = 0; now <= untilMs; now += second) {
    pass(now)
    for (let next = left[0]; next !== undefined && next.at === now; next = left[0]) {
      take(next)
      left.shift()
    }
  }
  return lines
}
