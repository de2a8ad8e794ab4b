/**
 * The part of zod/mini in which options are written, as recipes: imported in its place, it makes the same
 * schemas, and loads zod only for a value that is not surely right. zod/mini is zod's own smaller half.
 */
import * as zod from 'zod/mini'
import { isObject } from '../text/get-path.ts'
import {
  checkOf,
  isRead,
  madeSchema,
  madeShape,
  type Read,
  type Recipe,
  readAs,
  recipeOf,
  refused,
  schemaOf,
  unsure,
} from './recipe.ts'

export type {
  core,
  input,
  output,
  ZodMiniDefault,
  ZodMiniObject,
  ZodMiniOptional,
  ZodMiniString,
  ZodMiniType,
} from 'zod/mini'

type Schema = zod.core.$ZodType
type Shape = Readonly<Record<string, Schema>>
type Options = readonly unknown[]

// ── Values ────────────────────────────────────────────────────────────────────────────────────────

export const string = scalar(
  (value) => typeof value === 'string',
  () => zod.string,
)
export const number = scalar(
  (value) => Number.isFinite(value),
  () => zod.number,
)
export const int = scalar(
  (value) => Number.isSafeInteger(value),
  () => zod.int,
)
export const boolean = scalar(
  (value) => typeof value === 'boolean',
  () => zod.boolean,
)
export const unknown = scalar(
  () => true,
  () => zod.unknown,
)
const nothing = scalar(
  (value) => value === null,
  () => zod.null,
)

export { nothing as null }

/** A schema that returns the values it accepts as they are. */
function scalar<Make extends (...given: never[]) => Schema>(
  accepts: (value: unknown) => boolean,
  maker: () => Make,
): Make {
  const make = (...given: Parameters<Make>) =>
    schemaOf({ read: (value) => (accepts(value) ? value : refused), make: () => maker()(...given) })
  return make as unknown as Make
}

export const literal = ((expected: zod.core.util.Literal, ...more: Options) =>
  schemaOf({
    read: (value) => (value === expected ? value : refused),
    make: () => Reflect.apply(zod.literal, undefined, [expected, ...more]) as Schema,
  })) as unknown as typeof zod.literal

const oneOf = ((values: readonly string[], ...more: Options) =>
  schemaOf({
    read: (value) => ((values as readonly unknown[]).includes(value) ? value : refused),
    make: () => Reflect.apply(zod.enum, undefined, [values, ...more]) as Schema,
  })) as unknown as typeof zod.enum

export { oneOf as enum }

export const custom = ((accepts: (value: unknown) => unknown, ...more: Options) =>
  schemaOf({
    read: (value) => (accepts(value) ? value : refused),
    make: () => Reflect.apply(zod.custom, undefined, [accepts, ...more]) as Schema,
  })) as unknown as typeof zod.custom

// ── Lists and objects ───────────────────────────────────────────────────────────────────────────────

export const array = ((element: Schema, ...more: Options) =>
  schemaOf({
    read: (value) => (Array.isArray(value) ? readEach(value, element) : refused),
    make: () => Reflect.apply(zod.array, undefined, [madeSchema(element), ...more]) as Schema,
    element,
  })) as unknown as typeof zod.array

function readEach(list: readonly unknown[], element: Schema): unknown {
  const results: unknown[] = []
  let failure: unknown
  for (const item of list) {
    const result = readAs(element, item)
    if (!isRead(result)) failure = worse(failure, result)
    results.push(result)
  }
  return failure ?? results
}

export const record = ((key: Schema, element: Schema, ...more: Options) =>
  schemaOf({
    read: (value) => readRecord(value, key, element),
    make: () =>
      Reflect.apply(zod.record, undefined, [madeSchema(key), madeSchema(element), ...more]) as Schema,
    element,
  })) as unknown as typeof zod.record

function readRecord(value: unknown, keys: Schema, element: Schema): unknown {
  if (!isObject(value)) return refused
  if (!isPlain(value)) return unsure
  const results: Record<string, unknown> = {}
  let failure: unknown
  for (const [key, child] of Object.entries(value)) {
    const result = readAs(element, child)
    for (const part of [readAs(keys, key), result]) if (!isRead(part)) failure = worse(failure, part)
    results[key] = result
  }
  return failure ?? results
}

