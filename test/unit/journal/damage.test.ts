import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createJournal } from '#core/journal/journal.ts'
import { journalVersion, readChanges, versionOf } from '#core/journal/journal-format.ts'
import { readJournal } from '#core/journal/read-journal.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { fuzz } from '../../soak.ts'
import { aDirectory, filesIn, killed, openJournal } from './rig.ts'

/** A directory with the journal of a dead process that contains a, b and c. */
function aFormerJournal() {
  const directory = aDirectory()
  const { put } = openJournal(directory)
  for (const key of ['a', 'b', 'c']) put(key, { key })
  const image = killed(directory)
  return { image, path: join(image, filesIn(image, '.journal')[0]!) }
}

const codes = ({ errors }: { errors: readonly { code: string }[] }) => errors.map(({ code }) => code)

test.each([4, 10, 18])(
  'a last line without its last %i bytes, as after a kill, is skipped and reported, and leaves no file',
  async (bytes) => {
    const { image, path } = aFormerJournal()
    truncateSync(path, readFileSync(path).length - bytes)
    const next = openJournal(image)
    expect([...(await next.adopt()).keys()]).toEqual(['a', 'b'])
    expect(next.errors).toMatchObject([
      { code: 'ALERT_STATE_DAMAGED', message: expect.stringContaining('ends in the middle of a line') },
    ])
    expect(filesIn(image, '')).toEqual([...filesIn(image, '.journal'), ...filesIn(image, '.lock')].sort())
  },
)

test('a last line that lacks only its line break is used', async () => {
  const { image, path } = aFormerJournal()
  truncateSync(path, readFileSync(path).length - 1)
  const next = openJournal(image)
  expect([...(await next.adopt()).keys()]).toEqual(['a', 'b', 'c'])
  expect(codes(next)).toEqual([])
})

test('a damaged line is set aside and named', async () => {
  const { image, path } = aFormerJournal()
  writeFileSync(path, readFileSync(path, 'utf8').replace('"c"}', '"c"'))
  const next = openJournal(image)
  expect([...(await next.adopt()).keys()]).toEqual(['a', 'b'])
  expect(codes(next)).toEqual(['ALERT_STATE_DAMAGED'])
  const [aside] = filesIn(image, '.corrupt')
  expect(readFileSync(join(image, aside!), 'utf8')).toContain('"c"')
  expect(next.errors[0]?.message).toContain(aside)
})

test('garbage in the middle is set aside, the lines around it are used', async () => {
  const { image, path } = aFormerJournal()
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.splice(2, 0, '\u0000\uffff{{{', '{"an":"object"}', '[["key",1,2]]', '[[7]]')
  writeFileSync(path, lines.join('\n'))
  const next = openJournal(image)
  expect([...(await next.adopt()).keys()]).toEqual(['a', 'b', 'c'])
  expect(codes(next)).toEqual(['ALERT_STATE_DAMAGED'])
})

test('a damaged journal whose adopters die one after the other is set aside once', async () => {
  const { image, path } = aFormerJournal()
  writeFileSync(path, readFileSync(path, 'utf8').replace('"b"}', '"b"'))
  let left = image
  for (let life = 0; life < 3; life++) {
    const { journal } = openJournal(left)
    let claimed = ''
    await journal.adopt(() => {
      claimed = killed(left)
    })
    left = claimed
  }
  expect(filesIn(left, '.corrupt')).toHaveLength(1)
})

test('an empty file is skipped, and a file without its header is used', async () => {
  const { image, path } = aFormerJournal()
  writeFileSync(join(image, 'empty-s.journal'), '')
  writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(1).join('\n'))
  const next = openJournal(image)
  expect([...(await next.adopt()).keys()]).toEqual(['a', 'b', 'c'])
  expect(codes(next)).toEqual(['ALERT_STATE_DAMAGED'])
  expect(filesIn(image, '.journal')).toHaveLength(1)
})

test('a file of a newer version is left alone, byte for byte, and reported', async () => {
  const { image, path } = aFormerJournal()
  const newer = readFileSync(path, 'utf8').replace(`:${journalVersion},`, `:${journalVersion + 1},`)
  writeFileSync(path, newer)
  const next = openJournal(image)
  expect((await next.adopt()).size).toBe(0)
  expect(codes(next)).toEqual(['ALERT_STATE_NEWER'])
  expect(readFileSync(path, 'utf8')).toBe(newer)
})

test('whatever bytes are changed, removed or inserted, every other line is read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 20 }), fc.nat(30)), { maxLength: 4 }),
      async (edits) => {
        const { image, path } = aFormerJournal()
        let bytes = readFileSync(path)
        for (const [place, put, cut] of edits) {
          const at = place % (bytes.length + 1)
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)])
        }
        writeFileSync(path, bytes)
        const whole = bytes.toString('utf8').split('\n')
        // An inserted digit makes it a journal of a newer version, which is left alone.
        fc.pre((versionOf(whole[0]!) ?? 0) <= journalVersion)
        const { adopt } = openJournal(image)
        const found = await adopt()
        for (const key of ['a', 'b', 'c']) {
          if (whole.includes(`[["${key}",{"key":"${key}"}]]`)) expect(found.get(key)).toEqual({ key })
        }
      },
    ),
    fuzz(60),
  )
})

