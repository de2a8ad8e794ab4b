/**
 * The place in the application's own code that an error came from: the first frame of its stack that is
 * neither Node's nor a package's. One finder, and two ways to name what it found: the same on every machine
 * and in every build, or with file and line for a reader.
 */
import { originalPlace } from '../source-maps/original-place.ts'
import type { Place } from '../source-maps/source-map.ts'

/** One frame of a stack, of the original file if a source map says it. */
export type Frame = Place

const longestStack = 16_384
const longestLine = 500
const foreign =
  /(?:^|[\\/])node_modules[\\/]|[\\/](?:npm[\\/]registry\.|(?:deps|remote)[\\/]https?[\\/]|\.bun[\\/]install[\\/]cache[\\/])|^https:\/\/(?:deno\.land|esm\.sh|jsr\.io|unpkg\.com|cdn\.jsdelivr\.net)\/|^(?:webpack:\/\/[^/]*\/)?webpack[\\/](?:bootstrap|runtime)|[\\/]chunks[\\/](?:nitro|_)[\\/]nitro\.mjs$|^(?:node|internal|bun|deno|ext|wasm|evalmachine|native|\[eval)\b|^\[eval|<anonymous>|^(?:npm|jsr):|^\/var\/runtime\/|\.pnp\.[cm]?js$|^electron\/js2c\/|\.(?:wasm|rs|go|py|rb|php|java|kt|cs|cc|cpp|hh?)$/
const position = /(?:\?[^:)]{0,200})?:(\d{1,9}):(\d{1,9})$/
/** What else ends in two numbers, such as a time, has no path and no suffix. */
const plausible = /[\\/]|\.[cm]?[jt]sx?$/

/** A frame, its line of the stack, and its name in keys. */
interface Own {
  readonly line: string
  readonly frame: Frame
  readonly key: string
}

/** What one way to read frames has found: from source maps, or as they are. */
interface Found {
  readonly original: (place: Place) => Place
  // A problem that repeats has the very same stack again.
  stack: string
  message: string
  own: Own | undefined
  /** Different errors often come from the same place. */
  latest: Own | undefined
  readonly frames: Map<string, Own | undefined>
}

function createFound(original: Found['original']): Found {
  return { original, stack: '', message: '', own: undefined, latest: undefined, frames: new Map() }
}

const written = createFound(originalPlace)
const built = createFound((place) => place)

/**
 * The first own frame; `message` is the error's, which stands before the frames and may look like some. With
 * `isBuilt` as it is in the stack, without a look for source maps.
 */
export function findOwnFrame(stack: string, message = '', isBuilt = false): Frame | undefined {
  return find(isBuilt ? built : written, stack, message)?.frame
}

/** 'charge (src/pay)', see `frameKey`; '' if there is no own frame. */
export function ownFrameKey(stack: string | undefined, message = '', isBuilt = false): string {
  return stack === undefined ? '' : (find(isBuilt ? built : written, stack, message)?.key ?? '')
}

function find(found: Found, stack: string, message: string): Own | undefined {
  if (stack !== found.stack || message !== found.message) {
    found.own = search(found, stack, message)
    found.stack = stack
    found.message = message
  }
  return found.own
}

function search(found: Found, stack: string, message: string): Own | undefined {
  const text = stack.slice(0, longestStack)
  if (!text.includes('\n')) return searchFrom(found, text.replaceAll(/\s{1,20}at /g, '\n at '), 0)
  const at = message.includes('\n') ? text.indexOf(message) : -1
  // A message may also be the whole stack once more.
  return (at === -1 ? undefined : searchFrom(found, text, at + message.length)) ?? searchFrom(found, text, 0)
}

function searchFrom(found: Found, text: string, from: number): Own | undefined {
  let start = from
  // A frame of Node itself is known without a copy of its line.
  let node = text.indexOf('(node:', from)
  while (start < text.length) {
    if (node !== -1 && node < start) node = text.indexOf('(node:', start)
    let end = text.indexOf('\n', start)
    if (end === -1) end = text.length
    const at = frameStart(text, start, end)
    const own = at === -1 || (node > at && node < end) ? undefined : readFrame(found, text, at, end)
    if (own !== undefined) return own
    start = end + 1
  }
  return undefined
}

/** Where 'at ' begins behind the line's blanks, else -1. */
function frameStart(text: string, start: number, end: number): number {
  let index = start
  while (index < end && (text.charCodeAt(index) === 32 || text.charCodeAt(index) === 9)) index++
  return text.startsWith('at ', index) ? index : -1
}

/** The default 1 000 alerts have about as many, and those of packages above them. */
const mostFrames = 2_048

/**
 * The frame of the line from `at` to `end`, such as 'at async save (/srv/app/src/orders/save.js:42:11)';
 * `undefined` for what is not the application's.
 */
function readFrame(found: Found, text: string, at: number, end: number): Own | undefined {
  const line = text.slice(at, Math.min(end, at + longestLine))
  if (line === found.latest?.line) return found.latest
  const known = found.frames.get(line)
  if (known === undefined && found.frames.has(line)) return undefined
  const own = known ?? learn(found, line)
  if (own !== undefined) found.latest = own
  return own
}

/** Node shows the fields of an error behind its last frame. */
const fieldsBehind = / \{$/

function learn({ original, frames }: Found, slice: string): Own | undefined {
  const frame = originalOf(parseFrame(slice.slice(3).trim().replace(fieldsBehind, '')), original)
  // A slice would keep its whole stack alive.
  const line = Buffer.from(slice).toString()
  const own = frame === undefined ? undefined : { line, frame, key: frameKey(frame) }
  if (frames.size >= mostFrames) frames.clear()
  frames.set(line, own)
  return own
}

/** A bundle holds packages too, and code of the bundler. */
function originalOf(built: Frame | undefined, original: Found['original']): Frame | undefined {
  const frame = built && original(built)
  return frame === undefined || foreign.test(frame.file) ? undefined : frame
}

function parseFrame(written: string): Frame | undefined {
  const place = written.startsWith('async ') ? written.slice(6) : written
  const open = place.endsWith(')') ? place.indexOf(' (') : -1
  const location = open === -1 ? place : place.slice(open + 2, -1)
  const found = position.exec(location)
  if (found === null) return undefined
  const file = location.slice(0, found.index)
  if (!plausible.test(file) || foreign.test(file)) return undefined
  const name = open === -1 ? '' : place.slice(0, open)
  return { name: nameless.test(name) ? '' : name, file, line: Number(found[1]), column: Number(found[2]) }
}

/** Code outside of any function has a name that says nothing. */
const nameless = /^(?:Object\.)?<anonymous>$/

const extension = /\.[cm]?[jt]sx?$/
/** Where sources lie; what is above differs between a laptop, a container and the next release. */
const roots = new Set(['src', 'lib', 'dist', 'build', 'out', 'packages', 'apps', 'services', 'functions'])
/** A bundle's line holds many functions. */
const bundledColumn = 300
const bundles = /\/(?:\.next|_next|chunks|assets|dist|build|out|\.output)\//
const shortName = /^(?:new )?(?:[\w$]{1,2}\.)*[\w$]{1,2}$/
const shortAlias = /^(?:Object|Module|Function)\.[\w$]{1,2}(?: \[as ([\w$]{1,100})\])?$/
const numbered = /(?<=[\w$])\$\d{1,4}(?=$|[ .\]])/g
const shortOwner = /^(new )?(?:[\w$]{1,2}\.){1,5}(?=[\w$]{3})/

/**
 * 'charge (src/pay)': no line numbers, nothing of the path before the sources, nothing that a bundler made
 * up.
 */
export function frameKey({ name, file, column }: Frame): string {
  const path = file
    .replaceAll('\\', '/')
    .replace(/^[a-z-]+:\/\//, '')
    .replace(/^\/usr\/src\//, '/')
  const parts = path.replace(extension, '').split('/')
  const base = parts.at(-1)!
  parts[parts.length - 1] = withoutHash(base, bundles.test(path))
  const root = parts.slice(0, -1).findLastIndex((part) => roots.has(part))
  const isBundled = column > bundledColumn || parts.at(-1) !== base || bundles.test(path)
  const shown = isBundled ? withoutShort(name) : name
  return named(
    shown,
    parts
      .slice(root === -1 ? -1 : root)
      .filter(Boolean)
      .join('/'),
  )
}

/**
 * 't.charge' → 'charge', 'Object.aB [as charge]' → 'charge', 'charge$1' → 'charge': a minifier keeps the
 * names of methods, and a bundler numbers equal names.
 */
function withoutShort(name: string): string {
  const own = name.replaceAll(numbered, '').replace(shortAlias, '$1')
  if (shortName.test(own)) return ''
  const called = own
    .replace(shortOwner, '$1')
    .replace(owner, (whole, start, name) => (isMadeUp(name) ? start : whole))
  return isMadeUp(called) ? '' : called
}

/** A minifier takes three letters once the shorter names are used up; few such names are words. */
const madeUp = /^(?:new )?([A-Za-z_$][\w$]{2})$/
const owner = /^((?:new )?)([A-Za-z_$][\w$]{2})\.(?=[\w$]{3})/
const wordsOfThree = new Set(
  `abs ack add age all api app arg ask avg bar bet bid big buy cap cat cmd cut day dec del dir doc dot dry end env eof err eye fax
  few fit fix fly foo for get gas hit hub img inc job key lag lap lay let lib log low map max met min mix mod net new now off old
  one opt out own pad pay pdf pin pop pow put ram raw ref req res rip row rsa run say sdk see set sin sip sms sql sum svg swap tab
  tag tan tap tax tee tip top tox try two uri url use val via wav web win xml xor zip`.split(/\s+/),
)

function isMadeUp(name: string): boolean {
  const short = madeUp.exec(name)?.[1]
  return short !== undefined && !wordsOfThree.has(short.toLowerCase())
}

const turbopack = /(?:__|_)[\da-f]{6,40}(?:\._)?$/
const separated = /^(.*?)[.-]((?=[A-Za-z_]*\d)[\dA-Za-z_]{8,64}|[a-f]{8,64})$/
const longest = 200
const hashSize = 8
const innerCapital = /^[A-Za-z]+[A-Z][A-Za-z]*$/

/** 'main.3f2a1b9c' → 'main', 'index-Bk-wQzXp' → 'index', the numbered chunks '1234' and '3-DkXl2a9b' → ''. */
function withoutHash(base: string, isBundle: boolean): string {
  if (base.length > longest) return ''
  const name = beforeHash(base.replace(turbopack, ''), isBundle)
  return /^\d+$/.test(name) ? '' : name
}

function beforeHash(name: string, isBundle: boolean): string {
  const found = separated.exec(name)
  if (found !== null) return found[1]!
  const at = name.length - hashSize - 1
  if (at <= 0 || !'.-'.includes(name[at]!)) return name
  const hash = name.slice(at + 1)
  // Of a bundle 'DiwrgTda' is a hash, though it reads like two words.
  return looksRandom(hash) || (isBundle && innerCapital.test(hash)) ? name.slice(0, at) : name
}

/** True for letters without a digit that are not words: 'BkLwQzXp', 'QWERTYUI', 'Bk-wQzXp'. */
function looksRandom(text: string): boolean {
  return (
    /^[\w-]+$/.test(text) && /[A-Z]/.test(text) && !/^[A-Z]?[a-z]{2,}(?:[-_]?[A-Z]?[a-z]{2,})*$/.test(text)
  )
}

const homes = /^(?:[A-Za-z]:)?\/(?:home\/[^/]+|Users\/[^/]+|root)\//

/**
 * 'charge (app/src/pay.js:42)': the last three parts of the path, as the rest differs by machine and may name
 * its user.
 */
export function frameText({ name, file, line }: Frame): string {
  const path = file
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/')
    .replace(/^\/(?=[A-Za-z]:)/, '')
    .replace(homes, '')
  return named(name, `${path.split('/').filter(Boolean).slice(-3).join('/')}:${line}`)
}

function named(name: string, place: string): string {
  if (place === '') return name
  return name === '' ? place : `${name} (${place})`
}
