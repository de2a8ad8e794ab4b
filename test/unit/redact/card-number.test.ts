import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hideCardNumbers, passesLuhn } from '#core/redact/redact-text.ts'
import { bestRatio, linear } from '../text/linear.ts'

const hide = (text: string) => hideCardNumbers(text, '***')

/** Numbers that the card makers publish for tests. */
const published = [
  '4111111111111111',
  '4012888888881881',
  '4222222222222',
  '5555555555554444',
  '5105105105105100',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '6011111111111117',
  '6011000990139424',
  '30569309025904',
  '38520000023237',
  '3530111333300000',
  '6200000000000005',
]

describe('passesLuhn', () => {
  it('accepts the published numbers and no neighbour of theirs', () => {
    for (const number of published) {
      expect(passesLuhn(number)).toBe(true)
      const last = Number(number.at(-1))
      for (let step = 1; step < 10; step++)
        expect(passesLuhn(number.slice(0, -1) + ((last + step) % 10))).toBe(false)
    }
  })
})

describe('hideCardNumbers', () => {
  it.each(published)('hides %s, alone, in a sentence and in groups', (number) => {
    expect(hide(number)).toBe('***')
    expect(hide(`card ${number} declined`)).toBe('card *** declined')
    expect(hide(`"${number}",x-${number}:${number}.`)).toBe('"***",x-***:***.')
    expect(hide(`card ${number.replace(/(\d{4})(?=\d)/g, '$1 ')} declined`)).toBe('card *** declined')
    expect(hide(number.replace(/(\d{4})(?=\d)/g, '$1-'))).toBe('***')
  })

  it('hides the grouping of American Express', () => {
    expect(hide('3782 822463 10005')).toBe('***')
  })

  it('finds a number between other numbers', () => {
    expect(hide('2026-01-05 4111 1111 1111 1111 123')).toMatch(/^2026-01-05 \*\*\*/)
    expect(hide('1 4111111111111111 22')).toBe('1 *** 22')
    expect(hide('4111111111111111 5555555555554444')).toBe('*** ***')
  })

  it.each([
    ['a wrong check digit', '4111111111111112'],
    ['no brand begins so', '9111111111111111'],
    ['milliseconds', '1767614400000'],
    ['microseconds', '1767614400000000'],
    ['part of a longer number', '94111111111111111941111111'],
    ['the fraction of a number', '0.4111111111111111'],
    ['two spaces between groups', '4111  1111  1111  1111'],
    ['a short number', '411111111111'],
    ['an ip address', '192.168.100.200'],
    ['a uuid', '41111111-1111-4111-8111-0a1111111111'],
  ])('leaves alone: %s', (_what, text) => {
    expect(hide(text)).toBe(text)
  })

  it('leaves no card number in any text, and changes nothing the second time', () => {
    const part = fc.oneof(
      fc.constantFrom(...published),
      fc.nat(99_999).map(String),
      fc.constantFrom(' ', '-', 'x', '  '),
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const safe = hide(parts.join(' x '))
        for (const number of published) expect(safe).not.toContain(number)
        expect(hide(safe)).toBe(safe)
      }),
    )
  })

  it.each(['4', '4 ', '4-', '4111 ', '4111111111111112 ', '41111111111111111111111 '])(
    'takes linear time on many %j',
    (sign) => {
      expect(bestRatio((size) => sign.repeat(size / sign.length), hide)).toBeLessThan(linear)
    },
  )
})
