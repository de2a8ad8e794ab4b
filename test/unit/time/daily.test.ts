import { describe, expect, it } from 'vitest'
import { createDaily, isTimeOfDay, isWeekdays } from '#core/time/daily.ts'

const dayMs = 86_400_000
const minute = 60_000

function wallOf(timeZone: string): (at: number) => { readonly day: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return (at) => {
    const [day = '', time = ''] = format.format(at).split(' ')
    return { day, time }
  }
}

describe('a time of day', () => {
  it.each([
    ['America/New_York', 2026, '02:30'],
    ['America/New_York', 2026, '01:30'],
    ['Europe/Berlin', 2026, '02:00'],
    ['Europe/Berlin', 2026, '09:00'],
    ['Australia/Lord_Howe', 2026, '02:15'],
    ['Asia/Shanghai', 2026, '00:00'],
    ['Pacific/Apia', 2011, '09:00'],
    ['Pacific/Apia', 2011, '00:00'],
    ['America/Sao_Paulo', 2018, '00:30'],
    ['Asia/Kathmandu', 2026, '23:59'],
  ])('comes once on each day that there is: %s %d %s', (timeZone, year, at) => {
    const wall = wallOf(timeZone)
    const nextAfter = createDaily({ at, timeZone })
    const start = Date.UTC(year, 0, 1)
    const end = Date.UTC(year + 1, 0, 3)
    const days: string[] = []
    for (let moment = nextAfter(start); moment < end; moment = nextAfter(moment)) {
      const { day, time } = wall(moment)
      days.push(day)
      expect(nextAfter(moment - 1)).toBe(moment)
      if (time === at) {
        // Of two such moments it is the first.
        expect(wall(moment - 30 * minute).time === at || wall(moment - 60 * minute).time === at).toBe(false)
        continue
      }
      // It is left out that day: this is the first moment after the change.
      expect(time > at).toBe(true)
      const before = wall(moment - minute)
      expect(before.time < at || before.day < day).toBe(true)
    }
    const existing = new Set<string>()
    for (let moment = nextAfter(start); moment < end; moment += 15 * minute) existing.add(wall(moment).day)
    expect(new Set(days).size).toBe(days.length)
    expect(days.filter((day) => !existing.has(day))).toEqual([])
    expect([...existing].slice(0, -1).filter((day) => !days.includes(day))).toEqual([])
  })

  it('comes on the days of the week that are asked for', () => {
    const nextAfter = createDaily({ at: '09:00', days: ['monday:wednesday', 'friday'], timeZone: 'UTC' })
    const found: number[] = []
    let at = Date.UTC(2026, 10, 30)
    for (let n = 0; n < 5; n++) {
      at = nextAfter(at)
      found.push(new Date(at).getUTCDay())
    }
    expect(found).toEqual([1, 2, 3, 5, 1])
    expect(nextAfter(Date.UTC(2026, 11, 4, 9)) - Date.UTC(2026, 11, 7, 9)).toBe(0)
    expect((nextAfter(Date.UTC(2026, 11, 5)) - Date.UTC(2026, 11, 5)) / dayMs).toBeCloseTo(2.375)
  })

  it('is written as hours and minutes, and days by their names', () => {
    expect(['00:00', '09:30', '23:59'].every(isTimeOfDay)).toBe(true)
    expect(['24:00', '9:30', '09:60', 'noon', ''].some(isTimeOfDay)).toBe(false)
    expect(['monday', 'monday:friday', 'Sunday'].every(isWeekdays)).toBe(true)
    expect(['friday:monday', 'mon', '1', ''].some(isWeekdays)).toBe(false)
  })
})
