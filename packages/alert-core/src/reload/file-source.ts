/**
 * A document in a file. Polling its stat sees every way in which files change: written in place, replaced by
 * a rename, or reached through a swapped symbolic link, as Kubernetes does with a ConfigMap.
 */
import { readFile, stat } from 'node:fs/promises'
import { maxDocumentBytes } from './document.ts'
import type { DocumentSource, PollResult } from './source.ts'

/**
 * Reads `file`. A change is taken when two polls in a row see the same stat, so that no half-written file is.
 */
export function createFileSource(file: string, everyMs: number): DocumentSource {
  let taken: string | undefined
  let seen: string | undefined
  let lastText: string | undefined

  async function poll(): Promise<PollResult> {
    const state = await stateOf(file)
    if (state === taken) return { unchanged: true }
    if (taken !== undefined && state !== seen) {
      seen = state
      return { unchanged: true }
    }
    const text = await readFile(file, 'utf8')
    if ((await stateOf(file)) !== state) return { unchanged: true }
    taken = state
    if (text === lastText) return { unchanged: true }
    lastText = text
    return { text }
  }

  return {
    name: file,
    everyMs,
    async poll() {
      try {
        return await poll()
      } catch (error) {
        // During a rename the file may be missing. A poll costs nothing, so the pauses need not grow.
        return {
          failed: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
          delayMs: everyMs,
        }
      }
    },
  }
}

async function stateOf(file: string): Promise<string> {
  const { dev, ino, size, mtimeMs } = await stat(file)
  if (size > maxDocumentBytes) throw new Error('larger than 4 MiB')
  return `${dev}:${ino}:${size}:${mtimeMs}`
}
