/**
 * The line that the application wrote, without what stands around it in the logs of containers and process
 * managers: docker (also compose and its json files), kubectl, CRI, journald and PM2. A record without a time
 * gets the one beside it.
 */
import { lineTime, textTime } from './line-time.ts'

/** Returns the application's line, or undefined while only a part of it has come. */
export type LineReader = (line: string) => string | undefined

const maxLineChars = 1024 * 1024
const maxPrefixChars = 400

// biome-ignore lint/suspicious/noControlCharactersInRegex: docker compose and pm2 print in colours
const colours = /\u001b\[[\d;]*m/g
const stamp = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?`

const unit = String.raw`[\w.-]{1,100} [\w.@/-]{1,100}(?:\[\d{1,10}\])?: `

/** Each is one layer; they may stand one after the other: `pm2 logs --timestamp`, `kubectl --prefix`. */
const layers: readonly RegExp[] = [
  // PM2: '0|orders  | '
  /^\d{1,6}\|[^|{]{1,100}\| +/,
  // docker compose: 'orders-1  | '
  /^[\w.-]{1,100} +\| ?/,
  // kubectl --prefix: '[pod/orders-7d9/app] '
  /^\[pod\/[^\]{]{1,300}\] /,
  // journalctl: 'Dec 01 08:00:00 web-1 orders[123]: ', and with -o short-iso
  new RegExp(`^(?:[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?|${stamp}) ${unit}`),
  // kubectl and docker --timestamps, PM2's dates: '2026-12-01T08:00:00.123456789Z '
  new RegExp(`^${stamp}:? `),
]
/** CRI: the time, the stream, and whether the line is whole (F) or a part (P). */
const cri = new RegExp(`^(${stamp}) (?:stdout|stderr) ([FP]) `)
const stampIn = new RegExp(stamp)

/** One reader for each source: parts of a long line come one after the other. */
export function createLineReader(): LineReader {
  let parts = ''

  /** Parts are joined up to the bound, beyond which no line is read anyway. */
  function join(text: string, isWhole: boolean): string | undefined {
    const all = parts.length > maxLineChars ? parts : parts + text
    parts = isWhole ? '' : all
    return isWhole ? all : undefined
  }

  return (line) => {
    if (line.startsWith('{')) {
      const wrapped = inDocker(line)
      if (wrapped === undefined) return inJournal(line) ?? line
      const { text, time } = wrapped
      return timed(join(text.replace(/\r?\n$/, ''), text.endsWith('\n')), time)
    }
    const part = cri.exec(line)
    if (part !== null) return timed(join(line.slice(part[0].length), part[2] === 'F'), textTime(part[1]!))
    return withoutPrefix(line)
  }
}

/** What a command says that could read nothing. */
export function noJson(lines: number): string {
  return lines === 0
    ? 'There was no line. Is the log empty?'
    : `None of the ${lines} lines is JSON, as pino and winston's format.json() write it: no alert can come of them.`
}

function withoutPrefix(line: string): string {
  const start = line.indexOf('{')
  // Without an object there is nothing to find: a stack, a banner, an empty line.
  if (start === -1 || start > maxPrefixChars) return line
  const prefix = line.slice(0, start).replace(colours, '')
  let head = prefix
  for (let found = true; found && head !== ''; ) {
    found = false
    for (const layer of layers) {
      const rest = head.replace(layer, '')
      if (rest === head) continue
      head = rest
      found = true
    }
  }
  if (head.trim() !== '') return line
  return timed(line.slice(start).replace(colours, ''), textTime(stampIn.exec(prefix)?.[0] ?? ''))
}

/** The line, with this time if it has none of its own; epoch ms. */
function timed<Line extends string | undefined>(line: Line, time: number): Line | string {
  if (line === undefined || !line.startsWith('{"') || !Number.isFinite(time)) return line
  return lineTime(line) === undefined ? `{"time":${time},${line.slice(1)}` : line
}

/** A line of docker's own files: `{"log":"…\n","stream":"stdout","time":"…"}`; without `\n` it is a part. */
function inDocker(line: string): { readonly text: string; readonly time: number } | undefined {
  if (!line.startsWith('{"log":"')) return undefined
  const { log, stream, time } = parsed(line)
  return typeof log === 'string' && typeof stream === 'string'
    ? { text: log, time: textTime(String(time)) }
    : undefined
}

/** `journalctl -o json`. */
function inJournal(line: string): string | undefined {
  if (!line.includes('"MESSAGE":"') || !line.includes('"__REALTIME_TIMESTAMP":"')) return undefined
  const { MESSAGE, __REALTIME_TIMESTAMP } = parsed(line)
  return typeof MESSAGE === 'string'
    ? timed(MESSAGE, Math.floor(Number(__REALTIME_TIMESTAMP) / 1000))
    : undefined
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(line) ?? {}) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}
