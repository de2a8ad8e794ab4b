/**
 * A winston logger's levels on pino's scale, which the core and the rules use. winston counts the other way,
 * from 0 for the worst, and every logger may name its own levels: known labels have the rank of the core's
 * table, the others get it from their neighbours.
 */
import { type Levels, usualLevels } from 'alert-core/adapter'

export type { Levels }

const usual = fromEntries(Object.entries(usualLevels))
/** These stand here in winston's npm levels, and elsewhere in others. */
const movable: ReadonlySet<string> = new Set(['http', 'verbose'])

const error = 50
/** Between two unknown labels above all known ones. */
const step = 10

/**
 * The levels of one logger, `ranks` as winston has them: 0 for the worst. Unknown labels are spread evenly
 * between known ones.
 */
export function scaleLevels(ranks: Readonly<Record<string, number>>): Levels {
  const labels = Object.keys(ranks).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0))
  const numbers = labels.map((label) => (isMovable(label) ? undefined : usualLevel(label)))
  if (!numbers.some(isKnown)) numbers[0] = error
  placeMovable(labels, numbers)
  fillGaps(numbers)
  return fromEntries(labels.map((label, index) => [label, numbers[index] ?? error]))
}

/** winston's npm levels, the default of a logger. */
export const npmLevels: Levels = scaleLevels({
  error: 0,
  warn: 1,
  info: 2,
  http: 3,
  verbose: 4,
  debug: 5,
  silly: 6,
})

/** The number of a label the logger does not know, by its usual meaning. */
export function usualLevel(label: string): number | undefined {
  return usual[label.toLowerCase()]
}

function placeMovable(labels: readonly string[], numbers: (number | undefined)[]): void {
  for (const [index, label] of labels.entries()) {
    const number = usualLevel(label)
    if (!isMovable(label) || number === undefined) continue
    const above = numbers.slice(0, index).findLast(isKnown) ?? Number.POSITIVE_INFINITY
    const below = numbers.slice(index + 1).find(isKnown) ?? 0
    if (number < above && number > below) numbers[index] = number
  }
}

function fillGaps(numbers: (number | undefined)[]): void {
  let start = 0
  while (start < numbers.length) {
    if (isKnown(numbers[start])) {
      start++
      continue
    }
    const found = numbers.findIndex((number, index) => index > start && isKnown(number))
    const end = found === -1 ? numbers.length : found
    const above = numbers[start - 1]
    const below = numbers[end] ?? 0
    for (let index = start; index < end; index++) {
      numbers[index] =
        above === undefined
          ? below + step * (end - index)
          : Math.round(above + ((below - above) * (index - start + 1)) / (end - start + 1))
    }
    start = end
  }
}

function isMovable(label: string): boolean {
  return movable.has(label.toLowerCase())
}

function isKnown(number: number | undefined): number is number {
  return number !== undefined
}

/** No prototype: labels are the application's words. */
function fromEntries(entries: readonly (readonly [string, number])[]): Levels {
  const levels: Record<string, number> = Object.create(null)
  for (const [label, number] of entries) levels[label] = number
  return levels
}
