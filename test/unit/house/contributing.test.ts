/**
 * The table of CONTRIBUTING.md answers where something is: each file that it links to has the functions and
 * constants that stand behind the link.
 */
import { describe, expect, it } from 'vitest'
import { read } from './sources.ts'

const rows = read('CONTRIBUTING.md')
  .split('\n| where is … | file, and its function |\n')[1]!
  .split('\n\n')[0]!
  .split('\n')
  .slice(1)
  .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))

/** What a stranger looks for first. */
const asked = ['a record is matched', 'a reminder is decided', 'a 429 is handled', "Slack's text is written"]

describe('the table of CONTRIBUTING.md', () => {
  it.each(rows)('says where is: %s', (_what, answer) => {
    const places = answer!.split(/(?=\[`)/)
    expect(places.length).toBeGreaterThan(0)
    for (const place of places) {
      const path = /\]\((packages\/[^)]+)\)/.exec(place)?.[1]
      expect(path, place).toBeDefined()
      const names = [...place.split('](')[1]!.matchAll(/`(\w+)(\(\))?`/g)].filter(
        ([, name, isCalled]) => isCalled !== undefined || !isOption(name!),
      )
      expect(names, `${path}: names nothing in it`).not.toEqual([])
      for (const [, name] of names) expect(read(path!), `${path} has no ${name}`).toMatch(declared(name!))
    }
  })

  it.each([...asked, 'the format of the journal'])('has a row of its own: %s', (what) => {
    expect(rows.filter(([title]) => title!.startsWith(`**${what}**`))).toHaveLength(1)
  })
})

/** Options stand among the words of a row, as in '`interval`, quota and storm in'. */
function isOption(name: string): boolean {
  return ['interval', 'process', 'release'].includes(name)
}

function declared(name: string): RegExp {
  return new RegExp(`(?:function|const|interface|class) ${name}\\b`)
}
