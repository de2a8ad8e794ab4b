/**
 * The state directory: made where it is missing, listed, and put into words when it cannot be used. Only the owner may
 * look into it.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Extension of journals. */
export const extension = '.journal'
/** Extension of what could not be read of one. */
export const corruptExtension = '.corrupt'

/** Makes the directory, and checks that it is one; throws the file system's error. */
export function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
}

/** The id of the other user to whom the directory belongs, where it can be seen and belongs to one. */
export function foreignOwner(directory: string): number | undefined {
  const self = process.getuid?.()
  try {
    const { uid } = statSync(directory)
    // What belongs to root is handed out by who runs the machine: a mounted volume does.
    return self === undefined || uid === self || uid === 0 ? undefined : uid
  } catch {
    return undefined
  }
}

/** The bases (paths without extension) of all journals in the directory, the oldest name first. */
export function listJournals(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(directory, name.slice(0, -extension.length)))
}

/** The bases of all locks, and of all journals that were not finished. */
export function listUnfinished(directory: string): readonly string[] {
  const names = readdirSync(directory).flatMap((name) => unfinished.exec(name)?.[1] ?? [])
  return [...new Set(names)].map((name) => join(directory, name))
}

const unfinished = /^(.+)\.(?:lock|journal\.new)$/

/** Makes renames and new files in the directory survive a loss of power, where the system can do that. */
export function syncDirectory(directory: string): void {
  try {
    const fd = openSync(directory, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    // Windows cannot, and some file systems will not.
  }
}

/** A file system's error in words that name no more than the place. */
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
  EEXIST: 'there is a file in its place (EEXIST)',
  ENOTDIR: 'a file stands where a directory should be (ENOTDIR)',
  ENOENT: 'it has vanished (ENOENT)',
  EMFILE: 'this process has too many files open (EMFILE)',
  ENFILE: 'the machine has too many files open (ENFILE)',
  EIO: 'the disk fails (EIO)',
})
