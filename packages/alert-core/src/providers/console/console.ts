/**
 * A readable card on stderr: the channel that is used when none is configured. It writes to the descriptor,
 * not to process.stderr: in a worker that stream passes through the main thread, which no longer listens
 * while it exits.
 */
import { writeSync } from 'node:fs'
import { codeOf } from '../../errors/code-of.ts'
import type { Receipt } from '../../model.ts'
import * as z from '../../provider/light-zod.ts'
import { defineProvider } from '../../provider/provider.ts'
import { coloured, plain, writeFrame } from './console-frame.ts'

/** Where the card goes; replaced in tests. */
export interface Terminal {
  readonly write: (text: string) => Promise<void>
  readonly isColoured: () => boolean
  /** Its width, if it is known. */
  readonly columns?: () => number | undefined
}

/** Makes the provider for a terminal. */
export function createConsole({ write, isColoured, columns }: Terminal) {
  return defineProvider({
    title: 'Console',
    kind: 'console',
    options: () => z.object({}),
    limits: { maxChars: 20_000 },
    supports: { resolve: true },
    open: () => ({
      send: async (message, { fit }): Promise<Receipt> => {
        const paint = isColoured() ? coloured(message) : plain
        try {
          const width = columns?.()
          await write(fit((part) => writeFrame(part, paint, width)))
          return { status: 'delivered' }
        } catch (error) {
          return { status: 'failed', why: `stderr cannot be written: ${codeOf(error) ?? 'unknown'}` }
        }
      },
    }),
  })
}

const stderr = 2

export default createConsole({
  write: print,
  // Loaded with the first card, to keep the start fast.
  isColoured: () => process.getBuiltinModule('node:tty').isatty(stderr) && !process.env['NO_COLOR'],
  columns: () => process.stderr.columns,
})

async function print(text: string): Promise<void> {
  const bytes = Buffer.from(text, 'utf8')
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(stderr, bytes, written)
  } catch (error) {
    // The pipe is full and does not block: the stream knows how to wait.
    if (codeOf(error) !== 'EAGAIN') throw error
    await new Promise<void>((resolve, reject) => {
      process.stderr.write(bytes.subarray(written), (failure) => (failure ? reject(failure) : resolve()))
    })
  }
}
