/**
 * The sound part of silences, inhibitions and schedules: one that is wrong must not take the others with it. And the check of a silence
 * that is made at run time.
 */
import * as z from 'zod/mini'
import type { InhibitionPlan } from '../mute/inhibition.ts'
import type { SilencePlan } from '../mute/silences.ts'
import type { Schema as AnySchema } from '../provider/schema.ts'
import { isObject } from '../text/is-object.ts'
import type { TimeInterval } from '../time/time-interval.ts'
import type { CheckedChannel } from './channel-options.ts'
import { parse } from './explain-problem.ts'
import { inhibition, planSilence, silence, timeInterval } from './mute-shape.ts'
import { didYouMean } from './nearest.ts'
import { createProblems, type Path, type Problem, type Problems } from './problem.ts'
import { alternatives } from './sentence.ts'

/** What of the options keeps channels quiet. */
export interface MuteOptions {
  readonly silences: readonly SilencePlan[]
  readonly inhibit: readonly InhibitionPlan[]
  readonly schedules: Readonly<Record<string, readonly TimeInterval[]>>
}

/** Reads what is sound of it; wrong forms have been noted before, names of schedules that do not exist are noted here. */
export function readMutes(
  written: unknown,
  channels: readonly CheckedChannel[],
  problems: Problems,
): MuteOptions {
  const given = isObject(written) ? written : {}
  const schedules = readSchedules(given['schedules'], problems)
  const names = isObject(given['schedules']) ? Object.keys(given['schedules']) : []
  const silences = soundItems(silence, given['silences'], ['silences'], problems)
  for (const { value, path } of silences) checkNames(value.schedules, names, [...path, 'schedules'], problems)
  for (const { shared, path } of channels) {
    checkNames(shared.schedules?.only, names, [...path, 'schedules', 'only'], problems)
    checkNames(shared.schedules?.not, names, [...path, 'schedules', 'not'], problems)
  }
  return {
    schedules,
    silences: silences.filter(({ path }) => !problems.within(path)).map(({ value }) => planSilence(value)),
    inhibit: soundItems(inhibition, given['inhibit'], ['inhibit'], problems).map(({ value }) => value),
  }
}

/** Checks a silence made at run time, of options with these schedules. */
export function checkSilence(
  input: unknown,
  schedules: readonly string[],
): { readonly plan?: SilencePlan; readonly problems: readonly Problem[] } {
  const problems = createProblems()
  const given = parse(silence(), input, [], problems, { mayEcho: () => true })
  if (given !== undefined) checkNames(given.schedules, schedules, ['schedules'], problems)
  const found = problems.inOrderOf(input)
  return given === undefined || found.length > 0
    ? { problems: found }
    : { plan: planSilence(given), problems: found }
}

function readSchedules(given: unknown, problems: Problems): Record<string, readonly TimeInterval[]> {
  const schedules: Record<string, readonly TimeInterval[]> = Object.create(null)
  for (const [name, intervals] of isObject(given) ? Object.entries(given) : []) {
    const path: Path = ['schedules', name]
    const items = soundItems(timeInterval, intervals, path, problems)
    schedules[name] = items.map(({ value }) => value as TimeInterval)
  }
  return schedules
}

/** The items of a list of which nothing wrong has been noted. */
function soundItems<Schema extends AnySchema>(
  schema: () => Schema,
  list: unknown,
  path: Path,
  problems: Problems,
) {
  if (!Array.isArray(list)) return []
  return list.flatMap((item, index) => {
    const place: Path = [...path, index]
    const read = problems.within(place) ? undefined : z.safeParse(schema(), item)
    return read?.success ? [{ path: place, value: read.data as z.output<Schema> }] : []
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
    const known = names.length === 0 ? '' : ` Known: ${alternatives(names.map((other) => `'${other}'`))}.`
    const message = `is none of the \`schedules\` of these options.${didYouMean(name, names)}${known}`
    problems.add([...path, index], 'unknown-schedule', message)
  }
}
