/**
 * A schema as a recipe: it reads a value that is surely right itself, and makes the schema of zod only when
 * its messages or its structure are needed. An application whose options are right never loads zod.
 */
import type * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'

type Schema = z.core.$ZodType
type Info = z.core.GlobalMeta

/** The schema would have an issue with this value. */
export const refused: unique symbol = Symbol('refused')
/** Only zod can say what it makes of this value. */
export const unsure: unique symbol = Symbol('unsure')

/** The output of the schema for a value, `refused` or `unsure`. */
export type Read = (value: unknown) => unknown

export interface Recipe {
  readonly read: Read
  /** Makes the schema of zod. */
  readonly make: () => Schema
  /** What its input may leave out: nothing, or a value that may be absent. */
  readonly isOptional?: boolean
  readonly info?: Info
  /** The schemas that it wraps or chooses from. */
  readonly wrapped?: () => readonly Schema[]
  /** The schemas of the keys of an object. */
  readonly shape?: Readonly<Record<string, Schema>>
  /** The schema of each item of a list, or of each value of a record. */
  readonly element?: Schema
}

/** A check of a value whose type is right already. */
export interface RecipeCheck {
  readonly passes: (value: unknown) => boolean
  readonly make: () => z.core.$ZodCheck
}

const recipeKey = Symbol('recipe')
const checkKey = Symbol('check')

/** A schema that zod takes as one of its own: it is made when zod first looks into it. */
export function schemaOf(recipe: Recipe): Schema {
  const made = once(recipe.make)
  const schema = {
    [recipeKey]: { ...recipe, make: made },
    shape: recipe.shape,
    parse: (value: unknown) => (made() as z.ZodMiniType).parse(value),
    safeParse: (value: unknown) => (made() as z.ZodMiniType).safeParse(value),
    get _zod() {
      return made()._zod
    },
    check: (...checks: readonly z.core.$ZodCheck[]) =>
      schemaOf({
        ...recipe,
        // As zod does: an `id` belongs to one schema alone.
        info: withoutId(recipe.info),
        read: (value) => checked(recipe.read(value), checks),
        make: () =>
          (made() as z.ZodMiniType).check(...(checks.map(madeCheck) as z.core.$ZodCheck<unknown>[])),
      }),
  }
  return schema as unknown as Schema
}

export function checkOf(check: RecipeCheck): z.core.$ZodCheck {
  return { [checkKey]: check } as unknown as z.core.$ZodCheck
}

/** The schema of zod, which a schema of another origin is already. */
export function madeSchema<Made extends Schema>(schema: Made): Made {
  return (recipeOf(schema)?.make() ?? schema) as Made
}

/** A shape may refer to itself, by a getter. */
export function madeShape(shape: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const made: Record<string, Schema> = {}
  for (const key of Object.keys(shape))
    Object.defineProperty(made, key, { enumerable: true, get: () => madeSchema(shape[key]!) })
  return made
}

/** The recipe of a schema; undefined for one of zod's own. */
export function recipeOf(schema: Schema): Recipe | undefined {
  return (schema as Partial<Record<typeof recipeKey, Recipe>>)[recipeKey]
}

/** What zod makes of a value, if that is sure without zod. Never throws. */
export function readSurely(schema: Schema, value: unknown): unknown {
  try {
    return readAs(schema, value)
  } catch {
    return unsure
  }
}

/** {@link readSurely}; a check of the schema may throw. */
export function readAs(schema: Schema, value: unknown): unknown {
  const recipe = recipeOf(schema)
  return recipe === undefined ? unsure : recipe.read(value)
}

export function isRead(result: unknown): boolean {
  return result !== refused && result !== unsure
}

function checked(value: unknown, checks: readonly z.core.$ZodCheck[]): unknown {
  if (!isRead(value)) return value
  return checks.every((check) => ownCheck(check)?.passes(value)) ? value : refused
}

function madeCheck(check: z.core.$ZodCheck): z.core.$ZodCheck {
  return ownCheck(check)?.make() ?? check
}

function ownCheck(check: z.core.$ZodCheck): RecipeCheck | undefined {
  return (check as Partial<Record<typeof checkKey, RecipeCheck>>)[checkKey]
}

function withoutId(info: Info | undefined): Info | undefined {
  if (info === undefined) return undefined
  const { id: _, ...rest } = info
  return rest
}
