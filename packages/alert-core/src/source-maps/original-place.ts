/**
 * The original of a place in a built file: file, line and function as they were written. A map is read when
 * the first place in its file is asked for; maps, their text and the time to read them are bounded.
 */
import { posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLru } from '../cache/lru.ts'
import { builtFile, readMapFile } from './map-file.ts'
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

let isEnabled = true
let chars = 0
const loaded = createLru<string, Loaded | undefined>(mostFiles, (_path, evicted) => forget(evicted))
const reading = { leftMs: maxReadMs, at: performance.now() }

/** Like Node's own switch, this one is for the whole thread: of several hubs in it the last one decides. */
export function setSourceMapsEnabled(enabled: boolean): void {
  isEnabled = enabled
}

/** The original, or the place itself if there is no map that knows it. Never throws. */
export function originalPlace(place: Place): Place {
  const startedAt = performance.now()
  reading.leftMs = Math.min(maxReadMs, reading.leftMs + (startedAt - reading.at) * share)
  reading.at = startedAt
  if (!isEnabled || reading.leftMs <= 0) return place
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
  const name = originalName(place, path, map)
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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bundlers mark their own modules by them
  if (source.length > longestSource || /[\0-\x1f]/.test(source)) return undefined
  if (source.startsWith('file:///')) return fileURLToPath(source)
  const path = source.replace(/\?[^/]*$/, '')
  if (!scheme.test(path)) return resolve(folder, path)
  const inside = path.replace(scheme, '').replace(/^\[project\]\//, '')
  return posix.normalize(inside).replace(/^(?:\.\.?\/)+/, '')
}
