/**
 * Writes the files that are generated from the code: the JSON Schema of the options, the comments that
 * editors show for them, and the reference pages.
 * Run after a build: `node docs/generate.mjs`. A test fails while a committed file differs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { documentedOptions } from './documented-options.mjs'
import { floorsTable, lintFloors } from './floors.mjs'
import { code, fill, page, tableOf } from './markdown.mjs'
import { messagesPage } from './messages.mjs'
import { channelsPage, fillProviderPages, fillReadmes } from './provider-tables.mjs'
import { retired } from './retired-words.mjs'
import { replayWeek, weekPage } from './week.mjs'

/**
 * Every generated file by its path from the root of the repository.
 * @param {{ schema: object, errorCodes: Record<string, string>, internalErrorCodes: Record<string, string>,
 *   problemCodes: Record<string, string>, providers: Record<string, object>,
 *   read: (path: string) => string | undefined }} source `read` returns pages of which a part is generated
 * @returns {Record<string, string>}
 */
export function generate({ schema, errorCodes, internalErrorCodes, problemCodes, providers, read }) {
  return {
    'packages/alert-core/options.schema.json': `${inLines(schema)}\n`,
    'packages/alert-core/src/options/documented-options.ts': documentedOptions(schema),
    'docs/options.md': optionsPage(schema),
    'docs/errors.md': errorsPage(errorCodes, internalErrorCodes, problemCodes),
    'docs/channels.md': channelsPage(providers),
    ...fillProviderPages(providers, read, (type) => ownOptions(schema.definitions, type)),
    ...fillReadmes(providers, read),
    ...houseFiles(read),
  }
}

/** The linter's floors, CONTRIBUTING's table of them, and the table of retired words. */
function houseFiles(read) {
  const floors = JSON.parse(read('packages/alert-core/floors.json'))
  return {
    'biome.floors.json': lintFloors(floors),
    'CONTRIBUTING.md': fill(read('CONTRIBUTING.md'), 'floors', floorsTable(floors)),
    'docs/words.md': fill(
      read('docs/words.md'),
      'retired',
      tableOf(
        ['not any more', 'instead'],
        retired.map(({ words, instead }) => [words, instead]),
      ),
    ),
  }
}

function optionsPage(schema) {
  const { definitions, properties } = schema
  const { channel, rule } = definitions
  const providers = Object.keys(definitions).filter((name) => name.endsWith(' channel'))
  return page('Options', [
    'Plain JSON, one object for all adapters. All problems are reported at once, each with its path.',
    `A **duration** is a number of milliseconds or a text such as \`'250ms'\`, \`'30s'\`, \`'5m'\`, \`'1.5h'\`, \`'1d'\`.
\`\${NAME}\` anywhere in a text is read from the environment; \`$\${\` stands for a literal \`\${\`.
\`{ "file": "/run/secrets/x" }\` instead of a text reads that file.`,
    'For completion in an editor, name the schema in the first line of a JSON file:',
    '```json\n{ "$schema": "node_modules/alert-core/options.schema.json" }\n```',
    '## All',
    table(properties, '', (key) => key !== '$schema'),
    '## Rules',
    table(rule.properties, 'rules[].', () => true, rule.required),
    '## Match',
    `An object of conditions by field path (\`'err.code'\`), which must all hold; or a list of such objects, of which one
must hold. A condition is a value, a list of which any may equal, or one of:`,
    table(definitions.condition.anyOf.find((branch) => branch.properties).properties, ''),
    '`level` and `severity` compare by rank.',
    '## Every channel',
    table(channel.properties, 'channels.*.'),
    ...providers.flatMap((name) => {
      const type = name.replace(' channel', '')
      return [`## ${definitions[name].title}: \`type: '${type}'\``, ...ownOptions(definitions, type)]
    }),
  ])
}

/** A provider's own defaults and options. */
function ownOptions(definitions, type) {
  const { properties, required, 'x-defaults': defaults } = definitions[`${type} channel`]
  const shared = Object.keys(definitions.channel.properties)
  const own = table(properties, 'channels.*.', (key) => !shared.includes(key), required)
  return [...(defaults ? [ownDefaults(defaults)] : []), own ?? 'No options of its own.']
}

