/**
 * When and how what changed reaches the journal. While something is counted that is not saved, everything is
 * written in one line, or nothing: after a kill each number of another process is in the state with all that
 * it stands for, or is submitted again.
 */
import type { Fleet } from '../fleet/fleet-types.ts'
import type { Change, Journal } from '../journal/journal-types.ts'
import { changesOfAll, type WholeState } from './whole-state.ts'

export interface SavingOptions {
  readonly whole: WholeState
  readonly fleet: Pick<Fleet, 'mayAct' | 'prepareSave' | 'noteSaved' | 'hasUnsaved'>
  readonly pace: { stop(): void; note(): void }
  readonly journal: () => Journal
}

export interface Saving {
  write(changes: readonly Change[], isUrgent?: boolean): void
  /** Writes what a critical record changed; in a flood of them that waits for the next sync. */
  writeCritical(changes: () => readonly Change[]): void
  /** Writes everything; `isLast`: also what a crash may lose. */
  sync(isLast?: boolean): void
  /** What is written in these calls is written as one, after them. */
  asOne(work: () => void): void
}

interface Write {
  readonly changes: readonly Change[]
  readonly isUrgent: boolean
}

/** In a flood of critical records the counts are within a second. */
const mostAtOnce = 100

export function createSaving({ whole, fleet, pace, journal }: SavingOptions): Saving {
  /** What is to be written as one. */
  let waiting: Write[] | undefined
  /** Critical records that were written since the last sync. */
  let writtenAtOnce = 0

  function write(changes: readonly Change[], isUrgent = false): void {
    if (waiting !== undefined) waiting.push({ changes, isUrgent })
    else if (whole.members.hasUnsaved() || fleet.hasUnsaved()) writeAll({ changes, isUrgent })
    else if (fleet.mayAct?.() !== false) journal().write(changes, isUrgent)
  }

  function writeAll(first: Write, isLast = false): void {
    pace.stop()
    if (fleet.mayAct?.() === false) return
    fleet.prepareSave?.()
    const changes = [...first.changes, ...changesOfAll(whole, isLast)]
    writtenAtOnce = 0
    pace.note()
    journal().write(changes, first.isUrgent)
    fleet.noteSaved()
  }

  return {
    write,
    writeCritical(changes) {
      if (writtenAtOnce >= mostAtOnce) return
      writtenAtOnce++
      // It outlives the process; the disk is waited for when a channel is to be notified.
      write(changes())
    },
    sync(isLast) {
      if (waiting === undefined) writeAll({ changes: [], isUrgent: false }, isLast)
      else write([])
    },
    asOne(work) {
      const writes: Write[] = []
      waiting = writes
      try {
        work()
      } finally {
        waiting = undefined
        const changes = writes.flatMap((one) => one.changes)
        if (writes.length > 0) writeAll({ changes, isUrgent: writes.some(({ isUrgent }) => isUrgent) })
      }
    },
  }
}
