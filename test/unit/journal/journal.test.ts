import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aDirectory, filesIn, killed, openJournal } from './rig.ts'

test('after a kill the next process finds what was written, and not what was removed', async () => {
  const directory = aDirectory()
  const { put } = openJournal(directory)
  put('a', { n: 1 })
  put('b', { n: 2 }, true)
  put('a', { n: 3 })
  put('b', undefined)
  const next = openJournal(killed(directory))
  expect([...(await next.adopt())]).toEqual([['a', { n: 3 }]])
  expect(next.errors).toEqual([])
})

test('changes that were written together count all or not at all', async () => {
  const directory = aDirectory()
  const { journal } = openJournal(directory)
  journal.write([
    ['a', 1],
    ['b', 2],
  ])
  const [name] = filesIn(directory, '.journal')
  const text = readFileSync(join(directory, name!), 'utf8')
  expect(text.split('\n').filter((line) => line.includes('"a"'))).toEqual(['[["a",1],["b",2]]'])
})

test('the journal of a living process is not adopted', async () => {
  const directory = aDirectory()
  const first = openJournal(directory)
  first.put('a', 1)
  const second = openJournal(directory)
  expect((await second.adopt()).size).toBe(0)
  await first.journal.close(false)
  const third = openJournal(directory)
  expect([...(await third.adopt())]).toEqual([['a', 1]])
})

test('of twenty processes that start at once exactly one adopts each file', async () => {
  const directory = aDirectory()
  for (let n = 0; n < 5; n++) {
    const from = aDirectory()
    openJournal(from).put(`key ${n}`, n)
    killed(from, directory)
  }
  const rigs = Array.from({ length: 20 }, () => openJournal(directory))
  const found = await Promise.all(rigs.map((rig) => rig.adopt()))
  expect(found.flatMap((map) => [...map.keys()]).sort()).toEqual([0, 1, 2, 3, 4].map((n) => `key ${n}`))
  expect(rigs.flatMap(({ errors }) => errors)).toEqual([])
})

test('what was adopted is adopted again when the adopter dies', async () => {
  const directory = aDirectory()
  openJournal(directory).put('a', 1)
  const second = killed(directory)
  await openJournal(second).adopt()
  const third = openJournal(killed(second))
  expect([...(await third.adopt())]).toEqual([['a', 1]])
})

test('one file is left for each living process, and none of a process that leaves no state', async () => {
  const directory = aDirectory()
  openJournal(directory).put('a', 1)
  const image = killed(directory)
  const next = openJournal(image)
  await next.adopt()
  expect(filesIn(image, '.journal')).toHaveLength(1)
  await next.journal.close(true)
  expect(filesIn(image)).toEqual([])
})

test('grows to a few times the size of its map at most, and loses nothing', async () => {
  const directory = aDirectory()
  const { put, clock, journal, map, errors } = openJournal(directory)
  const text = 'x'.repeat(10_000)
  for (let n = 0; n < 2000; n++) {
    put(`key ${n % 20}`, { n, text })
    if (n % 50 === 0) await clock.advance(1000)
  }
  await clock.advance(1000)
  expect(journal.stats().bytes).toBeLessThan(2 * 1024 * 1024)
  const [name] = filesIn(directory, '.journal')
  expect(statSync(join(directory, name!)).size).toBe(journal.stats().bytes)
  expect(new Map(await openJournal(killed(directory)).adopt())).toEqual(map)
  expect(errors).toEqual([])
})

test('never grows beyond its largest size: the least important entries are left out, and that is reported', async () => {
  const { put, journal, errors } = openJournal(aDirectory(), 100_000)
  for (let n = 0; n < 1000; n++) put(`key ${n}`, 'x'.repeat(1000))
  expect(journal.stats().bytes).toBeLessThan(110_000)
  expect(errors).toHaveLength(1)
  expect(errors[0]?.message).toMatch(/largest size/)
})

test('a directory whose path is too long for a socket is guarded by the process id', async () => {
  const directory = join(aDirectory(), 'd'.repeat(120))
  const first = openJournal(directory)
  first.put('a', 1)
  expect(filesIn(directory, '.lock')).toEqual([])
  expect((await openJournal(directory).adopt()).size).toBe(0)
  await first.journal.close(false)
  expect([...(await openJournal(directory).adopt())]).toEqual([['a', 1]])
})

test('only its owner can read a journal', () => {
  const directory = join(aDirectory(), 'state')
  openJournal(directory).put('a', 1)
  const [name] = filesIn(directory, '.journal')
  expect(statSync(directory).mode & 0o077).toBe(0)
  expect(statSync(join(directory, name!)).mode & 0o077).toBe(0)
})
