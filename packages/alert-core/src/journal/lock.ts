/**
 * Shows whether the process (or its worker) that writes a journal is alive: it listens on a unix socket
 * beside the file, which the kernel closes however the process ends. If there can be no such socket, the
 * file's name holds the process id.
 */
import { readFileSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { codeOf } from '../errors/code-of.ts'

/** The lock of one journal. */
export interface Lock {
  /** The journal's path without its extension. */
  readonly base: string
  /** Whether others see its release; if not, the journal must be renamed. */
  readonly isVisible: boolean
  release(): Promise<void>
}

/** Longest socket path without its end byte: `sun_path` is 108 bytes on Linux, 104 on macOS. */
const maxSocketPath = 103
/** Extension of a lock's socket. */
export const lockExtension = '.lock'
const connectTimeoutMs = 2000

/** Takes a lock in this directory under an unused name, at once. */
export function takeLock(directory: string, random: string): Lock {
  const bySocket = releasedBase(join(directory, random))
  const path = socketPath(bySocket)
  if (process.platform !== 'win32' && Buffer.byteLength(path) <= maxSocketPath) {
    const server = listen(path)
    if (server.listening) {
      // Node removes the socket's file when it closes the server.
      const release = () => new Promise<void>((resolve) => server.close(() => resolve()))
      return { base: bySocket, isVisible: true, release }
    }
  }
  const byName = join(directory, `${random}-${process.pid}-${startOf(process.pid) ?? 0}`)
  return { base: byName, isVisible: false, release: async () => {} }
}

/** The base of a journal without a living writer, given any base it had. */
export function releasedBase(base: string): string {
  return `${base.replace(/-\d+-\d+$/, '')}-s`
}

function listen(path: string): Server {
  const server = createServer((socket) => socket.destroy())
  server.on('error', () => {})
  server.unref()
  // Not exclusive, a cluster's primary would listen for its worker and still do so after the worker died.
  server.listen({ path, exclusive: true })
  return server
}

/**
 * Whether the writer of a journal is alive; true if in doubt. `base` is the journal's path without its
 * extension.
 */
export async function isLocked(base: string): Promise<boolean> {
  const [, pid, start] = /-(\d+)-(\d+)$/.exec(base) ?? []
  return pid === undefined ? answers(socketPath(base)) : lives(Number(pid), Number(start))
}

function socketPath(base: string): string {
  return `${base}${lockExtension}`
}

/** Removes the socket that a dead process left. */
export function clearSocket(base: string): void {
  try {
    unlinkSync(socketPath(base))
  } catch {
    // There was none, or the directory was removed.
  }
}

function answers(path: string): Promise<boolean> {
  if (process.platform === 'win32' || Buffer.byteLength(path) > maxSocketPath) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = connect(path)
    const settle = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.setTimeout(connectTimeoutMs, () => settle(true))
    socket.once('connect', () => settle(true))
    socket.once('error', ({ code }: NodeJS.ErrnoException) => settle(!gone.includes(code)))
  })
}

const gone: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ENOTDIR']

function lives(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  const now = startOf(pid)
  return now === undefined || start === 0 || now === start
}

/** When a process started, in ticks since boot; undefined if the system does not say. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(join('/proc', String(pid), 'stat'), 'latin1')
    // The command's name, in parentheses, may contain anything: https://man7.org/linux/man-
    // pages/man5/proc_pid_stat.5.html
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return undefined
  }
}
