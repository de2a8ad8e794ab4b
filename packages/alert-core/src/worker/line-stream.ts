/**
 * The Writable that pino's worker writes to: cuts the text into lines and never says that it has had enough.
 */
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createIntake, type Intake } from './intake.ts'

/** Where the lines go; none of these throws. */
export interface LineSink extends Intake {
  flush(): Promise<unknown>
  end(): Promise<unknown>
}

export interface LineStream extends Writable {
  /** pino's `logger.flush(callback)` ends here, after every line before it has been read. */
  flush(): Promise<unknown>
  /** Resolves when no further line comes: what was in pino's buffer by now has then been read. */
  allRead(): Promise<void>
}

/** A question from the other thread waits until no line came for this long, and for so many rounds at most. */
const quietMs = 10
const maxQuietRounds = 100

export function createLineStream(sink: LineSink): LineStream {
  const lines = createIntake(sink)
  let chunks = 0

  async function allRead(): Promise<void> {
    for (let rounds = 0; rounds < maxQuietRounds; rounds++) {
      const before = chunks
      await sleep(quietMs)
      if (chunks === before) return
    }
  }

  const stream = new Writable({
    decodeStrings: false,
    // Whatever comes is taken at once: pino's worker need never wait for us.
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(chunk: string | Buffer, _encoding, done) {
      chunks++
      lines.write(typeof chunk === 'string' ? chunk : chunk.toString('utf8'))
      done()
    },
    final(done) {
      lines.end()
      sink.end().then(
        () => done(),
        () => done(),
      )
    },
  })
  return Object.assign(stream, { flush: () => sink.flush(), allRead })
}
