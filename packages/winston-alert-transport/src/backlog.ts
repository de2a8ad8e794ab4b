/**
 * Lines that wait for the worker: while it starts, while it is behind, while it is down. Bounded by count and size; the newest is refused
 * when it is full, because the first lines of a trouble say what it is.
 */

export interface Backlog {
  size(): number
  /** False when there is no room: the line is for the caller to count. */
  push(line: string): boolean
  shift(): string | undefined
}

/** `maxChars` bounds the sum of all lines, in UTF-16 units. */
export function createBacklog({ maxLines = 50_000, maxChars = 32 * 1024 * 1024 } = {}): Backlog {
  let lines: string[] = []
  let head = 0
  let chars = 0

  return {
    size: () => lines.length - head,
    push(line) {
      if (lines.length - head >= maxLines || chars + line.length > maxChars) return false
      lines.push(line)
      chars += line.length
      return true
    },
    shift() {
      const line = lines[head]
      if (line === undefined) return undefined
      lines[head++] = ''
      chars -= line.length
      if (head === lines.length) {
        lines = []
        head = 0
      }
      return line
    },
  }
}
