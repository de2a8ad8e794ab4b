/**
 * Where a hub with a state directory can be asked: a socket in that directory, which only its owner may
 * enter. A path that is too long for a socket, and Windows, have an empty file there, and the socket
 * elsewhere.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const prefix = 'control-'
const extension = '.sock'
/** Longest socket path without its end byte: `sun_path` is 108 bytes on Linux, 104 on macOS. */
const maxSocketPath = 103
/** A directory with more of them is not one of ours. */
const mostSockets = 256

/** The file in the directory that says that a hub can be asked. */
export function socketFile(directory: string, name: string): string {
  return join(resolve(directory), `${prefix}${name}${extension}`)
}

/** The files of all hubs that could be asked when they started; some of them may have ended since. */
export function listSocketFiles(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(prefix) && name.endsWith(extension))
    .sort()
    .slice(0, mostSockets)
    .map((name) => join(resolve(directory), name))
}

/** Where the hub of this file listens. */
export function socketAddress(file: string): string {
  if (process.platform !== 'win32' && Buffer.byteLength(file) <= maxSocketPath) return file
  const name = createHash('sha256').update(file).digest('hex').slice(0, 32)
  return process.platform === 'win32' ? `\\\\.\\pipe\\alert-transport-${name}` : join(ownFolder(), name)
}

/** A folder in the system's temporary one that belongs to this user; throws if it belongs to another. */
function ownFolder(): string {
  const self = process.getuid?.() ?? 0
  const folder = join(tmpdir(), `alert-transport-${self}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  if (uid !== self || (mode & 0o077) !== 0) throw new Error(`${folder} is open to other users`)
  return folder
}
