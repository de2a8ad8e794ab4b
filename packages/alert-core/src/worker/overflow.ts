/**
 * Lines for which the backlog has no more room. Of those that differ only in their ids one is kept and the others are counted, so that a burst of
 * whatever size is told with its full count. Bounded as well: further kinds, and what is too long, are for the caller to count.
 */
import { timesSaid } from './intake.ts'

export interface Overflow {
  /** How many of these whole lines, each as often as it is said to stand for, could not be kept, not even as a number. */
  add(lines: string): number
  size(): number
  /** The next line and how many there were; `undefined` where there is none. */
  shift(): { readonly line: string; readonly times: number } | undefined
}

interface Kept {
  readonly line: string
  times: number
}

const longestLine = 16_384
/** What says which trouble it is stands in the beginning of a line, its stack included. */
const longestLook = 2_000
const zero = 48
const hyphen = 45
const underscore = 95

/** `maxKinds` bounds the lines that are kept, `maxChars` their sum in UTF-16 units. */
export function createOverflow({ maxKinds = 1_000, maxChars = 2 * 1024 * 1024 } = {}): Overflow {
  const kinds = new Map<number, Kept>()
  let chars = 0

  function addLine(line: string, times: number): boolean {
    const kind = kindOf(line)
    const known = kinds.get(kind)
    if (known !== undefined) {
      known.times += times
      return true
    }
    if (kinds.size >= maxKinds || line.length > longestLine || chars + line.length > maxChars) return false
    chars += line.length
    kinds.set(kind, { line, times })
    return true
  }

  return {
    size: () => kinds.size,
    add(lines) {
      let missed = 0
      let times = 1
      for (let start = 0; start < lines.length; ) {
        const newline = lines.indexOf('\n', start)
        const end = newline === -1 ? lines.length : newline + 1
        const line = lines.slice(start, end)
        const said = timesSaid(line)
        if (said === undefined && !addLine(line, times)) missed += times
        times = said ?? 1
        start = end
      }
      return missed
    },
    shift() {
      for (const [kind, kept] of kinds) {
        kinds.delete(kind)
        chars -= kept.line.length
        return kept
      }
      return undefined
    },
  }
}

/** A number for all lines that differ only in words with digits: 53 bits, so that two kinds do not meet. */
function kindOf(line: string): number {
  const end = Math.min(line.length, longestLook)
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  let [highBefore, lowBefore] = [high, low]
  let hasDigit = false
  for (let index = 0; index < end; index++) {
    const code = line.charCodeAt(index)
    if (isOfWord(code)) {
      hasDigit ||= code >= zero && code < zero + 10
    } else {
      // What the word said is taken back.
      if (hasDigit) [high, low] = [highBefore ^ zero, lowBefore ^ zero]
      hasDigit = false
    }
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
    if (!isOfWord(code)) [highBefore, lowBefore] = [high, low]
  }
  return (high & 0x1fffff) * 0x100000000 + (low >>> 0)
}

function isOfWord(code: number): boolean {
  return (
    (code >= zero && code < zero + 10) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === hyphen ||
    code === underscore
  )
}
