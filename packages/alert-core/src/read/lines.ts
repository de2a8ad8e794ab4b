/**
 * Cuts a stream of text chunks into lines without copying more than the line that a chunk boundary splits. Of
 * a line longer than the bound only its first and last characters are kept, so memory stays flat.
 */

export interface Lines {
  write(chunk: string): void
  /** The last line may lack its newline. */
  end(): void
}

/** What is kept of a line that is too long. */
export interface LongLine {
  readonly head: string
  readonly tail: string
  /** Of the whole line, in UTF-16 units. */
  readonly chars: number
}

/**
 * Shorter slices are copied by the engine; longer ones would keep the whole text alive that they were cut
 * from.
 */
const leastSlice = 13
const headChars = 1_000
const tailChars = 10_000

/** `maxChars` bounds one line, in UTF-16 units; `onTooLong` is called once for each longer one. */
export function createLines(
  onLine: (line: string) => void,
  onTooLong: (line: LongLine) => void,
  maxChars: number,
): Lines {
  let carried = ''
  let long: LongLine | undefined

  function take(line: string): void {
    if (line.length > maxChars) onTooLong(endsOf(line))
    else if (line.length > 0) onLine(line)
  }

  function finish(rest: string): void {
    if (long === undefined) take(carried + rest)
    else onTooLong(longer(long, rest))
    carried = ''
    long = undefined
  }

  return {
    write(chunk) {
      let start = 0
      let end = chunk.indexOf('\n')
      if (end !== -1 && (long !== undefined || carried !== '')) {
        finish(chunk.slice(0, end))
        start = end + 1
        end = chunk.indexOf('\n', start)
      }
      while (end !== -1) {
        take(chunk.slice(start, end))
        start = end + 1
        end = chunk.indexOf('\n', start)
      }
      if (start === chunk.length) return
      const rest = start === 0 ? chunk : chunk.slice(start)
      if (long !== undefined) {
        long = longer(long, rest)
        return
      }
      carried += rest
      if (carried.length <= maxChars) return
      long = endsOf(carried)
      carried = ''
    },
    end: () => finish(''),
  }
}

function endsOf(line: string): LongLine {
  const [head, tail] = [line.slice(0, headChars), line.slice(-tailChars)]
  return { head: unsliced(head), tail: unsliced(tail), chars: line.length }
}

function longer({ head, tail, chars }: LongLine, more: string): LongLine {
  return {
    head: head.length < headChars ? unsliced((head + more).slice(0, headChars)) : head,
    tail: unsliced((tail + more).slice(-tailChars)),
    chars: chars + more.length,
  }
}

function unsliced(text: string): string {
  return text.length < leastSlice ? text : ` ${text}`.slice(1)
}
