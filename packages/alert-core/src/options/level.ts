/**
 * The threshold `level`: a label of the logger, or a number on pino's scale.
 */
import { z } from 'zod'
import { defaults } from './defaults.ts'
import { option, text } from './fields.ts'
import { nearest } from './nearest.ts'
import type { Problems } from './problem.ts'
import { alternatives } from './sentence.ts'

/** Levels of the logger by label; higher is worse. */
export type Levels = Readonly<Record<string, number>>

/** The labels of pino, of winston's npm levels and of syslog, on pino's scale. */
// biome-ignore format: one line a rank
const usualLevels: Levels = {
  trace: 10, silly: 10,
  debug: 20, verbose: 25,
  http: 28, info: 30, notice: 35,
  warn: 40, warning: 40,
  error: 50, err: 50,
  fatal: 60, crit: 60, critical: 60, alert: 60, emerg: 60, emergency: 60, panic: 60,
}

/** The schema of `level`. */
export const levelOption = option(
  z.union([text, z.number()]),
  'Records at least this bad are alerts without any rule: a label of the logger, or a number on its scale',
  { default: defaults.level, examples: ['warn', 'error', 'fatal'] },
)

/**
 * The number of a level. `levels` are the logger's own; where they are not known yet, an unusual label is taken for one
 * of the logger's unless it looks misspelt.
 */
export function resolveLevel(level: string | number, levels: Levels | undefined, problems: Problems): number {
  if (typeof level === 'number') return level
  const numbers = { ...usualLevels, ...levels }
  const number: unknown = Object.hasOwn(numbers, level) ? numbers[level] : undefined
  if (typeof number === 'number') return number
  const near = nearest(level, Object.keys(numbers))
  if (levels !== undefined || near !== undefined) {
    const labels = Object.keys(levels ?? { trace: 0, debug: 0, info: 0, warn: 0, error: 0, fatal: 0 })
    const hint = near === undefined ? '' : ` Did you mean '${near}'?`
    const known = `Known: ${alternatives(labels)}. A level of your own may be given by its number.`
    problems.add(['level'], 'impossible-value', `is no level of the logger.${hint} ${known}`)
  }
  return usualLevels[defaults.level]!
}
