/**
 * Reads an object key by key, so that one wrong key does not disable the others.
 */
import type * as z from 'zod/mini'
import type { Schema } from '../provider/schema.ts'
import { isObject } from '../text/get-path.ts'
import { parse } from './explain-problem.ts'
import { createProblems, type Path, type Problems } from './problem.ts'
import { described, unknownKey, type Wording } from './sentence.ts'

export type Shape = Readonly<Record<string, Schema>>

/** The values of the valid keys; keys with a problem are absent. */
export type ReadShape<Keys extends Shape> = { [Key in keyof Keys]?: z.output<Keys[Key]> | undefined }

/**
 * Reads an object; `undefined` if the value is not one. Only `required` keys must be present. Of the keys
 * `inParts`, the valid part is used if another part is wrong.
 */
export type ReadKeys = <Keys extends Shape>(
  shape: Keys,
  value: unknown,
  path: Path,
  required?: readonly (keyof Keys)[],
  inParts?: ReadonlySet<string>,
) => ReadShape<Keys> | undefined

const none: ReadonlySet<string> = new Set()

export function createReadKeys(problems: Problems, wording: Wording): ReadKeys {
  return (shape, value, path, required = [], inParts = none) => {
    if (!isObject(value)) {
      problems.add(path, 'wrong-type', `expected an object, got ${described(value, wording)}.`)
      return undefined
    }
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(shape, key)) {
        problems.add([...path, key], 'unknown-key', unknownKey(key, Object.keys(shape)))
      }
    }
    const read: ReadShape<typeof shape> = {}
    for (const key of Object.keys(shape) as (keyof typeof shape & string)[]) {
      // Schemas are lazy: those of absent keys are never created.
      if (value[key] === undefined && !required.includes(key)) continue
      const at = [...path, key]
      const whole = parse(shape[key]!, value[key], at, problems, wording)
      const isPartial = inParts.has(key) && problems.within(at)
      const given = isPartial
        ? parse(shape[key]!, validKeys(value[key], at, problems), at, createProblems(), wording)
        : whole
      if (given !== undefined) read[key] = given
    }
    return read
  }
}

/** An object without the keys that have a problem; `undefined` if no key is left. */
function validKeys(value: unknown, path: Path, problems: Problems): object | undefined {
  if (!isObject(value)) return undefined
  const valid = Object.entries(value).filter(([key]) => !problems.within([...path, key]))
  return valid.length === 0 ? undefined : Object.fromEntries(valid)
}

/** The texts of a list that have no problem; none if the value is not a list. */
export function validTexts(value: unknown, path: Path, problems: Problems): string[] {
  if (!Array.isArray(value)) return []
  return value.filter((item, index) => typeof item === 'string' && !problems.within([...path, index]))
}
