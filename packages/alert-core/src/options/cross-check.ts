/**
 * Names that must exist somewhere else in the options: fallbacks and the channels of rules.
 */
import { didYouMean } from './nearest.ts'
import type { Path, Problems } from './problem.ts'
import { alternatives } from './sentence.ts'

/** Notes fallbacks to channels that do not exist, and fallbacks that run in a circle. */
export function checkFallbacks(
  fallbacks: ReadonlyMap<string, string | undefined>,
  names: readonly string[],
  problems: Problems,
): void {
  const settled = new Set<string>()
  for (const [name, fallback] of fallbacks) {
    if (fallback === undefined) continue
    const path: Path = ['channels', name, 'fallback']
    if (!names.includes(fallback)) {
      noteUnknownChannel(
        fallback,
        names.filter((other) => other !== name),
        path,
        problems,
      )
      continue
    }
    const way = [name]
    let next: string | undefined = fallback
    while (next !== undefined && !settled.has(next) && !way.includes(next)) {
      way.push(next)
      next = fallbacks.get(next)
    }
    if (next !== undefined && way.includes(next)) {
      const circle = [...way.slice(way.indexOf(next)), next].map((step) => `'${step}'`).join(' → ')
      problems.add(['channels', next, 'fallback'], 'fallback-circle', `runs in a circle: ${circle}.`)
    }
    for (const step of way) settled.add(step)
  }
}

/** Notes rules that name channels which do not exist. */
export function checkRuleChannels(
  rules: readonly { readonly path: Path; readonly channels?: readonly string[] | undefined }[],
  names: readonly string[],
  problems: Problems,
): void {
  for (const { path, channels = [] } of rules) {
    channels.forEach((channel, index) => {
      if (!names.includes(channel)) noteUnknownChannel(channel, names, [...path, 'channels', index], problems)
    })
  }
}

function noteUnknownChannel(name: string, known: readonly string[], path: Path, problems: Problems): void {
  const others = known.length === 0 ? '' : ` Known: ${alternatives(known.map((other) => `'${other}'`))}.`
  problems.add(path, 'unknown-channel', `is no channel of these options.${didYouMean(name, known)}${others}`)
}
