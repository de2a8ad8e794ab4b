/**
 * Whether a value that was read back has the form that it was written in: anything may stand in a file.
 */
import type { LogRecord } from '../model.ts'
import { isObject } from '../text/is-object.ts'

/** A record of a logger. */
export function isRecord(value: unknown): value is LogRecord {
  if (!isObject(value) || !isNumber(value['time']) || !isNumber(value['level'])) return false
  const { msg, levelLabel, fields, err } = value
  const isError = (given: unknown) => isObject(given) && isText(given['message'])
  return isText(msg) && isText(levelLabel) && isObject(fields) && isMaybe(isError)(err)
}

/** The lines that led to an alert. */
export function isContext(value: unknown): boolean {
  const isLine = (line: unknown) =>
    isObject(line) && isNumber(line['time']) && isText(line['level']) && isText(line['text'])
  return Array.isArray(value) && value.every(isLine)
}

/** Texts by name. */
export function isTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isText)
}

/** A list of texts. */
export function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

/** A text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** A number that is one. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** One of these texts. */
export function isOneOf(list: readonly string[], value: unknown): boolean {
  return isText(value) && list.includes(value)
}

/** It may be absent. */
export function isMaybe(is: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || is(value)
}
