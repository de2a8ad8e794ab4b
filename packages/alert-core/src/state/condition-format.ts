/**
 * Whether what conditions and silences left behind can be read again.
 */
import type { Absence } from '../alerts/absence.ts'
import type { SavedKey } from '../alerts/tracker.ts'
import { severities } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import { compileMatch, type Matches } from '../rules/match.ts'
import { isObject } from '../text/is-object.ts'
import { isMaybe, isNumber, isOneOf, isRecord, isText, isTexts } from './plain-checks.ts'

/** What one key has gathered. */
export function isGathered(value: unknown): value is SavedKey {
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
export function isAbsence(value: unknown): value is Absence {
  if (!isObject(value) || !isText(value['id']) || !isOccurrence(value['occurrence'])) return false
  return isNumber(value['since']) && isNumber(value['dueAt']) && isMaybe(isNumber)(value['seenAt'])
}

/** A silence made at run time. */
export function isSilence(value: unknown): value is RuntimeSilence {
  if (!isObject(value) || !isText(value['id']) || !isNumber(value['untilMs'])) return false
  const { match, fromMs, schedules, comment } = value
  return (
    isMaybe(isNumber)(fromMs) &&
    Array.isArray(schedules) &&
    schedules.every(isText) &&
    isMaybe(isText)(comment) &&
    compiles(match)
  )
}

function compiles(match: unknown): boolean {
  if (typeof match !== 'object' || match === null) return false
  try {
    compileMatch(match as Matches)
    return true
  } catch {
    return false
  }
}

function isDistinct(value: unknown): boolean {
  if (!isObject(value) || !isNumbers(value['times']) || !Array.isArray(value['values'])) return false
  return value['values'].every((pair) => Array.isArray(pair) && isText(pair[0]) && isNumber(pair[1]))
}

function isStreak(value: unknown): boolean {
  return isObject(value) && ['count', 'unnotified', 'firstAt'].every((key) => isNumber(value[key]))
}

function isPending(value: unknown): boolean {
  if (!isObject(value) || !['since', 'firstAt', 'count'].every((key) => isNumber(value[key]))) return false
  const { holdsUntil, lastAt, occurrence } = value
  return isMaybe(isNumber)(holdsUntil) && isMaybe(isNumber)(lastAt) && isOccurrence(occurrence)
}

function isOccurrence(value: unknown): boolean {
  if (!isObject(value) || !['id', 'rule', 'key'].every((key) => isText(value[key]))) return false
  const { severity, labels, record, resolveAfterMs, condition } = value
  return (
    isOneOf(severities, severity) &&
    isTexts(labels) &&
    isRecord(record) &&
    (resolveAfterMs === false || isNumber(resolveAfterMs)) &&
    isObject(condition) &&
    isNumber(condition['forMs'])
  )
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every(isNumber)
}
