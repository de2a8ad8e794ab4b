/**
 * The short id of an alert, as people read and type it: the first six digits of its fingerprint, or eight if
 * another live alert shares those. Any start of at least four digits names it, if no other has it.
 */
import type { Alert } from '../model.ts'

const short = 6
const longer = 8
/** A shorter start is taken for a mistake. */
export const leastIdLength = 4

/** `ids` are those of the live alerts. */
export function shortIdOf(id: string, ids: Iterable<string>): string {
  const start = id.slice(0, short)
  for (const other of ids) if (other !== id && other.startsWith(start)) return id.slice(0, longer)
  return start
}

/** The alerts that this id may mean: one if it is clear. */
export function alertsNamed<Named extends Pick<Alert, 'id'>>(id: string, alerts: readonly Named[]): Named[] {
  const given = id.toLowerCase()
  const exact = alerts.filter((alert) => alert.id === given)
  if (exact.length > 0 || given.length < leastIdLength) return exact
  return alerts.filter((alert) => alert.id.startsWith(given))
}
