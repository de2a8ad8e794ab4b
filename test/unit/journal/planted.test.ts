import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { createFileSource } from '#core/reload/source.ts'
import { aDirectory, openJournal } from './rig.ts'

const header = '{"alertJournal":1,"at":1}\n'
const noPipes = spawnSync('mkfifo', ['--version']).status !== 0
const unlessPipes = noPipes ? ' (skipped: there is no mkfifo)' : ''
const isRoot = process.getuid?.() === 0
const unlessRoot = isRoot ? '' : ' (skipped: only root can change an owner)'

/** A journal of a dead process. */
function leave(directory: string, name: string, entry: string): string {
  const path = join(directory, `${name}-s.journal`)
  writeFileSync(path, `${header}[["${entry}",1]]\n`, { mode: 0o600 })
  return path
}

test('a link in place of the file for unreadable lines is replaced, and its target is left alone', async () => {
  const directory = aDirectory()
  const victim = join(aDirectory(), 'victim')
  writeFileSync(victim, 'precious')
  appendFileSync(leave(directory, 'old', 'a'), 'nonsense\n[["b",1]]\n')
  symlinkSync(victim, join(directory, 'old-s.corrupt'))
  expect([...(await openJournal(directory).adopt()).keys()]).toEqual(['a', 'b'])
  expect(readFileSync(victim, 'utf8')).toBe('precious')
  expect(readFileSync(join(directory, 'old-s.corrupt'), 'utf8')).toContain('nonsense')
})

test('a journal that is a link is refused', async () => {
  const directory = aDirectory()
  const elsewhere = leave(aDirectory(), 'other', 'forged')
  leave(directory, 'own', 'a')
  symlinkSync(elsewhere, join(directory, 'linked-s.journal'))
  const rig = openJournal(directory)
  expect([...(await rig.adopt()).keys()]).toEqual(['a'])
  expect(rig.errors[0]?.message).toContain('linked-s.journal stays where it is: it is a link')
  expect(existsSync(elsewhere)).toBe(true)
})

test('a journal that every user may write is refused, with the cure', async () => {
  const directory = aDirectory()
  chmodSync(leave(directory, 'open', 'forged'), 0o666)
  leave(directory, 'own', 'a')
  const rig = openJournal(directory)
  expect([...(await rig.adopt()).keys()]).toEqual(['a'])
  expect(rig.errors[0]?.message).toContain('chmod 600')
})

test.skipIf(!isRoot)(`a journal of another user is refused, with the cure${unlessRoot}`, async () => {
  const directory = aDirectory()
  chownSync(leave(directory, 'theirs', 'forged'), 12_345, 12_345)
  leave(directory, 'own', 'a')
  const rig = openJournal(directory)
  expect([...(await rig.adopt()).keys()]).toEqual(['a'])
  expect(rig.errors[0]?.message).toContain('another user owns it')
  expect(rig.errors[0]?.message).toContain('chown')
})

test.skipIf(noPipes)(`a pipe in place of a journal is not waited for${unlessPipes}`, async () => {
  const directory = aDirectory()
  execFileSync('mkfifo', [join(directory, 'pipe-s.journal')])
  leave(directory, 'own', 'a')
  const rig = openJournal(directory)
  expect([...(await rig.adopt()).keys()]).toEqual(['a'])
  expect(rig.errors[0]?.message).toContain('pipe-s.journal stays where it is: it is not a regular file')
})

test.skipIf(process.platform === 'win32')('our own directory is closed to other writers', () => {
  const directory = join(aDirectory(), 'state')
  mkdirSync(directory)
  chmodSync(directory, 0o777)
  openJournal(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o755)
  const created = join(aDirectory(), 'new')
  openJournal(created)
  expect(statSync(created).mode & 0o777).toBe(0o700)
})

it.skipIf(noPipes).each(['pipe', 'device'])(
  `a %s as the file of \`reload\` is refused at once${unlessPipes}`,
  async (kind) => {
    let file = '/dev/zero'
    if (kind === 'pipe') {
      file = join(aDirectory(), 'pipe')
      execFileSync('mkfifo', [file])
    }
    const result = await createFileSource(file, 1_000).poll(AbortSignal.timeout(60_000))
    expect(result).toMatchObject({ failed: 'cannot be read: not a regular file' })
  },
)
