/**
 * Schemas of options: each option has its description next to it, which feeds the JSON Schema, the docs and
 * the messages about what is missing.
 */
import * as z from './light-zod.ts'

export { infoOf } from './light-zod.ts'

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
  return z.note(z.optional(schema), { description, ...info })
}

/** An option with a default. */
export function preset<Inner extends Schema>(
  schema: Inner,
  value: z.core.util.NoUndefined<z.core.output<Inner>>,
  description: string,
): z.ZodMiniDefault<Inner> {
  return z.note(z._default(schema, value), { description })
}

/** An option that must be given. */
export function required<Inner extends Schema>(schema: Inner, description: string): Inner {
  return informed(schema, { description })
}

/** A schema like this one of which more is said; what was said of this one holds on. */
export function informed<Inner extends Schema>(schema: Inner, info: z.core.GlobalMeta): Inner {
  return z.note(schema, info, true)
}
