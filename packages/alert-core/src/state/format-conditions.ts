/**
 * Whether what conditions left behind can be read again.
 */
import type { Absence } from '../alerts/absence.ts'
import type { SavedConditions } from '../alerts/conditions.ts'
import type { SavedKey } from '../alerts/gathered.ts'
import { severities } from '../model.ts'
import { isMaybe, isNumber, isObject, isOneOf, isRecord, isText, isTexts } from './plain-checks.ts'

/** What of it makes sense, and how many entries do not. */
export function readConditions(value: unknown): {
  readonly conditions: SavedConditions
  readonly unreadable: number
} {
  const given = isObject(value) ? value : {}
  const [keys, absences] = [listOf(given['keys']), listOf(given['absences'])]
  const conditions = { keys: keys.filter(isGathered), absences: absences.filter(isAbsence) }
  const unreadable = keys.length + absences.length - conditions.keys.length - conditions.absences.length
  return { conditions, unreadable }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** What one key has gathered. */
function isGathered(value: unknown): value is SavedKey {
  if (!isObject(value) || !isText(value['id']) || !isMaybe(isText)(value['scope'])) return false
  const { window, distinct, streak, pending } = value
  return (
    isMaybe(isNumbers)(window) &&
    isMaybe(isDistinct)(distinct) &&
    isMaybe(isStreak)(streak) &&
    isMaybe(isPending)(pending)
  )
}

/** One key that is watched for. */
function isAbsence(value: unknown): value is Absence {
  if (!isObject(value) || !isText(value['id']) || !isOccurrence(value['occurrence'])) return false
  return isNumber(value['since']) && isNumber(value['dueAt']) && isMaybe(isNumber)(value['seenAt'])
}

function isDistinct(value: unknown): boolean {
  if (!isObject(value) || !isNumbers(value['times']) || !Array.isArray(value['values'])) return false
  return value['values'].every((pair) => Array.isArray(pair) && isText(pair[0]) && isNumber(pair[1]))
}

function isStreak(value: unknown): boolean {
  return isObject(value) && ['count', 'untold', 'firstAt'].every((key) => isNumber(value[key]))
}

function isPending(value: unknown): boolean {
  if (!isObject(value) || !['since', 'firstAt', 'count'].every((key) => isNumber(value[key]))) return false
  return isMaybe(isNumber)(value['holdsUntil']) && isOccurrence(value['occurrence'])
}

function isOccurrence(value: unknown): boolean {
  if (!isObject(value) || !['id', 'rule', 'key'].every((key) => isText(value[key]))) return false
  const { severity, labels, record, resolveAfterMs, premise } = value
  return (
    isOneOf(severities, severity) &&
    isTexts(labels) &&
    isRecord(record) &&
    (resolveAfterMs === false || isNumber(resolveAfterMs)) &&
    isObject(premise) &&
    isNumber(premise['forMs'])
  )
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every(isNumber)
}
