/**
 * `{ absent }`: nothing matched for so long. Each key is watched from its last record on, a rule without groups from the start; while it
 * stays away, every further such time counts as one more occurrence.
 */
import { isDeepStrictEqual } from 'node:util'
import { createLru } from '../cache/lru.ts'
import type { LogRecord, Occurrence } from '../model.ts'
import { formatDuration } from '../time/duration.ts'
import type { Collected } from './pending.ts'

/** A rule that watches for what stays away. */
export interface AbsenceWatch {
  readonly rule: string
  readonly absentMs: number
  /** The one key of a rule without groups; absent: each key is watched once it was seen. */
  readonly occurrence?: Occurrence
  /** What the rule makes of a group by its fields: of what was seen under former rules, it may make something else. */
  readonly regroup?: (group: Readonly<Record<string, unknown>>) => Occurrence | undefined
}

/** One key that is watched; epoch ms. */
export interface Absence {
  readonly id: string
  /** From when on it is missed. */
  readonly since: number
  readonly seenAt?: number
  dueAt: number
  /** What the alert is to say; its record holds no more than the fields of the group. */
  readonly occurrence: Occurrence
  /** It was written down, and some of its fields with '***' in their place: its id cannot be made again. */
  readonly isRedacted?: true
}

/** An alert that is to begin, or to count on, at `at`, epoch ms. */
export interface MetCondition {
  readonly occurrence: Occurrence
  readonly at: number
  readonly collected: Collected
}

/** The watch over all keys. */
export interface AbsenceTable {
  /** Which rules watch now; returns the ids of keys that nobody watches any more. */
  setWatches(watches: readonly AbsenceWatch[], now: number): string[]
  /** The key has come. */
  markSeen(occurrence: Occurrence, now: number): void
  /** What is missed by now, in the order of time. */
  due(now: number): MetCondition[]
  /** Never later than the next moment at which something is missed. */
  nextAt(): number
  entries(): readonly Absence[]
  find(id: string): Absence | undefined
}

const mostKeys = 1_000

/** Makes the watch, with what a former one knew; `onForget` hears of each key that is no longer watched for want of room. */
export function createAbsenceTable(
  saved: readonly Absence[] = [],
  onEvict: () => void = () => {},
): AbsenceTable {
  const known = createLru<string, Absence>(mostKeys, onEvict)
  let next = Number.POSITIVE_INFINITY
  const keep = (absence: Absence) => {
    known.set(absence.id, absence)
    next = Math.min(next, absence.dueAt)
  }
  for (const absence of saved) keep({ ...absence })

  return {
    setWatches(watches, now) {
      const byRule = new Map(watches.map((watch) => [watch.rule, watch]))
      const gone: string[] = []
      next = Number.POSITIVE_INFINITY
      for (const absence of known.values()) {
        const watch = byRule.get(absence.occurrence.rule)
        const occurrence = watch === undefined ? undefined : regrouped(absence, watch)
        if (occurrence?.id !== absence.id) {
          known.delete(absence.id)
          gone.push(absence.id)
        }
        if (watch === undefined || occurrence === undefined) continue
        const isOther = watch.absentMs !== absentMsOf(absence.occurrence)
        const dueAt = isOther ? absence.since + watch.absentMs : absence.dueAt
        keep({ ...absence, id: occurrence.id, occurrence, dueAt })
      }
      for (const { occurrence, absentMs } of watches) {
        if (occurrence === undefined || known.has(occurrence.id)) continue
        keep({ id: occurrence.id, since: now, dueAt: now + absentMs, occurrence })
      }
      return gone
    },
    markSeen(occurrence, now) {
      const { id } = occurrence
      keep({
        id,
        since: now,
        seenAt: now,
        dueAt: now + absentMsOf(occurrence),
        occurrence: withoutContent(occurrence),
      })
    },
    due(now) {
      const met: MetCondition[] = []
      next = Number.POSITIVE_INFINITY
      for (const absence of known.values()) {
        if (absence.dueAt <= now) met.push(recordMiss(absence, now))
        next = Math.min(next, absence.dueAt)
      }
      return met.sort((a, b) => a.at - b.at)
    },
    nextAt: () => next,
    entries: () => known.values(),
    find: (id) => (known.has(id) ? known.get(id) : undefined),
  }
}

function recordMiss(absence: Absence, now: number): MetCondition {
  const { occurrence, dueAt, since, seenAt } = absence
  const absentMs = absentMsOf(occurrence)
  absence.dueAt += absentMs * (Math.floor((now - dueAt) / absentMs) + 1)
  const { rule, key } = occurrence
  const what = key === '' ? rule : `${rule} (${key})`
  const record: LogRecord = {
    time: dueAt,
    level: 50,
    levelLabel: 'error',
    msg: `${what}: nothing for ${formatDuration(dueAt - since, 'en')}`,
    fields: {
      ...occurrence.record.fields,
      absentMs: dueAt - since,
      ...(seenAt === undefined ? {} : { lastSeen: new Date(seenAt).toISOString() }),
    },
  }
  return { occurrence: { ...occurrence, record }, at: dueAt, collected: { count: 1, firstAt: dueAt } }
}

function absentMsOf({ condition }: Occurrence): number {
  return condition?.when?.kind === 'absence' ? condition.when.absentMs : Number.POSITIVE_INFINITY
}

/** The same key as the present rule has it, under other labels perhaps; undefined where the rule does not group so. */
function regrouped(
  { id, occurrence: former, isRedacted }: Absence,
  { occurrence: only, regroup }: AbsenceWatch,
): Occurrence | undefined {
  const { key, record, labels, condition } = former
  const occurrence = only ?? regroup?.(condition?.group ?? {})
  if (!isRedacted || occurrence === undefined)
    return occurrence?.key === key ? { ...occurrence, record } : undefined
  const isSame =
    isDeepStrictEqual(namesOf(occurrence), namesOf(former)) && isDeepStrictEqual(occurrence.labels, labels)
  return isSame ? { ...occurrence, id, key, record } : undefined
}

function namesOf({ condition }: Occurrence): string[] {
  return Object.keys(condition?.group ?? {})
}

/** What came tells nothing of why it stays away later; only the group's own fields are kept. */
function withoutContent(occurrence: Occurrence): Occurrence {
  const { time, level, levelLabel } = occurrence.record
  const fields = occurrence.condition?.group ?? {}
  return { ...occurrence, record: { time, level, levelLabel, msg: '', fields } }
}
