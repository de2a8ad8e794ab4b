/**
 * Problems of the options are collected and never thrown one by one, so that a user reads all of them at
 * once. Only the first problem at a path is kept: it is the cause of the others.
 */

import { isObjectOrList } from '../text/get-path.ts'
import { cleanLine, cutChars } from '../text/text.ts'

/** Every kind of problem, with the sentence that docs/errors.md is generated from. */
export const problemCodes = {
  'unknown-key': 'No such option exists here. The message suggests the nearest one.',
  'wrong-type': 'The value has the wrong type, for example a string where an array is expected.',
  'impossible-value': 'The value has the right type, but is not valid here.',
  missing: 'A required option is not given.',
  'not-plain':
    'The value is not plain JSON: a function, an instance of a class, a circular reference, or a getter that throws.',
  'missing-env': `A \`\${NAME}\` names an environment variable that is not set, or is empty.`,
  'unreadable-file': 'A `{ file }` names a file that cannot be read.',
  'unknown-provider': 'No provider has this type.',
  'unknown-channel': 'A fallback or a rule names a channel that does not exist.',
  'unknown-recipient': 'A recipient is neither a group of `recipients` nor an address.',
  'unknown-schedule': 'A channel or a silence names a schedule that does not exist.',
  'fallback-circle': 'The fallbacks of some channels form a circle.',
  duplicate: 'A name that must be unique is used twice.',
} as const satisfies Record<string, string>

/** The kind of a problem; stable, for programs. */
export type ProblemCode = keyof typeof problemCodes

/**
 * One problem of the options. `path` is `channels.ops.url` or `rules[2].match.err.code`; '' is the options as
 * a whole.
 */
export interface Problem {
  readonly path: string
  readonly code: ProblemCode
  /** A sentence with its cure; never contains a secret. */
  readonly message: string
  /** What the problem switches off: 'Channel ops is off until this is corrected.' */
  readonly effect?: string
}

/** Keys and array positions from the root of the options. */
export type Path = readonly (string | number)[]

/** What a problem at this path switches off. */
export type EffectOf = (path: Path, code: ProblemCode) => string

export interface Problems {
  /** Adds a problem, unless one is known at this path or at a parent of it. */
  add(path: Path, code: ProblemCode, message: string): void
  /** Whether a problem has exactly this path. */
  at(path: Path): boolean
  /** Whether a problem has this path or one below it. */
  within(path: Path): boolean
  /** All problems, in the order of their paths in the document. */
  inOrderOf(document: unknown, effectOf?: EffectOf): readonly Problem[]
}

/** A forgiven problem is not added, and nor is another one at its path, which would be its consequence. */
export function createProblems(isForgiven: (code: ProblemCode) => boolean = () => false): Problems {
  const found: { readonly at: Path; readonly problem: Problem }[] = []
  const places = new Set<string>()
  const around = new Set<string>()
  return {
    add(path, code, message) {
      const outwards = prefixes(path)
      if (outwards.some((place) => places.has(place))) return
      places.add(outwards[0]!)
      if (isForgiven(code)) return
      for (const place of outwards) around.add(place)
      found.push({ at: path, problem: { path: formatPath(path), code, message: asSentence(message) } })
    },
    at: (path) => places.has(prefixes(path)[0]!),
    within: (path) => around.has(prefixes(path)[0]!),
    inOrderOf(document, effectOf) {
      const positionOf = createPositions(document)
      const placed = found.map(({ at, problem }) => ({
        position: positionOf(at),
        problem: effectOf === undefined ? problem : { ...problem, effect: effectOf(at, problem.code) },
      }))
      return placed.sort((a, b) => comparePositions(a.position, b.position)).map(({ problem }) => problem)
    },
  }
}

/** Ends with a full stop, so that another sentence can follow. */
export function asSentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`
}

/** Maps each step of a path to its position among its siblings; missing keys come last. */
function createPositions(document: unknown): (path: Path) => number[] {
  const siblings = new Map<object, Map<string, number>>()
  const indexIn = (holder: object, step: string): number => {
    const known = siblings.get(holder) ?? new Map(Object.keys(holder).map((key, index) => [key, index]))
    siblings.set(holder, known)
    return known.get(step) ?? Number.MAX_SAFE_INTEGER
  }
  return (path) => {
    let at = document
    return path.map((step) => {
      if (!isObjectOrList(at)) return Number.MAX_SAFE_INTEGER
      const index = indexIn(at, String(step))
      at = (at as Record<string | number, unknown>)[step]
      return index
    })
  }
}

function comparePositions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a[index] !== b[index]) return a[index]! - b[index]!
  }
  return a.length - b.length
}

/** Keys of the path itself, then of each parent. */
function prefixes(path: Path): string[] {
  return [...path.keys(), path.length].reverse().map((length) => JSON.stringify(path.slice(0, length)))
}

/** A path as users write it: `rules[2].match.err.code`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    const key = cutChars(cleanLine(step), 60) || "''"
    return text === '' ? key : `${text}.${key}`
  }, '')
}

const maxLines = 100

/** All problems, one a line: `  channels.ops.url: is missing: …`. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.slice(0, maxLines).map(({ path, message }) => `  ${path || 'options'}: ${message}`)
  if (problems.length > maxLines) lines.push(`  and ${problems.length - maxLines} more`)
  return lines.join('\n')
}
