import { describe, expect, test } from 'vitest'
import { firstOwnFrame } from '#core/fingerprint/shown-frame.ts'
import { concise } from '#core/render/concise.ts'
import { words } from '#core/render/phrases.ts'
import { createZone, isoTime } from '#core/time/zone.ts'
import { aRecord, noon } from './support.ts'

describe('times in a zone', () => {
  test('carry the offset that held at that moment', () => {
    const berlin = createZone('Europe/Berlin')
    expect(berlin.full(Date.UTC(2026, 0, 1, 12))).toBe('2026-01-01 13:00:00 UTC+01:00')
    expect(berlin.full(Date.UTC(2026, 6, 1, 12))).toBe('2026-07-01 14:00:00 UTC+02:00')
    expect(createZone('Asia/Kolkata').full(noon)).toBe('2026-11-23 11:35:09 UTC+05:30')
    expect(createZone('UTC').full(noon)).toBe('2026-11-23 06:05:09 UTC')
    expect(createZone('Asia/Shanghai').full(Date.UTC(2026, 0, 1, 16))).toBe('2026-01-02 00:00:00 UTC+08:00')
  })

  test('are short on the same day, and name another day', () => {
    const zone = createZone('Asia/Shanghai')
    expect(zone.clock(noon, noon + 1000)).toBe('14:05')
    expect(zone.clock(noon, noon + 36_000_000)).toBe('2026-11-23 14:05')
    expect(zone.clockWithOffset(noon, noon)).toBe('14:05 UTC+08:00')
  })

  test('are a question mark where there is none', () => {
    const zone = createZone()
    for (const bad of [Number.NaN, -1, Number.POSITIVE_INFINITY, 1e18]) {
      expect(zone.full(bad)).toBe('?')
      expect(zone.clock(bad, noon)).toBe('?')
      expect(zone.clockWithOffset(bad, noon)).toBe('?')
      expect(isoTime(bad)).toBeUndefined()
    }
  })
})

describe('the first own frame', () => {
  test.each([
    ['at charge (/srv/app/src/pay.js:42:13)', 'charge (app/src/pay.js:42)'],
    ['at async Job.run (file:///home/kim/app/job.js:7:1)', 'Job.run (app/job.js:7)'],
    ['at file:///srv/a/b/c/d.mjs:1:1', 'b/c/d.mjs:1'],
    ['at C:\\Users\\kim\\app\\pay.js:3:4', 'app/pay.js:3'],
    ['at new Pool (C:\\app\\src\\pool.js:3:4)', 'new Pool (app/src/pool.js:3)'],
    ['at Object.<anonymous> (/srv/app/index.js:1:1)', 'srv/app/index.js:1'],
  ])('of %s is %s', (line, expected) => {
    const stack = `Error: boom\n    at node:internal/x:1:1\n    at q (/srv/node_modules/pg/q.js:1:1)\n    ${line}`
    expect(firstOwnFrame(stack)).toBe(expected)
  })

  test('may not exist', () => {
    for (const stack of ['', 'Error: x', 'at', 'x\n at Array.map (<anonymous>)\n at a (node:fs:1:1)']) {
      expect(firstOwnFrame(stack)).toBeUndefined()
    }
  })
})

describe('the concise message', () => {
  const say = (msg: string, err?: { message: string; type?: string; causes?: string[] }) =>
    concise(aRecord({ msg, ...(err ? { err } : {}) }), (text) => text.replace(/\s+/g, ' ').trim())

  test.each(['', 'Error', 'error:', 'request errored', 'Unhandled Rejection', '系统异常', '...'])(
    'is the error’s when the log says %j',
    (msg) => {
      expect(say(msg, { message: 'connect ECONNREFUSED' })).toEqual({
        message: 'connect ECONNREFUSED',
        error: '',
      })
    },
  )

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
  expect(words['zh-CN'].more(3)).toBe('还有 3 个')
  expect(words['zh-CN'].storm(37, '30 秒')).toBe('30 秒内出现 37 种错误')
})
