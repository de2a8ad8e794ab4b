/**
 * Where the source map of a built file lies: beside it, or where the comment at its end says, be it in the
 * file itself. Names of files come out of log lines, which may say anything: only regular files of bounded
 * size are opened, a map only under the name of one, and nothing leaves the machine.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeUrlPart } from '../text/text.ts'

/** The text of a map, and the folder that its sources are relative to. */
export interface MapFile {
  readonly text: string
  readonly folder: string
}

/** 16 MiB: a bundle of a large application has some 5. */
const maxBytes = 16 * 1024 * 1024
const tailBytes = 4_096
const longestPath = 1_000
const built = /\.[cm]?js$/
const comment = /\n\/[/*][#@] ?sourceMappingURL=([^\s'"*]+)\s*(?:\*\/\s*)?$/
const inFile = /^data:application\/json;(?:charset=utf-?8;)?base64,/i

/** The path of a file of JavaScript on this machine, from a path or url in a stack; else `undefined`. */
export function builtFile(file: string): string | undefined {
  if (file.length > longestPath || !built.test(file)) return undefined
  const path = file.startsWith('file:///') ? pathOf(file) : file
  // Two slashes name another machine.
  return path !== undefined && isAbsolute(path) && !/^[\\/]{2}/.test(path) ? path : undefined
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url)
  } catch {
    return undefined
  }
}

/** The map of a file; `undefined` if it has none that can be read. */
export function readMapFile(path: string): MapFile | undefined {
  const tail = readRegular(path, tailBytes)
  if (tail === undefined) return undefined
  const beside = readRegular(`${path}.map`)
  if (beside !== undefined) return { text: beside, folder: dirname(path) }
  const url = comment.exec(`\n${tail}`)?.[1] ?? urlInside(path, tail)
  if (url === undefined) return undefined
  const data = inFile.exec(url)
  if (data !== null)
    return { text: Buffer.from(url.slice(data[0].length), 'base64').toString(), folder: dirname(path) }
  if (!/^[^:?#\\]+\.map$/.test(url) || /^\/\//.test(url)) return undefined
  const place = resolve(dirname(path), decodeUrlPart(url))
  const text = readRegular(place)
  return text === undefined ? undefined : { text, folder: dirname(place) }
}

/** A map that lies in the file is longer than its tail. */
function urlInside(path: string, tail: string): string | undefined {
  if (!/^[\w+/=]{1000,}\s*$/.test(tail)) return undefined
  const text = readRegular(path)
  const at = text?.lastIndexOf('\n//# sourceMappingURL=') ?? -1
  return text === undefined || at === -1 ? undefined : text.slice(at + 22).trim()
}

/**
 * The text of a regular file, or of its last bytes; `undefined` if there is none, or a larger one. What is
 * not a file, such as a pipe, is not waited for.
 */
export function readRegular(path: string, lastBytes?: number): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stat = fstatSync(file)
    if (!stat.isFile()) return undefined
    if (lastBytes === undefined) return stat.size > maxBytes ? undefined : readFileSync(file, 'utf8')
    const buffer = Buffer.alloc(Math.min(lastBytes, stat.size))
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, stat.size - buffer.length))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
