import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { aDirectory, filesIn, killed, openJournal } from './rig.ts'

/**
 * What a kill leaves in the moment between the two steps of a takeover: the adopter's file holds everything, and what it adopted is still
 * there, under its claimed name. `meanwhile` is what the adopter still did, should its clearing up have failed.
 */
async function killedWhileTidyingUp(meanwhile: (rig: ReturnType<typeof openJournal>) => void = () => {}) {
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

test('what a kill in the middle of a takeover leaves twice is taken up once', async () => {
  const left = await killedWhileTidyingUp()
  expect(filesIn(left, '.journal')).toHaveLength(2)
  const { journal } = openJournal(left)
  const found: unknown[] = []
  await journal.adopt((former) => found.push(...former.flatMap((entries) => [...entries])))
  expect(found).toEqual([['a', 1]])
  expect(filesIn(left, '.journal')).toHaveLength(1)
})

test('by several that start at once as well, whichever of the files each of them gets', async () => {
  for (let round = 0; round < 5; round++) {
    const left = await killedWhileTidyingUp()
    const rigs = Array.from({ length: 8 }, () => openJournal(left))
    const found: unknown[] = []
    const take = ({ journal }: (typeof rigs)[number]) =>
      journal.adopt((former) => found.push(...former.flatMap((entries) => [...entries])))
    await Promise.all(rigs.map(take))
    expect(found).toEqual([['a', 1]])
    expect(rigs.flatMap(({ errors }) => errors)).toEqual([])
  }
})

test('what was settled after the takeover does not come back with the file that could not be taken away', async () => {
  const left = await killedWhileTidyingUp(({ put }) => put('a', undefined))
  expect((await openJournal(left).adopt()).size).toBe(0)
  expect((await openJournal(killed(left)).adopt()).size).toBe(0)
})

test('a journal that one starter after the other dies over is adopted by the first that lives', async () => {
  const from = aDirectory()
  openJournal(from).put('a', 1)
  let image = killed(from)
  const [former] = filesIn(image, '.journal')
  for (let life = 0; life < 3; life++) {
    // Claimed, and killed before its contents were the starter's own: the file has another name, no more.
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

test('what the dead left half-made is swept away, what a living process uses is not', async () => {
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

test('one that is only just coming up, whose lock does not answer yet, is not taken for dead', async () => {
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
  // Its file is there, and nobody listens, until between two steps of its owner's somebody does.
  setImmediate(() => {
    rmSync(lock, { force: true })
    server.listen(lock)
  })
  await adopting
  expect(filesIn(directory, '.lock')).toContain('young-s.lock')
  expect(filesIn(directory, '.new')).toEqual(['young-s.journal.new'])
})
