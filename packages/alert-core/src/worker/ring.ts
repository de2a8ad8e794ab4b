/**
 * Text that crosses to another thread through shared memory. Waking a thread costs the one that writes more
 * than the text does, so the reader of a ring stays awake for a moment after each text and polls; meanwhile
 * it need not be woken. A ring is bounded and never waits: what does not fit takes another way.
 */

/** Indexes of the numbers at the start of the ring's memory; positions in it count bytes and wrap around. */
const written = 0
const taken = 1
const awake = 2
const headBytes = 16
/** Before each text: its bytes and its UTF-16 units. */
const entryBytes = 8
const endMark = -1

/** The memory of one. */
export type Ring = Uint8Array<SharedArrayBuffer>

/** Rings lie side by side in memory of this size: a large piece costs nothing until it is used. */
const sheetBytes = 1024 * 1024
let sheet: SharedArrayBuffer | undefined
let sheetUsed = 0

/** `bytes` is a power of two. */
export function createRing(bytes = 32 * 1024): Ring {
  const size = headBytes + bytes
  if (sheet === undefined || sheetUsed + size > sheetBytes) {
    sheet = new SharedArrayBuffer(Math.max(sheetBytes, size))
    sheetUsed = 0
  }
  const ring = new Uint8Array(sheet, sheetUsed, size)
  sheetUsed += size
  return ring
}

function viewsOf({ buffer, byteOffset, byteLength }: Ring) {
  return {
    numbers: new Int32Array(buffer, byteOffset, headBytes / Int32Array.BYTES_PER_ELEMENT),
    lengths: new Int32Array(buffer, byteOffset + headBytes, (byteLength - headBytes) >> 2),
    bytes: Buffer.from(buffer, byteOffset + headBytes, byteLength - headBytes),
  }
}

/** Entries start at multiples of their head, so that one mark always fits in before the end. */
const padded = (bytes: number) => (bytes + entryBytes - 1) & -entryBytes

export interface RingWriter {
  /** False if there is no room for it. */
  write(text: string): boolean
  /** Whether the reader comes by itself; ask after a write, else it may miss that. */
  isAwake(): boolean
}

/** One ring has one writer. */
export function createRingWriter(ring: Ring): RingWriter {
  const { numbers, lengths, bytes } = viewsOf(ring)
  const size = bytes.length
  let position = Atomics.load(numbers, written)

  return {
    write(text) {
      // UTF-8 takes at most three bytes for a unit.
      const most = padded(entryBytes + text.length * 3)
      let at = position & (size - 1)
      const skipped = at + most > size ? size - at : 0
      const used = (position - Atomics.load(numbers, taken)) | 0
      if (used + skipped + most > size) return false
      if (skipped > 0) {
        lengths[at >> 2] = endMark
        at = 0
      }
      let length = bytes.write(text, at + entryBytes, 'utf8')
      // Not ASCII: reading UTF-8 from shared memory is slow, and loses half a surrogate pair.
      if (length !== text.length) length = bytes.write(text, at + entryBytes, 'utf16le')
      lengths[at >> 2] = length
      lengths[(at >> 2) + 1] = text.length
      position = (position + skipped + padded(entryBytes + length)) | 0
      Atomics.store(numbers, written, position)
      return true
    },
    isAwake: () => Atomics.load(numbers, awake) === 1,
  }
}

export interface RingReader {
  /** Passes on what has been written by now, text by text. */
  takeAll(take: (text: string) => void): boolean
  /** Says whether this side comes by itself. */
  setAwake(isAwake: boolean): void
}

/** One ring has one reader. */
export function createRingReader(ring: Ring): RingReader {
  const { numbers, lengths, bytes } = viewsOf(ring)
  const size = bytes.length
  let position = Atomics.load(numbers, taken)

  function next(): string | undefined {
    const at = position & (size - 1)
    const length = lengths[at >> 2]!
    if (length === endMark) {
      position = (position + size - at) | 0
      return undefined
    }
    const start = at + entryBytes
    const isAscii = length === lengths[(at >> 2) + 1]
    const text = bytes.toString(isAscii ? 'latin1' : 'utf16le', start, start + length)
    position = (position + padded(entryBytes + length)) | 0
    return text
  }

  return {
    takeAll(take) {
      // Not what is written meanwhile: the event loop of this side must turn.
      const end = Atomics.load(numbers, written)
      if (position === end) return false
      while (position !== end) {
        const text = next()
        Atomics.store(numbers, taken, position)
        if (text !== undefined) take(text)
      }
      return true
    },
    setAwake: (isAwake) => void Atomics.store(numbers, awake, Number(isAwake)),
  }
}

/** So long after a text the next one is waited for, and so often the ring is looked at. */
const awakeMs = 12
const pollMs = 2

interface RingPolling {
  /** Takes what is in the ring. */
  takeAll(): void
  /** A text came another way. After the second one in a moment it pays to stay awake. */
  expectMore(): void
}

/** Takes from the ring while awake. Asleep there is no timer. */
export function createRingPolling(reader: RingReader, take: (text: string) => void): RingPolling {
  let timer: NodeJS.Timeout | undefined
  let lastAt = Number.NEGATIVE_INFINITY

  const isRecent = () => performance.now() - lastAt < awakeMs

  function takeAll(): void {
    if (reader.takeAll(take)) lastAt = performance.now()
  }

  function poll(): void {
    takeAll()
    if (!isRecent()) sleep()
  }

  function sleep(): void {
    clearInterval(timer)
    timer = undefined
    reader.setAwake(false)
    // Written before the other side could see that.
    takeAll()
  }

  return {
    takeAll,
    expectMore() {
      if (timer === undefined && isRecent()) {
        timer = setInterval(poll, pollMs)
        reader.setAwake(true)
      }
      lastAt = performance.now()
    },
  }
}
