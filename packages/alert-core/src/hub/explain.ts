/**
 * What would become of a record: the rule that takes it, its key, and the channels that are notified, or why
 * they are not.
 */
import type { AlertPreview, Tracker } from '../alerts/tracker.ts'
import type { ChannelPreview, LogRecord, Severity } from '../model.ts'
import type { ReadFailure } from '../read/reader.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'

/** What one channel would do. */
export interface ExplainedChannel extends ChannelPreview {
  /** By what the channel's own filter keeps the alert away, in words; only with `why: 'filtered'`. */
  readonly filter?: string
}

/** The answer of `explain`; plain JSON. */
export interface Explanation extends Partial<Omit<AlertPreview, 'channels'>> {
  readonly channels?: readonly ExplainedChannel[]
  /** The rule that takes the record: an own one, or 'error', 'alert', 'client-error'; absent: none does. */
  readonly rule?: string
  /** The id of its alert, as in events. */
  readonly alert?: string
  /** What makes two records the same alert, readable and without secrets. */
  readonly key?: string
  readonly severity?: Severity
  /**
   * 'failed': it cannot be read as a record · 'below': it is below the threshold, and no rule looks there ·
   * 'nothing': no rule takes it · 'off': a rule (also the built-in 'client-error') or its own `alert: false`
   * keeps it from alerting · 'ends': it resolves alerts, if any fire · 'seen': it is what an `absent` rule
   * expects · 'counts': it counts for the alert.
   */
  readonly outcome: 'failed' | 'below' | 'nothing' | 'off' | 'ends' | 'seen' | 'counts'
  /** Why it cannot be read; only with 'failed'. */
  readonly failed?: ReadFailure['failed']
  /** The firing alerts that it resolves, by id. */
  readonly ends?: readonly string[]
}

export interface ExplainOptions {
  readonly inForce: OptionsInForce
  readonly read: (line: string) => LogRecord | ReadFailure
  readonly readObject: (value: unknown) => LogRecord | ReadFailure
  readonly tracker: Tracker
  readonly clock: Clock
}

export function createExplain(options: ExplainOptions): (record: string | object) => Explanation {
  const { inForce, read, readObject, tracker, clock } = options

  function explainRecord(record: LogRecord): Explanation {
    const { rules, shownKey } = inForce.compiled
    const { rule, isOff, occurrence, ends: named } = rules.explain(record)
    const firing = new Set(tracker.live().map(({ id }) => id))
    const isSeen = occurrence?.condition?.when?.kind === 'absence'
    const ids = new Set([...named.map(tracker.idOf), ...(isSeen ? [occurrence.id] : [])])
    const ends = [...ids].filter((id) => firing.has(id))
    const base = { ...(rule === undefined ? {} : { rule }), ...(ends.length === 0 ? {} : { ends }) }
    if (isOff) return { ...base, outcome: 'off' }
    if (occurrence === undefined) return { ...base, outcome: named.length > 0 ? 'ends' : 'nothing' }
    const { id, key, severity } = occurrence
    const outcome = isSeen ? 'seen' : 'counts'
    const preview = tracker.preview(occurrence, clock.now())
    const channels = preview.channels.map((channel): ExplainedChannel => {
      const filter = channel.takes ? undefined : inForce.compiled.filteredBy(channel.channel, occurrence)
      return filter === undefined ? channel : { ...channel, filter }
    })
    return { ...base, alert: id, key: shownKey(key), severity, outcome, ...preview, channels }
  }

  return (given) => {
    if (typeof given === 'string' && !inForce.compiled.gate(given)) return { outcome: 'below' }
    const record = typeof given === 'string' ? read(given) : readObject(given)
    return 'failed' in record ? { outcome: 'failed', failed: record.failed } : explainRecord(record)
  }
}
