import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHttpDate, parseRetryAfter } from '#core/http/request.ts'

const now = Date.UTC(2026, 0, 5, 12, 0, 0)
const hour = 3_600_000

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 30 ', 30_000],
    ['0.25', 250],
    ['1.0001', 1001],
    ['3600', hour],
    ['86400', hour],
    ['999999999999999', hour],
    ['Mon, 05 Jan 2026 12:00:45 GMT', 45_000],
    ['Mon, 05 Jan 2026 12:00:45 UTC', 45_000],
    ['Monday, 05-Jan-26 12:00:45 GMT', 45_000],
    ['Mon Jan  5 12:00:45 2026', 45_000],
    ['Mon, 05 Jan 2026 11:00:00 GMT', 0],
    ['Tue, 05 Jan 2027 12:00:00 GMT', hour],
  ])('reads %j as %d ms', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms)
  })

  it.each([
    undefined,
    null,
    '',
    '-5',
    'soon',
    '5 s',
    '5, 10',
    '1e3',
    '0x10',
    'NaN',
    '2026-01-05',
    'retry 5',
    'Mon, 99 Jan 2026 12:00:45 GMT',
    'Mon, 05 Foo 2026 12:00:45 GMT',
    'Mon, 05 Jan 2026 12:00:45 +0800',
    '9'.repeat(10_000),
  ])('takes %j as no hint', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined()
  })

  it('reads every HTTP date back', () => {
    const date = fc.date({ min: new Date(0), max: new Date('2999-12-31T23:59:59Z'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (at) => {
        expect(parseHttpDate(at.toUTCString())).toBe(Math.floor(at.getTime() / 1000) * 1000)
      }),
    )
  })

  it('answers any text with nothing or with at most an hour', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseRetryAfter(text, now)
        expect(ms === undefined || (ms >= 0 && ms <= hour)).toBe(true)
      }),
    )
  })
})