function errorsPage(errorCodes, internalErrorCodes, problemCodes) {
  const codes = (table) => Object.entries(table).map(([name, sentence]) => [code(name), sentence])
  return page('Errors', [
    'Every error that the library throws is an `AlertError` with a `code`.',
    tableOf(['code', 'meaning'], codes(errorCodes)),
    '## While it runs',
    `At run time nothing is thrown. Each of these is a process warning, and most are also an event
\`{ type: 'error', code, message }\`. Those of the state directory are also an alert of the rule \`@state\`, and those of a
fleet (a Redis that cannot be used, processes with other rules) of the rule \`@fleet\`. A problem of the
options is reported in the same way, with its kind as the code.`,
    tableOf(['code', 'meaning'], codes(internalErrorCodes)),
    '## Problems of options',
    `Each problem that \`ALERT_OPTIONS_INVALID\` lists, or that a running hub reports, has one of these kinds.`,
    tableOf(['kind', 'meaning'], codes(problemCodes)),
  ])
}

function ownDefaults(defaults) {
  const pairs = Object.entries(defaults).map(([key, value]) => code(`${key}: ${inJson(value)}`))
  return `Own defaults: ${pairs.join(', ')}.`
}

/** One row per option, nested ones after their parent; undefined if there are none. */
function table(properties, prefix, admits = () => true, required = []) {
  const rows = Object.entries(properties)
    .filter(([key]) => admits(key))
    .flatMap(([key, schema]) => rowsOf(`${prefix}${key}`, schema, required.includes(key)))
  return rows.length === 0 ? undefined : tableOf(['option', 'type', 'default', 'meaning'], rows)
}

function rowsOf(path, schema, isRequired) {
  const fallback = schema['x-default'] ?? ('default' in schema ? code(inJson(schema.default)) : '')
  const row = [
    code(path),
    `${typeOf(schema)}${schema.writeOnly ? ', secret' : ''}`,
    isRequired ? '**required**' : fallback,
    schema.description ?? '',
  ]
  const holders = [
    [schema, path],
    [schema.items ?? {}, `${path}[]`],
    ...(schema.anyOf ?? []).map((branch) => [branch, path]),
  ]
  const inner = holders.flatMap(([holder, at]) =>
    Object.entries(isOpen(holder) ? {} : (holder.properties ?? {})).flatMap(([key, child]) =>
      rowsOf(`${at}.${key}`, child, holder.required?.includes(key) ?? false),
    ),
  )
  return [row, ...inner]
}

/** Objects such as `channels`, whose keys the user chooses. */
function isOpen(schema) {
  return typeof schema.additionalProperties === 'object'
}

function typeOf(schema) {
  if (schema.title === 'duration') return 'duration'
  if (schema.$ref) return nameOf(schema.$ref)
  if (schema.allOf?.length === 1) return typeOf(schema.allOf[0])
  if (schema.anyOf) return distinct(schema.anyOf.map(typeOf)).join(' · ')
  if (schema.enum) return schema.enum.map((value) => code(inJson(value))).join(' · ')
  if ('const' in schema) return code(inJson(schema.const))
  if (Array.isArray(schema.type)) return schema.type.map((type) => types[type]).join(' · ')
  if (schema.type === 'array') return schema.items ? `list of ${typeOf(schema.items)}` : 'list'
  if (schema.type === 'object' && isOpen(schema)) return recordOf(schema.additionalProperties)
  return types[schema.type] ?? 'any JSON'
}

const types = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true · false',
  object: 'object',
  null: 'null',
}

function recordOf(value) {
  return Object.keys(value).length === 0 ? 'object' : `object of ${typeOf(value)}`
}

/** Every text may also be a file: the page says so once, above the tables. */
function nameOf(reference) {
  const name = reference.split('/').at(-1)
  return name === 'file' ? 'text' : name
}

function distinct(values) {
  return [...new Set(values)]
}

/** JSON with what fits in 110 columns on one line: half the size of one value a line. */
function inLines(value, indent = '') {
  const short = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || indent.length + short.length < 90) return short
  const inner = `${indent}  `
  const items = Array.isArray(value)
    ? value.map((item) => inLines(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${inLines(item, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`
}

function inJson(value) {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value).replaceAll('"', "'")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const reference = await import('../packages/alert-core/dist/reference.js')
  const core = await import('../packages/alert-core/dist/index.js')
  const { optionsJsonSchema, errorCodes, internalErrorCodes, problemCodes, providers } = reference
  const root = new URL('../', import.meta.url)
  const read = (path) =>
    existsSync(new URL(path, root)) ? readFileSync(new URL(path, root), 'utf8') : undefined
  const schema = optionsJsonSchema()
  const files = generate({ schema, errorCodes, internalErrorCodes, problemCodes, providers, read })
  const messages = await messagesPage({ ...core, ...reference })
  const made = { 'docs/messages.md': messages, 'docs/week.md': weekPage(await replayWeek(core)) }
  for (const [path, text] of Object.entries({ ...files, ...made })) {
    writeFileSync(new URL(`../${path}`, import.meta.url), text)
    console.log(`wrote ${path}`)
  }
}
