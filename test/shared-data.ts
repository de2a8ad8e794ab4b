/**
 * Data that tests read and the repository does not contain: signatures published by vendors, logs of other
 * systems. It is in the folder that ALERT_SHARED names, by default `../shared` beside the repository.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

export interface SharedData {
  readonly path: string
  readonly exists: boolean
  /** For the title of a test: the command that runs it, if it is skipped. */
  readonly unlessSkipped: string
}

export function sharedData(name: string): SharedData {
  const path = resolve(root, process.env['ALERT_SHARED'] ?? '../shared', name)
  const exists = existsSync(path)
  const unlessSkipped = exists
    ? ''
    : ` (skipped; run: ALERT_SHARED=<folder with ${name}> npx -y pnpm@10 test)`
  return { path, exists, unlessSkipped }
}
