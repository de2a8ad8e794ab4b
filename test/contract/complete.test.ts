/**
 * What a provider consists of. Each file of `packages/alert-core/src/providers/` has a case here, which names
 * the file that is missing and what to write there; `npx -y pnpm@10 new:provider <name>` writes all of them
 * as skeletons.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type FakeName, fakes } from '#cli/inbox/fake-table.ts'
import { providers } from '#core/options/provider-table.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import { names, providerRows, secretOptions } from './rows.ts'

const root = new URL('../../', import.meta.url)
const has = (path: string) => existsSync(new URL(path, root))
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** They speak to nothing over a network, or to whatever the user likes: no vendor has a page about them. */
const local = ['console', 'module']
const ownTests = (name: string) => has(`test/unit/cli/${name}.test.ts`)

/** A file, or the file of its name in a folder. */
function sourceOf(name: string): string {
  const folder = 'packages/alert-core/src/providers'
  return has(`${folder}/${name}.ts`) ? `${folder}/${name}.ts` : `${folder}/${name}/${name}.ts`
}

/** Each: what is missing, or `undefined`. */
function missingOf(name: keyof typeof providers): readonly string[] {
  const provider: ProviderDefinition = providers[name]
  const { supports = {}, limits } = provider
  const row = providerRows[name] ?? {}
  const file = `test/contract/rows/${name}.ts`
  const fake = `packages/alert-transport/src/fakes/${name}.ts`
  const source = sourceOf(name)
  const app = `packages/alert-transport/page/apps/${name}.js`
  const page = `docs/providers/${name}.md`
  const takesAnything = name === 'webhook' || name === 'email'
  const needs: readonly (readonly [isThere: unknown, where: string, what: string])[] = [
    [
      name in fakes,
      fake,
      'the fake: refuse what the vendor refuses, in its words, then npx -y pnpm@10 generate',
    ],
    [
      has(app) || name === 'webhook',
      app,
      'how its app shows a message on the page of the inbox, then npx -y pnpm@10 generate',
    ],
    [has(page), page, 'how to set it up, with a picture; npx -y pnpm@10 run docs fills its tables'],
    [
      !has(page) || read(page).includes(`](../images/${name}.png)`),
      page,
      `the picture: ![A message as it is shown there, in the inbox](../images/${name}.png)`,
    ],
    [
      has(`docs/images/${name}.png`),
      `docs/images/${name}.png`,
      `the picture; npx -y pnpm@10 screenshots ${name} takes it`,
    ],
    ...[source, fake, app, page].map(
      (path) => [!has(path) || !read(path).includes('TODO'), path, 'what still stands as TODO'] as const,
    ),
    [supports.success !== undefined, source, 'supports.success: what a reply must say to count as delivered'],
    [
      Object.keys(limits).length > 0 || supports.size !== undefined || takesAnything,
      source,
      'limits (maxBytes, maxChars, perMinute …), or supports.size if each part has its own',
    ],
    [row.check?.wrong.length, file, 'check: right options, what is said of none, and of each wrong one'],
    [
      row.replies?.some(({ replies }) => replies.length > 0) || takesAnything,
      file,
      'replies: each reply of the vendor’s page, and what becomes of the message',
    ],
    [
      row.refuses?.requests.length || ownTests(name),
      file,
      'refuses: requests with one thing wrong, and the words of the fake',
    ],
    [
      row.pictures?.length || name === 'email',
      file,
      'pictures: a body, and the words that the page shows of it',
    ],
    [
      supports.mention === undefined || row.remote?.mentions,
      file,
      'remote.mentions: whom to mention, and who is pinged',
    ],
    [supports.dedup === undefined || row.keyOf, file, 'keyOf: where a request carries the key'],
    [
      row.secrets || hasOwnSecrets(name, provider),
      file,
      'secrets: the parts of its options that must never be seen',
    ],
  ]
  return needs.flatMap(([isThere, where, what]) => (isThere ? [] : [`${where}: ${what}`]))
}

/** The fake's own settings name them, apart from what stands inside an address. */
function hasOwnSecrets(name: string, provider: ProviderDefinition): boolean {
  const fake = fakes[name as FakeName]
  if (fake === undefined || fake.kind === 'mail') return false
  const options = (fake.channel as (base: string, settings: object) => Record<string, unknown>)(
    'http://inbox',
    fake.settings,
  )
  return secretOptions(provider).every((option) => !String(options[option] ?? '').startsWith('http'))
}

describe('a provider is complete', () => {
  it.each(names.filter((name) => !local.includes(name)))('%s', (name) => {
    const missing = missingOf(name)
    expect(missing, missing.join('\n')).toEqual([])
  })
})

describe('the generated tables', async () => {
  const { generateTables } = (await import(new URL('scripts/generate-tables.mjs', root).href)) as {
    generateTables(): Record<string, string>
  }

  it.each(Object.entries(generateTables()))('%s lists the files of its folder', (path, text) => {
    const isFresh = read(path) === text
    expect(isFresh, 'it is stale: npx -y pnpm@10 generate writes it again').toBe(true)
  })
})

describe('the skeleton of a provider', async () => {
  const { skeleton } = (await import(new URL('scripts/new-provider.mjs', root).href)) as {
    skeleton(name: string, title: string): Record<string, string>
  }
  const files = Object.entries(skeleton('acme-chat', 'Acme Chat'))

  it('consists of five files, and their tests', () => {
    expect(files.map(([path]) => path)).toEqual([
      'packages/alert-core/src/providers/acme-chat.ts',
      'packages/alert-transport/src/fakes/acme-chat.ts',
      'packages/alert-transport/page/apps/acme-chat.js',
      'docs/providers/acme-chat.md',
      '.changeset/provider-acme-chat.md',
      'test/contract/rows/acme-chat.ts',
    ])
  })

  it('says TODO in source, fake, app and page, where only the vendor knows what to write', () => {
    const marked = files.filter(([, text]) => text.includes('TODO')).map(([path]) => path)
    expect(marked).toEqual(files.slice(0, 4).map(([path]) => path))
  })

  it('imports what exists', () => {
    const missing = files.flatMap(([path, text]) =>
      [...text.matchAll(/^import (?:type )?\{ ([^}]+) \} from '(\.[^']+)'/gm)].flatMap(([, names, from]) => {
        const source = readFileSync(new URL(from!, new URL(path, root)), 'utf8')
        const isExported = (name: string) =>
          new RegExp(`^export (?:\\w+ |\\{ )*${name.replace('type ', '')}\\b`, 'm').test(source)
        return names!.split(', ').filter((name) => !isExported(name))
      }),
    )
    expect(missing).toEqual([])
  })
})
