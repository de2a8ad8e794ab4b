/**
 * Reads the valid part of silences, inhibitions and schedules, so that a wrong one does not disable the
 * others; and checks a silence that is made at run time.
 */

import type { InhibitionPlan } from '../mute/inhibition.ts'
import type { SilencePlan } from '../mute/silences.ts'
import type { Schema as AnySchema } from '../provider/schema.ts'
import { isObject } from '../text/get-path.ts'
import type { TimeInterval } from '../time/time-interval.ts'
import type { CheckedChannel } from './channel-options.ts'
import { parse } from './explain-problem.ts'
import { inhibition, planSilence, silence, timeInterval } from './mute-shape.ts'
import { createProblems, type Path, type Problem, type Problems } from './problem.ts'
import { unknownName } from './sentence.ts'

export interface MuteOptions {
  readonly silences: readonly SilencePlan[]
  readonly inhibit: readonly InhibitionPlan[]
  readonly schedules: Readonly<Record<string, readonly TimeInterval[]>>
}

/** Reads what is valid. Adds a problem for each name of a schedule that does not exist. */
export function readMutes(
  written: unknown,
  channels: readonly CheckedChannel[],
  problems: Problems,
): MuteOptions {
  const given = isObject(written) ? written : {}
  const schedules = readSchedules(given['schedules'], problems)
  const names = isObject(given['schedules']) ? Object.keys(given['schedules']) : []
  const silences = validItems(silence, given['silences'], ['silences'], problems)
  for (const { value, path } of silences) checkNames(value.schedules, names, [...path, 'schedules'], problems)
  for (const { shared, path } of channels) {
    checkNames(shared.schedules?.only, names, [...path, 'schedules', 'only'], problems)
    checkNames(shared.schedules?.not, names, [...path, 'schedules', 'not'], problems)
  }
  return {
    schedules,
    silences: silences.filter(({ path }) => !problems.within(path)).map(({ value }) => planSilence(value)),
    inhibit: validItems(inhibition, given['inhibit'], ['inhibit'], problems).map(({ value }) => value),
  }
}

/** Checks a silence made at run time, `now`, epoch ms; `schedules` are the names in the options. */
export function checkSilence(
  input: unknown,
  schedules: readonly string[],
  now: number,
): { readonly plan?: SilencePlan; readonly problems: readonly Problem[] } {
  const problems = createProblems()
  const given = parse(silence(), input, [], problems, { mayEcho: () => true })
  if (given !== undefined) {
    checkNames(given.schedules, schedules, ['schedules'], problems)
    if (given.until <= now) {
      const message = `must be in the future: it is now ${new Date(now).toISOString()}.`
      problems.add(['until'], 'impossible-value', message)
    }
  }
  const found = problems.inOrderOf(input)
  return given === undefined || found.length > 0
    ? { problems: found }
    : { plan: planSilence(given), problems: found }
}

function readSchedules(given: unknown, problems: Problems): Record<string, readonly TimeInterval[]> {
  const schedules: Record<string, readonly TimeInterval[]> = Object.create(null)
  for (const [name, intervals] of isObject(given) ? Object.entries(given) : []) {
    const path: Path = ['schedules', name]
    const items = validItems(timeInterval, intervals, path, problems)
    schedules[name] = items.map(({ value }) => value as TimeInterval)
  }
  return schedules
}

/** The items of a list that have no problem. */
function validItems<Schema extends AnySchema>(
  schema: () => Schema,
  list: unknown,
  path: Path,
  problems: Problems,
) {
  if (!Array.isArray(list)) return []
  return list.flatMap((item, index) => {
    const place: Path = [...path, index]
    const value = problems.within(place)
      ? undefined
      : parse(schema(), item, place, createProblems(), { mayEcho: () => false })
    return value === undefined ? [] : [{ path: place, value }]
  })
}

function checkNames(
  given: readonly string[] | undefined,
  names: readonly string[],
  path: Path,
  problems: Problems,
): void {
  for (const [index, name] of (given ?? []).entries()) {
    if (names.includes(name)) continue
    const message = unknownName(name, names, 'one of the `schedules` of these options')
    problems.add([...path, index], 'unknown-schedule', message)
  }
}
