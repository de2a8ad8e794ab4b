/**
 * Checks one channel: the options that all channels share, and its provider's own.
 */
import type { ProviderDefinition } from '../provider/provider.ts'
import { recipeOf } from '../provider/recipe.ts'
import { isObject } from '../text/get-path.ts'
import { channelShape } from './channel-shape.ts'
import { parse } from './explain-problem.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problems } from './problem.ts'
import { providers } from './provider-table.ts'
import type { ReadKeys, ReadShape } from './read-keys.ts'
import { collectSecrets } from './secrets.ts'
import { alternatives, described, unknownKey, unknownName, type Wording } from './sentence.ts'

/** The options of one channel after the check. */
export interface CheckedChannel {
  readonly name: string
  readonly path: Path
  readonly shared: ReadShape<typeof channelShape>
  /** Absent if the provider is unknown. */
  readonly provider?: CheckedProvider
}

/** A channel's provider, and its own options; `options` is absent if one of them is wrong. */
interface CheckedProvider {
  readonly type: string
  readonly definition: ProviderDefinition
  readonly options?: Record<string, unknown>
}

/** What the check of a channel shares with the check of the other options. */
export interface ChannelCheck {
  readonly read: ReadKeys
  readonly problems: Problems
  readonly wording: Wording
  /** Collects the channel's secrets, also those of a channel with problems: no message may contain them. */
  readonly secrets: Set<string>
}

/** Checks one channel; `undefined` if it is not an object. */
export function checkChannel(name: string, value: unknown, check: ChannelCheck): CheckedChannel | undefined {
  const { read, problems } = check
  const path: Path = ['channels', name]
  if (!isObject(value)) {
    const got = described(value, { mayEcho: () => false })
    const example = `{ type: 'slack', url: '\${SLACK_URL}' }`
    problems.add(path, 'wrong-type', `expected an object of options such as ${example}, got ${got}.`)
    return undefined
  }
  const entries = Object.entries(value)
  const isShared = ([key]: readonly [string, unknown]) => Object.hasOwn(channelShape, key)
  const shared = read(channelShape, Object.fromEntries(entries.filter(isShared)), path) ?? {}
  const type = shared.type ?? name
  const definition: ProviderDefinition | undefined = Object.hasOwn(providers, type)
    ? providers[type as keyof typeof providers]
    : undefined
  if (definition === undefined) {
    noteUnknownProvider(value['type'], name, path, problems)
    return { name, path, shared }
  }
  if (shared.digest !== undefined && paging.has(definition.kind)) {
    const message = `is not for a channel that wakes people (${definition.title}): give it to a chat or mail channel.`
    problems.add([...path, 'digest'], 'impossible-value', message)
  }
  const own = Object.fromEntries(entries.filter((entry) => !isShared(entry)))
  return {
    name,
    path,
    shared,
    provider: { type, definition, options: checkOwn(definition, own, path, check) },
  }
}

/** Kinds of channels that a summary of the day has no place on. */
const paging: ReadonlySet<ProviderDefinition['kind']> = new Set(['sms', 'incident'])

function checkOwn(
  definition: ProviderDefinition,
  own: Readonly<Record<string, unknown>>,
  path: Path,
  { problems, wording, secrets }: ChannelCheck,
): Record<string, unknown> | undefined {
  const { options } = definition
  const { shape = {} } = recipeOf(options) ?? {}
  const known = [...Object.keys(channelShape), ...Object.keys(shape)]
  for (const key of Object.keys(own)) {
    if (!Object.hasOwn(shape, key)) problems.add([...path, key], 'unknown-key', unknownKey(key, known))
  }
  for (const secret of collectSecrets(options, own)) secrets.add(secret)
  const variable = (key: string) => variableName(`${path.at(-1)}_${key}`)
  return parse(options, own, path, problems, {
    ...wording,
    mayEcho: () => false,
    cureMissing: (key) => ` Write it, or '\${${variable(key)}}' to read it from the environment.`,
  })
}

function noteUnknownProvider(type: unknown, name: string, path: Path, problems: Problems): void {
  const types = Object.keys(providers)
  const known = `Known: ${alternatives(types)}.`
  if (typeof type === 'string') {
    problems.add(
      [...path, 'type'],
      'unknown-provider',
      `is not a provider.${didYouMean(type, types)} ${known}`,
    )
  } else {
    const near = didYouMean(name, types)
    problems.add(
      [...path, 'type'],
      'missing',
      `is missing: the channel's name is not a provider.${near} ${known}`,
    )
  }
}

function variableName(words: string): string {
  const name = words.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase()
  return /^[A-Z_]/.test(name) ? name : `_${name}`
}

/**
 * Adds a problem for each fallback to a channel that does not exist, and for fallbacks that form a circle.
 */
export function checkFallbacks(
  fallbacks: ReadonlyMap<string, string | undefined>,
  names: readonly string[],
  problems: Problems,
): void {
  const checked = new Set<string>()
  for (const [name, fallback] of fallbacks) {
    if (fallback === undefined) continue
    const path: Path = ['channels', name, 'fallback']
    if (!names.includes(fallback)) {
      const others = names.filter((other) => other !== name)
      problems.add(path, 'unknown-channel', unknownName(fallback, others, 'a channel of these options'))
      continue
    }
    const chain = [name]
    let next: string | undefined = fallback
    while (next !== undefined && !checked.has(next) && !chain.includes(next)) {
      chain.push(next)
      next = fallbacks.get(next)
    }
    if (next !== undefined && chain.includes(next)) {
      const circle = [...chain.slice(chain.indexOf(next)), next].map((step) => `'${step}'`).join(' → ')
      problems.add(
        ['channels', next, 'fallback'],
        'fallback-circle',
        `leads back to the same channel: ${circle}.`,
      )
    }
    for (const step of chain) checked.add(step)
  }
}
