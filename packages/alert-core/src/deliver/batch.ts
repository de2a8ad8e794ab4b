/**
 * What the next attempt sends: all that waits, as one message. The same content keeps its id and its words from one
 * attempt to the next, other content gets another id: an idempotency key never stands for two contents.
 */
import type { Notification } from '../model.ts'
import type { Message } from '../provider.ts'
import { shortest } from './shorten.ts'
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
  /** True for an id that an attempt has used. */
  isTried(id: string): boolean
  /** Forgets all, once nothing of the last batch waits any more. */
  reset(): void
}

/** Makes the composer of one channel. */
export function createBatches(render: (notification: Notification) => Message): Batches {
  const triedIds = new Set<string>()
  let last: { readonly contents: readonly Notification[]; readonly batch: Batch } | undefined

  const unusedId = (id: string) => {
    let unused = id
    for (let number = 2; triedIds.has(unused); number++) unused = `${id}-${number}`
    return unused
  }

  return {
    compose(parts, plain) {
      const contents = parts.map((part) => part.notification)
      if (!last || !isSame(last.contents, contents)) {
        const notification = foldParts(parts, unusedId(contents.at(-1)!.id))
        triedIds.add(notification.id)
        last = { contents, batch: { notification, message: render(notification) } }
      }
      const { batch } = last
      return plain ? { ...batch, message: shortest(batch.message) } : batch
    },
    isTried: (id) => triedIds.has(id),
    reset() {
      triedIds.clear()
      last = undefined
    },
  }
}

function isSame(a: readonly Notification[], b: readonly Notification[]): boolean {
  return a.length === b.length && a.every((notification, index) => notification === b[index])
}
