/**
 * Reads an object key by key, so that one bad key leaves the others usable; unknown keys get their nearest known one.
 */
import type * as z from 'zod/mini'
import type { Schema } from '../provider/schema.ts'
import { isObject } from '../text/is-object.ts'
import { parse } from './explain-problem.ts'
import { createProblems, type Path, type Problems } from './problem.ts'
import { described, unknownKey, type Wording } from './sentence.ts'

/** The schemas of an object's keys. */
export type Shape = Readonly<Record<string, Schema>>

/** What the schemas make of the good keys; bad ones are absent. */
export type ReadShape<Keys extends Shape> = { [Key in keyof Keys]?: z.output<Keys[Key]> | undefined }

/**
 * Reads an object; undefined where it is none. All keys but the `required` ones may be left out. Of those `inParts` what is sound is used where
 * something in them is wrong.
 */
export type ReadKeys = <Keys extends Shape>(
  shape: Keys,
  value: unknown,
  path: Path,
  required?: readonly (keyof Keys)[],
  inParts?: ReadonlySet<string>,
) => ReadShape<Keys> | undefined

const none: ReadonlySet<string> = new Set()

/** A reader that adds what is wrong to these problems. */
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
      // The schemas of what is not there need not even be made.
      if (value[key] === undefined && !required.includes(key)) continue
      const at = [...path, key]
      const whole = parse(shape[key]!, value[key], at, problems, wording)
      const isPartial = inParts.has(key) && problems.within(at)
      const given = isPartial
        ? parse(shape[key]!, soundKeys(value[key], at, problems), at, createProblems(), wording)
        : whole
      if (given !== undefined) read[key] = given
    }
    return read
  }
}

/** What is left of an object without the keys in which something is wrong; undefined where nothing is. */
function soundKeys(value: unknown, path: Path, problems: Problems): object | undefined {
  if (!isObject(value)) return undefined
  const sound = Object.entries(value).filter(([key]) => !problems.within([...path, key]))
  return sound.length === 0 ? undefined : Object.fromEntries(sound)
}

/** The texts of a list that have no problem noted; none where it is no list. */
export function soundTexts(value: unknown, path: Path, problems: Problems): string[] {
  if (!Array.isArray(value)) return []
  return value.filter((item, index) => typeof item === 'string' && !problems.within([...path, index]))
}
