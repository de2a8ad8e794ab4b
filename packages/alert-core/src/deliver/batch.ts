/**
 * What the next attempt sends: all that waits, as one message. The same content keeps its id and its words from one
 * attempt to the next; other content has another id.
 */
import type { Notification } from '../model.ts'
import type { Message } from '../provider/provider.ts'
import { shortest } from '../render/shorten.ts'
import { foldParts, type Part } from './waiting.ts'

/** A notification and its message. */
export interface Batch {
  readonly notification: Notification
  readonly message: Message
}

/** Composes batches, and remembers the last one. */
export interface Batches {
  /** The batch of these parts; with `plain`, in its shortest form. Throws what rendering throws. */
  compose(parts: readonly Part[], plain: boolean): Batch
  /** Forgets all, once nothing of the last batch waits any more. */
  reset(): void
}

/** Makes the composer of one channel. */
export function createBatches(render: (notification: Notification) => Message): Batches {
  let last: { readonly contents: readonly Notification[]; readonly batch: Batch } | undefined

  return {
    compose(parts, plain) {
      const contents = parts.map((part) => part.notification)
      if (!last || !isSame(last.contents, contents)) {
        const notification = foldParts(parts)
        last = { contents, batch: { notification, message: render(notification) } }
      }
      const { batch } = last
      return plain ? { ...batch, message: shortest(batch.message) } : batch
    },
    reset() {
      last = undefined
    },
  }
}

function isSame(a: readonly Notification[], b: readonly Notification[]): boolean {
  return a.length === b.length && a.every((notification, index) => notification === b[index])
}
