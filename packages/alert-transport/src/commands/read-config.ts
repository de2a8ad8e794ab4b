/**
 * Reads the options of the transports from a file, as the commands take them: JSON, YAML, or a module whose
 * default export they are.
 */
import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AlertOptions } from 'alert-core'
import { parseDocument } from 'yaml'
import { cleanLine } from '../clean.ts'
import { isObject } from '../fake/json.ts'

/** What the commands say of the file that they take. */
export const configText =
  'the options of the transport: JSON, YAML, or a module (.mjs, .js, .ts) with them as default export'

const maxBytes = 4 * 1024 * 1024
const isModule = /^\.[cm]?[jt]s$/

/**
 * The options in `file`. Rejects with a sentence that names the file and the place when it cannot be read or
 * parsed.
 */
export async function readConfig(file: string): Promise<AlertOptions> {
  const value = isModule.test(extname(file)) ? await exportOf(file) : await documentIn(file)
  if (!isObject(value)) throw new Error(`${file} must hold an object: the options`)
  return value as AlertOptions
}

async function documentIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`cannot read ${file}: ${cause.code ?? cause.message}`)
  })
  if (text.length > maxBytes) throw new Error(`${file} is larger than 4 MiB, the maximum for a configuration`)
  // YAML takes JSON too; aliases are bounded by the parser.
  const document = parseDocument(text, { prettyErrors: true })
  const [problem] = document.errors
  if (problem !== undefined)
    throw new Error(`${file} is neither JSON nor YAML: ${problem.message.split(/:?\n/)[0]}`)
  return document.toJS()
}

async function exportOf(file: string): Promise<unknown> {
  const url = pathToFileURL(resolve(file)).href
  const loaded: unknown = await import(/* webpackIgnore: true */ url).catch((cause: unknown) => {
    throw new Error(`cannot read ${file}: ${whyNot(cause)}`, { cause })
  })
  const exported = partOf(loaded, 'default')
  // A CommonJS module compiled from ESM wraps its default export twice.
  const options = partOf(exported, '__esModule') === true ? partOf(exported, 'default') : exported
  if (!isObject(options))
    throw new Error(`${file} must export the options as its default: \`export default { … }\``)
  return options
}

function whyNot(cause: unknown): string {
  const { code, message } = (cause ?? {}) as NodeJS.ErrnoException
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return `Node ${process.versions.node} does not read TypeScript. Use Node 22.18 or newer, or a loader: NODE_OPTIONS='--import tsx'`
  return cleanLine(message ?? String(cause))
}

function partOf(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined
}
