/**
 * Cuts a stream of text chunks into lines without copying more than the line that a chunk boundary splits. A line longer than the bound is
 * skipped up to its end, so memory stays flat whatever comes in.
 */

export interface Lines {
  write(chunk: string): void
  /** The last line may lack its newline. */
  end(): void
}

/** `maxChars` bounds one line, in UTF-16 units; `onTooLong` is called once for each longer one. */
export function createLines(onLine: (line: string) => void, onTooLong: () => void, maxChars: number): Lines {
  let carried = ''
  let skipping = false

  function take(line: string): void {
    if (line.length > maxChars) onTooLong()
    else if (line.length > 0) onLine(line)
  }

  return {
    write(chunk) {
      let start = 0
      let end = chunk.indexOf('\n')
      if (end !== -1 && (skipping || carried !== '')) {
        if (skipping) skipping = false
        else take(carried + chunk.slice(0, end))
        carried = ''
        start = end + 1
        end = chunk.indexOf('\n', start)
      }
      while (end !== -1) {
        take(chunk.slice(start, end))
        start = end + 1
        end = chunk.indexOf('\n', start)
      }
      if (skipping || start === chunk.length) return
      carried += start === 0 ? chunk : chunk.slice(start)
      if (carried.length <= maxChars) return
      carried = ''
      skipping = true
      onTooLong()
    },
    end() {
      if (!skipping) take(carried)
      carried = ''
    },
  }
}
