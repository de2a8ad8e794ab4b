/**
 * Records whose levels are those of syslog, 0 to 7 and lower is worse: GELF, journald's JSON, and what
 * parsers of syslog write. Read as they are, an emergency would be below the threshold.
 */
import { isStack } from './stack-text.ts'

type Fields = Record<string, unknown>
type ReadFields = Readonly<Fields>

/** By syslog's number: 0 is the worst. */
export const syslogLabels = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const

/** The label of a level of syslog, which some write as a text; `undefined` for other values. */
function labelOf(level: unknown): string | undefined {
  const number = typeof level === 'string' && level.length === 1 ? Number(level) : level
  return typeof number === 'number' ? syslogLabels[number] : undefined
}

/**
 * The record under the usual names, and with its level as text; `undefined` if it is none of these, or is
 * read right as it is. A number in `own` is a level of the logger itself.
 */
export function withUsualNames(
  object: ReadFields,
  own: Pick<ReadonlyMap<unknown, string>, 'has'>,
): ReadFields | undefined {
  if (isGelf(object)) return fromGelf(object)
  if (object['MESSAGE'] !== undefined) return fromJournal(object)
  return object['facility'] === undefined || own.has(object['level']) ? undefined : fromSyslog(object)
}

function isGelf({ version, host, short_message: message }: ReadFields): boolean {
  return typeof version === 'string' && typeof host === 'string' && typeof message === 'string'
}

/** A stack lies in the long message; the application's own fields begin with '_'. */
function fromGelf(object: ReadFields): ReadFields {
  const found: Fields = {}
  for (const key in object) {
    const value = object[key]
    if (key === 'short_message') found['message'] = value
    else if (key === 'full_message' && typeof value === 'string' && isStack(value)) found['stack'] = value
    else if (key === 'level') found['level'] = labelOf(value) ?? value
    else if (key === '__proto__') continue
    else {
      found[key] = value
      const own = key.startsWith('_') ? key.slice(1) : ''
      if (own !== '' && own !== '_proto__' && object[own] === undefined) found[own] = value
    }
  }
  return found
}

function fromJournal(object: ReadFields): ReadFields | undefined {
  const { MESSAGE: message, PRIORITY: priority, ...rest } = object
  const level = labelOf(priority)
  return level === undefined || object['level'] !== undefined ? undefined : { ...rest, level, message }
}

/** The first name that holds a level decides: beside pino's level a `severity` is something else. */
function fromSyslog(object: ReadFields): ReadFields | undefined {
  const name = object['level'] === undefined ? 'severity' : 'level'
  const label = labelOf(object[name])
  return label === undefined ? undefined : { ...object, [name]: label }
}
