/**
 * Where it happened: the first line of a stack that is the application's own, short enough for a message.
 */

const longestStack = 32_000
const longestLine = 500
const foreign = /node_modules|\(node:|^node:|\(internal\/|\(native\)|<anonymous>\)?$|^native$/
const homes = /^(?:[A-Za-z]:)?\/(?:home\/[^/]+|Users\/[^/]+|root)\//

/** 'charge (src/pay.ts:42)': the first frame outside of node_modules and of Node itself; `undefined` without one. */
export function firstOwnFrame(stack: string): string | undefined {
  for (const line of stack.slice(0, longestStack).split('\n')) {
    const frame = line.slice(0, longestLine).trim()
    if (!frame.startsWith('at ')) continue
    const place = frame.slice(3).trim()
    if (!foreign.test(place)) return shorten(place)
  }
  return undefined
}

function shorten(place: string): string {
  const open = place.endsWith(')') ? place.lastIndexOf(' (') : -1
  if (open < 0) return shortFile(place.replace(/^async /, ''))
  const name = place.slice(0, open).replace(/^async /, '')
  const file = shortFile(place.slice(open + 2, -1))
  // Code outside of any function has a name that says nothing.
  return /^(?:Object\.)?<anonymous>$/.test(name) ? file : `${name} (${file})`
}

/** The last three parts of the path with the line: the rest differs by machine and may name its user. */
function shortFile(location: string): string {
  const path = location
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/')
    .replace(/^\/(?=[A-Za-z]:)/, '')
    .replace(/(:\d{1,9}):\d{1,9}$/, '$1')
    .replace(homes, '')
  return path.split('/').filter(Boolean).slice(-3).join('/')
}
