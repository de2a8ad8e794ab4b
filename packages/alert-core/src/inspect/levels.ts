/**
 * Levels of loggers on one scale, pino's: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; higher is worse.
 */

/** Levels by label. */
export type Levels = Readonly<Record<string, number>>

/** The labels of pino, of winston's npm levels and of syslog; lower case. */
// biome-ignore format: one line a rank
export const usualLevels: Levels = {
  trace: 10, silly: 10,
  debug: 20, verbose: 25,
  http: 28, info: 30, notice: 35,
  warn: 40, warning: 40,
  error: 50, err: 50,
  fatal: 60, crit: 60, critical: 60, alert: 60, emerg: 60, emergency: 60, panic: 60,
}

/** The number of a level given as number or label (any case); `undefined` where it is neither. `own` are the logger's levels. */
export function levelRank(value: unknown, own?: Levels): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  if (typeof value !== 'string') return undefined
  if (own !== undefined && Object.hasOwn(own, value)) return own[value]
  const label = value.toLowerCase()
  if (own !== undefined && Object.hasOwn(own, label)) return own[label]
  if (Object.hasOwn(usualLevels, label)) return usualLevels[label]
  const number = value.trim() === '' ? Number.NaN : Number(value)
  return Number.isNaN(number) ? undefined : number
}

/** The label of a number: the logger's own, else pino's, else the number itself. */
export function createLevelLabels(own?: Levels): (level: number) => string {
  const labels = new Map<number, string>()
  for (const label of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    labels.set(usualLevels[label]!, label)
  for (const [label, level] of Object.entries(own ?? {})) labels.set(level, label)
  return (level) => labels.get(level) ?? String(level)
}
