/**
 * A source map (ECMA-426) that is asked for few positions: the mappings stay text, with marks from which they
 * are decoded on. Node's own `SourceMap` keeps an object for each of them, a hundred times the memory.
 */

import { isObjectOrList } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'

/** A position in a generated file, counted from 0. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What lies at a position before it was built. */
export interface Original extends Position {
  /** As the map writes it, below its `sourceRoot`. */
  readonly source: string
  /** What the identifier that starts exactly at the position was called. */
  readonly name: string | undefined
}

/** A place in code, as a frame of a stack names it: lines and columns count from 1. */
export interface Place {
  /** The function, '' outside of any. */
  readonly name: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A map that was read. */
export interface SourceMap {
  /** About the memory that it takes, UTF-16 units. */
  readonly chars: number
  /** The original of the last mapping at or before a position of the same line. */
  find(position: Position): Original | undefined
}

/**
 * The decoder behind a segment: where it is in the text, and the numbers to which the next ones are added.
 */
interface State {
  at: number
  /** How many numbers the segment has; 0 before the first one. */
  fields: number
  line: number
  column: number
  source: number
  originalLine: number
  originalColumn: number
  name: number
}

const maxSections = 10_000
const charsOfName = 30
const charsBetweenMarks = 4_096
const semicolon = 59
const comma = 44

const digits = new Int8Array(128).fill(-1)
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let index = 0; index < alphabet.length; index++) digits[alphabet.charCodeAt(index)] = index

/** Reads the text of a map; `undefined` if it is not one. */
export function readSourceMap(text: string): SourceMap | undefined {
  // The first line may keep browsers from taking it for a script.
  return fromParsed(parseJson(text.startsWith(')]}') ? text.slice(text.indexOf('\n') + 1) : text))
}

function fromParsed(parsed: unknown): SourceMap | undefined {
  if (!isObjectOrList(parsed)) return undefined
  const { sections } = parsed as Record<string, unknown>
  return Array.isArray(sections) ? fromSections(sections) : fromFlat(parsed)
}

function fromFlat(parsed: object): SourceMap | undefined {
  const { mappings, sources, names, sourceRoot } = parsed as Record<string, unknown>
  if (typeof mappings !== 'string' || !Array.isArray(sources)) return undefined
  const root = typeof sourceRoot === 'string' && sourceRoot !== '' ? `${sourceRoot.replace(/\/$/, '')}/` : ''
  return fromMappings(mappings, sources, Array.isArray(names) ? names : [], root)
}

/** Several maps, each for the part of the file from its offset to the next. */
function fromSections(given: readonly unknown[]): SourceMap {
  const sections: { readonly offset: Position; readonly map: SourceMap }[] = []
  for (const section of given.slice(0, maxSections)) {
    const { offset, map } = (section ?? {}) as { offset?: Partial<Position>; map?: object }
    const read = fromFlat(map ?? {})
    if (read === undefined || typeof offset?.line !== 'number' || typeof offset.column !== 'number') continue
    sections.push({ offset: { line: offset.line, column: offset.column }, map: read })
  }
  return {
    chars: sections.reduce((sum, { map }) => sum + map.chars, 0),
    find(position) {
      const section = sections.findLast(({ offset }) => !isBefore(position, offset))
      if (section === undefined) return undefined
      const { offset, map } = section
      const isFirstLine = position.line === offset.line
      return map.find({
        line: position.line - offset.line,
        column: isFirstLine ? position.column - offset.column : position.column,
      })
    },
  }
}

function fromMappings(
  mappings: string,
  sources: readonly unknown[],
  names: readonly unknown[],
  root: string,
): SourceMap {
  const marks = marksOf(mappings)
  return {
    chars: mappings.length + charsOfName * (sources.length + names.length),
    find(position) {
      const mark = marks.findLast((candidate) => !isBefore(position, candidate)) ?? marks[0]!
      const found = lastAtOrBefore(mappings, mark, position)
      if (found === undefined || found.fields < 4) return undefined
      const source = sources[found.source]
      if (typeof source !== 'string') return undefined
      const isExact = found.column === position.column && found.fields > 4
      const name = isExact ? names[found.name] : undefined
      return {
        source: root + source,
        line: found.originalLine,
        column: found.originalColumn,
        name: typeof name === 'string' ? name : undefined,
      }
    },
  }
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column)
}

function startState(): State {
  return { at: 0, fields: 0, line: 0, column: 0, source: 0, originalLine: 0, originalColumn: 0, name: 0 }
}

/** The decoder behind some segments, a few thousand characters apart. */
function marksOf(mappings: string): readonly Readonly<State>[] {
  const state = startState()
  const marks = [{ ...state }]
  let next = charsBetweenMarks
  while (decodeNext(mappings, state)) {
    if (state.at < next) continue
    marks.push({ ...state })
    next = state.at + charsBetweenMarks
  }
  return marks
}

function lastAtOrBefore(mappings: string, mark: Readonly<State>, position: Position): State | undefined {
  const state = { ...mark }
  let found = mark
  while (decodeNext(mappings, state) && !isBefore(position, state)) found = { ...state }
  return found.fields > 0 && found.line === position.line ? found : undefined
}

/** Moves the decoder behind the next segment; false at the end or at what is not a mapping. */
function decodeNext(mappings: string, state: State): boolean {
  let { at } = state
  for (; at < mappings.length; at++) {
    const code = mappings.charCodeAt(at)
    if (code === semicolon) {
      state.line++
      state.column = 0
    } else if (code !== comma) break
  }
  let fields = 0
  for (; at < mappings.length && fields < 5; fields++) {
    const code = mappings.charCodeAt(at)
    if (code === comma || code === semicolon) break
    let value = 0
    let shift = 0
    let digit: number
    do {
      digit = digits[mappings.charCodeAt(at)] ?? -1
      if (digit === -1 || shift > 30) return false
      value |= (digit & 31) << shift
      shift += 5
      at++
    } while (digit & 32)
    const delta = value & 1 ? -(value >>> 1) : value >>> 1
    if (fields === 0) state.column += delta
    else if (fields === 1) state.source += delta
    else if (fields === 2) state.originalLine += delta
    else if (fields === 3) state.originalColumn += delta
    else state.name += delta
  }
  state.at = at
  state.fields = fields
  return fields > 0
}
