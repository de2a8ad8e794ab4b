/**
 * Lines that wait: while the worker is behind, while it is down. Bounded by count and size; the newest are refused when it is full, because
 * the first lines of a trouble say what it is.
 */

export interface Backlog {
  size(): number
  /** False when there is no room: the lines are for the caller to count. */
  push(lines: string): boolean
  /** Puts back what was taken out, or comes back unread, before all others. */
  unshift(lines: string): boolean
  shift(): string | undefined
}

/** `maxChars` bounds the sum of all, in UTF-16 units. */
export function createBacklog({ maxLines = 50_000, maxChars = 8 * 1024 * 1024 } = {}): Backlog {
  let entries: string[] = []
  let head = 0
  let chars = 0

  const isFull = (lines: string) => entries.length - head >= maxLines || chars + lines.length > maxChars

  return {
    size: () => entries.length - head,
    push(lines) {
      if (isFull(lines)) return false
      entries.push(lines)
      chars += lines.length
      return true
    },
    unshift(lines) {
      if (isFull(lines)) return false
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
