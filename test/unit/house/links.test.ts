/**
 * Links between the documents lead to files and headings that exist.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesOf, read, root } from './sources.ts'

const pages = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...filesOf('docs', '.md'),
  ...filesOf('examples', '.md'),
  ...filesOf('packages', '.md'),
]

describe('the links of the documents', () => {
  it.each(pages)('%s links only to files and headings that exist', (page) => {
    const broken = [...withoutCode(read(page)).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !leadsSomewhere(page, link))
    expect(broken).toEqual([])
  })

  it.each(pages)('%s names only files of the repository that exist', (page) => {
    const named = withoutCode(read(page)).matchAll(
      /`((?:packages|test|docs|benchmarks|examples)\/[\w./-]+)`/g,
    )
    expect([...named].map(([, path]) => path!).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

it.each(filesOf('docs/decisions', '.md'))('%s names only source files that exist', (page) => {
  const sources = filesOf('packages', '.ts')
  const named = [...withoutCode(read(page)).matchAll(/`([a-z][\w./-]*\.ts)`/g)].map(([, path]) => path!)
  const missing = named.filter(
    (name) => !existsSync(join(root, name)) && !sources.some((source) => source.endsWith(`/${name}`)),
  )
  expect(missing).toEqual([])
})

it('docs/README.md links to every page of the documentation', () => {
  const links = [...read('docs/README.md').matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => `docs/${link}`)
  const all = [...filesOf('docs', '.md')].filter((path) => !path.startsWith('docs/providers/'))
  expect(all.filter((path) => path !== 'docs/README.md' && !links.includes(path))).toEqual([])
})

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return false
  return heading === undefined || headingsOf(read(target)).includes(heading)
}

/** Anchors as GitHub makes them of headings. */
function headingsOf(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '')
}
