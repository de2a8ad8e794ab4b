/**
 * The retired words of docs/words.md come back nowhere.
 */
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read } from './sources.ts'

interface Use {
  readonly file: string
  readonly line: number
  readonly found: string
}

interface RetiredWords {
  readonly retired: readonly { readonly words: string; readonly pattern: RegExp }[]
  findRetired(file: string, text: string): readonly Use[]
  findRetiredEverywhere(): readonly Use[]
}

const words = (await import(new URL('../../../docs/retired-words.mjs', import.meta.url).href)) as RetiredWords

/**
 * How many uses each folder still has: a number may shrink, and a folder may go. `node docs/retired-words.mjs
 * --left` writes it anew.
 */
const left = JSON.parse(read('test/unit/house/words-left.json')) as Record<string, number>

describe('retired words', () => {
  it('are in no source, page, document, message, example or test', () => {
    const byFolder = new Map<string, Use[]>()
    for (const use of words.findRetiredEverywhere()) {
      const folder = dirname(use.file)
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), use])
    }
    const tooMany = [...byFolder].filter(([folder, uses]) => uses.length > (left[folder] ?? 0))
    expect(
      tooMany.flatMap(([, uses]) => uses.map(({ file, line, found }) => `${file}:${line}: ${found}`)),
    ).toEqual([])
  })

  it.each(words.retired.map((entry) => [entry.words, entry] as const))(
    '%s is found by its pattern',
    (text, { pattern }) => {
      const first = text.split(', ')[0]!
      expect(first.replace(/\bX$/, 'problem')).toMatch(pattern)
    },
  )

  it('are found inside identifiers and error codes', () => {
    const found = (line: string) => words.findRetired('a.ts', line).map((use) => use.found.toLowerCase())
    expect(found('const toldAt = 1')).toEqual(['told'])
    expect(found("'ALERT_NOT_TOLD'")).toEqual(['told'])
    expect(found('createDoor()')).toEqual(['door'])
    expect(found('default handler, indoors, broader: there is no loop, it is no longer open')).toEqual([])
  })
})
