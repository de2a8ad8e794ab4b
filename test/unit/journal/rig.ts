import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createJournal } from '#core/journal/journal.ts'
import type { Change, Journal, JournalError } from '#core/journal/journal-types.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

/** A directory that goes with the test. */
export function aDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'alert-spool-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Copies the journals as a kill at this moment would leave them; into a directory of their own unless told. */
export function killed(directory: string, into = aDirectory()): string {
  for (const name of filesIn(directory)) {
    if (!name.endsWith('.lock')) cpSync(join(directory, name), join(into, name))
  }
  return into
}

export function filesIn(directory: string, extension = ''): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(extension))
}

/** A map kept by a journal, and what it says of its troubles. */
export interface Rig {
  readonly spool: Journal
  readonly map: Map<string, unknown>
  readonly troubles: JournalError[]
  readonly clock: ReturnType<typeof createVirtualClock>
  put(key: string, value: unknown, urgent?: boolean): void
  /** Adopts; returns what it found. */
  adopt(): Promise<ReadonlyMap<string, unknown>>
}

export function openJournal(directory: string, maxBytes?: number): Rig {
  const map = new Map<string, unknown>()
  const troubles: JournalError[] = []
  const clock = createVirtualClock(Date.UTC(2026, 0, 1))
  const entries = (): Iterable<Change> => map.entries()
  const onError = (trouble: JournalError) => troubles.push(trouble)
  const spool = createJournal({ directory, clock, entries, onError, ...(maxBytes ? { maxBytes } : {}) })
  onTestFinished(() => spool.close(false))
  return {
    spool,
    map,
    troubles,
    clock,
    put(key, value, urgent) {
      if (value === undefined) map.delete(key)
      else map.set(key, value)
      spool.write([[key, value]], urgent)
    },
    async adopt() {
      const found = new Map<string, unknown>()
      await spool.adopt((legacies) => {
        for (const legacy of legacies) for (const [key, value] of legacy) found.set(key, value)
        for (const [key, value] of found) map.set(key, value)
      })
      return found
    },
  }
}
