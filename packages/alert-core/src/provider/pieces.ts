/**
 * One message as several requests, one after the other: an event for each alert, a text for each number. The
 * parts that were delivered are remembered until the next message, so that a second attempt continues where
 * the first one ended.
 */
import type { Receipt } from '../model.ts'
import { quote } from './http-sender.ts'
import type { Message, SendContext, Sender } from './provider.ts'

/** A part of a message that is sent by itself. */
export interface Piece {
  /** Equal at every attempt, unique in the message. */
  readonly key: string
  /** Its name in a receipt, if it has one. */
  readonly name?: string
  readonly message: Message
}

/** How a message is split, and when it counts as delivered. */
export interface PiecesPlan {
  readonly split: (message: Message) => readonly Piece[]
  /** `all`: one failed part makes the whole fail. `some`: the whole is delivered, with a note. */
  readonly need: 'all' | 'some'
}

/**
 * A sender of whole messages made of a sender of parts; it resolves with the worst receipt, retry before
 * failed.
 */
export function inPieces(sender: Sender, { split, need }: PiecesPlan): Sender {
  let id = ''
  let taken = new Set<string>()
  return {
    ...sender,
    async send(message, context) {
      if (message.id !== id) {
        id = message.id
        taken = new Set()
      }
      try {
        const receipts: Receipt[] = []
        for (const { key, name, message: part } of split(message)) {
          const receipt = taken.has(key) ? delivered : named(await sender.send(part, context), name)
          receipts.push(receipt)
          if (receipt.status === 'delivered') taken.add(key)
          else if (isAboutAll(receipt, context)) break
        }
        if (receipts.length === 0) return { status: 'failed', why: 'the message has no recipient' }
        return worst(receipts, need)
      } catch (error) {
        return { status: 'failed', why: `the message could not be written: ${quote(error)}` }
      }
    },
  }
}

const delivered: Receipt = { status: 'delivered' }

/** True if the other parts would have the same outcome: they wait for the next attempt. */
function isAboutAll(receipt: Exclude<Receipt, { status: 'delivered' }>, { signal }: SendContext): boolean {
  const { httpStatus = 0 } = receipt
  if (signal.aborted || httpStatus >= 500 || [401, 403, 404, 410, 429].includes(httpStatus)) return true
  return receipt.status === 'retry' ? receipt.uncertain === true : receipt.lasting === true
}

function named(receipt: Receipt, name: string | undefined): Receipt {
  if (name === undefined || receipt.status === 'delivered') return receipt
  return { ...receipt, why: `${name}: ${receipt.why}` }
}

/** The receipt of the whole. */
export function worst(receipts: readonly Receipt[], need: PiecesPlan['need']): Receipt {
  const retries = receipts.filter((receipt) => receipt.status === 'retry')
  const [retry] = retries
  if (retry) {
    const delays = retries.flatMap(({ delayMs }) => delayMs ?? [])
    const uncertain = retries.some((one) => one.uncertain)
    return {
      ...retry,
      ...(delays.length > 0 && { delayMs: Math.max(...delays) }),
      ...(uncertain && { uncertain }),
    }
  }
  const failed = receipts.filter((receipt) => receipt.status === 'failed')
  const [first] = failed
  if (!first) return receipts.find((receipt) => receipt.status === 'delivered' && receipt.note) ?? delivered
  const isPartly = failed.length < receipts.length
  if (need === 'all' || !isPartly) return first
  return { status: 'delivered', note: `${failed.length} of ${receipts.length} failed: ${first.why}` }
}
