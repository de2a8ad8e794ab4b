/**
 * The source files of the packages as the tests of the house read them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The files below a folder whose names end so: paths from the root of the repository, with slashes. */
export function filesOf(folder: string, suffix: string): readonly string[] {
  return allFilesOf(folder).filter((path) => path.endsWith(suffix))
}

/** Installed and built folders hold a hundred times as many files, and are not entered. */
const notOurs = new Set(['node_modules', 'dist', '.next'])
const known = new Map<string, readonly string[]>()

function allFilesOf(folder: string): readonly string[] {
  const found = known.get(folder)
  if (found !== undefined) return found
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  const files = entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    return notOurs.has(entry.name) ? [] : allFilesOf(path)
  })
  known.set(folder, files.sort())
  return files
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Every file that `path` imports by a relative specifier, types included. */
export function importsOf(path: string): readonly string[] {
  const text = read(path).replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, '')
  const specifiers = text.matchAll(/(?:\bfrom|\bimport\s*\(?)\s*'(\.{1,2}\/[^']+)'/g)
  return [...new Set([...specifiers].map(([, specifier]) => join(dirname(path), specifier!)))]
}

export interface NamedFunction {
  readonly name: string
  readonly line: number
  readonly lines: number
}

/** Every function of a file with the number of lines from its first to its last. */
export function functionsOf(path: string): readonly NamedFunction[] {
  const text = read(path)
  const found: NamedFunction[] = []
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const visit = (node: unknown, name: string): void => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child, name)
      return
    }
    if (!isNode(node)) return
    const own = node.id?.name ?? node.key?.name ?? name
    if (/Function/.test(node.type) && node.body) {
      const line = lineOf(node.start)
      found.push({ name: own, line, lines: lineOf(node.end) - line + 1 })
    }
    for (const child of Object.values(node)) visit(child, own)
  }
  visit(parseAst(text, { lang: 'ts', sourceType: 'module' }), '')
  return found
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly body?: unknown
  readonly id?: { readonly name?: string }
  readonly key?: { readonly name?: string }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}
