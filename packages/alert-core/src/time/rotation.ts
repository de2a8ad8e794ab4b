/**
 * Turns that follow each other, such as on-call shifts. A turn of whole days starts at the same time of the
 * day, whatever the clocks do in between; any other turn has a fixed length.
 */
import { createLocalTime, dayMs } from './local-time.ts'

/** When turns change. */
export interface RotationTimes {
  readonly everyMs: number
  /** The start of one of the first group's turns: local time as epoch ms, or a moment. */
  readonly from: { readonly localMs: number } | { readonly at: number }
  /** IANA name; absent: the machine's zone. */
  readonly timeZone?: string
}

export interface Turns {
  /** The number of the turn at this moment; 0 starts at `from`, earlier ones are negative. */
  numberAt(at: number): number
  /** When the turn starts, epoch ms. */
  startOf(turn: number): number
}

export function createTurns({ everyMs, from, timeZone }: RotationTimes): Turns {
  const { localAt, momentOf } = createLocalTime(timeZone)
  if (everyMs % dayMs !== 0) {
    const first = 'at' in from ? from.at : momentOf(from.localMs)
    return {
      numberAt: (at) => Math.floor((at - first) / everyMs),
      startOf: (turn) => first + turn * everyMs,
    }
  }
  const firstLocal = 'at' in from ? localAt(from.at) : from.localMs
  const startOf = (turn: number) => momentOf(firstLocal + turn * everyMs)
  return {
    numberAt(at) {
      let turn = Math.floor((localAt(at) - firstLocal) / everyMs) + 1
      // An hour that comes twice, or a day that is left out, moves the start past its local time.
      while (startOf(turn) > at) turn--
      return turn
    },
    startOf,
  }
}

/** Of so many groups, the one whose turn it is. */
export function groupOfTurn(turn: number, groups: number): number {
  return ((turn % groups) + groups) % groups
}

const localPattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i

/** '2026-11-30', '2026-11-30T09:00' in local time, or a moment with its offset; else undefined. */
export function parseStart(text: unknown): RotationTimes['from'] | undefined {
  if (typeof text !== 'string') return undefined
  const at = momentPattern.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return { at }
  const [, day, time = '00:00'] = localPattern.exec(text) ?? []
  const localMs = day === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`)
  // '2026-02-30' becomes a day in March.
  return Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(day!) ? undefined : { localMs }
}
