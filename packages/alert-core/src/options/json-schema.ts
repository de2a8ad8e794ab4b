/**
 * The JSON Schema of the options, for editors and docs: the keys, meanings and defaults of shape.ts, and the
 * options of each provider. docs/generate.mjs writes it to `options.schema.json`; the product does not read
 * it.
 */
import * as z from 'zod/mini'
import type { ProviderDefinition } from '../provider/provider.ts'
import { madeShape } from '../provider/recipe.ts'
import { infoOf, type Schema } from '../provider/schema.ts'
import { isObject } from '../text/get-path.ts'
import { channelShape } from './channel-shape.ts'
import { kindDefaults } from './defaults.ts'
import { providers } from './provider-table.ts'
import type { Shape } from './read-keys.ts'
import { ruleShape } from './rule-options.ts'
import { optionsShape } from './shape.ts'

/** Draft 7, which editors understand best. */
export interface JsonSchema {
  [keyword: string]: unknown
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  definitions?: Record<string, JsonSchema>
}

const fileReference: JsonSchema = {
  title: 'file',
  description: 'The text of this file, without its last line break',
  type: 'object',
  properties: { file: { type: 'string', description: "Path of the file: '/run/secrets/slack'" } },
  required: ['file'],
  additionalProperties: false,
}

export function optionsJsonSchema(): JsonSchema {
  const definitions: Record<string, JsonSchema> = { file: fileReference }
  const part = (shape: Shape): JsonSchema => {
    const { $schema, definitions: inner, ...schema } = convert(z.strictObject(madeShape(shape)))
    Object.assign(definitions, inner)
    return schema
  }
  const root = part(optionsShape)
  definitions['rule'] = { title: 'rule', ...part(ruleShape) }
  definitions['channel'] = anyChannel(part(channelShape))
  for (const [type, definition] of Object.entries<ProviderDefinition>(providers)) {
    const { title, options } = definition
    const own = part(options._zod.def.shape)
    for (const property of Object.values(own.properties ?? {})) allowFile(property)
    const shared = withDefaultsOf(definition, part(channelShape).properties)
    const named = { type: { const: type, description: 'Provider of the channel' } }
    definitions[`${type} channel`] = {
      title: `${title} channel`,
      ...(definition.defaults && { 'x-defaults': definition.defaults }),
      ...own,
      properties: { ...named, ...own.properties, ...shared },
    }
  }
  const { channels, rules, ...others } = root.properties ?? {}
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Options of pino-alert-transport and winston-alert-transport',
    ...root,
    properties: {
      $schema: { type: 'string', description: 'Path of this schema, for editors' },
      ...others,
      channels: { ...channels, ...namedChannels() },
      rules: { ...rules, items: { $ref: '#/definitions/rule' } },
    },
    definitions,
  }
}

/**
 * The options that all channels share, with defaults of this provider. Each refers to its one description:
 * written out for every provider, they were more than half of the file. A default beside `$ref` is an
 * annotation: editors show it, validators do not need it.
 */
function withDefaultsOf(
  { kind, defaults }: ProviderDefinition,
  properties: JsonSchema['properties'] = {},
): typeof properties {
  const { retryFirst: _, sendResolved, ...known } = kindDefaults[kind]
  const own: Record<string, unknown> = {
    ...known,
    ...defaults,
    ...(sendResolved === 'always' ? { sendResolved: true } : {}),
  }
  return Object.fromEntries(
    Object.keys(properties)
      .filter((key) => key !== 'type')
      .map((key): [string, JsonSchema] => [
        key,
        { $ref: `#/definitions/channel/properties/${key}`, ...(key in own && { default: own[key] }) },
      ]),
  )
}

/** Chosen by `type`, so that editors offer the options of that provider. */
function anyChannel({ properties }: JsonSchema): JsonSchema {
  const types = Object.keys(providers)
  return {
    title: 'channel',
    type: 'object',
    properties: { ...properties, type: { enum: types, description: 'Provider of the channel' } },
    required: ['type'],
    allOf: types.map((type) =>
      either(
        { properties: { type: { const: type } }, required: ['type'] },
        { $ref: `#/definitions/${type} channel` },
      ),
    ),
  }
}

/** A channel that is named after a provider needs no `type`. */
function namedChannels(): JsonSchema {
  const named = Object.keys(providers).map((type): [string, JsonSchema] => [
    type,
    either(
      { properties: { type: { const: type } } },
      { $ref: `#/definitions/${type} channel` },
      { $ref: '#/definitions/channel' },
    ),
  ])
  return { properties: Object.fromEntries(named), additionalProperties: { $ref: '#/definitions/channel' } }
}

function either(condition: JsonSchema, holds: JsonSchema, otherwise?: JsonSchema): JsonSchema {
  const branches = [
    ['if', condition],
    ['then', holds],
    ...(otherwise === undefined ? [] : [['else', otherwise]]),
  ]
  return Object.fromEntries(branches)
}

function convert(schema: Schema): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    // A duration is a custom check in zod; its JSON Schema is in its meta data.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Without this, the default of a schema that transforms, such as a duration, is lost.
      const { default: fallback } = infoOf(zodSchema)
      if (fallback !== undefined) jsonSchema.default = fallback as typeof jsonSchema.default
      if (jsonSchema['secret'] === true) jsonSchema.writeOnly = true
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      delete jsonSchema['secret']
      delete jsonSchema.propertyNames
    },
  }) as JsonSchema
}

/** A provider's free text may also be given as a file. */
function allowFile(schema: JsonSchema): void {
  for (const inner of childrenOf(schema)) allowFile(inner)
  if (schema['type'] !== 'string' || 'enum' in schema || 'const' in schema) return
  const { description, default: fallback, writeOnly, ...text } = schema
  for (const keyword of Object.keys(schema)) delete schema[keyword]
  // `${NAME}` has neither the format nor the length of the value that replaces it.
  delete text['format']
  delete text['pattern']
  const kept = { description, default: fallback, writeOnly }
  for (const [keyword, value] of Object.entries(kept)) if (value !== undefined) schema[keyword] = value
  schema['anyOf'] = [text, { $ref: '#/definitions/file' }]
}

function childrenOf(schema: JsonSchema): JsonSchema[] {
  const { properties = {}, items, additionalProperties, anyOf } = schema
  const alternatives = Array.isArray(anyOf) ? (anyOf as JsonSchema[]) : []
  const single = [items, additionalProperties].filter(isObject)
  return [...Object.values(properties), ...(single as JsonSchema[]), ...alternatives]
}
