/**
 * Finds a hub that does nothing while lines wait for it: an endless loop of a channel module. It ends such a
 * hub; what it was doing is not repeated.
 */
import { announcedCount } from './wire.ts'

/** Why a hub was ended. */
export class WorkerStalled extends Error {}

/** A hub has ended because another one ended the thread that they share. */
export class ThreadLost extends Error {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : ''
    super(`another hub has ended its thread${reason}`, { cause })
  }
}

export interface Watchdog {
  /** Lines wait, from now on. */
  watch(): void
  stop(): void
}

export interface Watched {
  /** Whether lines wait still. */
  hasWork(): boolean
  /** Changes with whatever the hub does; `undefined` while it starts. */
  progress(): string | number | undefined
  onStall(error: WorkerStalled): void
}

const tickMs = 1_000
const stalledTicks = 5
/** Starting takes longer on a busy machine. */
const startTicks = 30

/**
 * The timer runs only while lines wait, and never keeps the process alive. It counts ticks and not the time:
 * an application that was itself stopped has seen none.
 */
export function createWatchdog({ hasWork, progress, onStall }: Watched): Watchdog {
  let timer: NodeJS.Timeout | undefined
  let last: string | number | undefined
  let still = 0

  function tick(): void {
    timer = undefined
    const now = progress()
    still = hasWork() && now === last ? still + 1 : 0
    last = now
    const most = now === undefined ? startTicks : stalledTicks
    if (still >= most) onStall(new WorkerStalled(`it did nothing for ${most} s while records waited`))
    else if (hasWork()) watch()
  }

  function watch(): void {
    timer ??= setTimeout(tick, tickMs).unref()
  }

  return {
    watch,
    stop() {
      clearTimeout(timer)
    },
  }
}

/**
 * Whole lines without the one with this number, counted from 1 as the hub counts them, and for how many it
 * stands.
 */
export function withoutLine(lines: string, number: number): { readonly rest: string; readonly left: number } {
  let seen = 0
  let times = 1
  let before = 0
  for (let start = 0; start < lines.length; ) {
    const newline = lines.indexOf('\n', start)
    const end = newline === -1 ? lines.length : newline + 1
    const line = lines.slice(start, end)
    const announced = announcedCount(line)
    if (announced !== undefined) times = announced
    else {
      if (line.trim() !== '' && ++seen === number)
        return { rest: lines.slice(0, before) + lines.slice(end), left: times }
      times = 1
      before = end
    }
    start = end
  }
  return { rest: lines, left: 0 }
}
