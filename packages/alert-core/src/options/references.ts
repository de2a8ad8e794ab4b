/**
 * References in the options: `${NAME}` in a text is an environment variable, `$${` is a literal `${`, and
 * `{ "file": "/run/secrets/x" }` is the text of that file without its last line break.
 */
import { isObjectOrList } from '../text/get-path.ts'
import { readSmallFile } from '../text/regular-file.ts'
import type { Path, Problems } from './problem.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface References {
  /**
   * A copy of plain data with all references filled in. A text with a reference that cannot be read stays as
   * it is.
   */
  fill(value: unknown, path: Path): unknown
  /** Whether this text came from the environment or a file: no message may repeat it. */
  isFilled(text: string): boolean
  /** Texts from the environment and from files, except those that messages show by design. */
  readonly secrets: ReadonlySet<string>
  /** Texts with a reference that could not be filled in. */
  readonly unfilled: ReadonlySet<string>
}

/** Options that messages show by design: a reference in them is not a secret. */
// biome-ignore format: one list
const shown: ReadonlySet<unknown> = new Set([
  'config', 'level', 'service', 'env', 'release', 'process', 'labels', 'rules', 'trace', 'impact', 'include', 'locale', 'timeZone', 'state', 'silences', 'inhibit', 'schedules', 'metrics',
])

const maxFileKiB = 64
const reference = /\$\$\{|\$\{([^{}]*)\}/g
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Reads from this environment, and from files relative to the current directory. */
export function createReferences(env: Environment, problems: Problems): References {
  const secrets = new Set<string>()
  const filled = new Set<string>()
  const unfilled = new Set<string>()

  const remember = (text: string, path: Path) => {
    if (!shown.has(path[0])) secrets.add(text)
  }

  const fillText = (text: string, path: Path): string => {
    if (!text.includes('${')) return text
    let isWhole = true
    const result = text.replace(reference, (written, name: string | undefined) => {
      if (name === undefined) return '${'
      const value = readVariable(env, name, path, problems, written === text)
      if (value === undefined) isWhole = false
      else if (value !== '') remember(value, path)
      return value ?? written
    })
    if (isWhole && result !== text) filled.add(result)
    if (!isWhole) unfilled.add(text)
    return isWhole ? result : text
  }

  const fill = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return fillText(value, path)
    if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index]))
    if (!isObjectOrList(value)) return value
    // In `reload`, `file` names a document to follow.
    const fileName = path.length === 1 && path[0] === 'reload' ? undefined : fileOf(value)
    if (fileName === undefined) {
      const copy: Record<string, unknown> = Object.create(null)
      for (const [key, child] of Object.entries(value)) copy[key] = fill(child, [...path, key])
      return copy
    }
    const text = readText(fillText(fileName, path), path, problems)
    if (text === undefined) return value
    remember(text, path)
    filled.add(text)
    return text
  }

  return { fill, secrets, unfilled, isFilled: (text) => filled.has(text) }
}

function readVariable(
  env: Environment,
  name: string,
  path: Path,
  problems: Problems,
  isAlone: boolean,
): string | undefined {
  if (!variableName.test(name)) {
    const cure = 'Write only a name between the braces, without a default; for a literal ${, write $${.'
    problems.add(
      path,
      'missing-env',
      `contains a \${…} that is not the name of an environment variable. ${cure}`,
    )
    return undefined
  }
  const value: unknown = Object.hasOwn(env, name) ? env[name] : undefined
  if (typeof value !== 'string') {
    const cure = `Set it, or write $\${${name}} for the literal text.`
    problems.add(path, 'missing-env', `the environment variable ${name} is not set. ${cure}`)
    return undefined
  }
  if (value === '' && isAlone) {
    problems.add(path, 'missing-env', `the environment variable ${name} is empty.`)
    return undefined
  }
  return value
}

function fileOf(value: object): string | undefined {
  const keys = Object.keys(value)
  const name: unknown = keys.length === 1 && keys[0] === 'file' ? Object.values(value)[0] : undefined
  return typeof name === 'string' ? name : undefined
}

function readText(fileName: string, path: Path, problems: Problems): string | undefined {
  const refuse = (why: string) => problems.add(path, 'unreadable-file', `the file ${why}.`)
  const read = readSmallFile(fileName, maxFileKiB)
  if ('refused' in read) return void refuse(read.refused)
  const text = read.text.replace(/\r?\n$/, '')
  if (text === '') return void refuse('is empty')
  return text
}
