/**
 * The time of a record, in whatever unit and under whatever name it was written.
 */
import { getPath, isObject } from '../text/get-path.ts'
import { timeNames } from './names.ts'

/** What is not between these is not a time in milliseconds. */
export const earliestTime: number = Date.UTC(2000, 0, 1)
export const latestTime: number = Date.UTC(2200, 0, 1)
/** By how much a number's unit differs from milliseconds. */
const scales = [1, 1_000, 1 / 1_000, 1 / 1_000_000]
const longestTime = 64
const digits = /^\d{9,20}(?:\.\d{1,9})?$/

/** Epoch ms under the first name that holds a time; `undefined` if there is none. */
export function timeOf(object: Readonly<Record<string, unknown>>): number | undefined {
  for (const name of timeNames) {
    const written = object[name] ?? (name.includes('.') ? getPath(object, name) : undefined)
    const time = written === undefined ? undefined : readTime(written)
    if (time !== undefined) return time
  }
  return undefined
}

/**
 * Epoch ms of a time in milliseconds, seconds, micro- or nanoseconds, ISO or another date's text, or as
 * Google's `{ seconds, nanos }`; `undefined` unless it lies between the years 2000 and 2200.
 */
function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') return scaled(value)
  if (isObject(value) && typeof value['seconds'] === 'number')
    return scaled(value['seconds'] + (Number(value['nanos']) || 0) / 1e9)
  if (typeof value !== 'string' || value.length > longestTime) return undefined
  if (digits.test(value)) return scaled(Number(value))
  const time = Date.parse(value)
  return isPlausible(time) ? time : undefined
}

function scaled(value: number): number | undefined {
  for (const scale of scales) {
    const time = value * scale
    if (isPlausible(time)) return scale === 1 ? time : Math.round(time)
  }
  return undefined
}

function isPlausible(time: number): boolean {
  return time >= earliestTime && time <= latestTime
}
