/**
 * The journal on disk: this process's own append-only file under a lock that ends with the process, and the
 * files of dead processes, which are adopted. If the disk fails, that is reported once and the map is kept in
 * memory; one successful rewrite brings it back.
 */

import { existsSync, rmSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../time/clock.ts'
import { type Claimed, claimJournals, readOthers, removeClaimed, stillPresent } from './adopt.ts'
import { extension, listUnfinished, unfinishedLease } from './directory.ts'
import type { Change, Journal, JournalEntries, JournalError, Take } from './journal-types.ts'
import { isLocked, lockExtension } from './lock.ts'
import { createWriter } from './writer.ts'

export interface JournalOptions {
  readonly directory: string
  readonly clock: Clock
  /** Everything in the map, the most important first: the file is rewritten from it. */
  readonly entries: () => Iterable<Change>
  readonly onError: (error: JournalError) => void
  /** The file never grows beyond this; the least important entries are left out. */
  readonly maxBytes?: number
  /** The process in its fleet. */
  readonly writer?: () => string
  /** How the keys begin that other processes read in this journal while it is written. */
  readonly publicKeys?: string
  /** Asked before the file is written again: false if another process has adopted it. */
  readonly mayWrite?: (() => boolean) | undefined
  /** The whole map is on disk. */
  readonly onRewritten?: () => void
}

/** Opens a journal in the directory; if that fails it starts in memory. Nothing in it throws or rejects. */
export function createJournal(options: JournalOptions): Journal {
  const { clock, entries, onError, publicKeys, maxBytes = 64 * 1024 * 1024 } = options
  const directory = resolve(options.directory)
  const reported = new Set<string>()
  /** Adopted files that are not part of our own file yet. */
  let claimed: readonly Claimed[] = []
  /** Journals whose entries our file contains and whose files may still exist. */
  let contains: readonly string[] = []
  let take: Take | undefined
  /** One adoption at a time: two would take what one of them has claimed. */
  let adopting: Promise<void> = Promise.resolve()
  /** Rises when another process takes over: what was to be adopted until then is that one's. */
  let lives = 0
  let isAdopted = false
  let isClosed = false

  const writer = createWriter({
    directory,
    clock,
    entries,
    maxBytes,
    writer: options.writer,
    mayWrite: options.mayWrite,
    contained() {
      contains = stillPresent(directory, [...contains, ...claimed.flatMap((one) => one.contains)])
      return contains
    },
    onRewritten() {
      removeClaimedFiles()
      options.onRewritten?.()
    },
    onRecovered() {
      reported.clear()
      report({ code: 'ALERT_STATE_RECOVERED', message: `The state directory ${directory} is in use again.` })
      reported.clear()
      if (!isAdopted && take !== undefined) void adoptOthers(take)
    },
    onError: report,
  })

  function report(error: JournalError): void {
    if (reported.has(error.message) || isClosed) return
    reported.add(error.message)
    onError(error)
  }

  function removeClaimedFiles(): void {
    removeClaimed(claimed)
    claimed = []
  }

  function adoptOthers(into: Take, deposed?: string): Promise<void> {
    isAdopted = true
    const life = lives
    adopting = adopting.then(() => adoptNow(into, () => life !== lives, deposed))
    return adopting
  }

  async function adoptNow(into: Take, isOver: () => boolean, deposed?: string): Promise<void> {
    const base = isOver() ? undefined : writer.base()
    let found: readonly Claimed[] = []
    let living: readonly JournalEntries[] = []
    try {
      const known = new Set(claimed.map(({ path }) => path))
      found = base === undefined ? [] : await claimJournals(directory, base, report, { known, deposed })
      if (base !== undefined && publicKeys !== undefined)
        living = await readOthers(directory, base, publicKeys)
    } catch (error) {
      writer.fail(error)
    }
    // Claimed in the name of a lock that was released: another process claims it again.
    if (isOver() || isClosed) found = []
    claimed = [...claimed, ...found]
    into(
      found.map(({ values }) => values),
      living,
    )
    if (isClosed) return
    // Their files may go only once all of it is in our own.
    if (found.length > 0) writer.rewrite()
    const own = writer.base()
    if (own !== undefined) await sweep(directory, own)
  }

  const isOnDisk = () => writer.stats().place === 'disk'

  return {
    write: (changes, urgent = false) => writer.write(changes, urgent),
    rewrite() {
      if (isOnDisk()) writer.rewrite()
    },
    retry: writer.retry,
    async adopt(into, deposed) {
      take = into
      // A full disk does not hinder it: files are renamed and read, and what they take becomes free.
      if (writer.base() !== undefined) await adoptOthers(into, deposed)
      else into([], [])
    },
    restart(isRemoved) {
      const base = writer.base()
      lives++
      claimed = []
      // Killed in between, its old file is not counted as well.
      contains = isRemoved && base !== undefined ? [basename(base)] : []
      writer.restart(isRemoved)
    },
    removeAdopted() {
      if (claimed.length === 0) return
      removeClaimedFiles()
      // On a full disk that may be the space that was missing.
      if (!isClosed && !isOnDisk()) writer.rewrite()
    },
    stats: writer.stats,
    async close(forget) {
      isClosed = true
      await writer.close(forget)
    },
  }
}

/**
 * A starting process may need so long between the two steps that create its lock: the socket exists but does
 * not answer yet.
 */
const startupMs = 100

/**
 * Removes what processes left that died while they created or released their journal: locks without a
 * process, and files that were not renamed into place. Journals, and what belongs to living processes, stay.
 * Never rejects.
 */
async function sweep(directory: string, own: string): Promise<void> {
  try {
    const unheld = await unheldOf(listUnfinished(directory).filter((base) => base !== own))
    if (unheld.length === 0) return
    await sleep(startupMs)
    for (const base of await unheldOf(unheld)) {
      rmSync(`${base}${extension}.new`, { force: true })
      rmSync(`${base}${unfinishedLease}`, { force: true })
      rmSync(`${base}${lockExtension}`, { force: true })
    }
  } catch {
    // They do no harm; a later start tries again.
  }
}

/** Those without a living process and without a journal: a journal is adopted together with its lock. */
async function unheldOf(bases: readonly string[]): Promise<string[]> {
  const left: string[] = []
  for (const base of bases) {
    if (!existsSync(`${base}${extension}`) && !(await isLocked(base))) left.push(base)
  }
  return left
}
