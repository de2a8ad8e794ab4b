/**
 * Local time of a zone as a number, and back: local milliseconds are those that a clock on the wall shows,
 * counted as if it stood in UTC. A local time that a change of the clocks leaves out counts as the next
 * moment that exists, and one that comes twice as the first of the two.
 */

/** One zone. */
export interface LocalTime {
  /** What the clock on the wall shows at this moment, epoch ms. */
  localAt(at: number): number
  /** When the clock on the wall shows this, or first shows more. */
  momentOf(localMs: number): number
}

export const dayMs = 86_400_000

const hourMs = 3_600_000

/** By an IANA name, which must be valid; without one, the machine's zone. */
export function createLocalTime(timeZone?: string): LocalTime {
  let format: Intl.DateTimeFormat | undefined

  function localAt(at: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
    format ??= formatterOf(timeZone)
    for (const { type, value } of format.formatToParts(at)) parts[type] = value
    const { year, month, day, hour, minute, second } = parts
    const shown = [year, month, day, hour, minute, second].map(Number)
    const [years = 0, months = 1, days = 1, hours = 0, minutes = 0, seconds = 0] = shown
    const wholeMs = Date.UTC(years, months - 1, days, hours, minutes, seconds)
    return wholeMs + (((at % 1000) + 1000) % 1000)
  }

  function momentOf(localMs: number): number {
    // No zone is further from UTC than this, and none changes its clocks twice within two days.
    const earliest = localMs - 15 * hourMs
    const latest = localMs + 13 * hourMs
    const offsets = [earliest, latest].map((at) => localAt(at) - at)
    const moments = offsets.map((offset) => localMs - offset).filter((at) => localAt(at) === localMs)
    return moments.length > 0 ? Math.min(...moments) : changeBetween(earliest, latest)
  }

  /** When the clock changes between two moments at which it differs from UTC by different times. */
  function changeBetween(before: number, after: number): number {
    const offset = localAt(before) - before
    let low = before
    let high = after
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (localAt(middle) - middle === offset) low = middle
      else high = middle
    }
    return high
  }

  return { localAt, momentOf }
}

/** The start of the local day of a local time. */
export function dayOfLocal(localMs: number): number {
  return Math.floor(localMs / dayMs) * dayMs
}

function formatterOf(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US-u-ca-gregory', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}
