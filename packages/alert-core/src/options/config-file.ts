/**
 * The configuration file: JSON or YAML with the same options. It is named by the option `config` or by the
 * variable ALERT_CONFIG, and lies beneath the options in code, whose keys come before the same keys of it.
 */
import { maxDocumentBytes, parseDocument } from '../reload/document.ts'
import { isObject } from '../text/get-path.ts'
import { readSmallFile } from '../text/regular-file.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import type { Environment } from './references.ts'

type Options = Readonly<Record<string, unknown>>

/** A configuration file that could be read, or a sentence that says why not; undefined if none is named. */
export type ConfigFile =
  | { readonly file: string; readonly options: Options }
  | { readonly file: string; readonly problem: string }
  | undefined

/** Reads the file that these options, or the environment, name. Never throws. */
export function readConfigFile(options: Options, env: Environment): ConfigFile {
  const file = configPath(options, env)
  if (file === undefined) return undefined
  const by = options['config'] === undefined ? ', named by ALERT_CONFIG,' : ''
  const problem = (what: string) => ({
    file,
    problem: `the file ${cutChars(cleanLine(file), 200)}${by} ${what}.`,
  })
  const read = readSmallFile(file, maxDocumentBytes / 1024)
  if ('refused' in read) return problem(read.refused)
  const parsed = parseDocument(read.text)
  if ('problem' in parsed) return problem(`cannot be used: ${parsed.problem}`)
  if (Object.hasOwn(parsed.document, 'config'))
    return problem('must not name another one: remove its `config`')
  return { file, options: parsed.document }
}

/** The options in code above those of the file, key by key. */
export function aboveConfig(options: Options, config: ConfigFile): Options {
  return config !== undefined && 'options' in config ? { ...config.options, ...options } : options
}

/**
 * Whether the options leave alerting on; those of the file count where the options in code do not say so.
 */
export function isSwitchedOn(options: unknown, env: Environment): boolean {
  const written = isObject(options) ? options : {}
  if (written['enabled'] !== undefined) return written['enabled'] !== false
  return aboveConfig(written, readConfigFile(written, env))['enabled'] !== false
}

/** Path of the configuration file, if there is one. `${NAME}` in it is a variable. */
export function configPath(options: Options, env: Environment): string | undefined {
  const written = options['config'] ?? (Object.hasOwn(env, 'ALERT_CONFIG') ? env['ALERT_CONFIG'] : undefined)
  if (typeof written !== 'string' || written.trim() === '') return undefined
  return written.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => env[name] ?? whole)
}
