/**
 * Claims the journals of dead processes by renaming them: of several processes exactly one succeeds, and the
 * new name (`<adopter>~<name>`) says whose lock guards the file, so that it can be claimed again if the
 * adopter dies too. If the adopter dies after it wrote the entries to its own file, the header of that file
 * names them: nothing is adopted twice.
 */
import { lstatSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../errors/code-of.ts'
import { corruptExtension, extension, listJournals, reasonOf } from './directory.ts'
import { containedIn, journalVersion, versionOf, writerIn } from './journal-format.ts'
import type { JournalError } from './journal-types.ts'
import { clearSocket, isLocked } from './lock.ts'
import { type Contents, readHeader, readJournal, readKeys } from './read-journal.ts'

type Report = (error: JournalError) => void

/** A claimed journal that is not part of our own file yet. */
export interface Claimed {
  readonly path: string
  readonly values: ReadonlyMap<string, unknown>
  /** Its own name and the journals it contains: what its adopter contains from then on. */
  readonly contains: readonly string[]
}

interface ClaimOptions {
  /** Paths that are claimed already, and taken. */
  readonly known: ReadonlySet<string>
  /** The writer that another process has replaced. */
  readonly deposed?: string | undefined
}

const mostCorruptFiles = 10
const mostScans = 20

/**
 * Claims and reads the journals of dead processes, and of the writer that was deposed; lines that cannot be
 * read are set aside and reported.
 */
export async function claimJournals(
  directory: string,
  own: string,
  report: Report,
  { known, deposed }: ClaimOptions,
): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = []
  const paths: string[] = []
  await forEachFile(listJournals(directory), report, async (base) => {
    if (base === own || known.has(`${base}${extension}`)) return
    const path = await claim(base, own, report, deposed)
    if (path !== undefined) paths.push(path)
  })
  // Read once for all: many short lives in a row leave many journals.
  const contained = paths.length === 0 ? new Set() : await containedNames(directory)
  await forEachFile(paths.map(baseOf), report, async (base) => {
    const path = `${base}${extension}`
    if (contained.has(nameOf(base))) {
      remove(path)
      return
    }
    const contents = await readJournal(path)
    if (contents.damaged.length > 0 || contents.empty) setAside(path, contents, report)
    if (contents.isTorn) report({ code: 'ALERT_STATE_DAMAGED', message: tornMessage(path) })
    claimed.push({ path, values: contents.values, contains: [...contents.contains, nameOf(base)] })
  })
  return claimed
}

/** What cannot be done with one journal is reported, and the next one is taken. */
async function forEachFile(
  bases: readonly string[],
  report: Report,
  take: (base: string) => Promise<void>,
): Promise<void> {
  for (const base of bases) {
    try {
      await take(base)
    } catch (error) {
      // Another process was faster.
      if (codeOf(error) === 'ENOENT') continue
      const message = `The journal ${base}${extension} stays where it is: ${reasonOf(error)}.`
      report({ code: 'ALERT_STATE_UNUSABLE', message })
    }
  }
}

/** Which of these journals still have a file in the directory, claimed or not. */
export function stillPresent(directory: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const present = new Set(listJournals(directory).map(nameOf))
  return [...new Set(names)].filter((name) => present.has(name))
}

/** Removes files whose entries are now part of our own. */
export function removeClaimed(claimed: readonly Claimed[]): void {
  for (const { path } of claimed) remove(path)
}

async function claim(
  base: string,
  own: string,
  report: Report,
  deposed?: string,
): Promise<string | undefined> {
  const holder = holderOf(base)
  const path = `${base}${extension}`
  // Claimed before, when it could not be read.
  if (holder === own) return path
  if ((await isLocked(holder)) && !(await isWrittenBy(holder, deposed))) return undefined
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

async function isWrittenBy(base: string, writer: string | undefined): Promise<boolean> {
  return writer !== undefined && writerIn(await readHeader(`${base}${extension}`)) === writer
}

/** Whose lock guards a journal: its own, or that of the process that claimed it. */
function holderOf(base: string): string {
  return join(dirname(base), basename(base).split('~', 1)[0]!)
}

function baseOf(path: string): string {
  return path.slice(0, -extension.length)
}

/** The first name of a journal; only the last adopter's name stands in front of it. */
function nameOf(base: string): string {
  return basename(base).split('~').at(-1)!
}

/** The journals that another one contains: its writer died before it removed them. */
async function containedNames(directory: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  await scan(directory, async (path) => {
    for (const name of containedIn(await readHeader(path))) names.add(name)
  })
  return names
}

/** What the journals of other processes, most of them alive, have under keys that begin so. */
export async function readOthers(
  directory: string,
  own: string,
  prefix: string,
): Promise<readonly ReadonlyMap<string, unknown>[]> {
  const found: ReadonlyMap<string, unknown>[] = []
  await scan(directory, async (path) => {
    if (holderOf(baseOf(path)) !== own) found.push(await readKeys(path, prefix))
  })
  return found
}

/** Reads each journal in the directory; again if one was claimed or removed meanwhile. */
async function scan(directory: string, read: (path: string) => Promise<void>): Promise<void> {
  for (let scan = 0; scan < mostScans; scan++) {
    let isWhole = true
    for (const base of listJournals(directory)) {
      try {
        await read(`${base}${extension}`)
      } catch (error) {
        // Its entries may be in a file that did not exist before.
        if (codeOf(error) === 'ENOENT') isWhole = false
      }
    }
    if (isWhole) break
  }
}

/** Half a line is of no use to anybody, so it is not set aside. */
function tornMessage(path: string): string {
  return `The journal ${path} ends in the middle of a line: its process was killed while it wrote. That line is skipped, the rest is used.`
}

function setAside(path: string, { damaged, empty }: Contents, report: Report): void {
  // Under the first name, so that another start after a kill does not set the same lines aside again.
  const aside = join(dirname(path), `${nameOf(baseOf(path))}${corruptExtension}`)
  const lines = damaged.length === 1 ? 'one line' : `${damaged.length} lines`
  if (empty) {
    report({ code: 'ALERT_STATE_DAMAGED', message: `The journal ${path} was empty and is skipped.` })
    return
  }
  let outcome = `set aside in ${aside}`
  try {
    // Whatever has the name goes, and nothing is written through a link.
    rmSync(aside, { force: true })
    writeFileSync(aside, `${damaged.join('\n')}\n`, { mode: 0o600, flag: 'wx' })
    removeOldest(dirname(path))
  } catch {
    outcome = 'discarded'
  }
  const message = `The journal ${path} was damaged: ${lines} could not be read and ${outcome}; the rest is used.`
  report({ code: 'ALERT_STATE_DAMAGED', message })
}

function removeOldest(directory: string): void {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith(corruptExtension))
    .map((name) => join(directory, name))
    .map((path) => ({ path, at: lstatSync(path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of files.slice(mostCorruptFiles)) remove(path)
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is gone already, or a later start removes it.
  }
}
