/**
 * A trouble that comes without a logger, and the record that it would be.
 */

/** What `publish` takes: `error` or `message`, the alert's own words, and any further fields. */
export interface AlertInput {
  readonly message?: string
  readonly error?: unknown
  readonly level?: string | number
  readonly code?: string
  readonly severity?: 'info' | 'warning' | 'error' | 'critical'
  readonly key?: string
  readonly resolve?: true
  readonly labels?: Readonly<Record<string, string>>
  readonly runbook?: string
  readonly channels?: readonly string[]
  readonly summary?: string
  readonly [field: string]: unknown
}

const alertWords = ['code', 'severity', 'key', 'resolve', 'labels', 'runbook', 'channels', 'summary'] as const

/** A trouble in the shape of a log line's object: its alert words go into the `alert` field. `undefined` where it cannot be read. */
export function alertInputFields(trouble: AlertInput): Record<string, unknown> | undefined {
  try {
    return fieldsOf(trouble)
  } catch {
    // None was given, or a getter threw: who is in trouble is not to have another one.
    return undefined
  }
}

function fieldsOf(trouble: AlertInput): Record<string, unknown> {
  const { message, error, level, ...rest } = trouble
  const alert: Record<string, unknown> = {}
  const fields: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(rest)) {
    if ((alertWords as readonly string[]).includes(name)) alert[name] = value
    else fields[name] = value
  }
  return { ...fields, level: level ?? 'error', msg: message ?? '', err: error, alert }
}
