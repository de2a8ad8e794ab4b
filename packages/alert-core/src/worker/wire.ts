/**
 * What crosses to a hub and back as text: the logger's own lines, and beside them lines that begin with a
 * mark of ours, which no line of a logger does, because it is not JSON. One mark announces that the next line
 * stands for many, the other a message as JSON.
 */
import { createLines, type Lines } from '../read/lines.ts'
import { parseJson } from '../text/parse-json.ts'

/** Longest line that is read, in UTF-16 units. */
export const maxLineChars = 1024 * 1024
/**
 * About so much text is passed on at once, in UTF-16 units. For a text of more than 64 KiB, and for its
 * bytes, the engine asks the kernel for memory, which takes ten times as long as writing and reading it.
 */
export const pieceChars = 32 * 1024

const messageMark = '\u0001'
const countMark = 2

/** A message as a line. */
export function toFrame(message: object): string {
  return `${messageMark}${JSON.stringify(message)}\n`
}

/** The message of a line; `undefined` for a line of the logger. */
export function fromFrame<Message>(line: string): Message | undefined {
  if (!line.startsWith(messageMark)) return undefined
  // The process that wrote it may have ended in the middle.
  return parseJson(line.slice(messageMark.length)) as Message | undefined
}

/** The line with its newline, and before it how many lines it stands for. */
export function withCount(line: string, times: number): string {
  return times === 1 ? line : `${String.fromCharCode(countMark)}${times}\n${line}`
}

/** How many lines the next one stands for, if this one announces it. */
export function announcedCount(line: string): number | undefined {
  return line.charCodeAt(0) === countMark ? Number.parseInt(line.slice(1), 10) || 1 : undefined
}

/** How many lines whole lines stand for. */
export function countLines(lines: string): number {
  let count = announcedCount(lines) ?? 0
  if (count > 0) return count
  for (let end = lines.indexOf('\n'); end !== -1; end = lines.indexOf('\n', end + 1)) count++
  return count
}

/** Takes whole lines: a hub, or a stage before it. */
export interface LineTaker {
  write(line: string, times?: number): void
  countFailure(failure: 'too-long'): void
}

/** Cuts text into lines for the hub; a line that is too long is shortened, or counted. */
export function createLineReader(hub: LineTaker): Lines {
  let times = 1

  function take(line: string): void {
    const announced = announcedCount(line)
    if (announced === undefined) hub.write(line, times)
    times = announced ?? 1
  }

  function takeLong(line: string | undefined): void {
    if (line === undefined) hub.countFailure('too-long')
    else take(line)
  }

  return createLines(take, takeLong, maxLineChars)
}
