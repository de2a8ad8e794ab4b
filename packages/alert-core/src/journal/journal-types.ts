/**
 * The port for what has to survive the process: a small map from keys to plain JSON, of which the reader of the next
 * process is handed what was in it.
 */

/** A key gets a value; `undefined` takes the key out. */
export type Change = readonly [key: string, value: unknown]

/** What a former process left behind: the values that were in its map when it ended. */
export type JournalEntries = ReadonlyMap<string, unknown>

/** Something is wrong with the place where the state is kept, or right again. */
export interface JournalError {
  readonly code:
    | 'ALERT_STATE_UNUSABLE'
    | 'ALERT_STATE_DAMAGED'
    | 'ALERT_STATE_NEWER'
    | 'ALERT_STATE_RECOVERED'
  /** One sentence that names the place. */
  readonly message: string
}

/** Where the state is kept, and how much room it takes. */
export interface JournalStats {
  /** 'memory' while there is no directory that works. */
  readonly place: 'disk' | 'memory'
  readonly bytes: number
}

/** A place for the state. Nothing here throws or rejects. */
export interface Journal {
  /**
   * Notes changes, all or none of them. They survive a kill of the process as soon as this returns, and a loss of power
   * within a second, `urgent` ones before the event loop turns.
   */
  write(changes: readonly Change[], urgent?: boolean): void
  /** Writes the whole map anew, and takes what stood there off the disk. */
  rewrite(): void
  /**
   * Takes over what dead processes left, each of their files by exactly one process. `take` is handed the contents, and what
   * the map holds after it is on disk before this resolves.
   */
  adopt(take: (former: readonly JournalEntries[]) => void): Promise<void>
  /** All that was taken over is told: where it could not be written anew, its files go all the same, or every start would tell it again. */
  removeAdopted(): void
  stats(): JournalStats
  /** Lets go of the place; with `forget`, nothing is left behind. */
  close(forget: boolean): Promise<void>
}
