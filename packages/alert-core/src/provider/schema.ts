/**
 * Schemas of options on top of zod/mini: each option has its description next to it,
 * which feeds the JSON Schema, the docs and the messages about what is missing. zod/mini is zod's own smaller
 * half: a start that loads it and makes its schemas takes a third of the time.
 */
import * as z from 'zod/mini'

/** Any schema, of zod/mini or of zod itself, in whichever copy. */
export type Schema = z.core.$ZodType
export type ObjectSchema = z.core.$ZodObject

/** What is said of an option: its `default`, or `x-default` where words have to say it. */
export interface OptionInfo {
  readonly default?: unknown
  readonly 'x-default'?: string
  readonly examples?: unknown[]
}

export function option<Inner extends Schema>(
  schema: Inner,
  description: string,
  info: OptionInfo = {},
): z.ZodMiniOptional<Inner> {
  return note(z.optional(schema), { description, ...info })
}

/** An option with a default. */
export function preset<Inner extends Schema>(
  schema: Inner,
  value: z.core.util.NoUndefined<z.core.output<Inner>>,
  description: string,
): z.ZodMiniDefault<Inner> {
  return note(z._default(schema, value), { description })
}

/** An option that must be given. */
export function required<Inner extends Schema>(schema: Inner, description: string): Inner {
  return informed(schema, { description })
}

/** A schema like this one of which more is said; what was said of this one holds on. */
export function informed<Inner extends Schema>(schema: Inner, info: z.core.GlobalMeta): Inner {
  return note(z.core.clone(schema, schema._zod.def, { parent: true }), info)
}

/** What was said of a schema. */
export function infoOf(schema: Schema): z.core.GlobalMeta {
  return z.globalRegistry.get(schema) ?? {}
}

function note<Made extends Schema>(schema: Made, info: z.core.GlobalMeta): Made {
  z.globalRegistry.add(schema, info)
  return schema
}
