/**
 * The journal of a hub whose state is in Redis: changes wait here until the process that notifies has
 * written them there, together with what it counted.
 */

export type StateChange = readonly [key: string, value: unknown]

/** What is written at once. */
export interface StateChanges {
  /** All there is: what else is in Redis goes. */
  readonly isWhole: boolean
  readonly values: ReadonlyMap<string, unknown>
}

export interface RedisJournalOptions {
  /** The whole state. */
  readonly entries: () => Iterable<StateChange>
  readonly onRewritten: () => void
}

type Take = (
  former: readonly ReadonlyMap<string, unknown>[],
  living: readonly ReadonlyMap<string, unknown>[],
  byMs: number,
) => void

export interface RedisJournal {
  write(changes: readonly StateChange[], urgent?: boolean): void
  rewrite(): void
  retry(): void
  adopt(take: Take): Promise<void>
  restart(isRemoved: boolean): void
  removeAdopted(): void
  stats(): { readonly place: 'disk' | 'memory'; readonly bytes: number }
  close(forget: boolean): Promise<void>
}

/** What the process knows of its journal. */
export interface JournalKeeper {
  /** Makes it; a hub has one. */
  open(options: RedisJournalOptions): RedisJournal
  /** Calls this after changes. */
  onChange(listener: () => void): void
  /** Before the whole state is written. */
  beforeWhole(prepare: () => void): void
  /** Before the end: resolves when all is written, or cannot be. */
  onClose(work: () => Promise<void>): void
  /** What `adopt` takes: the state that is in Redis. By this clock its moments are `byMs` later. */
  former(entries: ReadonlyMap<string, unknown> | undefined, byMs: number): void
  /** Adds to the state what another process, or an earlier time of this one, left. */
  takeIn(entries: ReadonlyMap<string, unknown>, byMs: number): void
  rewrite(): void
  whole(): readonly StateChange[]
  hasChanges(): boolean
  take(): StateChanges
  /** It was not written: it is still to be. */
  putBack(changes: StateChanges): void
  /** Whether changes wait here: only in the process that notifies. */
  accept(accepts: boolean): void
  /** Whether what was written is in Redis. */
  setKept(isKept: boolean): void
}

export function createJournalKeeper(): JournalKeeper {
  let options: RedisJournalOptions | undefined
  let values = new Map<string, unknown>()
  let isWhole = false
  let isKept = false
  let isAccepted = false
  let changed = () => {}
  let prepare = () => {}
  let finish = async () => {}
  let former: ReadonlyMap<string, unknown> | undefined
  let formerByMs = 0
  let into: Take | undefined

  function rewrite(): void {
    if (options === undefined || !isAccepted) return
    prepare()
    values = new Map(options.entries())
    isWhole = true
    options.onRewritten()
    changed()
  }

  return {
    open(given) {
      options = given
      return {
        write(changes) {
          if (!isAccepted) return
          for (const [key, value] of changes) values.set(key, value)
          if (changes.length > 0) changed()
        },
        rewrite,
        retry() {},
        async adopt(take) {
          into = take
          const found = former
          former = undefined
          take(found === undefined ? [] : [found], [], formerByMs)
          rewrite()
        },
        restart() {
          values = new Map()
          isWhole = false
        },
        removeAdopted() {},
        stats: () => ({ place: isKept ? 'disk' : 'memory', bytes: 0 }),
        close: () => finish(),
      }
    },
    onChange(listener) {
      changed = listener
    },
    beforeWhole(work) {
      prepare = work
    },
    onClose(work) {
      finish = work
    },
    former(entries, byMs) {
      former = entries
      formerByMs = byMs
    },
    takeIn: (entries, byMs) => into?.([entries], [], byMs),
    rewrite,
    whole: () => [...(options?.entries() ?? [])],
    hasChanges: () => isWhole || values.size > 0,
    take() {
      const taken = { isWhole, values }
      values = new Map()
      isWhole = false
      return taken
    },
    putBack(older) {
      if (isWhole) return
      values = new Map([...older.values, ...values])
      isWhole = older.isWhole
    },
    accept(accepts) {
      isAccepted = accepts
      if (accepts) return
      values = new Map()
      isWhole = false
    },
    setKept(kept) {
      isKept = kept
    },
  }
}
