/** What `publish` takes, and the fields of the log line that says the same. */
import { isError } from '../read/safe-walk.ts'

/**
 * An alert that comes without a logger: `error` or `message`, what the `alert` field of a record may hold,
 * and any further fields.
 */
export interface AlertInput {
  readonly message?: string
  /** The same, as pino's users call it. */
  readonly msg?: string
  /** An `Error`, or anything that was thrown. */
  readonly error?: unknown
  /** The same, as pino's users call it. */
  readonly err?: unknown
  /** The logger's label or number; default 'error'. */
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

const directives = ['code', 'severity', 'key', 'resolve', 'labels', 'runbook', 'channels', 'summary'] as const

/** The object that a logger would have written; `undefined` if the input cannot be read. */
export function alertInputFields(input: AlertInput): Record<string, unknown> | undefined {
  try {
    return fieldsOf(input)
  } catch {
    // Nothing was given, or a getter threw: an application that reports an error must not get a second one.
    return undefined
  }
}

function fieldsOf(given: AlertInput): Record<string, unknown> {
  const input = inputOf(given)
  const { msg, message = msg, err, error = err, level, ...rest } = input
  const alert: Record<string, unknown> = {}
  const fields: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(rest)) {
    if ((directives as readonly string[]).includes(name)) alert[name] = value
    else fields[name] = value
  }
  return { ...fields, level: level ?? 'error', msg: message ?? '', err: error, alert }
}

/** Without types, an error or a text by itself is passed as well. */
function inputOf(given: unknown): AlertInput {
  if (isError(given)) return { error: given }
  return typeof given === 'string' ? { message: given } : (given as AlertInput)
}
