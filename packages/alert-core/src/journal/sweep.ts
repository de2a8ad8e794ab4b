/**
 * Removes what processes left that died while they created or released their journal: locks without a
 * process, and files that were not renamed into place.
 */
import { existsSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { extension, listUnfinished } from './directory.ts'
import { isLocked, lockExtension } from './lock.ts'

/**
 * A starting process may need so long between the two steps that create its lock: the socket exists but does
 * not answer yet.
 */
const startupMs = 100

/** Sweeps the directory; journals, and what belongs to living processes, stay. Never rejects. */
export async function sweep(directory: string, own: string): Promise<void> {
  try {
    const unheld = await unheldOf(listUnfinished(directory).filter((base) => base !== own))
    if (unheld.length === 0) return
    await sleep(startupMs)
    for (const base of await unheldOf(unheld)) {
      rmSync(`${base}${extension}.new`, { force: true })
      rmSync(`${base}${lockExtension}`, { force: true })
    }
  } catch {
    // They do no harm; a later start tries again.
  }
}

/** Those without a living process and without a journal: a journal is adopted together with its lock. */
async function unheldOf(bases: readonly string[]): Promise<string[]> {
  const left: string[] = []
  for (const base of bases) {
    if (!existsSync(`${base}${extension}`) && !(await isLocked(base))) left.push(base)
  }
  return left
}
