/**
 * The hub's end of every road: text comes in, lines go to the hub. A line that stands for others as well is announced by a line with their
 * number; no line of a logger looks like that, it is no JSON.
 */
import { abridge } from '../read/abridge.ts'
import { createLines, type Lines, type LongLine } from '../read/lines.ts'
import { maxLineChars } from './line-limit.ts'

const mark = 2

/** The line with its newline, and before it how many it stands for. */
export function asMany(line: string, times: number): string {
  return times === 1 ? line : `${String.fromCharCode(mark)}${times}\n${line}`
}

/** How many the next line stands for, where this one says so. */
export function timesSaid(line: string): number | undefined {
  return line.charCodeAt(0) === mark ? Number.parseInt(line.slice(1), 10) || 1 : undefined
}

/** How many lines whole lines stand for. */
export function countLines(lines: string): number {
  let count = timesSaid(lines) ?? 0
  if (count > 0) return count
  for (let end = lines.indexOf('\n'); end !== -1; end = lines.indexOf('\n', end + 1)) count++
  return count
}

/** What a hub takes, or who stands before it. */
export interface Intake {
  write(line: string, times?: number): void
  countFailure(failure: 'too-long'): void
}

/** Cuts what comes into lines for the hub. */
export function createIntake(hub: Intake): Lines {
  let times = 1

  function take(line: string): void {
    const said = timesSaid(line)
    if (said === undefined) hub.write(line, times)
    times = said ?? 1
  }

  function takeLong(line: LongLine): void {
    const short = abridge(line)
    if (short === undefined) hub.countFailure('too-long')
    else take(short)
  }

  return createLines(take, takeLong, maxLineChars)
}
