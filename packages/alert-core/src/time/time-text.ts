/**
 * Times and durations as messages write them: in one time zone with the offset of that moment, '3 hr 5 min'.
 */

/** Writes epoch ms in one time zone. */
export interface Zone {
  /** '2026-11-23 14:05:09 UTC+08:00'; just 'UTC' without an offset. */
  full(ms: number): string
  /** '14:05:09.120'. */
  exact(ms: number): string
  /** '14:05', or '2026-11-22 14:05' if `nearMs` is on another day. */
  clock(ms: number, nearMs: number): string
  /** '14:05 UTC+08:00', with the date if `nearMs` is on another day. */
  clockWithOffset(ms: number, nearMs: number): string
}

/** The end of the year 9999. A time beyond it is shown as '?'. */
const latestMs = 253_402_300_799_999

/**
 * Makes the writer for an IANA name: the machine's zone without a name, UTC for a name that Intl does not
 * know.
 */
export function createZone(timeZone?: string): Zone {
  // The first formatter of a process takes ten milliseconds: not at the start.
  let format: Intl.DateTimeFormat | undefined

  const read = (ms: number) => {
    const parts: Record<string, string> = {}
    format ??= formatter(timeZone)
    for (const { type, value } of format.formatToParts(ms)) parts[type] = value
    const { year, month, day, hour, minute, second, timeZoneName = 'GMT' } = parts
    const offset = timeZoneName.replace('GMT', 'UTC').replace(/[+-]00:00$/, '')
    return { date: `${year}-${month}-${day}`, time: `${hour}:${minute}`, second, offset }
  }

  const clock = (ms: number, nearMs: number) => {
    if (!isTime(ms)) return '?'
    const { date, time } = read(ms)
    return isTime(nearMs) && read(nearMs).date === date ? time : `${date} ${time}`
  }

  return {
    full(ms) {
      if (!isTime(ms)) return '?'
      const { date, time, second, offset } = read(ms)
      return `${date} ${time}:${second} ${offset}`
    },
    exact(ms) {
      if (!isTime(ms)) return '?'
      const { time, second } = read(ms)
      return `${time}:${second}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`
    },
    clock,
    clockWithOffset: (ms, nearMs) => (isTime(ms) ? `${clock(ms, nearMs)} ${read(ms).offset}` : '?'),
  }
}

/** True for a name that Intl knows as a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** ISO 8601 in UTC, for machines; `undefined` if `ms` is not a valid time. */
export function isoTime(ms: number | undefined): string | undefined {
  return ms !== undefined && isTime(ms) ? new Date(ms).toISOString() : undefined
}

function isTime(ms: number): boolean {
  return ms >= 0 && ms <= latestMs
}

function formatter(timeZone: string | undefined): Intl.DateTimeFormat {
  const style = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...style, timeZone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...style, timeZone: 'UTC' })
  }
}

// ── durations

type Unit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day'

const formats = new Map<string, Intl.NumberFormat>()

function inUnit(amount: number, unit: Unit, locale: string): string {
  const key = `${locale} ${unit}`
  const known =
    formats.get(key) ?? new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' })
  formats.set(key, known)
  return known.format(amount)
}

/** A duration by its two largest units: '45 sec', '2 min 30 sec', '3 hr 5 min', '1 day 4 hr'; '3小时5分钟'. */
export function formatDuration(ms: number, locale: 'en' | 'zh-CN'): string {
  if (ms === Number.POSITIVE_INFINITY) return '∞'
  const wholeMs = ms > 0 ? Math.round(ms) : 0
  if (wholeMs > 0 && wholeMs < 1000) return inUnit(wholeMs, 'millisecond', locale)
  const seconds = Math.round(wholeMs / 1000)
  if (seconds < 60) return inUnit(seconds, 'second', locale)
  if (seconds < 3600) return pair(seconds, 60, ['minute', 'second'], locale)
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(minutes, 60, ['hour', 'minute'], locale)
  return pair(Math.round(minutes / 60), 24, ['day', 'hour'], locale)
}

function pair(amount: number, size: number, [large, small]: readonly [Unit, Unit], locale: string): string {
  const rest = amount % size
  const head = inUnit(Math.floor(amount / size), large, locale)
  return rest === 0 ? head : `${head}${locale === 'en' ? ' ' : ''}${inUnit(rest, small, locale)}`
}
