/**
 * The original of a place in a built file: file, line and function as they were written. A map is read when
 * the first place in its file is asked for; maps, their text and the time to read them are bounded.
 */
import { closeSync, fstatSync, readFileSync, readSync } from 'node:fs'
import { dirname, isAbsolute, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLru } from '../cache/lru.ts'
import { openRegular } from '../text/regular-file.ts'
import { decodeUrlPart } from '../text/text.ts'
import { originalName } from './original-name.ts'
import { type Place, readSourceMap, type SourceMap } from './source-map.ts'

interface Loaded {
  readonly map: SourceMap
  readonly folder: string
}

const mostFiles = 500
/** Of all maps together that are kept, UTF-16 units. */
const maxChars = 32 * 1024 * 1024
/** A bundler may build what a compiler has built. */
const maxBuilds = 4
const longestSource = 1_000
/** Reading may take two seconds at once, and after that a fiftieth of the time. */
const maxReadMs = 2_000
const share = 1 / 50

let chars = 0
const loaded = createLru<string, Loaded | undefined>(mostFiles, (_path, evicted) => forget(evicted))
const reading = { leftMs: maxReadMs, at: performance.now() }

/** The original, or the place itself if there is no map that knows it. Never throws. */
export function originalPlace(place: Place): Place {
  const startedAt = performance.now()
  reading.leftMs = Math.min(maxReadMs, reading.leftMs + (startedAt - reading.at) * share)
  reading.at = startedAt
  if (reading.leftMs <= 0) return place
  let found = place
  try {
    for (let builds = 0; builds < maxBuilds; builds++) {
      const before = originalOf(found)
      if (before === undefined) break
      found = before
    }
  } catch {
    // A broken map is as good as none.
  }
  reading.leftMs -= performance.now() - startedAt
  return found
}

function originalOf(place: Place): Place | undefined {
  const path = builtFile(place.file)
  const { map, folder } = (path === undefined ? undefined : load(path)) ?? {}
  if (path === undefined || map === undefined || folder === undefined) return undefined
  const found = map.find({ line: place.line - 1, column: place.column - 1 })
  const file = found === undefined ? undefined : sourceFile(found.source, folder)
  if (found === undefined || file === undefined || file === place.file) return undefined
  const name = originalName(place, map, () => readRegular(path))
  return { name, file, line: found.line + 1, column: found.column + 1 }
}

function load(path: string): Loaded | undefined {
  if (loaded.has(path)) return loaded.get(path)
  const file = readMapFile(path)
  const map = file === undefined ? undefined : readSourceMap(file.text)
  const found = file === undefined || map === undefined ? undefined : { map, folder: file.folder }
  loaded.set(path, found)
  chars += found?.map.chars ?? 0
  while (chars > maxChars && loaded.size > 1) loaded.shift()
  return found
}

function forget(evicted: Loaded | undefined): void {
  chars -= evicted?.map.chars ?? 0
}

const scheme = /^[a-z][\w+.-]*:\/\/[^/]*\//i

/** The source as a path: without what webpack, turbopack and others put around it. */
function sourceFile(source: string, folder: string): string | undefined {
  if (source.length > longestSource) return undefined
  const path = source.startsWith('file:///')
    ? fileURLToPath(source)
    : decodeUrlPart(source.replace(/\?[^/]*$/, ''))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bundlers mark their own modules by them
  if (/[\0-\x1f]/.test(path)) return undefined
  if (!scheme.test(path)) return resolve(folder, path)
  const inside = path.replace(scheme, '').replace(/^\[project\]\//, '')
  return posix.normalize(inside).replace(/^(?:\.\.?\/)+/, '')
}

// ── where the map of a built file lies: beside it, or where the comment at its end says

// Names of files come out of log lines, which may say anything: only regular files of bounded size are
// opened, a map only under the name of one, and nothing leaves the machine.

/** The text of a map, and the folder that its sources are relative to. */
interface MapFile {
  readonly text: string
  readonly folder: string
}

/** 16 MiB: a bundle of a large application has some 5. */
const maxBytes = 16 * 1024 * 1024
const tailBytes = 4_096
const longestPath = 1_000
const built = /\.[cm]?js$/
const mapComment = /\n\/[/*][#@] ?sourceMappingURL=([^\s'"*]+)\s*(?:\*\/\s*)?$/
const mapInFile = /^data:application\/json;(?:charset=utf-?8;)?base64,/i

/** The path of a file of JavaScript on this machine, from a path or url in a stack; else `undefined`. */
function builtFile(file: string): string | undefined {
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
function readMapFile(path: string): MapFile | undefined {
  const tail = readRegular(path, tailBytes)
  if (tail === undefined) return undefined
  const beside = readRegular(`${path}.map`)
  if (beside !== undefined) return { text: beside, folder: dirname(path) }
  const url = mapComment.exec(`\n${tail}`)?.[1] ?? urlInside(path, tail)
  if (url === undefined) return undefined
  const data = mapInFile.exec(url)
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
function readRegular(path: string, lastBytes?: number): string | undefined {
  let file: number | undefined
  try {
    file = openRegular(path)
    const stat = fstatSync(file)
    if (lastBytes === undefined) return stat.size > maxBytes ? undefined : readFileSync(file, 'utf8')
    const buffer = Buffer.alloc(Math.min(lastBytes, stat.size))
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, stat.size - buffer.length))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
