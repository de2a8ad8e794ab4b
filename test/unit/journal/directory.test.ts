import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeDirectory, reasonOf } from '#core/journal/directory.ts'

function reasonFor(directory: string): string | undefined {
  try {
    makeDirectory(directory)
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

it('a directory is created with those above it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alert-directory-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(reasonFor(join(folder, 'a/b/c'))).toBeUndefined()
  expect(reasonFor(join(folder, 'a/b/c'))).toBeUndefined()
})

it.runIf(process.platform === 'linux')('one that cannot exist is not called removed', () => {
  expect(reasonFor('/proc/alerts/orders')).toBe('it cannot be created (ENOENT)')
})

it('a file, or a link that leads nowhere, in its place is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alert-directory-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('nowhere', join(folder, 'link'))
  expect(reasonFor(join(folder, 'file'))).toBe('a file has its name (EEXIST)')
  expect(reasonFor(join(folder, 'file/a/b'))).toBe('a file stands where a directory should be (ENOTDIR)')
  expect(reasonFor(join(folder, 'link'))).toBe('a file has its name (EEXIST)')
})
