/**
 * The labels of an alert: those of the options and the rule, `service` and `env` from the record where the options do not say, and those of the
 * record's own `alert` field.
 */
import type { LogRecord } from '../model.ts'

/** The labels of a record's alert; equal ones are the same object, so that what is derived from them can be remembered. */
export type Labels = (
  record: LogRecord,
  own: Readonly<Record<string, string>> | undefined,
) => Readonly<Record<string, string>>

const mostRemembered = 200
const maxLabel = 100

/** Makes the labels of one rule; `base` are those that do not depend on the record. */
export function createLabels(base: Readonly<Record<string, string>>): Labels {
  const remembered = new Map<string, Readonly<Record<string, string>>>()
  const fromRecord = ['service', 'env'].filter((name) => base[name] === undefined)

  function withOrigin(record: LogRecord): Readonly<Record<string, string>> {
    let origin = ''
    for (const name of fromRecord) {
      const label = originOf(record, name)
      if (label !== undefined) origin += `${name}=${label}\n`
    }
    if (origin === '') return base
    const known = remembered.get(origin)
    if (known !== undefined) return known
    const labels = { ...base }
    for (const name of fromRecord) {
      const label = originOf(record, name)
      if (label !== undefined) labels[name] = label
    }
    if (remembered.size < mostRemembered) remembered.set(origin, labels)
    return labels
  }

  return (record, own) => {
    const labels = fromRecord.length === 0 ? base : withOrigin(record)
    return own === undefined ? labels : { ...labels, ...own }
  }
}

function originOf(record: LogRecord, name: string): string | undefined {
  const value = record.fields[name]
  return typeof value === 'string' && value !== '' ? value.slice(0, maxLabel) : undefined
}
