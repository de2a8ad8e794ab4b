/**
 * The hub's end of every road: text comes in, lines go to the hub. A line that stands for others as well is announced by a line with their
 * number; no line of a logger looks like that, it is no JSON.
 */
import type { Hub } from '../hub.ts'
import { createLines, type Lines } from '../inspect/lines.ts'
import { maxLineChars } from './line-limit.ts'

const mark = 2

/** The line with its newline, and before it how many it stands for. */
export function asMany(line: string, times: number): string {
  return times === 1 ? line : `${String.fromCharCode(mark)}${times}\n${line}`
}

/** Cuts what comes into lines for the hub. */
export function createIntake(hub: Pick<Hub, 'write' | 'miss'>): Lines {
  let times = 1

  function take(line: string): void {
    if (line.charCodeAt(0) === mark) {
      times = Number(line.slice(1)) || 1
      return
    }
    hub.write(line, times)
    times = 1
  }

  return createLines(take, () => hub.miss('too-long'), maxLineChars)
}
