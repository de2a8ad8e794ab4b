/**
 * `for`: a met condition must stay true before it is an alert. Until then it is pending: counted but not
 * notified, and dropped silently when it stops being true.
 */
import { type Occurrence, severityRank } from '../model.ts'

/** The records an alert starts with: how many, and when the first of them came, epoch ms. */
export interface Collected {
  readonly count: number
  readonly firstAt: number
  /** When the latest of them came; missing: just now. */
  readonly lastAt?: number
}

/** A met condition that does not fire yet; times are epoch ms. */
export interface Pending {
  readonly since: number
  readonly firstAt: number
  /** When the latest record came; missing if an older version saved it. */
  lastAt?: number
  count: number
  /** When it stops being true if nothing more comes; missing: only a resolve record ends it. */
  holdsUntil?: number
  /** The latest record, at the worst severity so far. */
  occurrence: Occurrence
}

/** The condition is met with this record. */
export function openPending(
  occurrence: Occurrence,
  collected: Collected,
  holdsUntil: number,
  now: number,
): Pending {
  const pending: Pending = {
    since: now,
    firstAt: collected.firstAt,
    lastAt: now,
    count: collected.count,
    occurrence,
  }
  return setHoldsUntil(pending, holdsUntil)
}

/** Counts one more record while it is true. */
export function extendPending(
  pending: Pending,
  occurrence: Occurrence,
  holdsUntil: number,
  now: number,
): void {
  pending.count++
  pending.lastAt = now
  const worst = pending.occurrence.severity
  const isMilder = severityRank(occurrence.severity) < severityRank(worst)
  pending.occurrence = isMilder ? { ...occurrence, severity: worst } : occurrence
  setHoldsUntil(pending, holdsUntil)
}

/** When it fires, unless it stops being true by then; epoch ms. */
export function firesAt({ since, occurrence }: Pending): number {
  return since + (occurrence.condition?.forMs ?? 0)
}

/** When it fires or stops being true, epoch ms. */
export function changesAt(pending: Pending): number {
  return Math.min(firesAt(pending), pending.holdsUntil ?? Number.POSITIVE_INFINITY)
}

/** Whether it stops being true before it fires. */
export function lapses(pending: Pending): boolean {
  return (pending.holdsUntil ?? Number.POSITIVE_INFINITY) <= firesAt(pending)
}

function setHoldsUntil(pending: Pending, holdsUntil: number): Pending {
  if (Number.isFinite(holdsUntil)) pending.holdsUntil = holdsUntil
  else delete pending.holdsUntil
  return pending
}
