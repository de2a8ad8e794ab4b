/**
 * The threshold `level`: a label of the logger, or a number on pino's scale.
 */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import { option } from '../provider/schema.ts'
import { type Levels, levelRank, usualLevels } from '../read/levels.ts'
import { defaults } from './defaults.ts'
import { text } from './fields.ts'
import { nearest } from './nearest.ts'
import type { Problems } from './problem.ts'
import { alternatives } from './sentence.ts'

/** The schema of `level`. */
export const levelOption = once(() =>
  option(
    z.union([text(), z.number()]),
    'Records at least this bad are alerts without any rule: a label of the logger, or a number on its scale',
    { default: defaults.level, examples: ['warn', 'error', 'fatal'] },
  ),
)

const pinoLabels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/**
 * The number of a level. `levels` are the logger's own; where they are not known yet, an unusual label is taken for one
 * of the logger's unless it looks misspelt.
 */
export function resolveLevel(level: string | number, levels: Levels | undefined, problems: Problems): number {
  if (typeof level === 'number') return level
  const rank = levelRank(level, levels)
  if (rank !== undefined) return rank
  const near = nearest(level, Object.keys({ ...usualLevels, ...levels }))
  if (levels !== undefined || near !== undefined) {
    const labels = levels === undefined ? pinoLabels : Object.keys(levels)
    const hint = near === undefined ? '' : ` Did you mean '${near}'?`
    const known = `Known: ${alternatives(labels)}. A level of your own may be given by its number.`
    problems.add(['level'], 'impossible-value', `is no level of the logger.${hint} ${known}`)
  }
  return usualLevels[defaults.level]!
}
