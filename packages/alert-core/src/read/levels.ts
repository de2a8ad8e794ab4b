/**
 * Levels of loggers on one scale, pino's: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; higher is
 * worse. The only table of labels: what a logger does not say itself is looked up here.
 */
import { getPath } from '../text/get-path.ts'
import { stripAnsi } from '../text/text.ts'
import { levelNames, severityNumberNames } from './names.ts'

/** Levels by label. */
export type Levels = Readonly<Record<string, number>>

/**
 * The labels of pino and bunyan, of winston's npm levels, of syslog and of Google Cloud's `severity`; lower
 * case.
 */
// biome-ignore format: one line a rank
export const usualLevels: Levels = {
  trace: 10, silly: 10,
  debug: 20, verbose: 25,
  http: 28, info: 30, notice: 35,
  warn: 40, warning: 40,
  error: 50, err: 50,
  fatal: 60, crit: 60, critical: 60,
  alert: 70,
  emerg: 80, emergency: 80, panic: 80,
}

const usual = new Map(Object.entries(usualLevels))
const longestLabel = 100

/**
 * The number of a level given as number or label (any case, coloured or not), else `undefined`. `own` are the
 * logger's levels.
 */
export function levelRank(value: unknown, own?: Levels): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || value.length > longestLabel) return undefined
  return rankOfLabel(value, own) ?? rankOfLabel(cleanLabel(value), own) ?? numberOf(value)
}

/** A level's label as people write it: no colours, no blanks, lower case. */
function cleanLabel(label: string): string {
  return stripAnsi(label).trim().toLowerCase()
}

function rankOfLabel(label: string, own: Levels | undefined): number | undefined {
  return own !== undefined && Object.hasOwn(own, label) ? own[label] : usual.get(label)
}

function numberOf(text: string): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** The labels of numbers: the logger's own, else pino's. */
export function createLevelLabels(own?: Levels): ReadonlyMap<number, string> {
  const labels = new Map<number, string>()
  for (const label of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    labels.set(usualLevels[label]!, label)
  for (const [label, level] of Object.entries(own ?? {})) labels.set(level, label)
  return labels
}

/**
 * The level of a record that has no number under `level`: by the first name that holds one, else by
 * OpenTelemetry's number; `label` as the logger wrote it, '' if it wrote none.
 */
export function levelOf(
  object: Readonly<Record<string, unknown>>,
  own?: Levels,
): { readonly rank: number; readonly label: string } | undefined {
  for (const name of levelNames) {
    const written = object[name] ?? (name.includes('.') ? getPath(object, name) : undefined)
    const rank = written === undefined ? undefined : levelRank(written, own)
    if (rank === undefined) continue
    const label = typeof written === 'string' ? cleanLabel(written) : ''
    return { rank, label: Number.isFinite(Number(label)) ? '' : label }
  }
  for (const name of severityNumberNames) {
    const number = object[name]
    if (typeof number === 'number' && number >= 1 && number <= 24)
      return { rank: 10 * Math.ceil(number / 4), label: '' }
  }
  return undefined
}
