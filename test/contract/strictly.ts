/**
 * The schema of an object that takes no key beside its own, as the check of all options sees it.
 */
import * as z from 'zod/mini'
import type { ObjectSchema } from '#core/provider/schema.ts'

/** A copy that refuses unknown keys. */
export function strictly<Schema extends ObjectSchema>(schema: Schema): Schema {
  return z.core.clone(schema, { ...schema._zod.def, catchall: z.never() })
}
