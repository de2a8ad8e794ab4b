/**
 * The threshold `level`: a level name of the logger, or a number on pino's scale.
 */

import { once } from '../cache/lazy.ts'
import * as z from '../provider/light-zod.ts'
import { option } from '../provider/schema.ts'
import { type Levels, levelRank, usualLevels } from '../read/levels.ts'
import { defaults } from './defaults.ts'
import { text } from './fields.ts'
import { nearest } from './nearest.ts'
import type { Problems } from './problem.ts'
import { alternatives } from './sentence.ts'

export const levelOption = once(() =>
  option(
    z.union([text(), z.number()]),
    "Records of at least this level are alerts without a rule: a level name of the logger, or its number. 'silent' and 'off': only rules and the field `alert` raise alerts",
    { default: defaults.level, examples: ['warn', 'error', 'fatal', 'silent'] },
  ),
)

/** Above every level; unlike pino's Infinity it survives JSON. */
export const silentLevel = Number.MAX_SAFE_INTEGER

const pinoLabels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/**
 * The number of a level. `levels` are the logger's own; before they are known, an unusual name is taken as
 * one of the logger's unless it looks misspelt.
 */
export function resolveLevel(level: string | number, levels: Levels | undefined, problems: Problems): number {
  if (typeof level === 'number') return levelRank(level, levels) ?? level
  if (/^(?:silent|off)$/i.test(level) && !Object.hasOwn(levels ?? {}, level)) return silentLevel
  const rank = levelRank(level, levels)
  if (rank !== undefined) return rank
  const near = nearest(level, Object.keys({ ...usualLevels, ...levels }))
  if (levels !== undefined || near !== undefined) {
    const labels = levels === undefined ? pinoLabels : Object.keys(levels)
    const hint = near === undefined ? '' : ` Did you mean '${near}'?`
    const known = `Known: ${alternatives(labels)}. Write a level of your own as its number.`
    problems.add(['level'], 'impossible-value', `is not a level of the logger.${hint} ${known}`)
  }
  return usualLevels[defaults.level]!
}
