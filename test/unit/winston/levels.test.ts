import { describe, expect, it } from 'vitest'
import winston from 'winston'
import { usualLevels } from '#core/read/levels.ts'
import { npmLevels, scaleLevels, usualLevel } from '#winston/winston-levels.ts'

const { cli, npm, syslog } = winston.config

describe("winston's levels on pino's scale", () => {
  it('npm', () => {
    const expected = { error: 50, warn: 40, info: 30, http: 28, verbose: 25, debug: 20, silly: 10 }
    expect({ ...scaleLevels(npm.levels) }).toEqual(expected)
    expect({ ...npmLevels }).toEqual(expected)
  })

  it('syslog: critical and worse are fatal', () => {
    expect({ ...scaleLevels(syslog.levels) }).toEqual({
      emerg: 80,
      alert: 70,
      crit: 60,
      error: 50,
      warning: 40,
      notice: 35,
      info: 30,
      debug: 20,
    })
  })

  it('and the core rank every known label alike', () => {
    for (const [label, level] of Object.entries(usualLevels))
      expect([label, usualLevel(label)]).toEqual([label, level])
    const { emerg, alert, crit } = usualLevels
    expect(scaleLevels(syslog.levels)).toMatchObject({ emerg, alert, crit })
  })

  it.each([
    ['cli', cli.levels],
    ['own names', { disaster: 0, meltdown: 1, error: 2, odd: 3, info: 4, chatty: 5, noisy: 6 }],
    ['none known', { p1: 0, p2: 1, p3: 2, p4: 3 }],
    ['with gaps', { error: 0, warn: 10, audit: 15, info: 20 }],
  ])('%s: each is below the one before it', (_name, ranks) => {
    const scaled = scaleLevels(ranks)
    const numbers = Object.entries(ranks)
      .sort(([, a], [, b]) => a - b)
      .map(([label]) => scaled[label]!)
    for (const [index, number] of numbers.entries()) {
      expect(number).toBeGreaterThan(0)
      if (index > 0) expect(number).toBeLessThan(numbers[index - 1]!)
    }
  })

  it('the worst of unknown levels is an error, and what stands above error is worse', () => {
    expect(scaleLevels({ p1: 0, p2: 1 })['p1']).toBe(50)
    expect(scaleLevels({ disaster: 0, error: 1 })['disaster']).toBe(60)
  })

  it('a label the logger does not know has its usual meaning', () => {
    expect(usualLevel('CRITICAL')).toBe(60)
    expect(usualLevel('constructor')).toBeUndefined()
    expect(usualLevel('gold')).toBeUndefined()
  })
})
