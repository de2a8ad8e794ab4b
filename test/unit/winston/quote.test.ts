import { describe, expect, it } from 'vitest'
import { quote, quoteStack } from '#winston/quote.ts'

describe('a quoted text', () => {
  it.each(['', 'plain', 'a"b\\c\nd', '\ud800', 'é漢🎉', 'x'.repeat(100), `${'x'.repeat(100)}"\u0007`])(
    'is what JSON.stringify writes: %j',
    (text) => expect(quote(text, 1000)).toBe(JSON.stringify(text)),
  )

  it('is cut before it is escaped', () => {
    expect(JSON.parse(quote('"'.repeat(100), 10))).toBe(`${'"'.repeat(10)}…`)
  })

  it('that is a stack comes out the same each time', () => {
    for (const message of ['one', 'two "quoted"', 'three\nlines']) {
      const { stack = '' } = new Error(message)
      expect(quoteStack(stack, 8000)).toBe(JSON.stringify(stack))
      expect(quoteStack(stack, 8000)).toBe(JSON.stringify(stack))
      expect(JSON.parse(quoteStack(stack, 20))).toBe(`${stack.slice(0, 20)}…`)
    }
  })
})
