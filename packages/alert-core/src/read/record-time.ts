/**
 * When a record was written, from whatever the logger put down: milliseconds, seconds, micro- or nanoseconds,
 * ISO or another date's text.
 */

const earliest = Date.UTC(2000, 0, 1)
const latest = Date.UTC(2200, 0, 1)
/** By how much a number's unit differs from milliseconds. */
const scales = [1, 1_000, 1 / 1_000, 1 / 1_000_000]
const longestText = 64
const digits = /^\d{9,20}(?:\.\d{1,9})?$/

/** Epoch ms of a `time` field; `undefined` unless it lies between the years 2000 and 2200. */
export function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') return scaled(value)
  if (typeof value !== 'string' || value.length > longestText) return undefined
  if (digits.test(value)) return scaled(Number(value))
  const time = Date.parse(value)
  return time >= earliest && time <= latest ? time : undefined
}

function scaled(value: number): number | undefined {
  for (const scale of scales) {
    const time = value * scale
    if (time >= earliest && time <= latest) return scale === 1 ? time : Math.round(time)
  }
  return undefined
}
