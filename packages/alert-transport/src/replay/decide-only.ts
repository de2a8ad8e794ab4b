/**
 * Options for a hub that only decides: without network, files and secrets.
 */
import { type AlertOptions, checkOptions, type Problem } from 'alert-core'

/** The same options without state, reload, metrics and heartbeat. */
export function decideOnly(options: AlertOptions): AlertOptions {
  const { state: _, reload: __, metrics: ___, heartbeat: ____, ...rest } = options
  return rest
}

/** An environment to decide in, and the problems other than missing variables. */
export interface Deciding {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly problems: readonly Problem[]
  /** What is ignored all the same. */
  readonly leftOut: readonly Problem[]
}

/** Most secrets are addresses; any text will do for the others. */
const anyAddress = 'https://secret.invalid/secret'

/** Nothing is sent, so a missing secret must not disable its channel. */
export function decideWithoutSecrets(options: AlertOptions): Deciding {
  const first = checkOptions(options)
  const missing = first.problems.filter(({ code }) => code === 'missing-env')
  const names = missing.flatMap(({ message }) => /environment variable (\w+)/.exec(message)?.[1] ?? [])
  const env = { ...process.env, ...Object.fromEntries(names.map((name) => [name, anyAddress])) }
  const paths = new Set(missing.map(({ path }) => path))
  const isMissing = ({ path, code }: Problem) => code === 'missing-env' || paths.has(path)
  const { problems } = checkOptions(options, env)
  return {
    env,
    problems: problems.filter((problem) => !isMissing(problem)),
    leftOut: missing.filter(({ path }) => problems.some((problem) => problem.path === path)),
  }
}
