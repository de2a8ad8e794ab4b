/**
 * The one file that this process writes: written whole beside its place and then renamed into it, appended to
 * through sonic-boom. Each write reaches the kernel before it returns, so a kill of the process loses
 * nothing; the disk follows.
 */
import {
  closeSync,
  fstatSync,
  fsync,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import sonic from 'sonic-boom'

/** An open journal file. Its methods do not throw. */
export interface OwnFile {
  /** Appends a line; false if that failed: the file must not be used any more. */
  append(line: string): boolean
  /** Waits for the disk; false if that failed. */
  syncNow(): boolean
  /** Flushes to disk without waiting. */
  syncSoon(onError: (error: unknown) => void): void
  bytes(): number
  /** Whether the file still has its name: somebody may have removed the directory. */
  isInPlace(): boolean
  close(): void
  /** The first error. */
  error(): unknown
}

const pieceChars = 64 * 1024

/**
 * Writes a file of these lines, flushes it to disk and renames it into place; throws the file system's error.
 */
export function openOwnFile(path: string, lines: Iterable<string>): OwnFile {
  const unfinished = `${path}.new`
  const fd = openSync(unfinished, 'wx', 0o600)
  let bytes = 0
  try {
    for (const piece of pieces(lines)) bytes += writeWhole(fd, piece)
    fsyncSync(fd)
    renameSync(unfinished, path)
  } catch (error) {
    closeSync(fd)
    discard(unfinished)
    throw error
  }
  const { ino } = fstatSync(fd)
  let failure: unknown
  let isOpen = true
  const boom = new sonic.SonicBoom({ fd, sync: true })
  boom.on('error', (error: unknown) => {
    failure ??= error
  })

  return {
    append(line) {
      if (failure !== undefined || !isOpen) return false
      try {
        boom.write(line)
      } catch (error) {
        failure ??= error
      }
      bytes += Buffer.byteLength(line)
      return failure === undefined
    },
    syncNow() {
      if (!isOpen) return false
      try {
        fsyncSync(fd)
      } catch (error) {
        failure ??= error
      }
      return failure === undefined
    },
    syncSoon(onError) {
      if (!isOpen) return
      fsync(fd, (error) => {
        if (error && isOpen) onError(error)
      })
    },
    bytes: () => bytes,
    isInPlace() {
      try {
        return statSync(path).ino === ino
      } catch {
        return false
      }
    },
    close() {
      if (!isOpen) return
      isOpen = false
      boom.destroy()
    },
    error: () => failure,
  }
}

function* pieces(lines: Iterable<string>): Generator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < pieceChars) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function writeWhole(fd: number, text: string): number {
  const buffer = Buffer.from(text)
  for (let written = 0; written < buffer.length; ) written += writeSync(fd, buffer, written)
  return buffer.length
}

function discard(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was never created, or the directory was removed.
  }
}
