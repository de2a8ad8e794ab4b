import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration } from '#core/time/duration.ts'
import { formatDuration } from '#core/time/time-text.ts'

describe('parseDuration', () => {
  it.each([
    [0, 0],
    [250, 250],
    ['0s', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['0.1s', 100],
    ['1.1s', 1100],
  ])('reads %j as %d ms', (value, ms) => {
    expect(parseDuration(value)).toBe(ms)
  })

  it.each<unknown>([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    '',
    's',
    '5',
    '5 s',
    ' 5s',
    '5s\n',
    '-5s',
    '+5s',
    '5w',
    '5M',
    '5S',
    '1e3s',
    '0x10s',
    '.5s',
    '5.s',
    '5s5s',
    '９s',
    '99999999999999999d',
    null,
    undefined,
    true,
    {},
    [],
    ['5s'],
    { valueOf: () => 5 },
    5n,
  ])('refuses %o', (value) => {
    expect(parseDuration(value)).toBeUndefined()
  })

  it('takes any input to undefined or to whole milliseconds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.double()), (value) => {
        const ms = parseDuration(value)
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true)
      }),
    )
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0 s', '0 秒'],
    [0.2, '0 s', '0 秒'],
    [350, '350 ms', '350 毫秒'],
    [999.6, '1 s', '1 秒'],
    [1000, '1 s', '1 秒'],
    [45_000, '45 s', '45 秒'],
    [59_600, '1 min', '1 分钟'],
    [120_000, '2 min', '2 分钟'],
    [150_000, '2 min 30 s', '2 分 30 秒'],
    [599_400, '9 min 59 s', '9 分 59 秒'],
    [607_000, '10 min', '10 分钟'],
    [1_819_000, '30 min', '30 分钟'],
    [3_599_600, '1 h', '1 小时'],
    [3_600_000, '1 h', '1 小时'],
    [11_100_000, '3 h 5 min', '3 小时 5 分'],
    [14_400_000, '4 h', '4 小时'],
    [86_399_000, '1 d', '1 天'],
    [100_800_000, '1 d 4 h', '1 天 4 小时'],
    [172_800_000_000, '2,000 d', '2,000 天'],
    [8_640_000_000, '100 d', '100 天'],
    [-5, '0 s', '0 秒'],
    [Number.NaN, '0 s', '0 秒'],
    [Number.POSITIVE_INFINITY, '∞', '∞'],
  ])('%d ms reads %j', (ms, english, chinese) => {
    expect(formatDuration(ms, 'en')).toBe(english)
    expect(formatDuration(ms, 'zh-CN')).toBe(chinese)
  })

  it('is within half of its smaller unit, and never says 60 of anything', () => {
    const units = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (ms) => {
        const words = formatDuration(ms, 'en').replaceAll(',', '').split(' ')
        let notified = 0
        for (let index = 0; index < words.length; index += 2) {
          notified += Number(words[index]) * units[words[index + 1] as keyof typeof units]
        }
        const coarsest = ms < 599_000 ? 500 : ms < 86_300_000 ? 31_000 : 1_831_000
        expect(Math.abs(notified - ms)).toBeLessThanOrEqual(coarsest)
        expect(words.join(' ')).not.toMatch(/\b60 (?:s|min)\b|\b24 h/)
      }),
    )
  })
})
