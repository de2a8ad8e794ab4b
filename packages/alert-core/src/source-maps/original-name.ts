/**
 * What a function was called before it was minified. The engine writes only its new name, so its definition
 * is searched for in the built file before the place, and the map says what stood there.
 */
import type { Place, SourceMap } from './source-map.ts'

/** A function that is longer than this has lost its name. */
const maxChars = 500_000
/** A minified line holds many functions. */
const minifiedColumn = 300
const written = /^(new )?((?:[\w$]+\.){0,5}[\w$]+)( \[as [^\]]{1,100}\])?$/
const isShort = (name: string) => /^[\w$]{1,2}$/.test(name)

/**
 * 'l.o' → 'Payments.charge'; '' if the function's own name is one or two letters of which the map does not
 * say more. `readBuilt` reads the built file, which few names need.
 */
export function originalName(place: Place, map: SourceMap, readBuilt: () => string | undefined): string {
  const [, prefix = '', names = '', alias = ''] = written.exec(place.name) ?? []
  const parts = names.split('.')
  if (names === '' || !(place.column > minifiedColumn || parts.some(isShort))) return place.name
  const text = textBefore(place, readBuilt())
  const originals = parts.map((part) => {
    const original = text === undefined ? undefined : nameOf(part, text, map)
    return original ?? (isShort(part) ? '' : part)
  })
  if (originals.at(-1) === '') return ''
  return `${prefix}${originals.filter((part) => part !== '').join('.')}${alias}`
}

interface TextBefore {
  /** Ends at the place. */
  readonly text: string
  /** Where the text begins. */
  readonly line: number
  readonly column: number
}

function textBefore({ line, column }: Place, text: string | undefined): TextBefore | undefined {
  if (text === undefined) return undefined
  let lineStart = 0
  for (let n = 1; n < line; n++) {
    lineStart = text.indexOf('\n', lineStart) + 1
    if (lineStart === 0) return undefined
  }
  const end = lineStart + column - 1
  // Whole lines before that of the place, but not more than may matter.
  let start = Math.max(0, end - maxChars)
  let startLine = line - 1
  if (start >= lineStart) return { text: text.slice(start, end), line: startLine, column: start - lineStart }
  start = start === 0 ? 0 : text.indexOf('\n', start) + 1
  for (let at = start; at < lineStart; at = text.indexOf('\n', at) + 1) startLine--
  return { text: text.slice(start, end), line: startLine, column: 0 }
}

/** What the map says of the last definition of a function or class of that name. */
function nameOf(name: string, { text, line, column }: TextBefore, map: SourceMap): string | undefined {
  const word = name.replaceAll('$', '\\$')
  const definition = new RegExp(
    `(?<![\\w$.])(?:(?:function\\*? ?|class )${word}(?![\\w$])|${word} ?= ?(?:async\\b|function\\b|class\\b|\\([^()]{0,300}\\) ?=>|[\\w$]{1,40} ?=>))`,
    'g',
  )
  const found = [...text.matchAll(definition)].at(-1)
  if (found === undefined) return undefined
  const isKeywordFirst = /^(?:function|class)\W/.test(found[0])
  const at = found.index + (isKeywordFirst ? found[0].length - name.length : 0)
  const lines = text.slice(0, at).split('\n')
  const inLine = lines.at(-1)!.length
  const position = {
    line: line + lines.length - 1,
    column: lines.length === 1 ? column + inLine : inLine,
  }
  const original = map.find(position)?.name
  return original !== undefined && /^[\w$]{1,100}$/.test(original) ? original : undefined
}
