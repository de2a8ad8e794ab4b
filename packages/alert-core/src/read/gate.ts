/**
 * The first look at a line, without parsing: it says no only to what is surely uninteresting, so that the
 * many lines below the threshold cost next to nothing. What it cannot decide at a glance passes to the
 * reader.
 */
import { type Levels, levelRank, levelRanks, usualLevels } from './levels.ts'
import { syslogLabels } from './syslog-fields.ts'

export interface GateOptions {
  /** The threshold, on pino's scale. */
  readonly level: number
  readonly levels?: Levels | undefined
  /** A rule looks at lower levels too: every line is read. */
  readonly wantsAll?: boolean
}

interface Opening {
  /** How the line begins when its level comes first, as every logger writes it. */
  readonly text: string
  /**
   * What further on may still make the line interesting: `alert` beats the level, a second level beats the
   * first, an escape may spell either, and pino-http logs at info that a request failed (`"statusCode":500`).
   * One expression, as it costs half of what a search for each does; so short a part of `statusCode` costs
   * nothing.
   */
  readonly later: RegExp
}

const usual: Opening = { text: '{"level":', later: /(?:alert|level)"|\\u00[67]|usCode":5/g }
const google: Opening = { text: '{"severity":', later: /(?:alert|level|severity)"|\\u00[67]|usCode":5/g }
const quote = 34
const comma = 44
const zero = 48
const brace = 125
const mostDigits = 6

/**
 * Returns `false` only when the line's level is below the threshold, and it carries neither an `alert` field
 * nor the status of a request that failed.
 */
export function createGate({ level, levels, wantsAll = false }: GateOptions): (line: string) => boolean {
  if (wantsAll) return () => true
  const low = lowLabels(level, levels)
  const ranks = levelRanks(levels)
  const badInSyslog = new Set(badNumbers(level, levels))

  function isLow(line: string, start: number): boolean {
    if (line.charCodeAt(start) === quote) {
      const end = line.indexOf('"', start + 1)
      return end !== -1 && low.has(line.slice(start + 1, end))
    }
    let rank = 0
    let index = start
    for (; index < start + mostDigits; index++) {
      const digit = line.charCodeAt(index) - zero
      if (!(digit >= 0 && digit <= 9)) break
      rank = rank * 10 + digit
    }
    const next = line.charCodeAt(index)
    if (index === start + 1 && badInSyslog.has(rank)) return false
    if (ranks !== undefined) rank = ranks.get(rank) ?? rank
    return index > start && rank < level && (next === comma || next === brace)
  }

  return (line) => {
    // A slice and a comparison take half of the time of `startsWith`.
    const isUsual = line.slice(0, usual.text.length) === usual.text
    const opening = isUsual ? usual : line.startsWith(google.text) ? google : undefined
    if (opening === undefined || !isLow(line, opening.text.length)) return true
    opening.later.lastIndex = opening.text.length
    return opening.later.test(line)
  }
}

/** Numbers below ten that are bad enough if they are syslog's; the logger's own are not. */
function badNumbers(level: number, levels: Levels | undefined): number[] {
  const own = Object.values(levels ?? {})
  return syslogLabels.flatMap((label, number) =>
    usualLevels[label]! >= level && !own.includes(number) ? [number] : [],
  )
}

/** The labels below the threshold, as loggers write them: lower case, upper case, capitalised. */
function lowLabels(level: number, levels: Levels | undefined): ReadonlySet<string> {
  const low = new Set<string>()
  for (const label of Object.keys({ ...usualLevels, ...levels })) {
    for (const written of [label, label.toUpperCase(), label.charAt(0).toUpperCase() + label.slice(1)]) {
      const rank = levelRank(written, levels)
      if (rank !== undefined && rank < level) low.add(written)
    }
  }
  return low
}
