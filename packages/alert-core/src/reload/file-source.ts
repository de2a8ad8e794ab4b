/**
 * A document in a file. Its state is compared from time to time, which sees every way in which files change: written in place, renamed over,
 * or reached through a symbolic link that was swapped, as Kubernetes does with a ConfigMap.
 */
import { readFile, stat } from 'node:fs/promises'
import { maxDocumentBytes } from './document.ts'
import type { DocumentSource, PollResult } from './source.ts'

/** Watches `file`. A change is taken when two looks in a row see the same state, so that no half-written file is. */
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
        // Between the two halves of a rename there may be no file; the old document stays. To look costs nothing: no longer and longer pauses.
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
