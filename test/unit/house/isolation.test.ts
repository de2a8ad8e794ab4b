/**
 * A file that changes its process, watches it or measures it has one of its own (test/isolated.ts): in a
 * shared one it would depend on the files before it, and those after it on it.
 */
import { expect, it } from 'vitest'
import { isolated } from '../../isolated.ts'
import { filesOf, read } from './sources.ts'

const touches: Readonly<Record<string, RegExp>> = {
  'replaces modules, timers or functions': /\bvi\.(?!fn\b)\w+/,
  'listens to its process': /\bprocess\.(?:on|once|prependListener)\(/,
  'measures its memory': /\bprocess\.memoryUsage\(/,
  'changes its folder or its rights': /\bprocess\.(?:chdir|umask|setuid)\(/,
  'changes its environment': /\bprocess\.env(?:\.\w+|\[[^\]]+\]) = |\bdelete process\.env\b/,
  'changes a global': /(?<!typeof )\bglobalThis\.\w+ = /,
}

const files = [...filesOf('test/unit', '.test.ts'), ...filesOf('test/contract', '.test.ts')]
const isIsolated = (file: string) =>
  isolated.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path))

it.each(Object.entries(touches))('every test file that %s has a process of its own', (_, pattern) => {
  const found = files.filter((file) => pattern.test(codeOf(file)))
  expect(found.filter((file) => !isIsolated(file))).toEqual([])
})

it('every path that names isolated files has some', () => {
  expect(isolated.filter((path) => !files.some((file) => file.startsWith(path)))).toEqual([])
})

/** Without its template literals: they are programs, which run elsewhere. */
function codeOf(file: string): string {
  return read(file).replaceAll(/`[^`]*`/g, '``')
}
