/**
 * Reads the options of the transports from a file, JSON or YAML, as the commands take them.
 */
import { readFile } from 'node:fs/promises'
import type { AlertOptions } from 'alert-core'
import { parseDocument } from 'yaml'
import { isObject } from '../fake/json.ts'

const maxBytes = 4 * 1024 * 1024

/**
 * The document in `file`. Rejects with a sentence that names the file and the place when it cannot be read or
 * parsed.
 */
export async function readConfig(file: string): Promise<AlertOptions> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`cannot read ${file}: ${cause.code ?? cause.message}`)
  })
  if (text.length > maxBytes) throw new Error(`${file} is larger than 4 MiB, the maximum for a configuration`)
  // YAML takes JSON too; aliases are bounded by the parser.
  const document = parseDocument(text, { prettyErrors: true })
  const [problem] = document.errors
  if (problem !== undefined)
    throw new Error(`${file} is neither JSON nor YAML: ${problem.message.split(/:?\n/)[0]}`)
  const value: unknown = document.toJS()
  if (!isObject(value)) {
    throw new Error(`${file} must hold an object: the options`)
  }
  return value as AlertOptions
}
