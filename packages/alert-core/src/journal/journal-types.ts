/**
 * The port to whatever keeps the state: a small map from keys to plain JSON. The next process reads what was
 * in it.
 */

/** A key gets a value; `undefined` removes the key. */
export type Change = readonly [key: string, value: unknown]

/** The map of a process that ended, as it was at its end. */
export type JournalEntries = ReadonlyMap<string, unknown>

/**
 * `living`: what processes that run have under the keys that the others read too. `byMs`: how much later the
 * moments of `former` are by this clock, if another host wrote them.
 */
export type Take = (
  former: readonly JournalEntries[],
  living: readonly JournalEntries[],
  byMs?: number,
) => void

/** A problem with the state directory, or the news that it works again. */
export interface JournalError {
  readonly code:
    | 'ALERT_STATE_UNUSABLE'
    | 'ALERT_STATE_DAMAGED'
    | 'ALERT_STATE_NEWER'
    | 'ALERT_STATE_RECOVERED'
  /** One sentence that names the directory. */
  readonly message: string
}

/** Where the state is kept, and its size. */
export interface JournalStats {
  /** 'memory' while the directory cannot be used. */
  readonly place: 'disk' | 'memory'
  readonly bytes: number
}

/** Keeps the state. Nothing here throws or rejects. */
export interface Journal {
  /**
   * Writes changes, all or none of them. They survive a kill of the process as soon as this returns, and a
   * loss of power within a second; `urgent` ones before the event loop turns.
   */
  write(changes: readonly Change[], urgent?: boolean): void
  /** Writes the whole map again, and removes what was written before from the disk. */
  rewrite(): void
  /** If the disk has failed: tries it again now. */
  retry(): void
  /**
   * Adopts what dead processes left, each file in exactly one process. `take` gets their entries; what the
   * map holds after it is on disk before this resolves. What the writer `deposed` wrote is adopted too,
   * though its process may still run.
   */
  adopt(take: Take, deposed?: string): Promise<void>
  /** Begins another file. The present one belongs to the process that adopts it, or is removed. */
  restart(isRemoved: boolean): void
  /**
   * Removes adopted files that could not be rewritten: all in them was delivered, and no start may send it
   * again.
   */
  removeAdopted(): void
  stats(): JournalStats
  /** Releases the directory; with `forget`, leaves no file. */
  close(forget: boolean): Promise<void>
}
