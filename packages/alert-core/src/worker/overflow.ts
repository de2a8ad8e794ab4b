/**
 * Lines on their way to the worker, and those that wait while it is behind or down. A backlog keeps the
 * first ones, because they say what the problem is. Beyond it the overflow keeps one line of each kind and
 * counts the others that differ only in their ids, so that a burst of any size is delivered with its full
 * count. Both are bounded; what fits into neither is dropped and counted.
 */
import type { AlertEvent } from '../model.ts'
import { shortenLine } from '../read/shorten-line.ts'
import type { Host } from './host.ts'
import { warnFull } from './warnings.ts'
import { announcedCount, maxLineChars, withCount } from './wire.ts'

/** Lines on their way to the host: passed on while it has room, else kept, counted, or dropped. */
export function createLineFlow(emit: (event: AlertEvent) => void) {
  const buffer = createLineBuffer()
  let hasRoom = false
  let dropped = 0
  let announced = 0
  let waiters: (() => void)[] = []

  /** False if the host did not take the lines. */
  function pass(host: Host | undefined, lines: string): boolean {
    const taken = host?.write(lines) ?? 'gone'
    hasRoom = taken === 'open'
    return taken !== 'gone'
  }

  function drop(lines: number): void {
    if (lines === 0) return
    dropped += lines
    warnFull()
  }

  function announce(): void {
    if (dropped === announced) return
    emit({ type: 'dropped', reason: 'queue-limit', count: dropped - announced, at: Date.now() })
    announced = dropped
  }

  return {
    size: buffer.size,
    dropped: () => dropped,
    pass,
    write(host: Host | undefined, lines: string): void {
      if (hasRoom && buffer.size() === 0 && pass(host, lines)) return
      drop(buffer.push(lines))
    },
    /** The host is open, or has room again. */
    pump(host: Host): void {
      hasRoom = true
      while (hasRoom) {
        const lines = buffer.shift()
        if (lines === undefined) break
        if (!pass(host, lines)) drop(buffer.unshift(lines))
      }
      if (buffer.size() > 0) return
      for (const resolve of waiters) resolve()
      waiters = []
      announce()
    },
    putBack(unread: readonly string[]): void {
      hasRoom = false
      for (const lines of unread.toReversed()) drop(buffer.unshift(lines))
    },
    /** Resolves when no line is kept. */
    allTaken(): Promise<void> {
      if (buffer.size() === 0) return Promise.resolve()
      return new Promise((resolve) => waiters.push(resolve))
    },
    /** Returns how many texts the host did not take. */
    passAll(host: Host | undefined): number {
      let unread = 0
      for (let lines = buffer.shift(); lines !== undefined; lines = buffer.shift())
        if (!pass(host, lines)) unread++
      return unread
    },
  }
}

interface LineBuffer {
  size(): number
  /** Returns how many lines could not be kept, not even as a number. */
  push(lines: string): number
  /** Puts lines back before all others. Returns how many could not be kept. */
  unshift(lines: string): number
  shift(): string | undefined
}

/** Backlog and overflow, one behind the other. */
function createLineBuffer(): LineBuffer {
  const backlog = createBacklog()
  const overflow = createOverflow()

  /** One line may be longer than all the room there is; the reader would shorten it as well. */
  function addShort(lines: string, add: Backlog['push']): number {
    if (lines.length <= maxLineChars || !backlog.hasRoom(longestShort)) return overflow.add(lines)
    const short = shortLines(lines)
    return add(short) ? 0 : overflow.add(short)
  }

  return {
    size: () => backlog.size() + overflow.size(),
    // Once lines are counted, a later one must not overtake them.
    push(lines) {
      if (overflow.size() > 0) return overflow.add(lines)
      return backlog.push(lines) ? 0 : addShort(lines, backlog.push)
    },
    unshift: (lines) => (backlog.unshift(lines) ? 0 : addShort(lines, backlog.unshift)),
    shift() {
      const lines = backlog.shift()
      if (lines !== undefined) return lines
      const counted = overflow.shift()
      return counted && withCount(counted.line, counted.times)
    },
  }
}

/** About as long is what remains of a line of any length. */
const longestShort = 600_000

/** Whole lines, those above the longest that is read shortened. */
function shortLines(lines: string): string {
  let short = ''
  for (let start = 0; start < lines.length; ) {
    const newline = lines.indexOf('\n', start)
    const end = newline === -1 ? lines.length : newline + 1
    const line = lines.slice(start, end)
    // The reader counts what is not JSON.
    short += line.length > maxLineChars ? `${shortenLine(line) ?? '-'}\n` : line
    start = end
  }
  return short
}

interface Backlog {
  size(): number
  hasRoom(chars: number): boolean
  /** False if there is no room. */
  push(lines: string): boolean
  unshift(lines: string): boolean
  shift(): string | undefined
}

/** `maxChars` bounds the sum of all lines, in UTF-16 units. */
export function createBacklog({ maxLines = 50_000, maxChars = 8 * 1024 * 1024 } = {}): Backlog {
  let entries: string[] = []
  let head = 0
  let chars = 0

  const hasRoom = (more: number) => entries.length - head < maxLines && chars + more <= maxChars

  return {
    size: () => entries.length - head,
    hasRoom,
    push(lines) {
      if (!hasRoom(lines.length)) return false
      entries.push(lines)
      chars += lines.length
      return true
    },
    unshift(lines) {
      if (!hasRoom(lines.length)) return false
      if (head > 0) entries[--head] = lines
      else entries.unshift(lines)
      chars += lines.length
      return true
    },
    shift() {
      const lines = entries[head]
      if (lines === undefined) return undefined
      entries[head++] = ''
      chars -= lines.length
      if (head === entries.length) {
        entries = []
        head = 0
      }
      return lines
    },
  }
}

interface Overflow {
  /** Returns how many of these whole lines could not be kept, each as often as it stands for others. */
  add(lines: string): number
  size(): number
  shift(): { readonly line: string; readonly times: number } | undefined
}

interface Kept {
  readonly line: string
  times: number
}

const longestLine = 16_384
/** The start of a line, with its stack, says which problem it is. */
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
        const announced = announcedCount(line)
        if (announced === undefined && !addLine(line, times)) missed += times
        times = announced ?? 1
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

/**
 * A number for all lines that differ only in words with digits: 53 bits, so that two kinds do not share one.
 */
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
      // A word with a digit counts as one fixed word.
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
