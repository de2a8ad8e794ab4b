import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createZone } from '#core/time/time-text.ts'

const zones = [
  'UTC',
  'Asia/Shanghai',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
]

/** Since 1973 no zone has an offset with seconds. */
const moments = () => fc.integer({ min: Date.UTC(1973, 0, 1), max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) })

/** What Intl itself writes for that moment. */
function byIntl(timeZone: string, ms: number): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, minute, second, timeZoneName } = parts
  // Which of the two it writes for UTC depends on its version.
  const offset = timeZoneName === 'GMT' ? 'GMT+00:00' : timeZoneName
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${offset}`
}

/** 'UTC+5:30' as Intl writes it. */
const withZeros = (text: string) =>
  text.replace(
    /UTC(?:([+-])(\d+)(?::(\d\d))?)?$/,
    (_, sign = '+', hours = '0', minutes = '00') => `GMT${sign}${hours.padStart(2, '0')}:${minutes}`,
  )

describe('a moment in a zone', () => {
  const before = process.env['TZ']
  afterEach(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  it.each(zones)('is what Intl writes for %s', (name) => {
    const zone = createZone(name)
    fc.assert(
      fc.property(moments(), (ms) => {
        expect(withZeros(zone.full(ms))).toBe(byIntl(name, ms))
      }),
    )
  })

  it.each(zones)('is the same if %s is the zone of the machine', (name) => {
    process.env['TZ'] = name
    const [named, own] = [createZone(name), createZone()]
    fc.assert(
      fc.property(moments(), (ms) => {
        expect(own.full(ms)).toBe(named.full(ms))
      }),
    )
  })

  it('is in UTC for a name that Intl does not know', () => {
    expect(createZone('Mars/Olympus').full(0)).toBe('1970-01-01 00:00:00 UTC')
  })
})
