/**
 * `for`: a met condition must stay true before it is an alert. Until then it is pending: counted but not
 * notified, and dropped silently when it stops being true.
 */
import {
  type ImpactSigns,
  type Occurrence,
  type ProcessCount,
  type SpikeValue,
  severityRank,
} from '../model.ts'

/** The records an alert starts with: how many, and when the first of them came, epoch ms. */
export interface Collected {
  readonly count: number
  readonly firstAt: number
  /** When the latest of them came; missing: just now. */
  readonly lastAt?: number
  readonly spike?: SpikeValue
  /** Their values of the fields of `impact`, and of a rule's `distinct`. */
  readonly impact?: ImpactSigns
  /** How many of them other processes met. */
  readonly processes?: readonly ProcessCount[]
  /** What they say, if they do not all say the same. */
  readonly texts?: readonly RecordText[]
  /** How many records of the same row an earlier alert counted. */
  readonly rowBefore?: number
  /** When a record ended the row before, epoch ms. */
  readonly lastSuccessAt?: number
}

/** What a record says, and the rank of its severity. */
export interface RecordText {
  readonly msg: string
  /** The message of its error. */
  readonly error?: string
  readonly rank: number
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
  /** Many more records than usual: what was usual when it began counts while it lasts. */
  spike?: SpikeValue
}

/** The pending conditions by key: bounded, the one that is pending for the longest time is dropped first. */
export interface PendingTable {
  put(id: string, pending: Pending): void
  /** Counts one more record while it is true. */
  extend(pending: Pending, occurrence: Occurrence, holdsUntil: number, now: number): void
  delete(id: string): void
  /** Those that fire or stop being true by `now`. */
  changed(now: number): readonly (readonly [id: string, pending: Pending])[]
  /** Never later than the next moment at which one changes, epoch ms. */
  nextAt(): number
}

const mostPending = 1_000

/** Starts empty; `onEvict` is called for the oldest if there are too many. */
export function createPendingTable(onEvict: (id: string, pending: Pending) => void): PendingTable {
  const table = new Map<string, Pending>()
  let next = Number.POSITIVE_INFINITY

  return {
    put(id, pending) {
      table.set(id, pending)
      next = Math.min(next, changesAt(pending))
      if (table.size <= mostPending) return
      const [oldest, first] = table.entries().next().value!
      table.delete(oldest)
      onEvict(oldest, first)
    },
    extend(pending, occurrence, holdsUntil, now) {
      extendPending(pending, occurrence, holdsUntil, now)
      next = Math.min(next, changesAt(pending))
    },
    delete: (id) => void table.delete(id),
    changed(now) {
      if (now < next) return []
      next = Number.POSITIVE_INFINITY
      return [...table].filter(([, pending]) => {
        const at = changesAt(pending)
        if (at > now) next = Math.min(next, at)
        return at <= now
      })
    },
    nextAt: () => next,
  }
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
    ...(collected.spike === undefined ? {} : { spike: collected.spike }),
  }
  return setHoldsUntil(pending, holdsUntil)
}

/** What its alert starts with. */
export function collectedBy({ count, firstAt, since, lastAt = since, spike }: Pending): Collected {
  return { count, firstAt, lastAt, ...(spike === undefined ? {} : { spike }) }
}

function extendPending(pending: Pending, occurrence: Occurrence, holdsUntil: number, now: number): void {
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
function changesAt(pending: Pending): number {
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
