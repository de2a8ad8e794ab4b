/**
 * Which alerts a channel takes, and how an alert's fields are named for that question: `rule`, `severity`,
 * `code`, `service`, `env`, `@fingerprint`, its labels (`labels.x` or `x`), then the fields of its latest
 * record.
 */

import { type Alert, type Severity, severityRank } from '../model.ts'
import { recordField } from '../read/record-field.ts'

type Predicate = (get: (path: string) => unknown) => boolean

/** Where an alert comes from: labels that every alert of this hub carries. */
export interface Origin {
  readonly service?: string
  readonly env?: string
}

/**
 * Compiles one channel's own filter; an alert that names its channels reaches only those, and what stands in
 * for them.
 */
export function createAdmission(
  channel: {
    readonly name: string
    readonly minSeverity: Severity
    readonly isStandIn?: true
    readonly match?: Predicate
  },
  origin: Origin,
): (alert: Alert) => boolean {
  const minRank = severityRank(channel.minSeverity)
  const { name, match, isStandIn } = channel
  return (alert) => {
    if (!isStandIn && alert.channels !== undefined && !alert.channels.includes(name)) return false
    if (severityRank(alert.severity) < minRank) return false
    return match === undefined || match((path) => alertField(alert, origin, path))
  }
}

/**
 * A field of an alert by the name that options use; `origin` says where alerts without such labels come from.
 */
export function alertField(alert: Alert, origin: Origin, path: string): unknown {
  switch (path) {
    case 'rule':
      return alert.rule
    case '@fingerprint':
      return alert.id
    case 'severity':
      return alert.severity
    case 'code':
      return alert.code
    case 'service':
      return alert.labels['service'] ?? origin.service
    case 'env':
      return alert.labels['env'] ?? origin.env
    case 'count':
      return alert.count
  }
  const label = path.startsWith('labels.') ? path.slice('labels.'.length) : path
  if (Object.hasOwn(alert.labels, label)) return alert.labels[label]
  return recordField(alert.latest, path)
}
