/**
 * Follows the document that the option `reload` names: its keys replace those of the options, at the start
 * and whenever it changes.
 */

import { resolve } from 'node:path'
import { configPath, readConfigFile } from '../options/config-file.ts'
import type { AlertOptions, Plan, Problem } from '../options.ts'
import { unreloadable } from '../reload/document.ts'
import {
  createConsulSource,
  createFileSource,
  createUrlSource,
  type DocumentSource,
} from '../reload/source.ts'

import { watchDocument } from '../reload/watch.ts'
import type { Clock } from '../time/clock.ts'
import type { InternalErrors } from './internal-errors.ts'

export interface FollowOptions {
  readonly from: NonNullable<Plan['reload']>
  readonly plan: Plan
  readonly options: AlertOptions
  /** What is wrong with the options alone: no document is refused because of it. */
  readonly problems: readonly Problem[]
  readonly check: (options: AlertOptions) => {
    readonly plan: Plan
    readonly problems: readonly Problem[]
  }
  readonly steady: Clock
  readonly fetch: typeof fetch
  readonly env: Readonly<Record<string, string | undefined>>
  readonly replace: (plan: Plan) => void
  readonly internalErrors: InternalErrors
}

export interface Followed {
  /**
   * Resolves when the document was read for the first time, with or without success, or when that takes too
   * long.
   */
  readonly first: Promise<void>
  stop(): void
}

/** A place that does not answer must not delay the first alert for long. */
const longestFirstMs = 1_500

export function followDocument(given: FollowOptions): Followed {
  const { from, plan, options, check, steady: clock, fetch, env, replace, internalErrors } = given
  const source = sourceOf(from, fetch, env)
  const known = new Set(given.problems.map(sentence))

  const config = followedConfig(given)

  function take(document: Readonly<Record<string, unknown>>): readonly string[] {
    const refused = unreloadable(document, config)
    if (refused !== undefined) return [refused]
    // The configuration file lies beneath the options, any other document above them.
    const { plan: next, problems } = check(config === undefined ? { ...options, ...document } : options)
    const wrong = problems.map(sentence).filter((problem) => !known.has(problem))
    if (wrong.length === 0) replace(next)
    return wrong
  }

  let stop = () => {}
  const first = new Promise<void>((done) => {
    const timer = clock.after(Math.min(longestFirstMs, plan.closeTimeoutMs / 2), done)
    stop = watchDocument({
      source,
      clock,
      onDocument: take,
      onFirst() {
        timer.cancel()
        done()
      },
      onError: (message) => internalErrors.report('ALERT_RELOAD_REFUSED', message),
    })
  })
  return { first, stop: () => stop() }
}

/** What the configuration file contained at the start, if that is the document to follow. */
function followedConfig({
  from,
  options,
  env,
}: FollowOptions): Readonly<Record<string, unknown>> | undefined {
  const written = { ...options }
  const path = configPath(written, env)
  if (from.from !== 'file' || path === undefined || resolve(path) !== resolve(from.place)) return undefined
  const config = readConfigFile(written, env)
  return config !== undefined && 'options' in config ? config.options : {}
}

function sourceOf(
  { from, place, everyMs }: FollowOptions['from'],
  fetcher: typeof fetch,
  env: FollowOptions['env'],
): DocumentSource {
  switch (from) {
    case 'file':
      return createFileSource(place, everyMs)
    case 'url':
      return createUrlSource(place, everyMs, fetcher)
    case 'consul':
      return createConsulSource(place, fetcher, env)
  }
}

function sentence({ path, message }: Problem): string {
  return `${path}: ${message}`
}
