/**
 * Writes the tables of providers from the folders that hold them: `pnpm generate`. A provider is a file
 * `<name>.ts`, or a folder `<name>/` with a file of that name. A test fails while a committed table differs
 * from what this writes.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const core = 'packages/alert-core/src'
const cli = 'packages/alert-transport'

/** Every generated table by its path from the root of the repository. */
export function generateTables() {
  return {
    [`${core}/options/provider-table.ts`]: providerTable(),
    [`${cli}/src/inbox/fake-table.ts`]: fakeTable(),
    [`${cli}/page/app-table.js`]: appTable(),
    'test/contract/row-table.ts': rowTable(),
  }
}

function providerTable() {
  const found = entriesOf(`${core}/providers`, '.ts')
  return `${note}
import type { ProviderDefinition } from '../provider/provider.ts'
${importsOf(found, ({ camel, path }) => `import ${camel} from '../providers/${path}'`)}

/** Every provider by its \`type\`. */
export const providers = {
${fieldsOf(found)}
} as const satisfies Record<string, ProviderDefinition>
`
}

function fakeTable() {
  const found = entriesOf(`${cli}/src/fakes`, '.ts')
  return `${note}
import type { HttpFake, MailFake } from '../fake/fake.ts'
${importsOf(found, ({ camel, path }) => `import { ${camel} } from '../fakes/${path}'`)}

/** Every fake by its name, which is also the channel type and, over HTTP, the first part of the path. */
export const fakes = {
${fieldsOf(found)}
} as const satisfies Record<string, HttpFake | MailFake>

/** The name of a provider that the inbox can stand in for. */
export type FakeName = keyof typeof fakes

/** What each fake is set up with; what is left out has the fake's own default. */
export type FakeSettings = { readonly [Name in FakeName]?: Partial<(typeof fakes)[Name]['settings']> }
`
}

function appTable() {
  const found = entriesOf(`${cli}/page/apps`, '.js')
  return `${note}
${importsOf(found, ({ camel, path }) => `import { ${camel} } from './apps/${path}'`)}

/** How the app of each provider shows a message. */
export const apps = {
${fieldsOf(found)}
}
`
}

function rowTable() {
  const found = entriesOf('test/contract/rows', '.ts')
  return `${note}
${importsOf(found, ({ camel, path }) => `import { ${camel} } from './rows/${path}'`)}

/** What the tests know of each provider. */
export const rowByName = {
${fieldsOf(found)}
} as const
`
}

const note = '// Generated from the names of the files: `npx -y pnpm@10 generate` writes it again.'

/** The files and folders of a folder by name, sorted. */
function entriesOf(folder, extension) {
  return readdirSync(new URL(folder, root), { withFileTypes: true })
    .map((entry) => {
      const name = entry.isDirectory() ? entry.name : entry.name.slice(0, -extension.length)
      const path = entry.isDirectory() ? `${name}/${name}${extension}` : entry.name
      if (!entry.name.endsWith(extension) && !existsSync(new URL(`${folder}/${path}`, root)))
        throw new Error(`${folder}/${entry.name} holds no ${path}`)
      return { name, path, camel: toCamel(name) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function importsOf(entries, write) {
  return entries.map(write).join('\n')
}

function fieldsOf(entries) {
  return entries
    .map(({ name, camel }) => (name === camel ? `  ${name},` : `  '${name}': ${camel},`))
    .join('\n')
}

/** 'aliyun-sms' → 'aliyunSms' */
export function toCamel(name) {
  const [first, ...rest] = name.split('-')
  return first + rest.map((word) => word[0].toUpperCase() + word.slice(1)).join('')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(generateTables())) {
    writeFileSync(new URL(path, root), text)
    console.log(`wrote ${path}`)
  }
}
