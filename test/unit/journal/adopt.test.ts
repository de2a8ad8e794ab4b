import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createJournal } from '#core/journal/journal.ts'
import * as reading from '#core/journal/read-journal.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { aDirectory, filesIn, killed, openJournal } from './rig.ts'

/**
 * What a kill leaves between the two steps of an adoption: the adopter's file has everything, and the adopted
 * file still exists under its claimed name. `meanwhile` is what the adopter did after it failed to remove
 * that file.
 */
async function killedWhileAdopting(meanwhile: (rig: ReturnType<typeof openJournal>) => void = () => {}) {
  const from = aDirectory()
  openJournal(from).put('a', 1)
  const image = killed(from)
  const [former] = filesIn(image, '.journal')
  const kept = killed(image)
  const adopter = openJournal(image)
  await adopter.adopt()
  meanwhile(adopter)
  const left = killed(image)
  const [own] = filesIn(left, '.journal')
  cpSync(join(kept, former!), join(left, own!.replace('.journal', `~${former}`)))
  return left
}

test('what a kill during an adoption leaves twice is adopted once', async () => {
  const left = await killedWhileAdopting()
  expect(filesIn(left, '.journal')).toHaveLength(2)
  const { journal } = openJournal(left)
  const found: unknown[] = []
  await journal.adopt((former) => found.push(...former.flatMap((entries) => [...entries])))
  expect(found).toEqual([['a', 1]])
  expect(filesIn(left, '.journal')).toHaveLength(1)
})

test('also by several processes that start at once, whichever file each of them gets', async () => {
  for (let round = 0; round < 5; round++) {
    const left = await killedWhileAdopting()
    const rigs = Array.from({ length: 8 }, () => openJournal(left))
    const found: unknown[] = []
    const take = ({ journal }: (typeof rigs)[number]) =>
      journal.adopt((former) => found.push(...former.flatMap((entries) => [...entries])))
    await Promise.all(rigs.map(take))
    expect(found).toEqual([['a', 1]])
    expect(rigs.flatMap(({ errors }) => errors)).toEqual([])
  }
})

test('what was removed after the adoption does not come back with the file that could not be removed', async () => {
  const left = await killedWhileAdopting(({ put }) => put('a', undefined))
  expect((await openJournal(left).adopt()).size).toBe(0)
  expect((await openJournal(killed(left)).adopt()).size).toBe(0)
})

test('a journal whose adopters die one after the other is adopted by the first that lives', async () => {
  const from = aDirectory()
  openJournal(from).put('a', 1)
  let image = killed(from)
  const [former] = filesIn(image, '.journal')
  for (let life = 0; life < 3; life++) {
    // Claimed, and killed before its entries were in the adopter's file: only its name has changed.
    const { journal } = openJournal(image)
    let claimed = ''
    await journal.adopt(() => {
      claimed = killed(image)
    })
    image = claimed
  }
  expect(filesIn(image, `~${former}`)).toHaveLength(1)
  const next = openJournal(image)
  expect([...(await next.adopt())]).toEqual([['a', 1]])
  expect(next.errors).toEqual([])
})

test('what dead processes left unfinished is removed, what a living process uses is not', async () => {
  const directory = aDirectory()
  const alive = openJournal(directory)
  alive.put('a', 1)
  const [lock] = filesIn(directory, '.lock')
  const [journal] = filesIn(directory, '.journal')
  rmSync(join(directory, journal!))
  for (const name of ['dead-s.lock', 'dead-s.journal.new', 'gone-4194305-1.journal.new'])
    writeFileSync(join(directory, name), '')
  await openJournal(directory).adopt()
  expect(filesIn(directory, '.new')).toEqual([])
  expect(filesIn(directory, '.lock')).toContain(lock)
  expect(filesIn(directory, '.lock')).not.toContain('dead-s.lock')
})

test('a starting process whose lock does not answer yet is not taken for dead', async () => {
  const directory = aDirectory()
  const lock = join(directory, 'young-s.lock')
  writeFileSync(lock, '')
  writeFileSync(join(directory, 'young-s.journal.new'), '')
  const { journal } = openJournal(directory)
  const adopting = journal.adopt(() => {})
  const server = createServer()
    .on('error', () => {})
    .unref()
  onTestFinished(() => void server.close())
  // The socket's file exists and nothing listens, until its owner takes the second step.
  setImmediate(() => {
    rmSync(lock, { force: true })
    server.listen(lock)
  })
  await adopting
  expect(filesIn(directory, '.lock')).toContain('young-s.lock')
  expect(filesIn(directory, '.new')).toEqual(['young-s.journal.new'])
})

vi.mock('#core/journal/read-journal.ts', { spy: true })

