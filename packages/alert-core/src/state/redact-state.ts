/**
 * What is written down of records and alerts: no secrets, and no more than a message could show. Made once a record, however often the alert
 * that holds it is written.
 */
import type { Absence } from '../alerts/absence.ts'
import type { SavedAlert, SavedKey } from '../alerts/tracker.ts'
import type { Alert, ContextLine, ErrorInfo, LogRecord, Notification, Occurrence } from '../model.ts'
import { createRedactor } from '../redact/redact.ts'
import { cutChars } from '../text/text.ts'

/** Makes copies that may stand on disk. Of an alert with one record that stands there once: `latest` is left out. */
export interface Redacted {
  alert(alert: SavedAlert): object
  notification(notification: Notification): object
  gathered(gathered: SavedKey): SavedKey
  absence(absence: Absence): Absence
}

type Words = Pick<Occurrence, 'key' | 'labels' | 'summary' | 'runbook'>

const most = { line: 300, message: 4000, stack: 4000, fieldsJson: 16_384 }

/** What is hidden besides what is hidden anyway. */
export interface Redact {
  readonly paths: readonly string[]
  readonly patterns: readonly string[]
}

/** Makes the copier. */
export function createRedactState(redact: Redact): Redacted {
  const redactor = createRedactor(redact)
  const known = new WeakMap<LogRecord, LogRecord>()
  const knownLines = new WeakMap<readonly ContextLine[], readonly ContextLine[]>()
  const text = (raw: string, chars: number) => cutChars(redactor.text(cutChars(raw, 2 * chars)), chars)

  /** What is missed is told by a message of ours, in which the key stands. */
  function record(given: LogRecord, key: string): LogRecord {
    const copied = known.get(given)
    if (copied !== undefined) return copied
    const { err, fields, msg, requestId, traceId, alert: _, ...rest } = given
    const copy = {
      ...rest,
      msg: text(key === '' ? msg : msg.replace(key, () => redactor.key(key)), most.message),
      ...(requestId === undefined ? {} : { requestId: redactor.text(requestId) }),
      ...(traceId === undefined ? {} : { traceId: redactor.text(traceId) }),
      ...(err === undefined ? {} : { err: error(err) }),
      fields: boundedFields(redactor.value(fields)),
    }
    known.set(given, copy)
    return copy
  }

  function error({ message, stack, causes, ...rest }: ErrorInfo): ErrorInfo {
    return {
      ...rest,
      message: text(message, most.message),
      ...(stack === undefined ? {} : { stack: text(stack, most.stack) }),
      ...(causes === undefined ? {} : { causes: causes.slice(0, 5).map((cause) => text(cause, 500)) }),
    }
  }

  /** What an alert says beside its records: a key may hold any field of them, a label too. */
  function words<Given extends Words>(given: Given): Given {
    const { key, labels, summary, runbook } = given
    return {
      ...given,
      key: redactor.key(key),
      labels: redactor.value(labels),
      ...(summary === undefined ? {} : { summary: redactor.text(summary) }),
      ...(runbook === undefined ? {} : { runbook: redactor.text(runbook) }),
    }
  }

  function shownAlert(alert: Words & Pick<Alert, 'first' | 'latest' | 'context'>): object {
    const { first, latest, context, key } = alert
    return {
      ...words(alert),
      first: record(first, key),
      latest: latest === first ? undefined : record(latest, key),
      ...(context === undefined ? {} : { context: lines(context) }),
    }
  }

  function occurrence(given: Occurrence): Occurrence {
    return { ...words(given), record: record(given.record, given.key) }
  }

  function lines(given: readonly ContextLine[]): readonly ContextLine[] {
    const copied = knownLines.get(given)
    if (copied !== undefined) return copied
    const copy = given.map((line) => ({ ...line, text: text(line.text, most.line) }))
    knownLines.set(given, copy)
    return copy
  }

  return {
    gathered({ pending, ...rest }) {
      if (pending === undefined) return rest
      return { ...rest, pending: { ...pending, occurrence: occurrence(pending.occurrence) } }
    },
    absence(absence) {
      const { condition, ...rest } = absence.occurrence
      if (condition?.group === undefined) return { ...absence, occurrence: occurrence(absence.occurrence) }
      const group = redactor.value(condition.group) as typeof condition.group
      const isCovered =
        absence.isCovered === true || JSON.stringify(group) !== JSON.stringify(condition.group)
      return {
        ...absence,
        ...(isCovered ? { isCovered } : {}),
        occurrence: { ...occurrence(rest), condition: { ...condition, group } },
      }
    },
    alert: shownAlert,
    notification: (notification) => ({
      ...notification,
      items: notification.items.map((item) => {
        const { alert } = item
        return { ...item, alert: shownAlert(alert) }
      }),
    }),
  }
}

/** Large fields lose their depth before the journal loses its bounds. */
function boundedFields(fields: unknown): Readonly<Record<string, unknown>> {
  const plain = fields as Readonly<Record<string, unknown>>
  const json = JSON.stringify(plain)
  if (json.length <= most.fieldsJson) return plain
  const kept: Record<string, unknown> = Object.create(null)
  let left = most.fieldsJson
  for (const [name, value] of Object.entries(plain)) {
    const size = (JSON.stringify(value)?.length ?? 0) + name.length
    if (size > left) continue
    kept[name] = value
    left -= size
  }
  return kept
}
