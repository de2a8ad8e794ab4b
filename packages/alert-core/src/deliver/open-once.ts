/**
 * A provider that is opened at the first attempt. If that fails, the next attempt opens it again.
 */
import type { Sender } from '../provider/provider.ts'

/** Makes a sender of something that opens one. */
export function openOnce(open: () => Sender | Promise<Sender>): Required<Sender> {
  let opening: Promise<Sender> | undefined

  async function openAgain(): Promise<Sender> {
    try {
      return await open()
    } catch (error) {
      opening = undefined
      throw error
    }
  }

  return {
    async send(message, context) {
      opening ??= openAgain()
      const opened = await opening
      if (context.signal.aborted) return { status: 'retry', why: 'opened too late' }
      return opened.send(message, context)
    },
    async close() {
      try {
        const opened = await opening
        await opened?.close?.()
      } catch {
        // The attempt that opened it has reported that it failed.
      }
    },
  }
}
