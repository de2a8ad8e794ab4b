/**
 * Lines of a journal that set a single key, not read until it is known that no later one replaces them: an
 * alert that continues is written again and again.
 */

const start = Buffer.from('[["')
const end = Buffer.from(']]')
/** Only then the line may have a second change. */
const next = Buffer.from('],["')
const quote = 0x22
const comma = 0x2c
const backslash = 0x5c

/** Kept by their keys, the one of each key that came last. */
export interface UnreadLines {
  /** Keeps a copy of the line, in place of one with the same key. Returns its key if it has a single one. */
  keep(line: Buffer): string | undefined
  /** What was read about the key comes after the line. */
  drop(key: string): void
  /** All that are kept, to be read now. */
  takeAll(): Iterable<readonly [key: string, line: string]>
  /** How much is kept. */
  bytes(): number
}

export function createUnreadLines(): UnreadLines {
  const lines = new Map<string, { bytes: Buffer; length: number }>()
  let total = 0

  return {
    keep(line) {
      const key = singleKeyOf(line)
      if (key === undefined) return undefined
      const known = lines.get(key)
      total += line.length - (known?.length ?? 0)
      if (known === undefined) lines.set(key, { bytes: Buffer.from(line), length: line.length })
      else {
        // In the same memory, which is allocated once for a hundred lines about an alert.
        if (known.bytes.length < line.length) known.bytes = Buffer.from(line)
        else line.copy(known.bytes)
        known.length = line.length
      }
      return key
    },
    drop(key) {
      total -= lines.get(key)?.length ?? 0
      lines.delete(key)
    },
    *takeAll() {
      for (const [key, { bytes, length }] of lines) yield [key, bytes.toString('utf8', 0, length)]
      lines.clear()
      total = 0
    },
    bytes: () => total,
  }
}

/** By the look of the line: whether it is damaged is not known. */
function singleKeyOf(line: Buffer): string | undefined {
  if (!isAt(line, start, 0) || !isAt(line, end, line.length - end.length)) return undefined
  const keyEnd = line.indexOf(quote, start.length)
  if (keyEnd === -1 || line[keyEnd + 1] !== comma || line.indexOf(next, keyEnd) !== -1) return undefined
  const key = line.subarray(start.length, keyEnd)
  return key.includes(backslash) ? undefined : key.toString('utf8')
}

function isAt(line: Buffer, part: Buffer, at: number): boolean {
  for (let index = 0; index < part.length; index++) if (line[at + index] !== part[index]) return false
  return true
}