export const strictObject = objectOf(true, () => zod.strictObject)
export const object = objectOf(false, () => zod.object)

function objectOf<Make>(isStrict: boolean, maker: () => Make): Make {
  const make = (shape: Shape, ...more: Options) =>
    schemaOf({
      read: (value) => readObject(value, shape, isStrict),
      make: () => Reflect.apply(maker() as Make & SchemaMaker, undefined, [madeShape(shape), ...more]),
      shape,
    })
  return make as unknown as Make
}

type SchemaMaker = (...given: never) => Schema

function readObject(value: unknown, shape: Shape, isStrict: boolean): unknown {
  if (!isObject(value)) return refused
  if (!isPlain(value)) return unsure
  if (isStrict && Object.keys(value).some((key) => !Object.hasOwn(shape, key))) return refused
  const results: Record<string, unknown> = {}
  let failure: unknown
  for (const key of Object.keys(shape)) {
    const schema = shape[key]!
    const isPresent = Object.hasOwn(value, key)
    if (!isPresent && recipeOf(schema)?.isOptional !== true) failure = worse(failure, unsure)
    const result = readAs(schema, value[key])
    if (!isRead(result)) failure = worse(failure, result)
    if (isPresent || result !== undefined) results[key] = result
  }
  return failure ?? results
}

/** What was checked and copied before: without a class, and without keys that zod treats apart. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  const keys = Reflect.ownKeys(value)
  return (
    (prototype === null || prototype === Object.prototype) &&
    keys.length === Object.keys(value).length &&
    !keys.includes('__proto__')
  )
}

/** A refusal is final, whatever else there is that only zod knows. */
function worse(failure: unknown, result: unknown): unknown {
  return failure === refused ? failure : result
}

// ── Schemas around others ───────────────────────────────────────────────────────────────────────────

export const optional = ((inner: Schema) =>
  schemaOf({
    read: (value) => (value === undefined ? (isOptional(inner) ? unsure : value) : readAs(inner, value)),
    make: () => zod.optional(madeSchema(inner)),
    isOptional: true,
    wrapped: () => [inner],
  })) as unknown as typeof zod.optional

export const _default = ((inner: Schema, preset: unknown) =>
  schemaOf({
    read: (value) => (value === undefined ? presetOf(preset) : readAs(inner, value)),
    make: () => zod._default(madeSchema(inner), preset),
    isOptional: true,
    wrapped: () => [inner],
  })) as unknown as typeof zod._default

/** As zod copies it: one level. */
function presetOf(preset: unknown): unknown {
  if (Array.isArray(preset)) return [...preset]
  if (isObject(preset)) return { ...preset }
  return typeof preset === 'function' ? unsure : preset
}

function isOptional(schema: Schema): boolean {
  return recipeOf(schema)?.isOptional === true
}

export const union = ((schemas: readonly Schema[], ...more: Options) =>
  schemaOf({
    read: (value) => firstRead(schemas, value),
    make: () => Reflect.apply(zod.union, undefined, [schemas.map(madeSchema), ...more]) as Schema,
    wrapped: () => schemas,
  })) as unknown as typeof zod.union

/** Of the schemas that accept a value, the first one counts. */
function firstRead(schemas: readonly Schema[], value: unknown): unknown {
  for (const schema of schemas) {
    const result = readAs(schema, value)
    if (result !== refused) return result
  }
  return refused
}

export const lazy = ((inner: () => Schema) =>
  schemaOf({
    read: (value) => readAs(inner(), value),
    make: () => zod.lazy(() => madeSchema(inner())),
    wrapped: () => [inner()],
  })) as unknown as typeof zod.lazy

type Change = (value: unknown) => unknown
const changes = new WeakMap<Schema, Change>()

export const transform = ((change: Change) => {
  const schema = schemaOf({ read: () => unsure, make: () => zod.transform(change) })
  changes.set(schema, change)
  return schema
}) as unknown as typeof zod.transform

