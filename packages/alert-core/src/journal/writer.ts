/**
 * Writes this process's own journal: appends changes, and rewrites the file from the whole map when it has
 * grown, when it was removed, or when the disk works again after a failure. While the disk fails, nothing is
 * written.
 */
import { randomBytes } from 'node:crypto'
import { renameSync, unlinkSync } from 'node:fs'
import type { Clock, Timer } from '../time/clock.ts'
import { extension, foreignOwner, makeDirectory, reasonOf, syncDirectory } from './directory.ts'
import { changesLine, headerLine } from './journal-format.ts'
import type { Change, JournalError, JournalStats } from './journal-types.ts'
import { type Lock, releasedBase, takeLock } from './lock.ts'
import { type OwnFile, openOwnFile } from './own-file.ts'

export interface WriterOptions {
  readonly directory: string
  readonly clock: Clock
  /** Everything in the map, the most important first. */
  readonly entries: () => Iterable<Change>
  /** The file never grows beyond this; the least important entries are left out. */
  readonly maxBytes: number
  /** The process in its fleet. */
  readonly writer?: (() => string) | undefined
  /** False if another process has adopted the file. */
  readonly mayWrite?: (() => boolean) | undefined
  /** Other journals whose entries are in the map. */
  readonly contained: () => readonly string[]
  /** The whole map is on disk. */
  readonly onRewritten: () => void
  /** The disk works again after a failure. */
  readonly onRecovered: () => void
  readonly onError: (error: JournalError) => void
}

/** The file that this process writes. Nothing here throws. */
export interface Writer {
  write(changes: readonly Change[], urgent: boolean): void
  /** Writes the whole map again; false if the disk fails. */
  rewrite(): boolean
  /** If the disk has failed: tries it again now. */
  retry(): void
  /** Leaves the file to the process that adopts it, or removes it, and begins another one. */
  restart(isRemoved: boolean): void
  /** Reports that the directory cannot be used, and tries again later. */
  fail(error: unknown): void
  /** The journal's path without its extension; absent while the disk fails from the start. */
  base(): string | undefined
  stats(): JournalStats
  close(forget: boolean): Promise<void>
}

const syncEveryMs = 1000
const retryEveryMs = 10_000
const leastCompactBytes = 1024 * 1024
/** A rewrite costs as much as the map is large: it pays when the file is mostly history. */
const compactAtGrowth = 4

/** Opens the file; if that fails, it tries again later. */
export function createWriter(options: WriterOptions): Writer {
  const { directory, clock, maxBytes, onError, mayWrite = () => true } = options
  let lock: Lock | undefined
  let file: OwnFile | undefined
  let compactAt = leastCompactBytes
  let timer: Timer | undefined
  let isSyncQueued = false
  let hasFailed = false
  let isClosed = false

  function replaceFile(): void {
    makeDirectory(directory)
    if (file !== undefined && !file.isInPlace()) {
      void lock?.release()
      lock = undefined
    }
    lock ??= takeLock(directory, randomBytes(6).toString('hex'))
    const next = openOwnFile(`${lock.base}${extension}`, wholeLines(options))
    file?.close()
    file = next
    warnOfForeignOwner(options)
    syncDirectory(directory)
    compactAt = Math.min(Math.max(leastCompactBytes, compactAtGrowth * next.bytes()), maxBytes)
    options.onRewritten()
  }

  function rewrite(isForced = false): boolean {
    if (isClosed || (!isForced && !mayWrite())) return false
    try {
      replaceFile()
      if (hasFailed) options.onRecovered()
      hasFailed = false
      return true
    } catch (error) {
      fail(error)
      return false
    }
  }

  function restart(isRemoved: boolean): void {
    if (isClosed) return
    const [former, isWritten] = [lock, file !== undefined]
    file?.close()
    ;[file, lock] = [undefined, undefined]
    // What replaces the file is there before it goes.
    rewrite(true)
    if (former !== undefined && isWritten) releaseFile(former, isRemoved)
    void former?.release()
  }

  function fail(error: unknown): void {
    file?.close()
    file = undefined
    hasFailed = true
    onError({ code: 'ALERT_STATE_UNUSABLE', message: failureMessage(directory, error) })
    checkAfter(retryEveryMs)
  }

  function checkAfter(ms: number): void {
    if (isClosed) return
    timer ??= clock.after(ms, () => {
      timer = undefined
      if (!mayWrite()) {
        if (file === undefined) checkAfter(retryEveryMs)
      } else if (file === undefined) rewrite()
      else if (!file.isInPlace()) restoreRemoved()
      else if (file.bytes() > compactAt) rewrite()
      else file.syncSoon(fail)
    })
  }

  function restoreRemoved(): void {
    const message = `The state directory ${directory}, or the journal in it, was removed; it is created again.`
    onError({ code: 'ALERT_STATE_UNUSABLE', message })
    hasFailed = true
    rewrite()
  }

  function syncSoon(): void {
    if (isSyncQueued) return
    isSyncQueued = true
    // After the lines that came with this one, and before the event loop turns.
    queueMicrotask(() => {
      isSyncQueued = false
      if (file !== undefined && !file.syncNow()) fail(file.error())
    })
  }

  rewrite()

  return {
    rewrite: () => rewrite(),
    retry: () => void (file === undefined && rewrite()),
    restart,
    fail,
    write(changes, urgent) {
      if (isClosed || changes.length === 0 || file === undefined) return
      const line = changesLine(changes)
      if (line === undefined) return
      if (!file.append(line)) return fail(file.error())
      if (file.bytes() > maxBytes && !rewrite()) return
      checkAfter(syncEveryMs)
      if (urgent) syncSoon()
    },
    base: () => lock?.base,
    stats: () => ({ place: file === undefined ? 'memory' : 'disk', bytes: file?.bytes() ?? 0 }),
    async close(forget) {
      if (isClosed) return
      isClosed = true
      timer?.cancel()
      file?.syncNow()
      file?.close()
      if (lock === undefined) return
      releaseFile(lock, forget && file !== undefined)
      file = undefined
      await lock.release()
    },
  }
}

function failureMessage(directory: string, error: unknown): string {
  const owner = foreignOwner(directory)
  const whose = owner === undefined ? '' : `, which belongs to another user (${owner}),`
  return `The state directory ${directory}${whose} cannot be used: ${reasonOf(error)}. Alerting continues in memory.`
}

/** The header and the whole map, the most important first, until the file would be too large. */
function* wholeLines(options: WriterOptions): Generator<string> {
  const { directory, clock, entries, contained, maxBytes, writer, onError } = options
  const header = headerLine(clock.now(), contained(), writer?.())
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
  onError({ code: 'ALERT_STATE_UNUSABLE', message })
}

function warnOfForeignOwner({ directory, onError }: WriterOptions): void {
  const owner = foreignOwner(directory)
  if (owner === undefined) return
  const message = `The state directory ${directory} belongs to another user (${owner}), who can read and change it.`
  onError({ code: 'ALERT_STATE_UNUSABLE', message })
}

/** Removes the file, or gives it a name by which other processes see that its own has ended. */
function releaseFile({ base, isVisible }: Lock, isRemoved: boolean): void {
  const path = `${base}${extension}`
  try {
    if (isRemoved) unlinkSync(path)
    else if (!isVisible) renameSync(path, `${releasedBase(base)}${extension}`)
  } catch {
    // It stays, and the next start reads it.
  }
}
