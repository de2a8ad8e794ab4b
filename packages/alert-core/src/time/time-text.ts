/**
 * Times, durations and numbers as messages write them: in one time zone with the offset of that moment,
 * '3 h 5 min', '1,204'.
 */

/** Writes epoch ms in one time zone. */
export interface Zone {
  /** '2026-11-23 14:05:09 UTC+8', 'UTC+5:30'; just 'UTC' without an offset. */
  full(ms: number): string
  /** '14:05:09.120'. */
  exact(ms: number): string
  /** '14:05:09'; '11-22 14:05:09' if `nearMs` is on another day, in full if it is in another year. */
  near(ms: number, nearMs: number): string
  /** The same without seconds, for a time to come: '14:05', '11-22 14:05', '2027-01-01 14:05'. */
  soon(ms: number, nearMs: number): string
  /** '11-22' and '14:05'. */
  brief(ms: number): { readonly day: string; readonly time: string }
  /** '2026-11-23 14:05'. */
  minute(ms: number): string
  /** 'UTC+8' at this moment. */
  offset(ms: number): string
}

/** The end of the year 9999. A time beyond it is shown as '?'. */
const latestMs = 253_402_300_799_999

/**
 * Makes the writer for an IANA name: the machine's zone without a name, UTC for a name that Intl does not
 * know.
 */
export function createZone(timeZone?: string): Zone {
  const offsetAt = timeZone === undefined ? localOffset : createOffset(timeZone)

  const read = (ms: number) => {
    const minutes = offsetAt(ms)
    const local = new Date(ms + minutes * minuteMs)
    const year = `${local.getUTCFullYear()}`
    const day = `${twoDigits(local.getUTCMonth() + 1)}-${twoDigits(local.getUTCDate())}`
    const time = `${twoDigits(local.getUTCHours())}:${twoDigits(local.getUTCMinutes())}`
    const second = twoDigits(local.getUTCSeconds())
    return { year, day, date: `${year}-${day}`, time, second, offset: offsetText(minutes) }
  }

  const full = (ms: number) => {
    if (!isTime(ms)) return '?'
    const { date, time, second, offset } = read(ms)
    return `${date} ${time}:${second} ${offset}`
  }

  /** As much of the date as differs from that of the other time. */
  const dateBeside = ({ year, day, date }: ReturnType<typeof read>, nearMs: number) => {
    const other = isTime(nearMs) ? read(nearMs) : undefined
    if (other?.date === date) return ''
    return other?.year === year ? `${day} ` : `${date} `
  }

  return {
    full,
    exact(ms) {
      if (!isTime(ms)) return '?'
      const { time, second } = read(ms)
      return `${time}:${second}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`
    },
    near(ms, nearMs) {
      if (!isTime(ms)) return '?'
      const parts = read(ms)
      const isSameYear = isTime(nearMs) && read(nearMs).year === parts.year
      return isSameYear ? `${dateBeside(parts, nearMs)}${parts.time}:${parts.second}` : full(ms)
    },
    soon(ms, nearMs) {
      if (!isTime(ms)) return '?'
      const parts = read(ms)
      return dateBeside(parts, nearMs) + parts.time
    },
    brief(ms) {
      if (!isTime(ms)) return { day: '?', time: '?' }
      const { day, time } = read(ms)
      return { day, time }
    },
    minute(ms) {
      if (!isTime(ms)) return '?'
      const { date, time } = read(ms)
      return `${date} ${time}`
    },
    offset: (ms) => (isTime(ms) ? read(ms).offset : ''),
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

const minuteMs = 60_000
const twoDigits = (value: number) => `${value}`.padStart(2, '0')

/** Without Intl, whose first formatter of a process takes ten milliseconds or more. */
function localOffset(ms: number): number {
  return -new Date(ms).getTimezoneOffset()
}

/** Minutes of a zone before UTC at a moment. */
function createOffset(timeZone: string): (ms: number) => number {
  let format: Intl.DateTimeFormat | undefined
  return (ms) => {
    format ??= offsetFormat(timeZone)
    const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value
    // 'GMT+08:00', and 'GMT' or 'GMT+00:00' for UTC.
    const [, sign, hours, minutes] = name?.match(/([+-])(\d\d):(\d\d)/) ?? []
    return sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes))
  }
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  const style = { timeZoneName: 'longOffset' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...style, timeZone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...style, timeZone: 'UTC' })
  }
}

/** The offset as people write it has no zeros. */
function offsetText(minutes: number): string {
  if (minutes === 0) return 'UTC'
  const ahead = Math.abs(minutes)
  const rest = ahead % 60
  const hours = Math.floor(ahead / 60)
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${twoDigits(rest)}`}`
}

// ── durations

type Unit = 'ms' | 's' | 'min' | 'h' | 'd'

/** The last one of two Chinese units is shorter: '3 小时 5 分', but '15 分钟'. */
const chineseUnits: Readonly<Record<Unit, string>> = { ms: '毫秒', s: '秒', min: '分钟', h: '小时', d: '天' }

function inUnit(amount: number, unit: Unit, locale: 'en' | 'zh-CN'): string {
  return `${formatCount(amount)} ${locale === 'en' ? unit : chineseUnits[unit]}`
}

/**
 * A duration by its two largest units: '45 s', '2 min 30 s', '22 min', '3 h 5 min', '1 d 4 h'; in Chinese
 * '3 小时 5 分'. Not by Intl, whose units differ between versions of its data.
 */
export function formatDuration(ms: number, locale: 'en' | 'zh-CN'): string {
  if (ms === Number.POSITIVE_INFINITY) return '∞'
  const wholeMs = ms > 0 ? Math.round(ms) : 0
  if (wholeMs > 0 && wholeMs < 1000) return inUnit(wholeMs, 'ms', locale)
  const seconds = Math.round(wholeMs / 1000)
  if (seconds < 60) return inUnit(seconds, 's', locale)
  // From ten minutes on, seconds say nothing.
  if (seconds < 600) return pair(seconds, 60, ['min', 's'], locale)
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return inUnit(minutes, 'min', locale)
  if (minutes < 1440) return pair(minutes, 60, ['h', 'min'], locale)
  return pair(Math.round(minutes / 60), 24, ['d', 'h'], locale)
}

/** A duration that somebody chose, in whole hours as it is usually written: '25 h', not '1 d 1 h'. */
export function formatChosenDuration(ms: number, locale: 'en' | 'zh-CN'): string {
  const hours = ms / 3_600_000
  return Number.isInteger(hours) && hours > 24 && hours < 48
    ? inUnit(hours, 'h', locale)
    : formatDuration(ms, locale)
}

function pair(
  amount: number,
  size: number,
  [large, small]: readonly [Unit, Unit],
  locale: 'en' | 'zh-CN',
): string {
  const rest = amount % size
  const head = inUnit(Math.floor(amount / size), large, locale)
  if (rest === 0) return head
  return `${head} ${inUnit(rest, small, locale)}`.replaceAll('分钟', '分')
}

/** A number with a comma between thousands, in both languages: '1,204'. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