test('many journals are adopted by few reads of each, not by a read of all for each', async () => {
  const left = aDirectory()
  for (let n = 0; n < 40; n++) {
    const one = aDirectory()
    openJournal(one).put(`key-${n}`, n)
    cpSync(killed(one), left, { recursive: true })
  }
  const { adopt } = openJournal(left)
  vi.mocked(reading.readHeader).mockClear()
  expect((await adopt()).size).toBe(40)
  expect(vi.mocked(reading.readHeader).mock.calls.length).toBeLessThanOrEqual(3 * 41)
})

const readJournal = vi.mocked(reading.readJournal)
const { readJournal: read } = await vi.importActual<typeof reading>('#core/journal/read-journal.ts')

/** A directory with what one dead process left. */
function left(): string {
  const from = aDirectory()
  openJournal(from).put('a', 1)
  return killed(from)
}

/** What is found by all that adopt, whichever that is. */
function finder() {
  const found: unknown[] = []
  const from = ({ journal }: Pick<ReturnType<typeof openJournal>, 'journal'>) =>
    journal.adopt((former) => found.push(...former.flatMap((entries) => [...entries])))
  return { found, from }
}

test('what is claimed and not read yet is adopted once, though others ended meanwhile', async () => {
  const rig = openJournal(left())
  const { found, from } = finder()
  readJournal.mockClear()
  let again: Promise<void> | undefined
  readJournal.mockImplementationOnce(async (path) => {
    again = from(rig)
    // As long as a second adoption could take to read it too.
    for (let turns = 0; turns < 500 && readJournal.mock.calls.length < 2; turns++) await turn()
    return read(path)
  })
  await from(rig)
  await again
  expect(found).toEqual([['a', 1]])
})

test('what is adopted and cannot be written yet is not adopted again', async () => {
  const directory = left()
  let mayWrite = true
  const journal = createJournal({
    directory,
    clock: createVirtualClock(0),
    entries: () => [],
    onError() {},
    mayWrite: () => mayWrite,
  })
  onTestFinished(() => journal.close(false))
  mayWrite = false
  const { found, from } = finder()
  await from({ journal })
  await from({ journal })
  expect(found).toEqual([['a', 1]])
})

test('what is adopted while another process takes over is left to that one', async () => {
  const directory = left()
  const rig = openJournal(directory)
  const { found, from } = finder()
  readJournal.mockImplementationOnce((path) => {
    rig.journal.restart(false)
    return read(path)
  })
  await from(rig)
  expect(found).toEqual([])
  await from(openJournal(directory))
  expect(found).toEqual([['a', 1]])
})

test('with the journal of a process that is replaced goes what that had claimed', async () => {
  const directory = left()
  const [former] = filesIn(directory, '.journal')
  const replaced = createJournal({
    directory,
    clock: createVirtualClock(0),
    entries: () => [['b', 2]],
    onError() {},
    writer: () => 'replaced',
  })
  onTestFinished(() => replaced.close(false))
  const [own] = filesIn(directory, '.journal').filter((name) => name !== former)
  // Claimed and not read: its adopter is stopped, and alive.
  renameSync(join(directory, former!), join(directory, own!.replace('.journal', `~${former}`)))
  const found = new Map<string, unknown>()
  await openJournal(directory).journal.adopt((all) => {
    for (const entries of all) for (const [key, value] of entries) found.set(key, value)
  }, 'replaced')
  expect(Object.fromEntries(found)).toEqual({ a: 1, b: 2 })
})

/** What an adoption reads in the journals of processes that run. */
async function readLiving(directory: string): Promise<unknown[]> {
  const entries: unknown[] = []
  const journal = createJournal({
    directory,
    clock: createVirtualClock(0),
    entries: () => [],
    onError() {},
    publicKeys: 'member/',
  })
  onTestFinished(() => journal.close(false))
  await journal.adopt((_, living) => entries.push(...living.flatMap((one) => [...one])))
  return entries
}

test('what processes that run have under public keys is read, the latest of each, and stays theirs', async () => {
  const directory = aDirectory()
  const alive = openJournal(directory)
  for (const number of [1, 2]) alive.put('member/a', { number })
  alive.put('alert/x', { key: '["member/b",7]' })
  alive.put('member/c', { number: 3 })
  alive.put('member/c', undefined)
  const files = filesIn(directory, '.journal')
  expect(await readLiving(directory)).toEqual([['member/a', { number: 2 }]])
  expect(filesIn(directory, '.journal')).toEqual(expect.arrayContaining(files))
})

const { readKeys } = await vi.importActual<typeof reading>('#core/journal/read-journal.ts')

test('it is found though another process adopts it at the same time', async () => {
  const directory = aDirectory()
  openJournal(directory).put('member/a', { number: 2 })
  const [file] = filesIn(directory, '.journal')
  vi.mocked(reading.readKeys).mockImplementationOnce((path, prefix) => {
    renameSync(join(directory, file!), join(directory, `another~${file}`))
    return readKeys(path, prefix)
  })
  expect(await readLiving(directory)).toEqual([['member/a', { number: 2 }]])
})
