/**
 * Durations as users write them ('5m', '1.5h', 250) and as people read them ('3 h 5 min').
 */

/** Milliseconds, or a number with its unit: `250`, `'30s'`, `'1.5h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const written = /^(\d{1,16}(?:\.\d{1,9})?)(ms|s|m|h|d)$/

/** Milliseconds of a {@link Duration}, whole; `undefined` for anything that is none (negative, NaN, no unit). */
export function parseDuration(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? parseText(value) : value
  if (typeof ms !== 'number' || !(ms >= 0)) return undefined
  const rounded = Math.round(ms)
  return Number.isSafeInteger(rounded) ? rounded : undefined
}

function parseText(text: string): number | undefined {
  const [, amount, unit] = written.exec(text) ?? []
  if (amount === undefined) return undefined
  return Number(amount) * unitMs[unit as keyof typeof unitMs]
}

const words = {
  en: { ms: 'ms', s: 's', m: 'min', h: 'h', d: 'd' },
  'zh-CN': { ms: '毫秒', s: '秒', m: '分钟', h: '小时', d: '天' },
} as const

/** A duration in words, by its two largest units: '45 s', '2 min 30 s', '3 h 5 min', '1 d 4 h'; '3 小时 5 分钟'. */
export function formatDuration(ms: number, locale: 'en' | 'zh-CN'): string {
  const word = words[locale]
  if (ms === Number.POSITIVE_INFINITY) return '∞'
  const wholeMs = ms > 0 ? Math.round(ms) : 0
  if (wholeMs > 0 && wholeMs < 1000) return `${wholeMs} ${word.ms}`
  const seconds = Math.round(wholeMs / 1000)
  if (seconds < 60) return `${seconds} ${word.s}`
  if (seconds < 3600) return pair(seconds, 60, word.m, word.s)
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(minutes, 60, word.h, word.m)
  return pair(Math.round(minutes / 60), 24, word.d, word.h)
}

function pair(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size
  const head = `${Math.floor(amount / size)} ${large}`
  return rest === 0 ? head : `${head} ${rest} ${small}`
}
