/**
 * A problem is one thing wrong with the options: where, what, and how to cure it. Problems are collected, never
 * thrown, so that a user reads all of them at once; only the first one at a place is kept, it is the cause.
 */
import { cleanLine, cutChars } from '../text/text.ts'

/** Every kind of problem with its sentence; the reference page is generated from this table. */
export const problemCodes = {
  'unknown-key': 'There is no such option here; the message suggests the nearest one.',
  'wrong-type': 'A text, a number, a list or an object was expected, and it is another of these.',
  'impossible-value': 'It has the right type, but this value makes no sense here.',
  missing: 'It has no default, and it is not given.',
  'not-plain': 'It is no plain JSON: a function, an instance of a class, a circle, a getter that throws.',
  'missing-env': `A \`\${NAME}\` leads to no environment variable.`,
  'unreadable-file': 'A `{ file }` leads to no file that can be read.',
  'unknown-provider': 'There is no provider of this type.',
  'unknown-channel': 'A fallback or a rule names a channel that does not exist.',
  'unknown-recipient': 'A recipient is neither a group of `recipients` nor an address.',
  'unknown-schedule': 'A channel or a silence names a schedule that does not exist.',
  'fallback-circle': 'Fallbacks lead back to the channel where they began.',
  duplicate: 'A name that must be unique is there twice.',
} as const satisfies Record<string, string>

/** What kind of problem it is; stable, for programs. */
export type ProblemCode = keyof typeof problemCodes

/** One thing wrong: `path` like `channels.ops.url` or `rules[2].match.err.code`, empty for the options as a whole. */
export interface Problem {
  readonly path: string
  readonly code: ProblemCode
  /** One sentence with its cure; never holds a secret. */
  readonly message: string
}

/** Where something is: keys and list positions from the root of the options. */
export type Path = readonly (string | number)[]

/** The problems found so far. */
export interface Problems {
  /** Notes a problem, unless one is known at this very place or at one that holds it. */
  add(path: Path, code: ProblemCode, message: string): void
  /** Whether something is wrong with this very place. */
  at(path: Path): boolean
  /** Whether something at this place or inside it is wrong. */
  within(path: Path): boolean
  /** All of them, in the order in which their places stand in the document. */
  inOrderOf(document: unknown): readonly Problem[]
}

/** An empty collection of problems. */
export function createProblems(): Problems {
  const found: { readonly at: Path; readonly problem: Problem }[] = []
  const places = new Set<string>()
  const around = new Set<string>()
  return {
    add(path, code, message) {
      const outwards = prefixes(path)
      if (outwards.some((place) => places.has(place))) return
      places.add(outwards[0]!)
      for (const place of outwards) around.add(place)
      found.push({ at: path, problem: { path: formatPath(path), code, message: asSentence(message) } })
    },
    at: (path) => places.has(prefixes(path)[0]!),
    within: (path) => around.has(prefixes(path)[0]!),
    inOrderOf(document) {
      const positionOf = createPositions(document)
      const placed = found.map(({ at, problem }) => ({ position: positionOf(at), problem }))
      return placed.sort((a, b) => comparePositions(a.position, b.position)).map(({ problem }) => problem)
    },
  }
}

/** Ends with a full stop, so that a cure can follow. */
export function asSentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`
}

/** Gives for each step of a path its place among its siblings; what is not there comes after what is. */
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
      if (typeof at !== 'object' || at === null) return Number.MAX_SAFE_INTEGER
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

/** Keys for the place itself, then for each place that holds it. */
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

/** All problems as lines for people, one each: `  channels.ops.url: missing: …`. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.slice(0, maxLines).map(({ path, message }) => `  ${path || 'options'}: ${message}`)
  if (problems.length > maxLines) lines.push(`  and ${problems.length - maxLines} more`)
  return lines.join('\n')
}
