/**
 * Whether a value is an object is asked by `isObject`, and by `isObjectOrList` where lists count too: written
 * out, one of them forgets null.
 */
import { expect, it } from 'vitest'
import { filesOf, read } from './sources.ts'

const written = /typeof ([\w.]+) (?:===|!==) 'object'\s*(?:&&|\|\|)\s*\1 (?:===|!==) null\b/
const reversed = /\b([\w.]+) (?:===|!==) null\s*(?:&&|\|\|)\s*typeof \1 (?:===|!==) 'object'/
const home = 'packages/alert-core/src/text/get-path.ts'

it('every file asks by the same function whether a value is an object', () => {
  const sources = filesOf('packages', '.ts').filter((file) => file.includes('/src/') && file !== home)
  expect(sources.length).toBeGreaterThan(400)
  const found = sources.filter((file) => written.test(read(file)) || reversed.test(read(file)))
  expect(found).toEqual([])
  expect(written.test(read(home))).toBe(true)
})
