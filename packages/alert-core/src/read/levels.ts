/**
 * Levels of loggers on one scale, pino's: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; higher is
 * worse. The only table of labels: what a logger does not say itself is looked up here.
 */
import { severityOfLevel } from '../model.ts'
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

/** Levels of a logger that counts in its own way, on pino's scale. */
interface Scale {
  readonly labels: ReadonlyMap<string, number>
  readonly ranks: ReadonlyMap<number, number>
}

const pinoLabels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const usualRanks = new Set(usual.values())
const scales = new WeakMap<Levels, Scale | null>()

/** `undefined` if the logger counts as pino does. */
function scaleOf(own: Levels | undefined): Scale | undefined {
  if (own === undefined) return undefined
  let scale = scales.get(own)
  if (scale === undefined) {
    scale = isPinoScale(own) ? null : createScale(own)
    scales.set(own, scale)
  }
  return scale ?? undefined
}

/** pino's names have pino's numbers there; without any of them, other known names have their severity. */
function isPinoScale(own: Levels): boolean {
  const known = Object.entries(own).filter(([label]) => usual.has(label.toLowerCase()))
  const pinos = known.filter(([label]) => pinoLabels.includes(label.toLowerCase()))
  if (pinos.length > 0) return pinos.every(([label, level]) => usual.get(label.toLowerCase()) === level)
  return known.every(
    ([label, level]) => severityOfLevel(usual.get(label.toLowerCase())!) === severityOfLevel(level),
  )
}

/** A known name has its usual rank, and an unknown one a rank between those of its known neighbours. */
function createScale(own: Levels): Scale {
  const known = Object.entries(own)
    .map(([label, level]) => ({ level, rank: usual.get(label.toLowerCase()) }))
    .filter((each): each is { level: number; rank: number } => each.rank !== undefined)
    .sort((a, b) => a.level - b.level)
  const [first, last] = [known[0]!, known.at(-1)!]
  const direction = first.rank > last.rank ? -1 : 1

  function place(level: number): number {
    const below = known.findLast((each) => each.level <= level)
    const above = known.find((each) => each.level >= level)
    if (below === undefined) return first.rank - direction
    if (above === undefined) return last.rank + direction
    if (above.level === below.level) return below.rank
    return below.rank + ((above.rank - below.rank) * (level - below.level)) / (above.level - below.level)
  }

  const labels = new Map<string, number>()
  const ranks = new Map<number, number>()
  for (const [label, level] of Object.entries(own)) {
    const rank = usual.get(label.toLowerCase()) ?? place(level)
    labels.set(label, rank)
    ranks.set(level, rank)
  }
  return { labels, ranks }
}

/**
 * The rank of each number that the logger writes; `undefined` if its numbers are ranks already, which is so
 * unless it gives names that are known here other numbers than pino.
 */
export function levelRanks(own: Levels | undefined): ReadonlyMap<number, number> | undefined {
  return scaleOf(own)?.ranks
}

/**
 * The rank of a level given as number or label (any case, coloured or not), else `undefined`. `own` are the
 * logger's levels; a number of theirs counts as such unless it is the rank of a usual level.
 */
export function levelRank(value: unknown, own?: Levels): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? rankOfNumber(value, own) : undefined
  if (typeof value !== 'string' || value.length > longestLabel) return undefined
  return rankOfLabel(value, own) ?? rankOfLabel(cleanLabel(value), own) ?? numberOf(value, own)
}

function rankOfNumber(level: number, own: Levels | undefined): number {
  const scale = scaleOf(own)
  return scale === undefined || usualRanks.has(level) ? level : (scale.ranks.get(level) ?? level)
}

/** A level's label as people write it: no colours, no blanks, lower case. */
function cleanLabel(label: string): string {
  return stripAnsi(label).trim().toLowerCase()
}

function rankOfLabel(label: string, own: Levels | undefined): number | undefined {
  if (own === undefined || !Object.hasOwn(own, label)) return usual.get(label)
  return scaleOf(own)?.labels.get(label) ?? own[label]
}

function numberOf(text: string, own: Levels | undefined): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? rankOfNumber(number, own) : undefined
}

/** The labels of numbers: the logger's own, else pino's. */
export function createLevelLabels(own?: Levels): ReadonlyMap<number, string> {
  const labels = new Map<number, string>()
  for (const label of pinoLabels) labels.set(usualLevels[label]!, label)
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
    const ranked = typeof written === 'number' ? levelRanks(own)?.get(written) : undefined
    const rank = ranked ?? (written === undefined ? undefined : levelRank(written, own))
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
