/**
 * The spool on disk: an append-only file that is rewritten when it has grown, under a lock that dies with the process. When
 * the disk fails, that is told once and the map goes on in memory; a full rewrite brings it back as soon as one succeeds.
 */
import { randomBytes } from 'node:crypto'
import { renameSync, unlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Clock, Timer } from '../time/clock.ts'
import { type Claimed, claimJournals, removeClaimed, stillThere } from './adopt.ts'
import { extension, foreignOwner, makeDirectory, reasonOf, syncDirectory } from './directory.ts'
import { changesLine, headerLine } from './journal-format.ts'
import type { Change, Journal, JournalEntries, JournalError } from './journal-types.ts'
import { type Lock, releasedBase, takeLock } from './lock.ts'
import { type OwnFile, openOwnFile } from './own-file.ts'
import { sweep } from './sweep.ts'

/** What a journal depends on. */
export interface JournalOptions {
  readonly directory: string
  readonly clock: Clock
  /** Everything that is in the map, the most important first: what the file is rewritten from. */
  readonly entries: () => Iterable<Change>
  readonly onError: (error: JournalError) => void
  /** The file never grows beyond this; the least important entries are left out. */
  readonly maxBytes?: number
}

const syncEveryMs = 1000
const retryEveryMs = 10_000
const leastCompactBytes = 1024 * 1024
/** A rewrite costs as much as the map is large: it pays when the file is mostly history. */
const compactAtGrowth = 4

/** Opens a journal in the directory; when that fails it begins in memory. Nothing in it throws or rejects. */
export function createJournal(options: JournalOptions): Journal {
  const { clock, entries, onError, maxBytes = 64 * 1024 * 1024 } = options
  const directory = resolve(options.directory)
  const reported = new Set<string>()
  let lock: Lock | undefined
  let own: OwnFile | undefined
  let claimed: readonly Claimed[] = []
  /** Journals that this one contains, and that may still be there. */
  let contains: readonly string[] = []
  let take: ((former: readonly JournalEntries[]) => void) | undefined
  let isAdopted = false
  let compactAt = leastCompactBytes
  let timer: Timer | undefined
  let syncQueued = false
  let isClosed = false

  function report(error: JournalError): void {
    if (reported.has(error.message) || isClosed) return
    reported.add(error.message)
    onError(error)
  }

  // ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Writes the whole map anew; on success the journal is on disk, whatever happened before. */
  function rewrite(): boolean {
    try {
      makeDirectory(directory)
      if (own !== undefined && !own.isInPlace()) releaseLock()
      lock ??= takeLock(directory, randomBytes(6).toString('hex'))
      const next = openOwnFile(`${lock.base}${extension}`, wholeLines())
      own?.close()
      own = next
      const owner = foreignOwner(directory)
      if (owner !== undefined) {
        const message = `The state directory ${directory} belongs to another user (${owner}), who can read and change it.`
        report({ code: 'ALERT_STATE_UNUSABLE', message })
      }
      syncDirectory(directory)
      compactAt = Math.min(Math.max(leastCompactBytes, compactAtGrowth * next.bytes()), maxBytes)
      removeClaimed(claimed)
      claimed = []
      return true
    } catch (error) {
      fail(error)
      return false
    }
  }

  function* wholeLines(): Generator<string> {
    contains = stillThere(directory, [...contains, ...claimed.flatMap((one) => one.contains)])
    const header = headerLine(clock.now(), contains)
    let bytes = header.length
    let leftOut = 0
    yield header
    for (const change of entries()) {
      const line = changesLine([change])
      if (line === undefined) continue
      bytes += Buffer.byteLength(line)
      if (bytes > maxBytes / 2) leftOut++
      else yield line
    }
    if (leftOut === 0) return
    const message = `The journal in ${directory} has reached its largest size; the oldest state is left out of it.`
    report({ code: 'ALERT_STATE_UNUSABLE', message })
  }

  function fail(error: unknown): void {
    own?.close()
    own = undefined
    const owner = foreignOwner(directory)
    const whose = owner === undefined ? '' : `, which belongs to another user (${owner}),`
    const message = `The state directory ${directory}${whose} cannot be used: ${reasonOf(error)}. Alerting goes on in memory.`
    report({ code: 'ALERT_STATE_UNUSABLE', message })
    scheduleCheck(retryEveryMs)
  }

  function releaseLock(): void {
    void lock?.release()
    lock = undefined
  }

  // ── now and then ──────────────────────────────────────────────────────────────────────────────────────────────

  function scheduleCheck(ms: number): void {
    if (isClosed) return
    timer ??= clock.after(ms, () => {
      timer = undefined
      if (own === undefined) void recover()
      else if (!own.isInPlace()) makeAgain()
      else if (own.bytes() > compactAt) rewrite()
      else own.syncSoon(fail)
    })
  }

  function makeAgain(): void {
    const message = `The state directory ${directory}, or the journal in it, was taken away; it is made again.`
    report({ code: 'ALERT_STATE_UNUSABLE', message })
    if (rewrite()) reportRecovered()
  }

  async function recover(): Promise<void> {
    if (!rewrite()) return
    reportRecovered()
    if (!isAdopted && take !== undefined) await adopt(take)
  }

  function reportRecovered(): void {
    reported.clear()
    report({ code: 'ALERT_STATE_RECOVERED', message: `The state directory ${directory} is in use again.` })
    reported.clear()
  }

  // ── what the dead left ────────────────────────────────────────────────────────────────────────────────────────

  async function adopt(into: (former: readonly JournalEntries[]) => void): Promise<void> {
    isAdopted = true
    let found: readonly Claimed[] = []
    try {
      found = lock === undefined ? [] : await claimJournals(directory, lock.base, report)
    } catch (error) {
      fail(error)
    }
    claimed = [...claimed, ...found]
    into(found.map(({ values }) => values))
    if (isClosed) return
    // Only once all of it is in our own file may theirs go.
    if (found.length > 0) rewrite()
    if (lock !== undefined) await sweep(directory, lock.base)
  }

  rewrite()

  return {
    write(changes, urgent = false) {
      if (isClosed || changes.length === 0 || own === undefined) return
      const line = changesLine(changes)
      if (line === undefined) return
      if (!own.append(line)) return fail(own.error())
      if (own.bytes() > maxBytes && !rewrite()) return
      scheduleCheck(syncEveryMs)
      if (!urgent || syncQueued) return
      syncQueued = true
      // After the lines that came with this one, and before the event loop turns.
      queueMicrotask(() => {
        syncQueued = false
        if (own !== undefined && !own.syncNow()) fail(own.error())
      })
    },
    async adopt(into) {
      take = into
      if (own === undefined) into([])
      else await adopt(into)
    },
    rewrite() {
      if (!isClosed && own !== undefined) rewrite()
    },
    removeAdopted() {
      if (claimed.length === 0) return
      removeClaimed(claimed)
      claimed = []
      // On a full disk that may be the room that was missing.
      if (!isClosed && own === undefined && rewrite()) reportRecovered()
    },
    stats: () => ({ place: own === undefined ? 'memory' : 'disk', bytes: own?.bytes() ?? 0 }),
    async close(forget) {
      if (isClosed) return
      isClosed = true
      timer?.cancel()
      own?.syncNow()
      own?.close()
      if (lock === undefined) return
      const path = `${lock.base}${extension}`
      try {
        if (forget && own !== undefined) unlinkSync(path)
        else if (!lock.isSeen) renameSync(path, `${releasedBase(lock.base)}${extension}`)
      } catch {
        // It stays, and the next start reads it.
      }
      own = undefined
      await lock.release()
    },
  }
}
