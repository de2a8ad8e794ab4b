/**
 * The place in the application's own code that an error came from, named so that every machine and every build names it alike: no line
 * numbers, nothing of the path before the sources, no hashes of a bundler.
 */
import { createMemo } from './memo.ts'

const longestStack = 16_384
const longestLine = 500
const foreign = /node_modules|\(node:|at (?:async )?node:|<anonymous>\)?$|\(internal\/|\(native\)/
const position = /(?:\?[^:)]*)?(?::\d+){1,2}$/
const extension = /(?:[.-](?=[A-Za-z_]*\d)[\dA-Za-z_]{8,})?\.[cm]?[jt]sx?$/
/** Where sources lie; what is above differs between a laptop, a container and the next release. */
const roots = new Set(['src', 'lib', 'dist', 'build', 'out', 'packages', 'apps', 'services', 'functions'])

// A trouble that repeats brings the very same stack again.
let latestStack = ''
let latestFrame: string | undefined

/** 'charge (src/pay)': the first frame that is neither in node_modules nor Node's own; `undefined` without one. */
export function ownFrame(stack: string): string | undefined {
  if (stack !== latestStack) {
    latestStack = stack
    latestFrame = findFrame(stack)
  }
  return latestFrame
}

function findFrame(stack: string): string | undefined {
  const stop = Math.min(stack.length, longestStack)
  let start = 0
  while (start < stop) {
    let end = stack.indexOf('\n', start)
    if (end === -1 || end > stop) end = stop
    const at = frameStart(stack, start, end)
    if (at !== -1) {
      const frame = nameOf(stack.slice(at, Math.min(end, at + longestLine)))
      if (frame !== '') return frame
    }
    start = end + 1
  }
  return undefined
}

/** Where 'at ' begins behind the line's blanks, else -1. */
function frameStart(stack: string, start: number, end: number): number {
  let index = start
  while (index < end && (stack.charCodeAt(index) === 32 || stack.charCodeAt(index) === 9)) index++
  return stack.startsWith('at ', index) ? index : -1
}

const names = createMemo(256)

function nameOf(line: string): string {
  const known = names.get(line)
  if (known !== undefined) return known
  const name = foreign.test(line) ? '' : shorten(line.slice(3).trim())
  // The line is a slice that would keep its whole stack alive.
  names.set(Buffer.from(line).toString(), name)
  return name
}

function shorten(frame: string): string {
  const place = frame.startsWith('async ') ? frame.slice(6) : frame
  const open = place.endsWith(')') ? place.indexOf(' (') : -1
  if (open === -1) return sourceOf(place)
  return `${place.slice(0, open)} (${sourceOf(place.slice(open + 2, -1))})`
}

function sourceOf(location: string): string {
  const path = location
    .replace(position, '')
    .replaceAll('\\', '/')
    .replace(/^[a-z-]+:\/\//, '')
    .replace(/^\/usr\/src\//, '/')
  const parts = path.replace(extension, '').split('/')
  let from = parts.length - 1
  for (let index = parts.length - 2; index >= 0; index--) {
    if (roots.has(parts[index]!)) {
      from = index
      break
    }
  }
  return parts.slice(from).join('/')
}
