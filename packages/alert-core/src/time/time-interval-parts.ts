/**
 * Parses the parts of a time interval into numbers; `NaN` if a part is not valid.
 */

/** From `begin` to `end`, both included. */
export interface Range {
  readonly begin: number
  readonly end: number
}

/** In the order of `Date`. */
export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/** 'a:b', or 'a' alone for both. */
export function rangeOf(text: string, parse: (part: string) => number): Range {
  const parts = String(text).toLowerCase().split(':')
  if (parts.length > 2) return { begin: Number.NaN, end: Number.NaN }
  const begin = parse(parts[0]!.trim())
  return { begin, end: parts.length === 1 ? begin : parse(parts[1]!.trim()) }
}

/** 'monday' is 1, 'sunday' 0. */
export function weekdayOf(name: string): number {
  const index = weekdays.indexOf(name)
  return index === -1 ? Number.NaN : index
}

/** 'january' and '1' are 1. */
export function monthOf(name: string): number {
  const index = months.indexOf(name)
  if (index !== -1) return index + 1
  return /^(?:[1-9]|1[0-2])$/.test(name) ? Number(name) : Number.NaN
}

/** '1' to '31', '-1' to '-31'. */
export function dayOf(text: string): number {
  return /^-?(?:[1-9]|[12]\d|3[01])$/.test(text) ? Number(text) : Number.NaN
}

/** Four digits. */
export function yearOf(text: string): number {
  return /^\d{4}$/.test(text) ? Number(text) : Number.NaN
}

/** 'HH:MM' as the minute of the day, up to '24:00'. */
export function minuteOf(text: unknown): number {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(String(text)) ?? []
  const minute = Number(hours) * 60 + Number(minutes)
  return minute <= 24 * 60 ? minute : Number.NaN
}
