/**
 * Lines that wait for the worker: while it starts, while it is behind, while it is down. Bounded by count and size; the newest is refused
 * when it is full, because the first lines of a trouble say what it is.
 */

export interface Backlog {
  size(): number
  /** False when there is no room: the line is for the caller to count. */
  push(line: string | Buffer): boolean
  shift(): Buffer | undefined
}

/** `maxBytes` bounds the sum of all lines. */
export function createBacklog({ maxLines = 100_000, maxBytes = 32 * 1024 * 1024 } = {}): Backlog {
  let lines: (Buffer | undefined)[] = []
  let head = 0
  let bytes = 0

  return {
    size: () => lines.length - head,
    push(line) {
      if (lines.length - head >= maxLines || bytes + line.length > maxBytes) return false
      // A text put together from pieces takes several times its length, and holds on to what it was cut from.
      const own = typeof line === 'string' ? Buffer.from(line) : line
      lines.push(own)
      bytes += own.length
      return true
    },
    shift() {
      const line = lines[head]
      if (line === undefined) return undefined
      lines[head++] = undefined
      bytes -= line.length
      if (head === lines.length) {
        lines = []
        head = 0
      }
      return line
    },
  }
}
