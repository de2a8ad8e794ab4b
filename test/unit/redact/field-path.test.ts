import { describe, expect, it } from 'vitest'
import { compilePaths } from '#core/redact/redact.ts'

describe('compilePaths', () => {
  it.each([
    ['ssn', 'ssn'],
    ['ssn', 'user.ssn'],
    ['ssn', 'a.b.0.SSN'],
    ['user.ssn', 'user.ssn'],
    ['user.ssn', 'body.user.ssn'],
    ['items.*.iban', 'items.0.iban'],
    ['items[*].iban', 'items.0.iban'],
    ['items[].iban', 'items.12.iban'],
    ['items[0].iban', 'items.0.iban'],
    ['headers["x-foo"]', 'req.headers.x-foo'],
    ['*.iban', 'a.iban'],
    ['a+b(c)', 'a+b(c)'],
    ['订单.姓名', '订单.姓名'],
  ])('%j names %j', (pattern, path) => {
    expect(compilePaths([pattern])(path)).toBe(true)
  })

  it.each([
    ['ssn', 'ssnx'],
    ['ssn', 'xssn'],
    ['ssn', 'ssn.x'],
    ['user.ssn', 'ssn'],
    ['items.*.iban', 'items.iban'],
    ['items.*.iban', 'items.0.1.iban'],
    ['a.c', 'abc'],
    ['', 'a'],
    ['.', 'a'],
  ])('%j does not name %j', (pattern, path) => {
    expect(compilePaths([pattern])(path)).toBe(false)
  })

  it('names nothing without patterns', () => {
    expect(compilePaths([])('a')).toBe(false)
  })

  it('takes any text as a pattern', () => {
    for (const pattern of ['[', ']', '(', '\\', 'a[', '**', '{', 'a\ud800', '[[*]]']) {
      expect(compilePaths([pattern])('a.b')).toBe(false)
    }
  })
})
