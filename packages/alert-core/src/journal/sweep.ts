/**
 * Takes away what processes left that died while they made or gave up their journal: locks that nobody holds, and files that were
 * not put into their place.
 */
import { existsSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { extension, listUnfinished } from './directory.ts'
import { isHeld, lockExtension } from './lock.ts'

/** A process that comes up may be held up for so long between the two steps that make its lock: it is there, and does not answer yet. */
const comingUpMs = 100

/** Sweeps the directory; the journals in it, and all that belongs to somebody who lives, stay. Never rejects. */
export async function sweep(directory: string, own: string): Promise<void> {
  try {
    const unheld = await unheldOf(listUnfinished(directory).filter((base) => base !== own))
    if (unheld.length === 0) return
    await sleep(comingUpMs)
    for (const base of await unheldOf(unheld)) {
      rmSync(`${base}${extension}.new`, { force: true })
      rmSync(`${base}${lockExtension}`, { force: true })
    }
  } catch {
    // They do no harm, and a later start tries again.
  }
}

/** Those that nobody holds; a journal is taken over with its lock, by whoever comes first. */
async function unheldOf(bases: readonly string[]): Promise<string[]> {
  const left: string[] = []
  for (const base of bases) {
    if (!existsSync(`${base}${extension}`) && !(await isHeld(base))) left.push(base)
  }
  return left
}
