/**
 * The first look at a line, without parsing: it says no only to what is surely uninteresting, so that the many lines below the
 * threshold cost next to nothing. Whatever it cannot tell at a glance it lets through to the reader.
 */
import { type Levels, levelRank } from './levels.ts'

export interface GateOptions {
  /** The threshold, on pino's scale. */
  readonly level: number
  readonly levels?: Levels | undefined
  /** A rule looks at lower levels too: every line is read. */
  readonly wantsAll?: boolean
}

const quote = 34
const zero = 48
const numberPrefix = '{"level":'
const labelPrefix = '{"level":"'

/** Returns `false` when the line's level is below the threshold and it carries no `alert` field. */
export function createGate({ level, levels, wantsAll = false }: GateOptions): (line: string) => boolean {
  if (wantsAll) return () => true
  const low = new Set(
    Object.entries({ ...levels })
      .filter(([, rank]) => rank < level)
      .map(([label]) => label),
  )
  for (const label of [
    'trace',
    'debug',
    'info',
    'warn',
    'silly',
    'verbose',
    'http',
    'TRACE',
    'DEBUG',
    'INFO',
    'WARN',
    'WARNING',
  ]) {
    const rank = levelRank(label, levels)
    if (rank !== undefined && rank < level) low.add(label)
  }

  function startsLow(line: string): boolean {
    if (!line.startsWith(numberPrefix)) return false
    if (line.charCodeAt(numberPrefix.length) === quote) {
      const end = line.indexOf('"', labelPrefix.length)
      return end !== -1 && low.has(line.slice(labelPrefix.length, end))
    }
    let rank = 0
    let index = numberPrefix.length
    for (; index < numberPrefix.length + 9; index++) {
      const digit = line.charCodeAt(index) - zero
      if (!(digit >= 0 && digit <= 9)) break
      rank = rank * 10 + digit
    }
    return index > numberPrefix.length && line.charCodeAt(index) === 44 && rank < level
  }

  return (line) => {
    if (!startsLow(line)) return true
    // A later `level` wins over the first, `alert` beats the level, and an escape may spell either.
    return line.includes('"level"', numberPrefix.length) || line.includes('"alert"') || line.includes('\\u00')
  }
}
