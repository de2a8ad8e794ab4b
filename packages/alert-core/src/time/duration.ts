/**
 * Durations as options give them: '5m', '1.5h', 250.
 */

/** Milliseconds, or a number with its unit: `250`, `'30s'`, `'1.5h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const written = /^(\d{1,16}(?:\.\d{1,9})?)(ms|s|m|h|d)$/

/**
 * A {@link Duration} in whole milliseconds; `undefined` for any other value (negative, NaN, without a unit).
 */
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
