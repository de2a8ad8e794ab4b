/**
 * What a problem switches off, as a sentence: a running hub warns of a problem, and its reader must know what
 * does not work because of it.
 */

import type { Plan } from './plan.ts'
import type { Path, ProblemCode } from './problem.ts'

/** The effect of a problem at this path on the plan; `ruleName` gives the name of a rule by its position. */
export function effectOfProblem(
  path: Path,
  code: ProblemCode,
  plan: Plan,
  ruleName: (index: number) => string | undefined,
): string {
  const [key, item] = path
  if (key === undefined) return `All defaults are used ${untilCorrected}`
  if (key === 'channels') {
    if (item === undefined) return `No channel of the options is used ${untilCorrected}`
    const isPlanned = plan.channels.some(({ name, isStandIn }) => name === item && !isStandIn)
    return isPlanned ? '' : `Channel ${item} is off ${untilCorrected}`
  }
  if (key === 'rules') {
    if (typeof item !== 'number') return `No rule of the options is used ${untilCorrected}`
    const name = ruleName(item)
    return `Rule ${name === undefined ? item + 1 : `'${name}'`} is off ${untilCorrected}`
  }
  if (key === 'silences' && item !== undefined) return `This silence is off ${untilCorrected}`
  if (key === 'inhibit' && item !== undefined) return `This inhibition is off ${untilCorrected}`
  if (code === 'unknown-key' || inLists.has(key)) return 'It is ignored.'
  const isOff = typeof key === 'string' && Object.hasOwn(planned, key) && !planned[key]!(plan)
  return isOff ? `\`${key}\` is off ${untilCorrected}` : `Its default is used ${untilCorrected}`
}

const untilCorrected = 'until this is corrected.'

/** Options of which only the wrong entry is ignored. */
const inLists: ReadonlySet<unknown> = new Set(['redact', 'recipients', 'schedules', 'silences', 'inhibit'])

/** Whether these options, which are off by default, are part of the plan. */
const planned: Readonly<Record<string, (plan: Plan) => boolean>> = {
  state: ({ stateDir }) => stateDir !== undefined,
  context: ({ context }) => context !== undefined,
  reload: ({ reload }) => reload !== undefined,
  metrics: ({ metrics }) => metrics !== undefined,
  heartbeat: ({ heartbeat }) => heartbeat !== undefined,
}
