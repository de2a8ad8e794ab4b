/**
 * What lines of one log call have in common. Only their ids, numbers and words differ; whatever stands between these is compared as a whole,
 * which costs a fifth of parsing it, and the objects that it holds are made once for all of them.
 */
import { type Leaf, leavesOf } from './line-leaves.ts'

type Fields = Record<string, unknown>

/** Lines that differ only in certain values. */
export interface LineShape {
  /** What `JSON.parse(line)` would return, or `undefined` for a line of another shape. What does not vary is shared, and frozen. */
  read(line: string): Fields | undefined
  /** The shape that fits this line as well, if there is one; `value` is what it parses to. */
  widen(line: string, value: object): LineShape | undefined
}

/** One value that varies. */
interface Varying extends Pick<Leaf, 'key' | 'inner'> {
  /** What stands before it, from the last one on. */
  readonly before: string
  /** A text, else a number. */
  readonly isText: boolean
  /** The rest of the text, which does not vary: an error's stack behind its message. */
  readonly rest: string
}

const quotation = 34
const backslash = 92
const firstPrintable = 32
const zero = 48
const minus = 45
const point = 46
/** All numbers of so many digits are exact. */
const mostDigits = 15
/** Shorter slices are copied by the engine; longer ones would keep the whole text alive that the line was cut from. */
const leastSlice = 13
const plainNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

/** The shape of one line: nothing varies yet. `undefined` for a line that is not as loggers write them. */
export function shapeOf(line: string, value: object): LineShape | undefined {
  const leaves = leavesOf(line)
  return leaves === undefined ? undefined : createShape(line, value, leaves, new Set())
}

function createShape(
  given: string,
  value: object,
  leaves: readonly Leaf[],
  varies: ReadonlySet<number>,
): LineShape {
  const line = unsliced(given)
  const model = freeze(value) as Fields
  const varying: Varying[] = []
  let from = 0
  leaves.forEach(({ start, end, ...name }, index) => {
    if (!varies.has(index)) return
    const isText = line.charCodeAt(start) === quotation
    const begin = isText ? start + 1 : start
    const stop = isText ? endOfPlain(line, begin) : end
    const rest = isText ? (JSON.parse(`"${line.slice(stop, end)}`) as string) : ''
    varying.push({ ...name, before: line.slice(from, begin), isText, rest })
    from = stop
  })
  const after = line.slice(from)
  const count = varying.length

  const found: unknown[] = new Array(count)

  function read(other: string): Fields | undefined {
    let at = 0
    for (let index = 0; index < count; index++) {
      const { before, isText, rest } = varying[index]!
      const start = at + before.length
      if (other.slice(at, start) !== before) return undefined
      at = isText ? endOfPlain(other, start) : endOfNumber(other, start)
      if (at === -1) return undefined
      const text = other.slice(start, at)
      found[index] = isText ? (rest === '' ? unsliced(text) : text + rest) : numberOf(text)
    }
    return other.slice(at) === after ? fill() : undefined
  }

  function fill(): Fields {
    const object: Fields = { ...model }
    for (let index = 0; index < count; index++) {
      const { key, inner } = varying[index]!
      if (inner === undefined) {
        object[key] = found[index]
        continue
      }
      if (object[key] === model[key]) object[key] = { ...(model[key] as Fields) }
      ;(object[key] as Fields)[inner] = found[index]
    }
    return object
  }

  function widen(other: string, parsed: object): LineShape | undefined {
    const others = leavesOf(other)
    if (others?.length !== leaves.length) return undefined
    const wider = new Set(varies)
    for (const [index, leaf] of leaves.entries()) {
      const its = others[index]!
      if (leaf.key !== its.key || leaf.inner !== its.inner) return undefined
      const text = line.slice(leaf.start, leaf.end)
      const itsText = other.slice(its.start, its.end)
      if (text === itsText) continue
      if (!differsPlainly(text, itsText)) return undefined
      wider.add(index)
    }
    return createShape(other, parsed, others, wider)
  }

  return { read, widen }
}

/** Two numbers, or two texts that are the same from their first escape on. */
function differsPlainly(one: string, other: string): boolean {
  if (one.charCodeAt(0) !== quotation || other.charCodeAt(0) !== quotation)
    return plainNumber.test(one) && plainNumber.test(other)
  return one.slice(endOfPlain(one, 1)) === other.slice(endOfPlain(other, 1))
}

/** Where the text that begins at `start` ends, or has its first escape; -1 where it holds what JSON does not allow. */
function endOfPlain(line: string, start: number): number {
  for (let index = start; index < line.length; index++) {
    const code = line.charCodeAt(index)
    if (code === quotation || code === backslash) return index
    if (code < firstPrintable) return -1
  }
  return -1
}

/** Behind the number that begins at `start`, with or without a fraction; -1 where there is none. */
function endOfNumber(line: string, start: number): number {
  const first = line.charCodeAt(start) === minus ? start + 1 : start
  const end = endOfDigits(line, first)
  if (end === first || (end > first + 1 && line.charCodeAt(first) === zero)) return -1
  if (line.charCodeAt(end) !== point) return end
  const stop = endOfDigits(line, end + 1)
  return stop === end + 1 ? -1 : stop
}

function endOfDigits(line: string, start: number): number {
  let index = start
  while (isDigit(line.charCodeAt(index))) index++
  return index
}

/** Twice as fast as the engine's, where that is exact. */
function numberOf(text: string): number {
  if (text.length > mostDigits) return Number(text)
  let number = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (!isDigit(code)) return Number(text)
    number = number * 10 + code - zero
  }
  return number
}

function isDigit(code: number): boolean {
  return code >= zero && code <= 57
}

/** The same text, without the longer one alive that it was cut from. */
export function unsliced(text: string): string {
  return text.length < leastSlice ? text : ` ${text}`.slice(1)
}

function freeze(value: object): object {
  for (const field of Object.values(value)) if (typeof field === 'object' && field !== null) freeze(field)
  return Object.freeze(value)
}
