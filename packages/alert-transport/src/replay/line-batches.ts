/**
 * Lines of one source, or of several in the order of their times.
 */

import { lineTime } from './line-time.ts'
import { createLineReader, type LineReader } from './log-line.ts'
import type { Source } from './log-source.ts'

const maxLineChars = 1024 * 1024

/** Batches of lines, so that an `await` is paid for a piece of the file and not for each line. */
export async function* batchesOf(source: Source): AsyncGenerator<string[]> {
  const read = createLineReader()
  let rest = ''
  for await (const chunk of source.chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    // A file without line ends is not a log; a line longer than the bound is skipped.
    if (rest.length > maxLineChars) rest = ''
    if (lines.length > 0) yield readAll(lines, read)
  }
  if (rest !== '') yield readAll([rest], read)
}

function readAll(lines: readonly string[], read: LineReader): string[] {
  return lines.flatMap((line) => read(line) ?? [])
}

interface Cursor {
  readonly batches: AsyncGenerator<string[]>
  batch: string[]
  index: number
  /** Of the line under the cursor, epoch ms; a line without a time goes with the one before it. */
  time: number
}

const mergedBatch = 4_096

/** All lines of several sources in time order, as far as each is in order itself. */
export async function* mergedBatches(sources: readonly Source[]): AsyncGenerator<string[]> {
  const cursors: Cursor[] = []
  for (const source of sources) {
    const cursor: Cursor = { batches: batchesOf(source), batch: [], index: -1, time: 0 }
    if (await advance(cursor)) cursors.push(cursor)
  }
  let out: string[] = []
  while (cursors.length > 0) {
    let earliest = cursors[0]!
    for (const cursor of cursors) if (cursor.time < earliest.time) earliest = cursor
    out.push(earliest.batch[earliest.index]!)
    if (!(await advance(earliest))) cursors.splice(cursors.indexOf(earliest), 1)
    if (out.length < mergedBatch) continue
    yield out
    out = []
  }
  if (out.length > 0) yield out
}

function advance(cursor: Cursor): boolean | Promise<boolean> {
  cursor.index++
  const line = cursor.batch[cursor.index]
  if (line === undefined) return nextBatch(cursor)
  cursor.time = lineTime(line) ?? cursor.time
  return true
}

async function nextBatch(cursor: Cursor): Promise<boolean> {
  const { value, done } = await cursor.batches.next()
  if (done) return false
  cursor.batch = value
  cursor.index = -1
  return advance(cursor)
}
