/**
 * Copies of records and alerts that may be written to disk: no secrets, and no more than a message could
 * show. A record is copied once, however often its alert is written.
 */
import type { Absence } from '../alerts/absence.ts'
import { ownEntries } from '../alerts/history.ts'
import type { ChannelState } from '../alerts/live-alert.ts'
import type { SavedAlert, SavedDigest, SavedKey } from '../alerts/tracker.ts'
import type { Shape, Varied } from '../alerts/varied.ts'
import { withSafeRequest } from '../fingerprint/fingerprint.ts'
import type { Item } from '../fleet/fleet-types.ts'
import type {
  Alert,
  ContextLine,
  DigestLine,
  ErrorInfo,
  LogRecord,
  Notification,
  Occurrence,
  ProcessCount,
} from '../model.ts'
import { createRedactor } from '../redact/redact.ts'
import { cutChars } from '../text/text.ts'
import type { SavedLife } from './entry-schemas.ts'

/** Makes the copies. An alert with one record holds it once: `latest` is left out. */
export interface Redacted {
  alert(alert: SavedAlert): object
  /** The part of an alert without records and texts of its own. */
  changingPart(part: ChangingPart): object
  notification(notification: Notification): object
  conditionKey(key: SavedKey): SavedKey
  absence(absence: Absence): Absence
  digest(digest: SavedDigest): object
  life(life: SavedLife): SavedLife
  /** What a process submits. */
  item(item: Item): Item
}

type Texts = Pick<Occurrence, 'key' | 'labels' | 'summary' | 'runbook'>

type ChangingPart = Pick<SavedAlert, 'channelStates' | 'endRecord' | 'varied' | 'variants' | 'processes'>

type Merged = { readonly variants?: object } & Pick<SavedAlert, 'template'>

const most = { line: 300, message: 4000, stack: 4000, fieldsJson: 16_384 }

/** What is hidden in addition to the built-in rules. */
export interface Redact {
  readonly paths: readonly string[]
  readonly patterns: readonly string[]
}

export function createRedactState(redact: Redact): Redacted {
  const redactor = createRedactor(redact)
  const known = new WeakMap<LogRecord, LogRecord>()
  const fieldsOf = (fields: LogRecord['fields']) => redactor.value(fields) as LogRecord['fields']
  const text = (raw: string, chars: number) => cutChars(redactor.text(cutChars(raw, 2 * chars)), chars)
  const lines = createCopyLines((line) => text(line, most.line))

  /** The message of an absence is our own and contains the key. */
  function record(given: LogRecord, key: string): LogRecord {
    const copied = known.get(given)
    if (copied !== undefined) return copied
    const { err, fields, msg, requestId, traceId, alert: _, ...rest } = given
    const copy = {
      ...rest,
      msg: text(key === '' ? msg : msg.replace(key, () => redactor.key(key)), most.message),
      ...(requestId === undefined ? {} : { requestId: redactor.text(requestId) }),
      ...(traceId === undefined ? {} : { traceId: redactor.text(traceId) }),
      ...(err === undefined ? {} : { err: redactError(err, text) }),
      fields: boundedFields(redactor.value(fields)),
    }
    known.set(given, copy)
    return copy
  }

  /** The key and the labels may hold any field of a record. */
  function texts<Given extends Texts>(given: Given, of: LogRecord): Given {
    const { key, labels, summary, runbook } = given
    return {
      ...given,
      key: redactor.key(withSafeRequest(key, of, fieldsOf)),
      labels: redactor.value(labels),
      ...(summary === undefined ? {} : { summary: redactor.text(summary) }),
      ...(runbook === undefined ? {} : { runbook: redactor.text(runbook) }),
    }
  }

  function shownAlert(
    alert: Texts & Pick<Alert, 'first' | 'latest' | 'context' | 'endRecord'> & Merged,
  ): object {
    const { first, latest, context, endRecord, key, template, variants } = alert
    return {
      ...texts(alert, first),
      ...(template === undefined
        ? {}
        : { template: { ...template, words: template.words.map(redactor.text) } }),
      ...(variants === undefined ? {} : { variants: redactor.value(variants) }),
      first: record(first, key),
      latest: latest === first ? undefined : record(latest, key),
      ...(context === undefined ? {} : { context: lines(context) }),
      ...(endRecord === undefined ? {} : { endRecord: record(endRecord, key) }),
    }
  }

  function shownCopy(alert: Alert): object {
    const { varied, processes } = alert
    return {
      ...shownAlert(alert),
      ...(varied && { varied: shapeTexts(varied, redactor.text) }),
      ...(processes && { processes: shownProcesses(processes, redactor.text) }),
    }
  }

  function channelState(given: ChannelState): object {
    const { former, ...rest } = given
    return former === undefined ? rest : { ...rest, former: { ...former, alert: shownCopy(former.alert) } }
  }

  function changingPart(part: ChangingPart): { readonly channelStates: object } {
    const states = Object.entries(part.channelStates).map(
      ([name, state]) => [name, channelState(state)] as const,
    )
    const { endRecord, varied, variants, processes } = part
    return {
      ...part,
      channelStates: ownEntries(states),
      ...(endRecord === undefined ? {} : { endRecord: record(endRecord, '') }),
      ...(varied === undefined ? {} : { varied: shapes(varied, redactor.text) }),
      ...(variants === undefined ? {} : { variants: redactor.value(variants) }),
      ...(processes === undefined ? {} : { processes: shownProcesses(processes, redactor.text) }),
    }
  }

  function occurrence(given: Occurrence): Occurrence {
    const { process } = given
    return {
      ...texts(given, given.record),
      record: record(given.record, given.key),
      ...(process === undefined ? {} : { process: redactor.text(process) }),
    }
  }

  return {
    conditionKey({ pending, ...rest }) {
      if (pending === undefined) return rest
      return { ...rest, pending: { ...pending, occurrence: occurrence(pending.occurrence) } }
    },
    absence(absence) {
      const { condition, ...rest } = absence.occurrence
      if (condition?.group === undefined) return { ...absence, occurrence: occurrence(absence.occurrence) }
      const group = redactor.value(condition.group) as typeof condition.group
      const isRedacted =
        absence.isRedacted === true || JSON.stringify(group) !== JSON.stringify(condition.group)
      return {
        ...absence,
        ...(isRedacted ? { isRedacted } : {}),
        occurrence: { ...occurrence(rest), condition: { ...condition, group } },
      }
    },
    item: (item) => redactItem(item, { occurrence, record, lines }),
    alert: (alert) => shownAlert({ ...alert, ...changingPart(alert) }),
    changingPart,
    notification: ({ digest, ...notification }) => ({
      ...notification,
      items: notification.items.map((item) => ({ ...item, alert: shownCopy(item.alert) })),
      ...(digest && { digest: { ...digest, lines: linesOf(digest.lines, shownCopy) } }),
    }),
    digest: (digest) => ({ ...digest, ended: linesOf(digest.ended, shownCopy) }),
    life: (life) => redactLife(life, redactor),
  }
}

