/**
 * The time of a log line, found without parsing it: pino's `time`, winston's `timestamp`,
 * ECS' `@timestamp`.
 */

const keys = ['"time":', '"timestamp":', '"@timestamp":'] as const
const earliest = Date.UTC(2000, 0, 1)
const latest = Date.UTC(2200, 0, 1)

/** Epoch ms; `undefined` if the line has no time. */
export function lineTime(line: string): number | undefined {
  for (const key of keys) {
    const at = line.indexOf(key)
    if (at === -1) continue
    const found = /^\s*(?:(\d{9,16}(?:\.\d+)?)|"([^"]{1,64})")/.exec(
      line.slice(at + key.length, at + key.length + 80),
    )
    if (found === null) continue
    const [, number, text] = found
    const time = number === undefined ? textTime(text!) : Number(number)
    const ms = time < earliest / 10 ? time * 1000 : time
    if (ms >= earliest && ms <= latest) return ms
  }
  return undefined
}

/** Epoch ms; NaN if it is not a time. */
export function textTime(text: string): number {
  return /^\d{9,16}$/.test(text) ? Number(text) : Date.parse(text)
}
