/**
 * Options that are right are read without zod. What that reading makes of a value must be what zod makes of
 * it, whatever the value: random ones are compared, made from each schema itself.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as zod from 'zod/mini'
import { channelShape } from '#core/options/channel-shape.ts'
import { inhibition, silence, timeInterval } from '#core/options/mute-shape.ts'
import { providers } from '#core/options/provider-table.ts'
import { ruleShape } from '#core/options/rule-options.ts'
import { optionsShape } from '#core/options/shape.ts'
import * as z from '#core/provider/light-zod.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import { isRead, madeSchema, readSurely, recipeOf, refused, unsure } from '#core/provider/recipe.ts'
import type { Schema } from '#core/provider/schema.ts'
import { providerRows } from '../../contract/rows.ts'

/** What zod makes of a value; `refused` if it has an issue with it, or a check throws. */
function readByZod(schema: Schema, value: unknown): unknown {
  try {
    const result = zod.safeParse(madeSchema(schema), value)
    return result.success ? result.data : refused
  } catch {
    return refused
  }
}

/** Throws if a value is read otherwise than by zod. */
function compare(schema: Schema, value: unknown): void {
  const read = readSurely(schema, value)
  if (read !== unsure) expect(read).toStrictEqual(readByZod(schema, value))
}

const someTexts = [
  ...['', ' ', 'x', 'error', '30s', '5m', '-1s', '1.5h', '0', 'ops@example.com', '+4930123456', '#alerts'],
  ...['https://hooks.slack.com/services/T/B/x', 'http://127.0.0.1:9/hook', 'https://x/{traceId}', 'ftp://x'],
  ...['Europe/Berlin', 'Mars/Base', '09:00', '24:00', 'monday:friday', '1:5', '2026-11-30T09:00'],
  ...['2026-10-01T06:00:00Z', '2026-10-02T06:00:00+08:00', 'a+', '(a', '(?=a)', 'mymaster:26379', 'en'],
  ...['redis://h:6379', 'xoxb-1', 'C012AB3CD', '0123456789abcdef0123456789abcdef', '__proto__', 'toString'],
]
const someText = fc.oneof(fc.constantFrom(...someTexts), fc.string({ maxLength: 20 }))
const someNumber = fc.oneof(
  fc.constantFrom(0, -0, 1, 2, 5, 100, 1024, 65_536, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
  fc.integer(),
)
const anything = fc.oneof(
  someText,
  someNumber,
  fc.constantFrom(null, true, false, undefined, [], {}),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Values of the form that the schema describes, right or not. */
function valuesOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const formed = depth > 6 ? anything : formOf(madeSchema(schema), depth + 1)
  return fc.oneof({ weight: 12, arbitrary: formed }, { weight: 1, arbitrary: anything })
}

function formOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const inner = (one: Schema) => valuesOf(one, depth)
  if (schema instanceof zod.core.$ZodString) return someText
  if (schema instanceof zod.core.$ZodNumber) return someNumber
  if (schema instanceof zod.core.$ZodBoolean) return fc.boolean()
  if (schema instanceof zod.core.$ZodEnum) return fc.constantFrom(...Object.values(schema._zod.def.entries))
  if (schema instanceof zod.core.$ZodLiteral) return fc.constantFrom(...schema._zod.def.values)
  if (schema instanceof zod.core.$ZodOptional || schema instanceof zod.core.$ZodDefault)
    return fc.option(inner(schema._zod.def.innerType), { nil: undefined, freq: 4 })
  if (schema instanceof zod.core.$ZodArray) return fc.array(inner(schema._zod.def.element), { maxLength: 3 })
  if (schema instanceof zod.core.$ZodRecord)
    return fc.dictionary(someText, inner(schema._zod.def.valueType), { maxKeys: 3 })
  if (schema instanceof zod.core.$ZodUnion) return fc.oneof(...schema._zod.def.options.map(inner))
  if (schema instanceof zod.core.$ZodPipe) return inner(schema._zod.def.in)
  if (schema instanceof zod.core.$ZodLazy) return inner(schema._zod.def.getter())
  if (schema instanceof zod.core.$ZodObject) return objectsOf(schema._zod.def.shape, inner)
  if (schema instanceof zod.core.$ZodCustom) return fc.oneof(someText, someNumber)
  return anything
}

/** Few of the keys at a time: of all of them, one is nearly always wrong. */
function objectsOf(
  shape: Readonly<Record<string, Schema>>,
  inner: (schema: Schema) => fc.Arbitrary<unknown>,
) {
  const entries = Object.keys(shape).map((key) => inner(shape[key]!).map((value) => [key, value] as const))
  const stray = fc.tuple(someText, anything)
  const weighted = entries.map((arbitrary) => ({ weight: 15, arbitrary }))
  return fc
    .array(fc.oneof(...weighted, { weight: 1, arbitrary: stray }), { maxLength: 5 })
    .map((pairs) => Object.fromEntries(pairs))
}

const ofProviders = Object.entries<ProviderDefinition>(providers).map(
  ([type, { options }]) => [`an option of ${type}`, options] as const,
)
const parts: readonly (readonly [string, Schema])[] = [
  ...Object.entries({ ...optionsShape, ...channelShape, ...ruleShape }),
  ['a silence', silence()],
  ['an inhibition', inhibition()],
  ['a time interval', timeInterval()],
  ...ofProviders,
]

describe('options read without zod', () => {
  it.each(parts)('%s: as zod reads it, or not at all', (_, schema) => {
    fc.assert(
      fc.property(valuesOf(schema), (value) => compare(schema, value)),
      { numRuns: 60 },
    )
  })

  it.each(ofProviders)('%s: right ones are read', (name, options) => {
    const { right } = providerRows[name.replace('an option of ', '')]?.check ?? {}
    if (right === undefined) return
    const { shape = {} } = recipeOf(options) ?? {}
    const own = Object.fromEntries(Object.entries(right).filter(([key]) => Object.hasOwn(shape, key)))
    expect(isRead(readSurely(options, own))).toBe(true)
    compare(options, own)
  })

  it('leave objects of a class, and keys that zod treats apart, to zod', () => {
    const schemas = [z.record(z.string(), z.string()), z.object({ a: z.optional(z.string()) })]
    const odd = [
      new Map(),
      Object.create({ a: 'x' }),
      JSON.parse('{"__proto__":"x"}'),
      { [Symbol('a')]: 'x' },
    ]
    for (const schema of schemas)
      for (const value of odd) expect(isRead(readSurely(schema, value))).toBe(false)
  })

  it('take the first schema of a union that accepts a value, also behind one that only zod knows', () => {
    const schema = z.union([z.url(), z.string()])
    expect(readSurely(schema, 'x')).toBe(unsure)
    expect(readSurely(z.union([z.string(), z.url()]), 'x')).toBe('x')
    expect(readSurely(schema, 5)).toBe(refused)
  })

  it('are left to zod if a check throws', () => {
    const schema = z.string().check(
      z.refine(() => {
        throw new Error('no')
      }),
    )
    expect(readSurely(schema, 'x')).toBe(unsure)
  })
})
