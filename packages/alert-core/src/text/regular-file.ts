/**
 * Opening only what ends: a pipe without a writer, or a device, would be waited for without end, and on a
 * thread that nothing can interrupt.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { codeOf } from '../errors/code-of.ts'
import { refuseSilent } from './network-drive.ts'

/** Flags for reading without waiting; absent on Windows. */
export const readNow = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Opens a regular file for reading; throws the file system's error, or one with the code ENOTFILE. */
export function openRegular(path: string, flags = readNow): number {
  const file = openSync(path, flags)
  try {
    if (!fstatSync(file).isFile()) throw notRegular()
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** The text of a file, or a phrase that says why it cannot be read: 'is not a regular file'. Never throws. */
export function readSmallFile(
  path: string,
  maxKiB: number,
): { readonly text: string } | { readonly refused: string } {
  let file: number | undefined
  try {
    refuseSilent(path)
    file = openRegular(path)
    if (fstatSync(file).size > maxKiB * 1024) return { refused: `is larger than ${sizeText(maxKiB)}` }
    return { text: readFileSync(file, 'utf8') }
  } catch (error) {
    const code = codeOf(error) ?? 'unknown reason'
    return { refused: phrases[code] ?? `cannot be read (${code})` }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

const phrases: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  ENOTFILE: 'is not a regular file',
  ESILENT: 'cannot be read: its network drive does not answer',
})

const sizeText = (kib: number) => (kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`)

/** The error of something that is not a regular file. */
export function notRegular(): Error {
  return Object.assign(new Error('not a regular file'), { code: 'ENOTFILE' })
}
