/**
 * Reads the journal of a dead process: lines that cannot be read are returned separately. It reads in pieces
 * and lets the event loop turn between them, so that a large file blocks nothing.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { readFlags, refuseForeign } from './directory.ts'
import { containedIn, journalVersion, readChanges, versionOf } from './journal-format.ts'
import type { Change } from './journal-types.ts'
import { createUnreadLines, type UnreadLines } from './unread-lines.ts'

const pieceBytes = 256 * 1024
/** No line that we write is nearly as long; a longer one is damaged and is not kept in memory. */
const maxLineBytes = 32 * 1024 * 1024
/** Of a header, which names the journals that it contains. */
const maxHeaderBytes = 64 * 1024
const maxDamageBytes = 1024 * 1024
const maxUnreadBytes = 8 * 1024 * 1024
const newline = 10

/** The contents of one file. */
export interface Contents {
  readonly values: Map<string, unknown>
  /** Lines that could not be read, at most 1 MB of them. */
  readonly damaged: readonly string[]
  /** The file ends in the middle of a line: a kill may interrupt a write at the end of any page. */
  readonly isTorn: boolean
  /** The file had no lines. */
  readonly empty: boolean
  /** The journals that this one contains. */
  readonly contains: readonly string[]
}

/** Rejects with the file system's error, or if another user could have written the file. */
async function openJournal(path: string): Promise<FileHandle> {
  const file = await open(path, readFlags)
  try {
    refuseForeign(await file.stat())
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The header of a journal. Rejects with the file system's error. */
export async function readHeader(path: string): Promise<string> {
  const file = await openJournal(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxHeaderBytes), 0, maxHeaderBytes, 0)
    return buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? ''
  } finally {
    await file.close()
  }
}

/** Reads a journal to its end; rejects with the file system's error. */
export async function readJournal(path: string): Promise<Contents> {
  // A damaged line replaces no other.
  return (await readLatest(path, createUnreadLines())) ?? (await readLatest(path))!
}

/** What it has under keys that begin so, without parsing the rest; rejects with the file system's error. */
export async function readKeys(path: string, prefix: string): Promise<ReadonlyMap<string, unknown>> {
  const values = new Map<string, unknown>()
  const start = Buffer.from(`["${prefix}`)
  const file = await openJournal(path)
  try {
    for await (const lines of linesOf(file)) {
      const marked = lines.flatMap(({ line }) => (line?.includes(start) ? line.toString('utf8') : []))
      const changes = marked.flatMap((line) => readChanges(line) ?? [])
      apply(
        values,
        changes.filter(([key]) => key.startsWith(prefix)),
      )
    }
  } finally {
    await file.close()
  }
  return values
}

/** Without reading lines that later ones replace; `undefined` if one of those later ones is damaged. */
async function readLatest(path: string, unread?: UnreadLines): Promise<Contents | undefined> {
  const values = new Map<string, unknown>()
  const damaged: string[] = []
  let damagedBytes = 0
  let number = 0
  let isTorn = false
  let contains: readonly string[] = []

  function take(bytes: Buffer | undefined, isWhole: boolean): void {
    number++
    const key = bytes && number > 1 ? unread?.keep(bytes) : undefined
    if (key !== undefined) {
      // Its place in the order is that of its first line.
      if (!values.has(key)) values.set(key, undefined)
      return
    }
    const line = bytes?.toString('utf8')
    if (number === 1) contains = containedIn(line ?? '')
    const changes = line === undefined ? undefined : readChanges(line)
    if (changes !== undefined) apply(values, changes, unread)
    else if (line !== undefined && !isWhole) isTorn = true
    else if (number > 1 || line === undefined || versionOf(line) !== journalVersion) {
      const kept = line?.slice(0, maxDamageBytes - damagedBytes) ?? ''
      damagedBytes += kept.length
      damaged.push(kept)
    }
  }

  /** False if one of them is damaged. */
  async function readUnread(): Promise<boolean> {
    let chars = 0
    for (const [key, line] of unread?.takeAll() ?? []) {
      const changes = readChanges(line)
      if (changes?.length !== 1 || changes[0]![0] !== key) return false
      apply(values, changes)
      chars += line.length
      if (chars < pieceBytes) continue
      chars = 0
      await turn()
    }
    return true
  }

  const file = await openJournal(path)
  try {
    for await (const lines of linesOf(file)) {
      for (const { line, isWhole } of lines) take(line, isWhole)
      if ((unread?.bytes() ?? 0) > maxUnreadBytes && !(await readUnread())) return undefined
    }
  } finally {
    await file.close()
  }
  return (await readUnread()) ? { values, damaged, isTorn, empty: number === 0, contains } : undefined
}

function apply(values: Map<string, unknown>, changes: readonly Change[], unread?: UnreadLines): void {
  for (const [key, value] of changes) {
    unread?.drop(key)
    if (value === undefined) values.delete(key)
    else values.set(key, value)
  }
}

interface Line {
  /** Without its line break, valid until the next piece is read; undefined if it is too long. */
  readonly line: Buffer | undefined
  /** Only the last one of a file may have no line break. */
  readonly isWhole: boolean
}

/** The lines that end in each piece of the file. */
async function* linesOf(file: FileHandle): AsyncGenerator<Line[]> {
  const piece = Buffer.alloc(pieceBytes)
  let rest: Buffer[] = []
  let restBytes = 0
  const takeRest = (end: Buffer) => {
    if (restBytes === 0) return end
    const line = restBytes > maxLineBytes ? undefined : Buffer.concat([...rest, end])
    rest = []
    restBytes = 0
    return line
  }
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, pieceBytes)
    if (bytesRead === 0) break
    const lines: Line[] = []
    let start = 0
    for (;;) {
      const end = piece.subarray(0, bytesRead).indexOf(newline, start)
      if (end === -1) break
      lines.push({ line: takeRest(piece.subarray(start, end)), isWhole: true })
      start = end + 1
    }
    yield lines
    const left = bytesRead - start
    restBytes += left
    if (left > 0 && restBytes <= maxLineBytes) rest.push(Buffer.from(piece.subarray(start, bytesRead)))
    await turn()
  }
  if (restBytes > 0) yield [{ line: takeRest(Buffer.alloc(0)), isWhole: false }]
}
