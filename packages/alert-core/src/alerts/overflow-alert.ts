/**
 * The overflow alert: when the table of live alerts is full, records of further kinds are counted under it,
 * so that counts still add up.
 */

import type { LogRecord, Occurrence, Severity } from '../model.ts'
import { hash64 } from '../text/text.ts'

/** The rule named by the alert about too many kinds of errors. */
export const overflowRule = '@too-many-kinds'

const resolveAfterMs = 900_000

/** What the overflow alert takes from a record, or from an evicted alert. */
export interface OverflowSource {
  readonly severity: Severity
  readonly labels: Readonly<Record<string, string>>
}

/** An occurrence of the overflow alert; of the labels only service and env are kept. */
export function overflowOccurrence(source: OverflowSource, record: LogRecord, id?: string): Occurrence {
  const labels = originOf(source.labels)
  return {
    id: id ?? hash64(JSON.stringify([overflowRule, labels])),
    rule: overflowRule,
    key: 'too many kinds of errors',
    severity: source.severity,
    action: 'fire',
    record,
    labels,
    summary: 'Too many kinds of errors',
    resolveAfterMs,
  }
}

function originOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const origin: Record<string, string> = Object.create(null)
  for (const name of ['service', 'env']) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined
    if (value !== undefined) origin[name] = value
  }
  return origin
}
