/**
 * What would become of a record, for people who ask why they were told, or why not: the rule that takes it, its key, and the channels.
 */
import type { AlertPreview, Tracker } from '../alerts/tracker.ts'
import type { LogRecord, Severity } from '../model.ts'
import type { ReadFailure } from '../read/reader.ts'
import type { Rules } from '../rules/rules.ts'

/** The answer of `explain`; plain JSON. */
export interface Explanation extends Partial<AlertPreview> {
  /** The rule that takes the record: one of the options', or 'fatal', 'error', 'alert'; absent: none does. */
  readonly rule?: string
  /** The id of its alert, as in events. */
  readonly alert?: string
  /** What makes two records the same trouble, readable. */
  readonly key?: string
  readonly severity?: Severity
  /**
   * 'failed': it is no record · 'below': it is below the threshold, and no rule looks there · 'nothing': no rule takes it · 'off': it is not
   * to be told, by a rule or by its own wish · 'ends': it ends alerts, where any fire · 'seen': it is what a rule would miss · 'counts': it counts for the
   * alert.
   */
  readonly outcome: 'failed' | 'below' | 'nothing' | 'off' | 'ends' | 'seen' | 'counts'
  /** Why it is no record. */
  readonly failed?: ReadFailure['failed']
  /** The alerts that fire and that it ends, by id. */
  readonly ends?: readonly string[]
}

/** What an explanation looks at. */
export interface ExplainOptions {
  readonly rules: Rules
  readonly tracker: Tracker
  readonly now: number
  /** Hides what must not be seen of a key. */
  readonly shownKey: (key: string) => string
}

/** Explains a record that was read; nothing changes. */
export function explainRecord(
  record: LogRecord | ReadFailure,
  { rules, tracker, now, shownKey }: ExplainOptions,
): Explanation {
  if ('failed' in record) return { outcome: 'failed', failed: record.failed }
  const { rule, isOff, occurrence, ends: named } = rules.explain(record)
  const fires = new Set(tracker.live().map(({ id }) => id))
  const isSeen = occurrence?.condition?.when?.kind === 'absence'
  const ends = [...named, ...(isSeen ? [occurrence.id] : [])].filter((id) => fires.has(id))
  const base = { ...(rule === undefined ? {} : { rule }), ...(ends.length === 0 ? {} : { ends }) }
  if (isOff) return { ...base, outcome: 'off' }
  if (occurrence === undefined) return { ...base, outcome: named.length > 0 ? 'ends' : 'nothing' }
  const { id, key, severity } = occurrence
  const outcome = isSeen ? 'seen' : 'counts'
  return { ...base, alert: id, key: shownKey(key), severity, outcome, ...tracker.preview(occurrence, now) }
}
