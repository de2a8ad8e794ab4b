/**
 * The provider of one channel, opened at the first attempt and closed at the end.
 */
import type { Sender } from '../provider/provider.ts'

/** Opens a provider once; a failure is told to the attempt that asked, and the next one tries again. */
export interface Opener {
  open(): Promise<Sender>
  /** Closes what was opened; never rejects. */
  close(): Promise<void>
}

/** Makes the opener of one channel. */
export function createOpener(sender: () => Sender | Promise<Sender>): Opener {
  let opening: Promise<Sender> | undefined

  const openAgain = async () => {
    try {
      return await sender()
    } catch (error) {
      opening = undefined
      throw error
    }
  }

  return {
    open() {
      opening ??= openAgain()
      return opening
    },
    async close() {
      try {
        const opened = await opening
        await opened?.close?.()
      } catch {
        // It is gone either way, and a failed opening was told when it happened.
      }
    },
  }
}
