/**
 * Opening only what ends: a pipe without a writer, or a device, would be waited for without end, and on a
 * thread that nothing can interrupt.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs'

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

/** The error of something that is not a regular file. */
export function notRegular(): Error {
  return Object.assign(new Error('not a regular file'), { code: 'ENOTFILE' })
}
