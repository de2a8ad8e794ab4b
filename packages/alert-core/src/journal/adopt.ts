/**
 * Takes over the journals of dead processes. Renaming is what decides: of several starters exactly one succeeds, and the new
 * name says under whose lock the file is from then on, so that it can be taken over again should that one die as well. Should it
 * die after it made the contents its own and before the file was gone, its first line says so: nothing is taken up twice.
 */
import { readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { corruptExtension, extension, listJournals, reasonOf } from './directory.ts'
import { holdsOf, journalVersion, versionOf } from './journal-format.ts'
import type { JournalError } from './journal-types.ts'
import { clearSocket, isHeld } from './lock.ts'
import { type Contents, readHeader, readJournal } from './read-journal.ts'

type Report = (error: JournalError) => void

/** A journal that is ours now, not yet part of our own file. */
export interface Claimed {
  readonly path: string
  readonly values: ReadonlyMap<string, unknown>
  /** The journals that it contains, and its own name: what its adopter contains from then on. */
  readonly contains: readonly string[]
}

const mostCorruptFiles = 10
const mostLooks = 20

/** Claims and reads what the dead left in the directory; what cannot be read is set aside and told. */
export async function claimJournals(
  directory: string,
  own: string,
  report: Report,
): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = []
  for (const base of listJournals(directory)) {
    if (base === own) continue
    try {
      const path = await claim(base, own, report)
      if (path === undefined) continue
      if (await isContained(directory, path)) {
        remove(path)
        continue
      }
      const contents = await readJournal(path)
      if (contents.damaged.length > 0 || contents.empty) setAside(path, contents, report)
      claimed.push({ path, values: contents.values, contains: [...contents.contains, nameOf(base)] })
    } catch (error) {
      // Somebody else was faster.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      const message = `The journal ${base}${extension} stays where it is: ${reasonOf(error)}.`
      report({ code: 'ALERT_STATE_UNUSABLE', message })
    }
  }
  return claimed
}

/** Those of these journals that are still in the directory, under whatever name they were claimed. */
export function stillThere(directory: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const present = new Set(listJournals(directory).map(nameOf))
  return [...new Set(names)].filter((name) => present.has(name))
}

/** Takes away the files whose contents are now part of our own. */
export function removeClaimed(claimed: readonly Claimed[]): void {
  for (const { path } of claimed) remove(path)
}

async function claim(base: string, own: string, report: Report): Promise<string | undefined> {
  const holder = holderOf(base)
  const path = `${base}${extension}`
  // Claimed before, when it could not be read.
  if (holder === own) return path
  if (await isHeld(holder)) return undefined
  const version = versionOf(await readHeader(path))
  if (version !== undefined && version > journalVersion) {
    const message = `The journal ${path} is of a newer version (${version}); it is left alone.`
    report({ code: 'ALERT_STATE_NEWER', message })
    return undefined
  }
  const claimed = `${own}~${nameOf(base)}${extension}`
  renameSync(path, claimed)
  remove(`${holder}${extension}.new`)
  clearSocket(holder)
  return claimed
}

/** Under whose lock a journal is: its own, or that of the process which had claimed it. */
function holderOf(base: string): string {
  return join(dirname(base), basename(base).split('~', 1)[0]!)
}

/** The name that a journal was given at first; of those who claimed it only the last one's stands in front of it. */
function nameOf(base: string): string {
  return basename(base).split('~').at(-1)!
}

/** Whether the contents of a journal stand in another one as well, whose writer died before it took this one away. */
async function isContained(directory: string, path: string): Promise<boolean> {
  const name = nameOf(path.slice(0, -extension.length))
  for (let looks = 0; looks < mostLooks; looks++) {
    let isWhole = true
    for (const base of listJournals(directory)) {
      if (`${base}${extension}` === path) continue
      try {
        if (holdsOf(await readHeader(`${base}${extension}`)).includes(name)) return true
      } catch (error) {
        // Claimed or taken away meanwhile: what it held may stand in a file that was not there before.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') isWhole = false
      }
    }
    if (isWhole) return false
  }
  return false
}

function setAside(path: string, { damaged, empty }: Contents, report: Report): void {
  // By the name that it had at first: who reads it again, after a kill, does not set the same aside twice.
  const aside = join(dirname(path), `${nameOf(path.slice(0, -extension.length))}${corruptExtension}`)
  const lines = damaged.length === 1 ? 'one line of it' : `${damaged.length} lines of it`
  if (empty) {
    report({ code: 'ALERT_STATE_DAMAGED', message: `The journal ${path} was empty; it is passed over.` })
    return
  }
  let where = `set aside in ${aside}`
  try {
    writeFileSync(aside, `${damaged.join('\n')}\n`, { mode: 0o600 })
    removeOldest(dirname(path))
  } catch {
    where = 'given up'
  }
  const message = `The journal ${path} was damaged: ${lines} could not be read and ${where}; the rest is used.`
  report({ code: 'ALERT_STATE_DAMAGED', message })
}

function removeOldest(directory: string): void {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith(corruptExtension))
    .map((name) => join(directory, name))
    .map((path) => ({ path, at: statSync(path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of files.slice(mostCorruptFiles)) remove(path)
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is gone already, or stays until a later start.
  }
}