function redactLife({ key, ...life }: SavedLife, redactor: ReturnType<typeof createRedactor>): SavedLife {
  const safe = { ...life, headline: redactor.text(life.headline) }
  return key === undefined ? safe : { ...safe, key: redactor.key(key) }
}

function linesOf(lines: readonly DigestLine[], copy: (alert: Alert) => object): readonly object[] {
  return lines.map((line) => ({ ...line, alert: copy(line.alert) }))
}

type CopyLines = (lines: readonly ContextLine[]) => readonly ContextLine[]

/** The lines before an alert are copied once. */
function createCopyLines(redact: (text: string) => string): CopyLines {
  const known = new WeakMap<readonly ContextLine[], readonly ContextLine[]>()
  return (given) => {
    const copied = known.get(given)
    if (copied !== undefined) return copied
    const copy = given.map((line) => ({ ...line, text: redact(line.text) }))
    known.set(given, copy)
    return copy
  }
}

/** A record may name a process. */
function shownProcesses(
  processes: readonly ProcessCount[],
  redact: (text: string) => string,
): readonly ProcessCount[] {
  return processes.map(({ name, count }) => ({ name: redact(name), count }))
}

interface Copies {
  occurrence(given: Occurrence): Occurrence
  record(given: LogRecord, key: string): LogRecord
  lines(given: readonly ContextLine[]): readonly ContextLine[]
}

function redactItem(item: Item, { occurrence, record, lines }: Copies): Item {
  if ('silence' in item) return item
  if (!('occurrence' in item)) return { ...item, record: record(item.record, '') }
  const { first, context } = item
  return {
    ...item,
    occurrence: occurrence(item.occurrence),
    ...(first === undefined ? {} : { first: record(first, item.occurrence.key) }),
    ...(context === undefined ? {} : { context: lines(context) }),
  }
}

function redactError(
  { message, stack, causes, root, ...rest }: ErrorInfo,
  text: (raw: string, chars: number) => string,
): ErrorInfo {
  return {
    ...rest,
    message: text(message, most.message),
    ...(stack === undefined ? {} : { stack: text(stack, most.stack) }),
    ...(causes === undefined ? {} : { causes: causes.slice(0, 5).map((cause) => text(cause, 500)) }),
    ...(root === undefined ? {} : { root: { ...root, message: text(root.message, 500) } }),
  }
}

/** Words beside each other may be a secret together. */
function shapes({ message, error }: Varied, redact: (text: string) => string): Varied {
  const words = (given: readonly string[]) => redact(given.join(' ')).split(' ')
  const shape = ({ head, tail }: Shape): Shape => ({ head: words(head), ...(tail && { tail: words(tail) }) })
  return { ...(message && { message: shape(message) }), ...(error && { error: shape(error) }) }
}

/** The same as texts, in what a notification shows. */
function shapeTexts(
  { message, error }: NonNullable<Alert['varied']>,
  redact: (text: string) => string,
): Alert['varied'] {
  return {
    ...(message === undefined ? {} : { message: redact(message) }),
    ...(error === undefined ? {} : { error: redact(error) }),
  }
}

/** Leaves out fields that would make the journal too large. */
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
