/**
 * Comments end at 110 columns. Biome wraps the code, but no comments.
 */
import { expect, it } from 'vitest'
import { filesOf, read } from './sources.ts'

const widest = 110
const folders = ['packages', 'test', 'docs', 'examples', 'benchmarks', '.ci']

it.each(folders)(`the comments in %s end at ${widest} columns`, (folder) => {
  expect(wideIn(folder)).toEqual([])
})

/** Every comment that is too wide, as file:line. */
function wideIn(folder: string): readonly string[] {
  const files = ['.ts', '.mjs', '.js', '.cjs'].flatMap((suffix) => filesOf(folder, suffix))
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (isWideComment(line) ? [`${file}:${index + 1}`] : [])),
  )
}

/** An address or another word that cannot be broken may be longer. */
function isWideComment(line: string): boolean {
  const text = /^\s*(?:\/\/|\/?\*+) ?(.*)$/.exec(line)?.[1]
  return text !== undefined && line.length > widest && text.trim().includes(' ')
}
