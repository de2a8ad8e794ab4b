import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createJournal } from '#core/journal/journal.ts'
import type { Change, Journal, JournalError } from '#core/journal/journal-types.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

/** A directory that is removed after the test. */
export function aDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'alert-journal-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Copies the journals as a kill at this moment would leave them; into a new directory by default. */
export function killed(directory: string, into = aDirectory()): string {
  for (const name of filesIn(directory)) {
    if (!name.endsWith('.lock')) cpSync(join(directory, name), join(into, name))
  }
  return into
}

export function filesIn(directory: string, extension = ''): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(extension))
}

/** A map kept by a journal, and the errors that it reported. */
export interface Rig {
  readonly journal: Journal
  readonly map: Map<string, unknown>
  readonly errors: JournalError[]
  readonly clock: ReturnType<typeof createVirtualClock>
  put(key: string, value: unknown, urgent?: boolean): void
  /** Adopts; returns what it found. */
  adopt(): Promise<ReadonlyMap<string, unknown>>
}

export function openJournal(directory: string, maxBytes?: number): Rig {
  const map = new Map<string, unknown>()
  const errors: JournalError[] = []
  const clock = createVirtualClock(Date.UTC(2026, 0, 1))
  const entries = (): Iterable<Change> => map.entries()
  const onError = (error: JournalError) => errors.push(error)
  const journal = createJournal({ directory, clock, entries, onError, ...(maxBytes ? { maxBytes } : {}) })
  onTestFinished(() => journal.close(false))
  return {
    journal,
    map,
    errors,
    clock,
    put(key, value, urgent) {
      if (value === undefined) map.delete(key)
      else map.set(key, value)
      journal.write([[key, value]], urgent)
    },
    async adopt() {
      const found = new Map<string, unknown>()
      await journal.adopt((former) => {
        for (const entries of former) for (const [key, value] of entries) found.set(key, value)
        for (const [key, value] of found) map.set(key, value)
      })
      return found
    },
  }
}
