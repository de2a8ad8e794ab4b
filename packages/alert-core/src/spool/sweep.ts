/**
 * Takes away what processes left that died while they made or gave up their journal: locks that nobody holds, and files that were
 * not put into their place.
 */
import { existsSync, rmSync } from 'node:fs'
import { extension, listUnfinished } from './directory.ts'
import { isHeld, lockExtension } from './lock.ts'

/** Sweeps the directory; the journals in it, and all that belongs to somebody who lives, stay. Never rejects. */
export async function sweep(directory: string, own: string): Promise<void> {
  try {
    for (const base of listUnfinished(directory)) {
      // A journal is taken over with its lock, by whoever comes first.
      if (base === own || existsSync(`${base}${extension}`) || (await isHeld(base))) continue
      rmSync(`${base}${extension}.new`, { force: true })
      rmSync(`${base}${lockExtension}`, { force: true })
    }
  } catch {
    // They do no harm, and a later start tries again.
  }
}
