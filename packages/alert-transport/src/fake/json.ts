/** Narrowing of parsed JSON, so that a fake never trusts the shape of what it was sent. */
import { isObject } from 'alert-core/adapter'

export { isObject }

/** A JSON object whose values are not known. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The value as an object; an empty one when it is something else. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** The value as a list; an empty one when it is something else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value as text; empty when it is something else. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** True for a string that holds more than white space. */
export function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** True for a list of strings, an empty one included. */
export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** One line for each field: 'name: value'; no lines if it is not an object. */
export function lines(value: unknown): string[] {
  if (!isObject(value)) return []
  return Object.entries(value).map(([name, field]) =>
    typeof field === 'string' ? `${name}: ${field}` : `${name}: ${JSON.stringify(field)}`,
  )
}
