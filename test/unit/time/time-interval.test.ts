import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '#core/time/check-time-interval.ts'
import { compileTimeInterval, type TimeInterval } from '#core/time/time-interval.ts'
import { sharedData } from '../../shared-data.ts'

interface Vectors {
  readonly vectors: readonly {
    readonly interval: TimeInterval
    readonly contains: readonly string[]
    readonly excludes: readonly string[]
  }[]
  readonly valid: readonly { readonly interval: TimeInterval; readonly ok: boolean }[]
}

const data = sharedData('conformance/time-intervals.json')
const conformance: Vectors = data.exists
  ? JSON.parse(readFileSync(data.path, 'utf8'))
  : { vectors: [], valid: [] }

describe('a time interval', () => {
  it.skipIf(!data.exists)(
    `holds the instants that Alertmanager's holds, and no others${data.unlessSkipped}`,
    () => {
      expect(conformance.vectors.length).toBeGreaterThan(5)
      for (const { interval, contains, excludes } of conformance.vectors) {
        const holds = compileTimeInterval(interval)
        for (const at of contains)
          expect(holds(Date.parse(at)), `${JSON.stringify(interval)} ${at}`).toBe(true)
        for (const at of excludes)
          expect(holds(Date.parse(at)), `${JSON.stringify(interval)} ${at}`).toBe(false)
      }
    },
  )

  it.skipIf(!data.exists)(`is refused where Alertmanager refuses it${data.unlessSkipped}`, () => {
    expect(conformance.valid.length).toBeGreaterThan(10)
    for (const { interval, ok } of conformance.valid)
      expect(problemsOf(interval).length === 0, JSON.stringify(interval)).toBe(ok)
  })

  // Each zone's office hours, half an hour inside and outside, on the days before and after both changes of
  // its offset.
  it.each([
    [
      'Europe/Berlin',
      [
        '2026-03-28T08:30+01:00',
        '2026-03-29T08:30+02:00',
        '2026-10-24T08:30+02:00',
        '2026-10-25T08:30+01:00',
      ],
    ],
    [
      'America/New_York',
      [
        '2026-03-07T08:30-05:00',
        '2026-03-08T08:30-04:00',
        '2026-10-31T08:30-04:00',
        '2026-11-01T08:30-05:00',
      ],
    ],
    [
      'Australia/Lord_Howe',
      [
        '2026-04-04T08:30+11:00',
        '2026-04-05T08:30+10:30',
        '2026-10-03T08:30+10:30',
        '2026-10-04T08:30+11:00',
      ],
    ],
  ] as const)('follows the changes of offset in %s', (location, beforeNine) => {
    const holds = compileTimeInterval({ times: [{ start: '09:00', end: '17:00' }], location })
    for (const at of beforeNine) {
      const time = Date.parse(at)
      expect(holds(time), at).toBe(false)
      expect(holds(time + 3_600_000), at).toBe(true)
      expect(holds(time + 8.4 * 3_600_000), at).toBe(true)
      expect(holds(time + 8.6 * 3_600_000), at).toBe(false)
    }
  })

  it('does not exist in the hour that a zone skips, and lasts two in the hour that it repeats', () => {
    const holds = compileTimeInterval({
      times: [{ start: '02:00', end: '03:00' }],
      location: 'Europe/Berlin',
    })
    const minutesInside = (day: string, hours: number) => {
      let inside = 0
      for (let minute = 0; minute < hours * 60; minute++)
        if (holds(Date.parse(day) + minute * 60_000)) inside++
      return inside
    }
    expect(minutesInside('2026-03-28T23:00Z', 23)).toBe(0)
    expect(minutesInside('2026-10-24T22:00Z', 25)).toBe(120)
  })

  it('names what is wrong by its place', () => {
    expect(
      problemsOf({
        weekdays: ['monday', 'freitag'],
        times: [{ start: '9', end: '17:00' }],
        location: 'Mars/Olympus',
      }),
    ).toEqual([
      { path: ['times', 0], message: expect.stringContaining('HH:MM') },
      { path: ['weekdays', 1], message: expect.stringContaining('monday:friday') },
      { path: ['location'], message: expect.stringContaining('time zone') },
    ])
  })
})
