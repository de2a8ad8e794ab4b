/**
 * `{ absent }`: nothing matched for so long. Each key is watched from its last record on, a rule without
 * groups from the start; as long as no record comes, every further such time counts as one more occurrence.
 */
import { isDeepStrictEqual } from 'node:util'
import { createLru } from '../cache/lru.ts'
import type { LogRecord, Occurrence } from '../model.ts'
import { cutChars } from '../text/text.ts'
import { formatDuration } from '../time/time-text.ts'
import type { Collected } from './pending.ts'

/** A rule with `absent`. */
export interface AbsenceWatch {
  readonly rule: string
  readonly absentMs: number
  /** The one key of a rule without groups; if it is missing, each key is watched once it was seen. */
  readonly occurrence?: Occurrence
  /** What the rule makes of a group's fields: the present rule may group them differently. */
  readonly regroup?: (group: Readonly<Record<string, unknown>>) => Occurrence | undefined
}

/** One watched key; times are epoch ms. */
export interface Absence {
  readonly id: string
  /** When the watch started. */
  readonly since: number
  readonly seenAt?: number
  dueAt: number
  /** What the alert says; its record has only the fields of the group. */
  readonly occurrence: Occurrence
  /** It was saved with some fields as '***', so its id cannot be computed again. */
  readonly isRedacted?: true
}

/** A condition that is met at `at`, epoch ms: its alert begins, or counts on. */
export interface MetCondition {
  readonly occurrence: Occurrence
  readonly at: number
  readonly collected: Collected
}

/** All watched keys. */
export interface AbsenceTable {
  /** Sets the rules that watch; returns the ids of keys that no rule watches any more. */
  setWatches(watches: readonly AbsenceWatch[], now: number): string[]
  /** A record of the key came. */
  markSeen(occurrence: Occurrence, now: number): void
  /** Takes what is missing by now, in the order of time, and waits for the next such time. */
  takeMissing(now: number): MetCondition[]
  /** Never later than the next moment at which something is missing. */
  nextAt(): number
  entries(): readonly Absence[]
  find(id: string): Absence | undefined
}

const mostKeys = 1_000
/** Characters of the last message that are kept. */
const longestMessage = 200

/** Starts with these keys; `onEvict` is called for each key that is dropped because there are too many. */
export function createAbsenceTable(
  saved: readonly Absence[] = [],
  onEvict: () => void = () => {},
): AbsenceTable {
  const known = createLru<string, Absence>(mostKeys, onEvict)
  let next = Number.POSITIVE_INFINITY
  const put = (absence: Absence) => {
    known.set(absence.id, absence)
    next = Math.min(next, absence.dueAt)
  }
  for (const absence of saved) put({ ...absence })

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
        put({ ...absence, id: occurrence.id, occurrence, dueAt })
      }
      for (const { occurrence, absentMs } of watches) {
        if (occurrence === undefined || known.has(occurrence.id)) continue
        put({ id: occurrence.id, since: now, dueAt: now + absentMs, occurrence })
      }
      return gone
    },
    markSeen(occurrence, now) {
      const { id } = occurrence
      put({
        id,
        since: now,
        seenAt: now,
        dueAt: now + absentMsOf(occurrence),
        occurrence: withoutContent(occurrence),
      })
    },
    takeMissing(now) {
      const met: MetCondition[] = []
      next = Number.POSITIVE_INFINITY
      for (const absence of known.values()) {
        if (absence.dueAt <= now) met.push(nextOccurrence(absence, now))
        next = Math.min(next, absence.dueAt)
      }
      return met.sort((a, b) => a.at - b.at)
    },
    nextAt: () => next,
    entries: () => known.values(),
    find: (id) => (known.has(id) ? known.get(id) : undefined),
  }
}

function nextOccurrence(absence: Absence, now: number): MetCondition {
  const { occurrence, dueAt, since, seenAt } = absence
  const absentMs = absentMsOf(occurrence)
  absence.dueAt += absentMs * (Math.floor((now - dueAt) / absentMs) + 1)
  const { rule, key } = occurrence
  const what = key === '' ? rule : `${rule} (${key})`
  const record: LogRecord = {
    time: dueAt,
    level: 50,
    levelLabel: 'error',
    msg: `${what}: no record ${seenAt === undefined ? 'since start' : `for ${formatDuration(dueAt - since, 'en')}`}`,
    fields: {
      ...occurrence.record.fields,
      absentMs: dueAt - since,
      expectedMs: absentMs,
      since: new Date(since).toISOString(),
      ...(seenAt === undefined
        ? {}
        : { lastSeen: new Date(seenAt).toISOString(), lastMessage: occurrence.record.msg }),
    },
  }
  return { occurrence: { ...occurrence, record }, at: dueAt, collected: { count: 1, firstAt: dueAt } }
}

function absentMsOf({ condition }: Occurrence): number {
  return condition?.when?.kind === 'absence' ? condition.when.absentMs : Number.POSITIVE_INFINITY
}

/**
 * The same key under the present rule, perhaps with other labels; undefined if the rule groups differently.
 */
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

/**
 * The last record does not say why no further one comes: of its content only the group's own fields are kept,
 * and the start of its message.
 */
function withoutContent(occurrence: Occurrence): Occurrence {
  const { time, level, levelLabel, msg } = occurrence.record
  const fields = occurrence.condition?.group ?? {}
  return { ...occurrence, record: { time, level, levelLabel, msg: cutChars(msg, longestMessage), fields } }
}
