/**
 * A line too long to be read may still need an alert: its level and time are at its start,
 * and pino's message at its end. These make a line in its place.
 */
import type { LongLine } from './lines.ts'

const opening = /^\{"level":(?:\d{1,6}|"[\w-]{1,40}")(?:,"time":(?:\d{1,16}|"[\w:.+-]{1,40}"))?(?=,)/
const message = /"(?:msg|message)":("(?:[^"\\]|\\.)*")\}\r?$/
const silent = '"alert":false'

/**
 * The line to read in place of this one; `undefined` where it does not say how bad it is, or wants no alert.
 */
export function abridge({ head, tail, chars }: LongLine): string | undefined {
  const begins = opening.exec(head)?.[0]
  if (begins === undefined || head.includes(silent) || tail.includes(silent)) return undefined
  const size = `a log record of ${chars} characters`
  return `${begins},"msg":${message.exec(tail)?.[1] ?? `"${size}"`},"cut":"${size}"}`
}
