/**
 * README.zh-CN.md says what README.md says, in the same order.
 */
import { expect, it } from 'vitest'
import { read } from './sources.ts'

const english = withoutCode(read('README.md'))
const chinese = withoutCode(read('README.zh-CN.md'))

it.each([
  ['headings', /^#+(?= )/gm],
  // The cells of a table start with the names of options, which are the same in both.
  ['rows of tables', /^\| (?:`[^|]*`|\[)?/gm],
  ['notes', /^- /gm],
  ['code blocks', /^CODE \w*$/gm],
  ['images', /^!\[/gm],
])('has the same %s', (_what, pattern) => {
  const found = (text: string) => (text.match(pattern) ?? []).map((part) => part.replaceAll('、', ', '))
  expect(found(english).length).toBeGreaterThan(0)
  expect(found(chinese)).toEqual(found(english))
})

it('leads to the same pages, or to their Chinese counterparts', () => {
  const pagesOf = (text: string) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map(([, page]) => page!.replace('docs/zh/', 'docs/').replace('.zh-CN', ''))
      .filter((page) => page !== 'README.md')
  const known = new Set(pagesOf(chinese))
  expect(pagesOf(english).filter((page) => !known.has(page))).toEqual([])
})

/** Each block of code as one line with its language. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```(\w*)\n[\s\S]*?^```$/gm, 'CODE $1')
}
