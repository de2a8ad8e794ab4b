import { describe, expect, test } from 'vitest'
import { createRedactor } from '#core/redact/redact.ts'
import { concise, textsOf } from '#core/render/describe.ts'
import { words } from '#core/render/phrases.ts'
import { createScrub } from '#core/render/scrub.ts'
import { createZone, isoTime } from '#core/time/time-text.ts'
import { aRecord, noon } from './support.ts'

describe('times in a zone', () => {
  test('have the offset of that moment', () => {
    const berlin = createZone('Europe/Berlin')
    expect(berlin.full(Date.UTC(2026, 0, 1, 12))).toBe('2026-01-01 13:00:00 UTC+1')
    expect(berlin.full(Date.UTC(2026, 6, 1, 12))).toBe('2026-07-01 14:00:00 UTC+2')
    expect(createZone('Asia/Kolkata').full(noon)).toBe('2026-11-23 11:35:09 UTC+5:30')
    expect(createZone('UTC').full(noon)).toBe('2026-11-23 06:05:09 UTC')
    expect(createZone('Asia/Shanghai').full(Date.UTC(2026, 0, 1, 16))).toBe('2026-01-02 00:00:00 UTC+8')
  })

  test('are short on the same day, and name another day', () => {
    const zone = createZone('Asia/Shanghai')
    const year = 366 * 86_400_000
    expect(zone.near(noon, noon + 1000)).toBe('14:05:09')
    expect(zone.near(noon, noon + 36_000_000)).toBe('11-23 14:05:09')
    expect(zone.near(noon, noon + year)).toBe('2026-11-23 14:05:09 UTC+8')
    expect(zone.soon(noon, noon + 1000)).toBe('14:05')
    expect(zone.soon(noon, noon + 36_000_000)).toBe('11-23 14:05')
    expect(zone.soon(noon, noon + year)).toBe('2026-11-23 14:05')
    expect(zone.offset(noon)).toBe('UTC+8')
  })

  test('are a question mark where there is none', () => {
    const zone = createZone()
    for (const bad of [Number.NaN, -1, Number.POSITIVE_INFINITY, 1e18]) {
      expect(zone.full(bad)).toBe('?')
      expect(zone.near(bad, noon)).toBe('?')
      expect(zone.soon(bad, noon)).toBe('?')
      expect(zone.offset(bad)).toBe('')
      expect(isoTime(bad)).toBeUndefined()
    }
  })
})

describe('the concise message', () => {
  const longest = { message: 1000, own: 1000, type: 60, root: 1000 }
  const say = (msg: string, err?: { message: string; type?: string; causes?: string[] }) =>
    concise(
      createScrub(createRedactor({})).lines(textsOf(aRecord({ msg, ...(err ? { err } : {}) })), longest),
    )

  test.each([
    ...[
      '',
      'Error',
      'error:',
      'request errored',
      'middlewareError',
      'Unhandled Rejection',
      '系统异常',
      '...',
    ],
  ])('is the error’s when the log says %j', (msg) => {
    expect(say(msg, { message: 'connect ECONNREFUSED' })).toEqual({
      message: 'connect ECONNREFUSED',
      error: '',
    })
  })

  test('is the log’s otherwise, and the error adds what it knows', () => {
    expect(say('charge failed', { message: 'timeout' })).toEqual({
      message: 'charge failed',
      error: 'timeout',
    })
    expect(say('charge failed: timeout', { message: 'timeout' }).error).toBe('')
    expect(say('', { message: '', type: 'AbortError' }).message).toBe('AbortError')
    expect(say('Error').message).toBe('Error')
  })

  test('joins the lines of an error, without its stack', () => {
    const message = '\nInvalid call:\n\nUnique constraint failed\n    at run (/x.js:1:1)'
    expect(say('', { message }).message).toBe('Invalid call: Unique constraint failed')
  })
})

test('both languages have a word for everything', () => {
  const shape = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
      : typeof value
  expect(shape(words['zh-CN'])).toEqual(shape(words.en))
  expect(words['zh-CN'].more(3)).toBe('其余 3 个未列出')
  expect(words['zh-CN'].storm(37, '30 秒')).toBe('30 秒内出现 37 种错误')
})
