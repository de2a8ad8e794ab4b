/**
 * Users' regular expressions, in time linear in the text whatever they and the text are: V8's own engine can
 * take years for one line. It runs only those without repeats and groups; all others run on re2js, which is
 * loaded for the first of them.
 */
import { createRequire } from 'node:module'
import { once } from '../cache/lazy.ts'
import { complement, ranges, type Translation, translate } from './linear-syntax.ts'

/** A compiled regular expression; it keeps nothing between two texts. */
export interface Pattern {
  /** Whether the text contains a match. */
  test(text: string): boolean
  /** The text with each match that is not empty replaced. */
  replace(text: string, replacement: string): string
}

type Flags = '' | 'u'

/** How a text is searched for one match after another; linear only for one of them. */
const replaceMs = 50
const clockEvery = 32

/** Why a pattern cannot be used, as what follows its name in a sentence; `undefined` if it can. */
export function patternProblem(source: string, flags: readonly Flags[]): string | undefined {
  const read = readPattern(source, flags, () => '')
  return 'refusal' in read ? read.refusal : undefined
}

/** Compiles a pattern for the first of the flags that it is valid with; throws a SyntaxError without one. */
export function compilePattern(source: string, flags: readonly Flags[] = ['u']): Pattern {
  const read = readPattern(source, flags, () => '')
  if ('refusal' in read) throw new SyntaxError(read.refusal)
  return read.isFixed ? compileFixed(source, read.flags) : compileLinear(source, read.flags)
}

type Read = Exclude<Translation, { refusal: string }> & { readonly flags: Flags }

function readPattern(
  source: string,
  flags: readonly Flags[],
  property: typeof writeProperty,
): Read | { readonly refusal: string } {
  let invalid: string | undefined
  for (const each of flags) {
    const why = syntaxProblem(source, each)
    if (why === undefined) {
      const translation = translate(source, each, property)
      return 'refusal' in translation ? translation : { ...translation, flags: each }
    }
    invalid ??= why
  }
  return { refusal: `is not a valid regular expression: ${invalid}.` }
}

function syntaxProblem(source: string, flags: Flags): string | undefined {
  try {
    new RegExp(source, flags)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split(': ').at(-1)! : 'it cannot be read'
  }
}

function compileFixed(source: string, flags: Flags): Pattern {
  const any = new RegExp(source, flags)
  const all = new RegExp(source, `g${flags}`)
  return {
    test: (text) => any.test(text),
    replace: (text, replacement) => text.replace(all, (match) => (match === '' ? '' : replacement)),
  }
}

/** The build writes `require('re2js')`, which bundlers follow. */
const loadEngine = once(() => (createRequire(import.meta.url)('re2js') as typeof import('re2js')).RE2JS)

/** The check of the options and a match that is never asked load no engine. */
function compileLinear(source: string, flags: Flags): Pattern {
  const engine = once(() => {
    const read = readPattern(source, [flags], writeProperty)
    return 'refusal' in read ? undefined : loadEngine().compile(read.source)
  })
  return {
    test: (text) => engine()?.test(text) === true,
    replace(text, replacement) {
      const compiled = engine()
      // Its search with positions takes ten times as long.
      if (compiled === undefined || !compiled.test(text)) return text
      return replaceAll(compiled.matcher(text), text, replacement)
    },
  }
}

interface Matcher {
  find(): boolean
  start(): number
  end(): number
}

/** After 50 ms of one match after another, all the rest of the text is replaced. */
function replaceAll(matcher: Matcher, text: string, replacement: string): string {
  const startedAt = performance.now()
  let replaced = ''
  let from = 0
  for (let count = 1; matcher.find(); count++) {
    if (matcher.end() === matcher.start()) continue
    replaced += text.slice(from, matcher.start()) + replacement
    from = matcher.end()
    if (count % clockEvery === 0 && performance.now() - startedAt > replaceMs) return replaced + replacement
  }
  return replaced + text.slice(from)
}

/** Properties that the engine knows by the same name; others are written as ranges. */
const known =
  /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?)$|^(?:(?:Script|sc)=)(Han|Latin|Cyrillic|Greek|Hiragana|Katakana|Hangul|Arabic|Hebrew|Thai|Devanagari)$/

function writeProperty(name: string, isNegated: boolean): string {
  const found = known.exec(name)
  if (found !== null) return `\\${isNegated ? 'P' : 'p'}{${found[1] ?? name}}`
  const list = rangesOf(name)
  return ranges(isNegated ? complement(list) : list)
}

const planes = 17
const planePoints = 0x10000
/** So that no high surrogate stands before a low one, which would be one character. */
const pieceLength = 0x400

/** The code points that have the property, asked of V8. */
function rangesOf(name: string): readonly (readonly [number, number])[] {
  const run = new RegExp(`\\p{${name}}+`, 'gu')
  const found: [number, number][] = []
  for (let first = 0; first < planes * planePoints; first += pieceLength) {
    const piece = Array.from({ length: pieceLength }, (_, index) => String.fromCodePoint(first + index)).join(
      '',
    )
    for (const { 0: match, index } of piece.matchAll(run)) {
      const start = first + (first < planePoints ? index : index / 2)
      const end = start + (first < planePoints ? match.length : match.length / 2) - 1
      const last = found.at(-1)
      if (last !== undefined && last[1] === start - 1) last[1] = end
      else found.push([start, end])
    }
  }
  return found
}
