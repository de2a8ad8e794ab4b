import { expect, it } from 'vitest'
import { codeOf } from '#core/errors/code-of.ts'

it.each([
  ['a code of Node.js', Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
  ['an object that is not an Error', { code: 'EACCES' }, 'EACCES'],
  ['a number', Object.assign(new Error('x'), { code: 11000 }), undefined],
  ['no code', new Error('x'), undefined],
  ['a text', 'ENOENT', undefined],
  ['null', null, undefined],
  ['undefined', undefined, undefined],
])('the code of %s', (_, error, code) => {
  expect(codeOf(error)).toBe(code)
})
