/**
 * The state directory: created if it is missing, readable by its owner only, listed, and its errors as
 * sentences.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { codeOf } from '../errors/code-of.ts'
import { notRegular, readNow } from '../text/regular-file.ts'

export const extension = '.journal'
/** Extension of lines that could not be read. */
export const corruptExtension = '.corrupt'

const writableByOthers = 0o022

/**
 * Creates the directory, and closes our own to other writers; throws the file system's error, or a refusal:
 * others who may write there could forge alerts.
 */
export function makeDirectory(directory: string): void {
  create(resolve(directory))
  const self = process.getuid?.()
  if (self === undefined) return
  const { uid, mode } = statSync(directory)
  if (uid === self && (mode & writableByOthers) !== 0) chmodSync(directory, mode & 0o7777 & ~writableByOthers)
  accessSync(directory, constants.W_OK)
  // Root is warned: it may work on the volume of another user, whose files in it are refused one by one.
  if (self !== 0 && foreignOwner(directory) !== undefined) throw refusal('EFOREIGN')
}

/**
 * One folder after the other: Node's own way to make all of them says ENOENT of a file system that is
 * read-only, and never returns where none can be made, as in /proc.
 */
function create(directory: string): void {
  if (isDirectory(directory)) return
  const above = dirname(directory)
  if (above !== directory) create(above)
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    const code = codeOf(error)
    // Another process was faster.
    if (code === 'EEXIST' && isDirectory(directory)) return
    throw code === 'ENOENT' ? refusal('EABSENT') : error
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Neither waits for a pipe nor follows a link; both flags are absent on Windows. */
export const readFlags = readNow | (constants.O_NOFOLLOW ?? 0)

/** Throws unless it is a file that only this user, or root, may have written. */
export function refuseForeign(file: Stats): void {
  if (!file.isFile()) throw notRegular()
  const self = process.getuid?.()
  if (self === undefined) return
  if (file.uid !== self && file.uid !== 0) throw refusal('EFOREIGN')
  if ((file.mode & 0o002) !== 0) throw refusal('EOPEN')
}

function refusal(code: 'EABSENT' | 'EFOREIGN' | 'EOPEN'): Error {
  return Object.assign(new Error(code), { code })
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
  const code = codeOf(error) ?? ''
  return sentences[code] ?? (code === '' ? 'it cannot be used' : `it cannot be used (${code})`)
}

const sentences: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  EFOREIGN:
    'another user owns it, and could forge alerts; change its owner (chown), or choose another directory',
  EOPEN: 'every user may write it, and could forge alerts; make it writable by its owner only (chmod 600)',
  EABSENT: 'it cannot be created (ENOENT)',
  ENOTFILE: 'it is not a regular file',
  ELOOP: 'it is a link (ELOOP)',
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
