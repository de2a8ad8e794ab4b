/**
 * The fleet of one host: the processes that share a directory. A lease is a file `fleet-<name>.<term>.lease`
 * that one process only can create; its holder listens on a socket beside it. On Windows that is a named
 * pipe; where the path is too long for a socket it lies in the system's temporary folder.
 */

import {
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { codeOf } from '../errors/code-of.ts'
import { openRegular, readNow } from '../text/regular-file.ts'
import { hash64 } from '../text/text.ts'
import type { Lease, Leases, Link, LinkListener, OwnedLease } from './lease-types.ts'
import { readMessage } from './read-message.ts'

/** Longest socket path without its end byte: `sun_path` is 108 bytes on Linux, 104 on macOS. */
const maxSocketPath = 103
const connectTimeoutMs = 2_000
const useLocalDisk = 'use a directory on a local disk as state.dir.'
const leaseFile = /^fleet-([\da-f]+)\.(\d+)\.lease$/

export interface LocalLeasesOptions {
  readonly directory: string
  /** What the processes of one fleet have in common. */
  readonly identity: readonly unknown[]
}

export function createLocalLeases({ directory: given, identity }: LocalLeasesOptions): Leases {
  const directory = resolve(given)
  const name = hash64(JSON.stringify(identity))

  const leasePath = (term: number) => join(directory, `fleet-${name}.${term}.lease`)

  function terms(): number[] {
    return readdirSync(directory).flatMap((file) => {
      const [, of, term] = leaseFile.exec(file) ?? []
      return of === name ? [Number(term)] : []
    })
  }

  function current(): Lease | undefined {
    const term = Math.max(0, ...terms())
    return term === 0 ? undefined : { term, id: idIn(leasePath(term)) ?? '' }
  }

  function claim({ term, id }: Lease, accept: (link: Link) => void): OwnedLease | undefined {
    const path = leasePath(term)
    const isLate = () => terms().some((other) => other > term)
    if (isLate() || existsSync(path)) return undefined
    // The holder listens before the lease can be read.
    const socket = socketPath(directory, name, id)
    let server = listen(socket, accept)
    if (!server.listening) throw new Error(`No socket can be opened at ${socket}: ${useLocalDisk}`)
    // Meanwhile others may have taken this term and later ones, and removed their files.
    if (!createLease(path, id, server) || isLate()) {
      if (idIn(path) === id) rmSync(path, { force: true })
      server.close()
      return undefined
    }
    for (const former of terms()) if (former < term) removeLease(former)

    /** Somebody removed the directory: it is used again. */
    function restore(): boolean {
      if (terms().length > 0) return false
      writeWhole(path, id)
      server.close()
      server = listen(socket, accept)
      return true
    }

    return {
      isOwned() {
        if (idIn(path) === id) return !existsSync(leasePath(term + 1))
        try {
          return restore()
        } catch {
          // There is no directory, or it cannot be written: no other process has the lease.
          return idIn(path) === undefined
        }
      },
      release(isLast) {
        server.close()
        if (isLast && idIn(path) === id) rmSync(path, { force: true })
      },
    }
  }

  /** False if another process was faster. */
  function createLease(path: string, id: string, server: Server): boolean {
    try {
      writeWhole(path, id)
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      server.close()
      throw new Error(`a file in ${directory} cannot be created (${codeOf(error) ?? 'unknown'})`)
    }
  }

  function removeLease(term: number): void {
    const id = idIn(leasePath(term))
    rmSync(leasePath(term), { force: true })
    if (id !== undefined && process.platform !== 'win32')
      rmSync(socketPath(directory, name, id), { force: true })
  }

  return {
    current,
    claim,
    async connect({ id }) {
      try {
        return await connectTo(socketPath(directory, name, id))
      } catch {
        // There is no folder for such sockets: that is reported if this process cannot take the lease either.
        return undefined
      }
    },
  }
}

/** A process that died while it made one: the sweep of the journals removes it. */
const unfinishedLease = '.lease.new'

/** Creates the file with its content, so that none reads it empty. Throws `EEXIST` if there is one. */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path.replace(/\d+\.lease$/, '')}${text}${unfinishedLease}`
  try {
    writeFileSync(unfinished, text, { mode: 0o600 })
    linkSync(unfinished, path)
  } catch (error) {
    if (!withoutLinks.has(codeOf(error) ?? '')) throw error
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/** Said by file systems that have no links. */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

function listen(path: string, accept: (link: Link) => void): Server {
  const server = createServer((socket) => accept(openLink(socket)))
  server.on('error', () => {})
  server.unref()
  // Not exclusive, a cluster's primary would listen for its worker and still do so after the worker died.
  server.listen({ path, exclusive: true })
  return server
}

function connectTo(path: string): Promise<Link | undefined> {
  return new Promise((settle) => {
    const socket = connect(path)
    const link = openLink(socket)
    // After a stall of this process the timer comes before the answer, which waits to be read.
    socket.setTimeout(connectTimeoutMs, () => setImmediate(() => socket.connecting && socket.destroy()))
    socket.once('connect', () => {
      socket.setTimeout(0)
      settle(link)
    })
    socket.once('close', () => settle(undefined))
  })
}

/** Whose lease it is; undefined if there is none. */
function idIn(path: string): string | undefined {
  let file: number | undefined
  try {
    // No link, and nothing that would be waited for.
    file = openRegular(path, readNow | (constants.O_NOFOLLOW ?? 0))
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function socketPath(directory: string, name: string, id: string): string {
  const whole = hash64(JSON.stringify([directory, name, id]))
  if (process.platform === 'win32') return `\\\\.\\pipe\\alert-fleet-${whole}`
  const path = join(directory, `fleet-${name}.${id}.lock`)
  if (Buffer.byteLength(path) <= maxSocketPath) return path
  return join(socketFolder(), `${whole}.lock`)
}

/** For sockets whose path would be too long elsewhere. */
function socketFolder(): string {
  const uid = process.getuid?.() ?? 0
  const folder = join(tmpdir(), `alert-fleet-${uid}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`${folder} cannot be created (${codeOf(error) ?? 'unknown'}): ${shorten}`)
  }
  // Another user might have made it first.
  if (statSync(folder).uid !== uid) throw new Error(`${folder} belongs to another user: ${shorten}`)
  return folder
}

const shorten = 'remove what is there, or use a shorter path as state.dir.'

// ── messages over a socket: lines of JSON; anything else closes the link

/** A delta has at most 16 KiB; the silences of a process may be more. */
const longestLine = 1024 * 1024
/** A process that does not read so much is not written to any more: its link is closed. */
const mostUnsent = 8 * 1024 * 1024

function openLink(socket: Socket): Link {
  const decoder = new StringDecoder('utf8')
  let listener: LinkListener | undefined
  let rest = ''
  let isClosed = false
  socket.unref()
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (!isClosed && !socket.destroyed) hear(line)
    if (rest.length > longestLine) socket.destroy()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
    listener?.closed()
  })

  function hear(line: string): void {
    const read = readMessage(line)
    if (read === 'unknown') return
    if (read === undefined || !read.isWhole) listener?.unreadable()
    if (read === undefined) socket.destroy()
    else listener?.message(read.message)
  }

  return {
    send(message) {
      if (isClosed || socket.destroyed) return
      if (socket.writableLength > mostUnsent) socket.destroy()
      else socket.write(`${JSON.stringify(message)}\n`)
    },
    receive(next) {
      listener = next
    },
    close() {
      // What was written is still sent.
      socket.end()
    },
  }
}
