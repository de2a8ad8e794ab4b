/**
 * Files on a network drive, or on any other file system that a program serves: if the other side is gone, a
 * call waits without end, on a thread that nothing can interrupt, and the exit of the process waits for it.
 * Only Linux says which they are.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '../errors/code-of.ts'

interface Mount {
  readonly point: string
  readonly isNetwork: boolean
}

const networkType =
  /^(?:nfs\d?|cifs|smb\d?|smbfs|fuse|fuse\..+|9p|ceph|afs|lustre|gpfs|beegfs|orangefs|coda|autofs)$/
const mostLinks = 40
const fileAnswerMs = 3_000
const directoryAnswerMs = 5_000
/** A file that did not answer is not waited for again so soon. */
const silentMs = 60_000
const silentUntil = new Map<string, number>()

/**
 * Whether the path is on such a drive, or a link on the way leads there. Touches nothing on the drive.
 * `table` is the system's, /proc/self/mountinfo.
 */
export function isOnNetworkDrive(path: string, table = readTable()): boolean {
  const mounts = readMounts(table)
  return mounts.some(({ isNetwork }) => isNetwork) && leadsThere(resolve(path), mounts, mostLinks)
}

function leadsThere(path: string, mounts: readonly Mount[], links: number): boolean {
  const names = path.split('/').slice(1)
  let at = '/'
  for (const [index, name] of names.entries()) {
    at = join(at, name)
    if (mountOf(at, mounts)?.isNetwork === true) return true
    const link = readLink(at)
    if (link === undefined) continue
    const target = resolve(dirname(at), link, ...names.slice(index + 1))
    return links > 0 && leadsThere(target, mounts, links - 1)
  }
  return false
}

function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined
  for (const mount of mounts) {
    const isAbove = path === mount.point || path.startsWith(join(mount.point, '/'))
    // Of two at one place, the later one covers the other.
    if (isAbove && mount.point.length >= (found?.point.length ?? 0)) found = mount
  }
  return found
}

function readTable(): string {
  if (process.platform !== 'linux') return ''
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
function readMounts(table: string): readonly Mount[] {
  return table.split('\n').flatMap((line) => {
    const [place = '', type = ''] = line.split(' - ')
    const written = place.split(' ')[4]
    if (written === undefined) return []
    const point = written.replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    // The application itself lives on the root: if that is gone, nothing runs any more.
    return [{ point, isNetwork: point !== '/' && networkType.test(type.split(' ', 1)[0]!) }]
  })
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/**
 * Throws an error with the code ESILENT for a file on a network drive that does not answer soon: another
 * program tries to read it. Does nothing for other files.
 */
export function refuseSilent(file: string): void {
  if (!isOnNetworkDrive(file)) return
  if (performance.now() >= (silentUntil.get(file) ?? 0) && isRead(file)) return
  silentUntil.set(file, performance.now() + silentMs)
  throw Object.assign(new Error('its file system does not answer'), { code: 'ESILENT' })
}

/** True also if no other program may be started. */
function isRead(file: string): boolean {
  try {
    const { error } = process.getBuiltinModule('node:child_process').spawnSync('cat', ['--', file], {
      stdio: 'ignore',
      timeout: fileAnswerMs,
      killSignal: 'SIGKILL',
    })
    return codeOf(error) !== 'ETIMEDOUT'
  } catch {
    return true
  }
}

/**
 * Whether the file system of this directory answers in time. A question without an answer holds one of the
 * threads that read files for good: only for a process that can be killed.
 */
export async function answersInTime(directory: string, ms = directoryAnswerMs): Promise<boolean> {
  const late = new AbortController()
  const timeout = sleep(ms, false, { signal: late.signal }).catch(() => false)
  const isAnswered = await Promise.race([answers(resolve(directory)), timeout])
  late.abort()
  return isAnswered
}

/** What is not there yet is created later, in the directory above. */
async function answers(directory: string): Promise<boolean> {
  try {
    // Never from a cache, as what is said of a file may be.
    await statfs(directory)
    return true
  } catch (error) {
    const above = dirname(directory)
    return codeOf(error) !== 'ENOENT' || above === directory || answers(above)
  }
}
