import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLocalTime, dayMs } from '#core/time/local-time.ts'
import { createTurns, groupOfTurn, parseStart, type RotationTimes } from '#core/time/rotation.ts'

const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Shanghai',
  'Pacific/Apia',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'UTC',
]
const hour = 3_600_000
const minute = 60_000

/** 'YYYY-MM-DD HH:MM:SS' as the clock on the wall of this zone shows it. */
const wallOf = new Map<string, Intl.DateTimeFormat>(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
  ]),
)

/** The same, ms as if the clock stood in UTC. */
function wall(zone: string, at: number): number {
  return Date.parse(`${wallOf.get(zone)!.format(at).replace(' ', 'T')}Z`)
}

/** The first minute from `from` on at which the wall shows this or more: minute by minute. */
function firstMinute(zone: string, local: number, from: number): number {
  let at = from
  while (wall(zone, at) < local) at += minute
  return at
}

const from2008 = Date.UTC(2008, 0, 1)
const to2030 = Date.UTC(2030, 0, 1)

/** Moments within a day and a half of a change of the clocks, where all that is hard happens. */
const changes = zones.flatMap((zone) => {
  const found: { readonly zone: string; readonly at: number }[] = []
  const offset = (at: number) => wall(zone, at) - at
  for (let at = from2008; at < to2030; at += 7 * dayMs) {
    if (offset(at) === offset(at + 7 * dayMs)) continue
    let [low, high] = [at, at + 7 * dayMs]
    while (high - low > minute) {
      const middle = Math.floor((low + high) / 2 / minute) * minute
      if (offset(middle) === offset(low)) low = middle
      else high = middle
    }
    found.push({ zone, at: high })
  }
  return found
})

const nearChange = fc
  .tuple(fc.constantFrom(...changes), fc.integer({ min: -36 * 60, max: 36 * 60 }))
  .map(([{ zone, at }, minutes]) => ({ zone, at: at + minutes * minute }))
const anywhere = fc
  .tuple(fc.constantFrom(...zones), fc.integer({ min: from2008 / minute, max: to2030 / minute }))
  .map(([zone, minutes]) => ({ zone, at: minutes * minute }))
const place = fc.oneof(nearChange, anywhere)

describe('local time', () => {
  it('is what the clock on the wall shows', () => {
    fc.assert(
      fc.property(place, ({ zone, at }) => {
        expect(createLocalTime(zone).localAt(at)).toBe(wall(zone, at))
      }),
    )
  })

  it('comes at the first moment that shows it, or else at the next that exists', () => {
    fc.assert(
      fc.property(place, ({ zone, at }) => {
        const local = Math.floor((at + 5 * hour) / minute) * minute
        const wanted = firstMinute(zone, local, local - 15 * hour)
        expect(createLocalTime(zone).momentOf(local)).toBe(wanted)
      }),
      { numRuns: 300 },
    )
  })
})

describe('turns', () => {
  it('of whole days start at the same local time, and there is always exactly one', () => {
    const days = fc.integer({ min: 1, max: 15 })
    const timeOfDay = fc.integer({ min: 0, max: 24 * 60 - 1 })
    fc.assert(
      fc.property(
        place,
        days,
        timeOfDay,
        fc.integer({ min: -400, max: 400 }),
        (where, each, minutes, turn) => {
          const { zone, at } = where
          const localMs = Math.floor(wall(zone, at) / dayMs) * dayMs + minutes * minute - turn * each * dayMs
          const { numberAt, startOf } = createTurns({
            everyMs: each * dayMs,
            from: { localMs },
            timeZone: zone,
          })
          const start = (n: number) => {
            const local = localMs + n * each * dayMs
            return firstMinute(zone, local, local - 15 * hour)
          }
          const number = numberAt(at)
          expect(startOf(number)).toBe(start(number))
          expect(startOf(number + 1)).toBe(start(number + 1))
          expect(startOf(number)).toBeLessThanOrEqual(at)
          expect(startOf(number + 1)).toBeGreaterThan(at)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('of hours have a fixed length, whatever the clocks do', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 23 }), ({ zone, at }, hours) => {
        const everyMs = hours * hour
        const { numberAt, startOf } = createTurns({ everyMs, from: { at: from2008 }, timeZone: zone })
        const number = numberAt(at)
        expect(number).toBe(Math.floor((at - from2008) / everyMs))
        expect(startOf(number + 1) - startOf(number)).toBe(everyMs)
      }),
    )
  })

  it('are those of the groups in order, before their start too', () => {
    const week: RotationTimes = {
      everyMs: 7 * dayMs,
      from: { localMs: Date.UTC(2026, 10, 30, 9) },
      timeZone: 'Europe/Berlin',
    }
    const { numberAt } = createTurns(week)
    const groupAt = (text: string) => groupOfTurn(numberAt(Date.parse(text)), 3)
    expect(groupAt('2026-11-30T09:00:00+01:00')).toBe(0)
    expect(groupAt('2026-11-30T08:59:59+01:00')).toBe(2)
    expect(groupAt('2026-12-07T09:00:00+01:00')).toBe(1)
    // In summer at nine as well.
    expect(groupAt('2027-04-05T08:59:59+02:00')).toBe(2)
    expect(groupAt('2027-04-05T09:00:00+02:00')).toBe(0)
  })
})

describe('the start of a rotation', () => {
  it.each([
    ['2026-11-30', { localMs: Date.UTC(2026, 10, 30) }],
    ['2026-11-30T09:00', { localMs: Date.UTC(2026, 10, 30, 9) }],
    ['2026-11-30 09:00:30', { localMs: Date.UTC(2026, 10, 30, 9, 0, 30) }],
    ['2026-11-30T09:00:00+08:00', { at: Date.UTC(2026, 10, 30, 1) }],
    ['2026-11-30T09:00Z', { at: Date.UTC(2026, 10, 30, 9) }],
    ['2026-02-30', undefined],
    ['2026-11-30T25:00', undefined],
    ['next monday', undefined],
    [20261130, undefined],
  ])('is %s', (text, start) => {
    expect(parseStart(text)).toEqual(start)
  })
})
