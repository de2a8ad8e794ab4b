/**
 * The issues of a schema as problems: one for each unknown key, and for a union only the branch that the user
 * meant.
 */
import * as z from 'zod/mini'
import { isRead, readSurely } from '../provider/recipe.ts'
import type { Schema as AnySchema } from '../provider/schema.ts'
import { asSentence, type Path, type ProblemCode, type Problems } from './problem.ts'
import { sentence, type Wording } from './sentence.ts'

type Issue = z.core.$ZodIssue

/**
 * Checks a value: returns the schema's output, or adds what is wrong to the problems and returns `undefined`.
 */
export function parse<Schema extends AnySchema>(
  schema: Schema,
  value: unknown,
  path: Path,
  problems: Problems,
  wording: Wording,
): z.output<Schema> | undefined {
  const known = readSurely(schema, value)
  if (isRead(known)) return known as z.output<Schema>
  const add = (issues: readonly Issue[], within: Path): void => {
    for (const issue of issues) {
      const place = [...within, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
      const branch = issue.code === 'invalid_union' ? meant(issue.errors) : undefined
      if (branch !== undefined) {
        add(branch, place)
      } else if (issue.code === 'unrecognized_keys') {
        const sentences = issue.message.split('\n')
        issue.keys.forEach((key, index) => {
          problems.add([...path, ...place, key], 'unknown-key', sentences[index] ?? '')
        })
      } else if (!isConsequence(issue, issues)) {
        const isMissing = valueAt(value, place) === undefined
        const cure = isMissing ? (wording.cureMissing?.(String(place.at(-1) ?? '')) ?? '') : ''
        problems.add(
          [...path, ...place],
          isMissing ? 'missing' : problemCode(issue),
          asSentence(issue.message) + cure,
        )
      }
    }
  }
  try {
    const result = z.safeParse(schema, value, { error: (issue) => sentence(issue, wording) })
    if (result.success) return result.data
    add(result.error.issues, [])
  } catch {
    problems.add(path, 'impossible-value', 'could not be checked.')
  }
  return undefined
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) => (at as Record<string | number, unknown> | undefined)?.[step],
    value,
  )
}

/** The branch of a union whose type the value has. */
function meant(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const candidates = branches.filter((issues) => !issues.some(isOtherType))
  return candidates.length === 1
    ? candidates[0]
    : candidates.find((issues) => issues.some(({ path }) => path.length > 0))
}

/** Whether the value has another type than the schema expects. */
function isOtherType(issue: Issue): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union') return meant(issue.errors) === undefined
  if (issue.code === 'custom') return issue.params?.['must'] !== undefined
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

/** A check of a whole object says little if one of its keys is unknown already. */
function isConsequence(issue: Issue, issues: readonly Issue[]): boolean {
  if (issue.code !== 'custom' || issue.params?.['must'] !== undefined) return false
  return issues.some(
    ({ code, path }) => code === 'unrecognized_keys' && path.join('\n') === issue.path.join('\n'),
  )
}

function problemCode({ code }: Issue): ProblemCode {
  return code === 'invalid_type' || code === 'invalid_union' ? 'wrong-type' : 'impossible-value'
}