/** What comes out of a schema, changed by a `transform`. */
export const pipe = ((inner: Schema, outer: Schema) =>
  schemaOf({
    read: changedRead((value) => readAs(inner, value), changes.get(outer)),
    make: () => zod.pipe(madeSchema(inner), madeSchema(outer)),
    wrapped: () => [inner],
  })) as unknown as typeof zod.pipe

function changedRead(read: Read, change: Change = () => unsure): Read {
  return (value) => {
    const result = read(value)
    return isRead(result) ? change(result) : result
  }
}

// ── Checks ───────────────────────────────────────────────────────────────────────────────────────────

type Sized = { readonly length: number }

export const minLength = bound(
  (value, least) => (value as Sized).length >= least,
  () => zod.minLength,
)
export const maxLength = bound(
  (value, most) => (value as Sized).length <= most,
  () => zod.maxLength,
)
export const minimum = bound(
  (value, least) => Number(value) >= least,
  () => zod.minimum,
)
export const maximum = bound(
  (value, most) => Number(value) <= most,
  () => zod.maximum,
)

function bound<Make>(passes: (value: unknown, limit: number) => boolean, maker: () => Make): Make {
  const make = (limit: number, ...more: Options) =>
    checkOf({
      passes: (value) => passes(value, limit),
      make: () => Reflect.apply(maker() as Make & CheckMaker, undefined, [limit, ...more]),
    })
  return make as unknown as Make
}

type CheckMaker = (...given: never) => zod.core.$ZodCheck

export const positive = ((...given: Options) =>
  checkOf({
    passes: (value) => Number(value) > 0,
    make: () => Reflect.apply(zod.positive, undefined, given) as zod.core.$ZodCheck,
  })) as unknown as typeof zod.positive

export const regex = ((pattern: RegExp, ...more: Options) =>
  checkOf({
    passes: (value) => pattern.test(String(value)),
    make: () => Reflect.apply(zod.regex, undefined, [pattern, ...more]) as zod.core.$ZodCheck,
  })) as unknown as typeof zod.regex

export const refine = ((accepts: (value: unknown) => unknown, ...more: Options) =>
  checkOf({
    passes: (value) => Boolean(accepts(value)),
    make: () => Reflect.apply(zod.refine, undefined, [accepts, ...more]) as zod.core.$ZodCheck,
  })) as unknown as typeof zod.refine

interface Issues {
  addIssue(issue: unknown): void
}

export const superRefine = ((check: (value: unknown, issues: Issues) => void, ...more: Options) =>
  checkOf({
    passes(value) {
      let isRight = true
      check(value, {
        addIssue() {
          isRight = false
        },
      })
      return isRight
    },
    make: () => Reflect.apply(zod.superRefine, undefined, [check, ...more]) as zod.core.$ZodCheck,
  })) as unknown as typeof zod.superRefine

/** An address as zod's own check sees it, which this does not repeat. */
export const url = ((...given: Options) =>
  schemaOf({
    read: (value) => (typeof value === 'string' ? unsure : refused),
    make: () => Reflect.apply(zod.url, undefined, given) as Schema,
  })) as unknown as typeof zod.url

// ── What is said of schemas ──────────────────────────────────────────────────────────────────────────

/** The schema with what is said of it; `copy` leaves the given one without that. */
export function note<Made extends Schema>(schema: Made, info: zod.core.GlobalMeta, isCopy = false): Made {
  const recipe = recipeOf(schema)
  const made = (): Made => {
    const whole = madeSchema(schema)
    const noted = isCopy ? zod.core.clone(whole, whole._zod.def, { parent: true }) : whole
    zod.globalRegistry.add(noted, info)
    return noted as Made
  }
  if (recipe === undefined) return made()
  const { id: _, ...known } = recipe.info ?? {}
  return schemaOf({ ...recipe, info: { ...known, ...info }, make: made } satisfies Recipe) as Made
}

/** What was said of a schema. */
export function infoOf(schema: Schema): zod.core.GlobalMeta {
  const recipe = recipeOf(schema)
  return (recipe === undefined ? zod.globalRegistry.get(schema) : recipe.info) ?? {}
}
