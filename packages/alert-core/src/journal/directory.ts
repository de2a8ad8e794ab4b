/**
 * The state directory: created if it is missing, readable by its owner only, listed, and its errors as
 * sentences.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Extension of journals. */
export const extension = '.journal'
/** Extension of lines that could not be read. */
export const corruptExtension = '.corrupt'

/** Creates the directory; throws the file system's error. */
export function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
}

/** The user id of the directory's owner, if that is another user. */
export function foreignOwner(directory: string): number | undefined {
  const self = process.getuid?.()
  try {
    const { uid } = statSync(directory)
    // A mounted volume belongs to root, who could read everything anyway.
    return self === undefined || uid === self || uid === 0 ? undefined : uid
  } catch {
    return undefined
  }
}

/** The bases (paths without extension) of all journals in the directory, sorted by name. */
export function listJournals(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(directory, name.slice(0, -extension.length)))
}

/** Extension of a fleet's lease that is not in place yet. */
export const unfinishedLease = '.lease.new'

/** The bases of all locks, and of all journals and leases that were not completed. */
export function listUnfinished(directory: string): readonly string[] {
  const names = readdirSync(directory).flatMap((name) => unfinished.exec(name)?.[1] ?? [])
  return [...new Set(names)].map((name) => join(directory, name))
}

const unfinished = /^(.+)\.(?:lock|journal\.new|lease\.new)$/

/** Makes renames and new files in the directory survive a loss of power, if the system can. */
export function syncDirectory(directory: string): void {
  try {
    const fd = openSync(directory, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    // Windows cannot, and some file systems refuse.
  }
}

/** A file system's error as a phrase. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return sentences[code] ?? (code === '' ? 'it cannot be used' : `it cannot be used (${code})`)
}

const sentences: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  EACCES: 'this process may not write there (EACCES)',
  EPERM: 'this process may not write there (EPERM)',
  EROFS: 'the file system is read-only (EROFS)',
  ENOSPC: 'the disk is full (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  EFBIG: 'the file has reached the size that this process may write (EFBIG)',
  EEXIST: 'a file has its name (EEXIST)',
  ENOTDIR: 'a file stands where a directory should be (ENOTDIR)',
  ENOENT: 'it was removed (ENOENT)',
  EMFILE: 'this process has too many files open (EMFILE)',
  ENFILE: 'the machine has too many files open (ENFILE)',
  EIO: 'the disk fails (EIO)',
})
