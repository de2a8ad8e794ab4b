/**
 * The stream that pino's worker writes to: it never makes pino wait, and bounds the length of a line.
 */
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLines, type Lines } from '../read/lines.ts'
import { maxLineChars, pieceChars } from './wire.ts'

/** What the stream needs of its target beside the lines. */
export interface LineTarget {
  /** False for a line that is not needed. */
  wants(line: string): boolean
  countTooLong(): void
  flush(): Promise<unknown>
}

/** A request from the other thread waits until no line came for this long, and for so many rounds at most. */
const quietMs = 10
const maxQuietRounds = 100

interface LineStream extends Writable {
  /** pino's `logger.flush(callback)` ends here, after every line before it has been read. */
  flush(): Promise<unknown>
  /** Resolves when no further line comes: what was in pino's buffer by now has then been read. */
  allRead(): Promise<void>
}

/**
 * What pino's worker writes to: takes everything at once, and passes whole lines of a bounded length on to
 * `inner`. It leaves out those that are not needed, which most are: `split2` takes longer for each of them
 * than a look at it takes.
 */
export function createLineStream(inner: Writable, target: LineTarget): LineStream {
  const lines = createLineLimit((text) => {
    const wanted = wantedLines(text, target)
    if (wanted !== '') inner.write(wanted)
  }, target.countTooLong)
  let chunks = 0
  // Nothing is known that would raise one, but without a listener it would end the worker.
  inner.on('error', () => {})

  async function allRead(): Promise<void> {
    for (let rounds = 0; rounds < maxQuietRounds; rounds++) {
      const before = chunks
      await sleep(quietMs)
      if (chunks === before) return
    }
  }

  const stream = new Writable({
    decodeStrings: false,
    // pino's worker need not wait for us.
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(chunk: string | Buffer, _encoding, done) {
      chunks++
      lines.write(typeof chunk === 'string' ? chunk : chunk.toString('utf8'))
      done()
    },
    final(done) {
      lines.end()
      inner.once('close', done)
      inner.end()
    },
  })
  return Object.assign(stream, { flush: () => target.flush(), allRead })
}

/** The lines of `text` that the target wants; all of them are whole. */
function wantedLines(text: string, { wants }: Pick<LineTarget, 'wants'>): string {
  let wanted = ''
  /** From here on each line is wanted, until now. */
  let from = 0
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    const next = end + 1
    if (!wants(text.slice(start, end))) {
      if (from < start) wanted += text.slice(from, start)
      from = next
    }
    start = next
  }
  return from === 0 ? text : wanted + text.slice(from)
}

/**
 * Passes text on in whole lines; a line that is too long is shortened or counted: `split2` would keep all of
 * it.
 */
function createLineLimit(pass: (lines: string) => void, countTooLong: () => void): Lines {
  const single = createLines(
    (line) => pass(`${line}\n`),
    (short) => {
      if (short === undefined) countTooLong()
      else pass(`${short}\n`)
    },
    maxLineChars,
  )
  let isInLine = false

  /** Returns where the next line starts; the length if the chunk ends first. */
  function passSingle(chunk: string, start: number): number {
    const newline = chunk.indexOf('\n', start)
    const end = newline === -1 ? chunk.length : newline + 1
    single.write(chunk.slice(start, end))
    isInLine = newline === -1
    return end
  }

  /** Behind whole lines that are surely not too long; `start` or less if there are none. */
  function endOfPiece(chunk: string, start: number): number {
    const end = chunk.lastIndexOf('\n', start + pieceChars) + 1
    if (end > start) return end
    const newline = chunk.indexOf('\n', start)
    return newline - start > maxLineChars ? start : newline + 1
  }

  return {
    write(chunk) {
      let start = isInLine ? passSingle(chunk, 0) : 0
      while (start < chunk.length) {
        const end = endOfPiece(chunk, start)
        if (end > start) pass(start === 0 && end === chunk.length ? chunk : chunk.slice(start, end))
        start = end > start ? end : passSingle(chunk, start)
      }
    },
    end: single.end,
  }
}
