/**
 * Cuts a stream of text chunks into lines without copying more than the line that a chunk boundary splits. A
 * line longer than the bound is shortened while it comes in, so memory stays flat.
 */
import { createShortener, type Shortener } from './shorten-line.ts'

export interface Lines {
  write(chunk: string): void
  /** The last line may lack its newline. */
  end(): void
}

/**
 * `maxChars` bounds one line, in UTF-16 units; `onTooLong` gets a longer one shortened, `undefined` for what
 * is not JSON.
 */
export function createLines(
  onLine: (line: string) => void,
  onTooLong: (line: string | undefined) => void,
  maxChars: number,
): Lines {
  let carried = ''
  let long: Shortener | undefined

  function take(line: string): void {
    if (line.length > maxChars) finish(line)
    else if (line.length > 0) onLine(line)
  }

  function shorten(part: string): void {
    long ??= createShortener()
    long.write(part)
  }

  function finish(rest: string): void {
    if (long === undefined && carried.length + rest.length <= maxChars) take(carried + rest)
    else {
      if (carried !== '') shorten(carried)
      shorten(rest)
      onTooLong(long?.end())
    }
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
        long.write(rest)
        return
      }
      carried += rest
      if (carried.length <= maxChars) return
      shorten(carried)
      carried = ''
    },
    end: () => finish(''),
  }
}
