/**
 * The Retry-After header: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */

const longestMs = 3_600_000
const seconds = /^\d{1,15}(?:\.\d{0,9})?$/
/**
 * The three date formats of https://www.rfc-editor.org/rfc/rfc9110#http.date; the last has no zone and means
 * UTC.
 */
const zoned =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, ?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d (?:GMT|UTC)$/
const asctime = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/

/**
 * Milliseconds to wait from `now` (epoch ms) by a header in seconds or as an HTTP date, at most one hour;
 * `undefined` if it is absent or neither of the two.
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  if (seconds.test(text)) return Math.min(Math.ceil(Number(text) * 1000), longestMs)
  const at = parseHttpDate(text)
  return at === undefined ? undefined : Math.min(Math.max(at - now, 0), longestMs)
}

/** Epoch ms of an HTTP date, `undefined` for anything else. */
export function parseHttpDate(text: string): number | undefined {
  const date = zoned.test(text) ? text : asctime.test(text) ? `${text} GMT` : undefined
  const at = date === undefined ? Number.NaN : Date.parse(date.replaceAll('-', ' '))
  return Number.isNaN(at) ? undefined : at
}