test('whatever lines replace each other, the entries and their order are those of reading every line', async () => {
  const key = fc.constantFrom('a', 'b', 'alert/ü', 'with "quotes"', '')
  const value = fc.oneof(fc.nat(9), fc.constant({ text: 'a],["b",1]' }), fc.constant([['x', 1], ['y']]))
  const change = fc.oneof(fc.tuple(key, value), fc.tuple(key))
  const good = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => JSON.stringify(changes))
  const bad = fc.constantFrom(
    '[["a",{"n":1]]',
    '[["b",1,2]]',
    '[["a",1]',
    '[["b",1]][["a",1]]',
    '[["a",tru]]',
    '',
  )
  const path = join(aDirectory(), 'former-s.journal')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 5, arbitrary: good }, bad), { maxLength: 12 }),
      async (lines) => {
        writeFileSync(path, ['{"alertJournal":1}', ...lines, ''].join('\n'), { mode: 0o600 })
        const expected = new Map<string, unknown>()
        for (const one of lines.flatMap((line) => readChanges(line) ?? [])) {
          if (one[1] === undefined) expected.delete(one[0])
          else expected.set(...one)
        }
        const { values } = await readJournal(path)
        expect(values).toEqual(expected)
        // What is damaged may hold a place.
        if (lines.every((line) => readChanges(line) !== undefined))
          expect([...values.keys()]).toEqual([...expected.keys()])
      },
    ),
    { numRuns: 200 },
  )
})

test('an entry that a later line replaces is not read, unless that line is damaged', async () => {
  const path = join(aDirectory(), 'former-s.journal')
  const damaged = '[["alert/4",{"count":5]]'
  async function read(lines: readonly string[]) {
    writeFileSync(path, ['{"alertJournal":1}', ...lines, ''].join('\n'), { mode: 0o600 })
    const { values, damaged } = await readJournal(path)
    return { values: [...values], damaged }
  }
  const whole = ['[["alert/4",{"count":1}]]', '[["alert/4",{"count":2}]]']
  const values = [['alert/4', { count: 2 }]]
  expect(await read([damaged, ...whole])).toEqual({ values, damaged: [] })
  expect(await read([...whole, damaged])).toEqual({ values, damaged: [damaged] })
})

test('a directory that is a file, or below one, is reported by name, and nothing throws', async () => {
  const file = join(aDirectory(), 'a-file')
  writeFileSync(file, '')
  for (const place of [file, join(file, 'below')]) {
    const rig = openJournal(place)
    rig.put('a', 1, true)
    expect((await rig.adopt()).size).toBe(0)
    await rig.clock.advance(60_000)
    expect(codes(rig)).toEqual(['ALERT_STATE_UNUSABLE'])
    expect(rig.errors[0]?.message).toContain(place)
    expect(rig.journal.stats()).toEqual({ place: 'memory', bytes: 0 })
  }
})

test('a directory that is removed is created again with the whole state, and that is reported', async () => {
  const directory = join(aDirectory(), 'state')
  const rig = openJournal(directory)
  rig.put('a', 1)
  rmSync(directory, { recursive: true })
  rig.put('b', 2)
  await rig.clock.advance(2000)
  expect(codes(rig)).toEqual(['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'])
  const next = openJournal(killed(directory))
  expect(new Map(await next.adopt())).toEqual(rig.map)
})

test('returns to disk when the directory can be used, and then adopts what is there', async () => {
  const { image } = aFormerJournal()
  const parent = aDirectory()
  const place = join(parent, 'state')
  writeFileSync(place, 'in the way')
  const rig = openJournal(place)
  const adopted = await rig.adopt()
  rig.put('mine', 1)
  expect(adopted.size).toBe(0)
  rmSync(place)
  mkdirSync(place)
  killed(image, place)
  await rig.clock.advance(11_000)
  while (!rig.map.has('a')) await new Promise(setImmediate)
  expect([...rig.map.keys()].sort()).toEqual(['a', 'b', 'c', 'mine'])
  expect(codes(rig)).toEqual(['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'])
  expect(rig.journal.stats().place).toBe('disk')
})

test('a directory of another user is reported by name', async () => {
  const directory = join(aDirectory(), 'state')
  mkdirSync(directory)
  const isRoot = process.getuid?.() === 0
  // Root may change a directory's owner; other users take one that they may not write.
  if (isRoot) chownSync(directory, 12_345, 12_345)
  else chmodSync(directory, 0o500)
  const rig = openJournal(directory)
  rig.put('a', 1)
  expect(codes(rig)).toEqual(['ALERT_STATE_UNUSABLE'])
  expect(rig.errors[0]?.message).toContain(directory)
  if (!isRoot) chmodSync(directory, 0o700)
})

test('at most ten files of unreadable lines are kept', async () => {
  const directory = aDirectory()
  for (let n = 0; n < 12; n++) {
    appendFileSync(join(directory, `old${n}-s.journal`), `{"alertJournal":1}\nnonsense ${n}\n`)
  }
  await openJournal(directory).adopt()
  expect(filesIn(directory, '.corrupt')).toHaveLength(10)
})

test('a disk that has room again before the next try is reported as in use again, by whatever is written first', async () => {
  const directory = aDirectory()
  openJournal(directory).put('a', 1)
  const errors: string[] = []
  let isFull = true
  const journal = createJournal({
    directory: killed(directory),
    clock: createVirtualClock(Date.UTC(2026, 0, 1)),
    entries() {
      if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      return [['a', 1]]
    },
    onError: ({ code }) => errors.push(code),
  })
  onTestFinished(() => journal.close(false))
  expect(journal.stats().place).toBe('memory')
  isFull = false
  await journal.adopt(() => {})
  expect(journal.stats().place).toBe('disk')
  expect(errors).toEqual(['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'])
})
