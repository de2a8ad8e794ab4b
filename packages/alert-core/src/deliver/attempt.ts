/**
 * One attempt to send one message. Whatever the sender does (hang, throw, ignore its signal, answer nonsense), there
 * is a receipt in time, and it holds no secret.
 */

import type { Receipt } from '../model.ts'
import type { Message, Sender, SizeLimits } from '../provider/provider.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import { formatDuration } from '../time/duration.ts'
import { createFit } from './fit.ts'
import { asOwnWork } from './own-work.ts'

/** What an attempt needs. */
export interface AttemptInput {
  readonly sender: () => Sender | Promise<Sender>
  readonly message: Message
  readonly limits: SizeLimits
  /** What the provider states, where `limits` are the user's. */
  readonly stated?: SizeLimits
  readonly clock: Clock
  /** Epoch ms, for signatures. */
  readonly now?: () => number
  readonly timeoutMs: number
  /** From 1. */
  readonly attempt: number
  /** Which of the channel's addresses is asked, from 0. */
  readonly address: number
  readonly fetch: typeof fetch
  readonly mask: (text: string) => string
}

/** An attempt under way. */
export interface Attempt {
  /** Never rejects. */
  readonly receipt: Promise<Receipt>
  /** Ends it at once; what it has sent by then may have arrived. */
  abort(why: string): void
}

const longestWhy = 200
const longestDelayMs = 3_600_000

/** Starts an attempt; its request begins before this returns. */
export function startAttempt(input: AttemptInput): Attempt {
  const { message, clock, timeoutMs } = input
  const controller = new AbortController()
  let end: (receipt: Receipt) => void = () => {}
  const ended = new Promise<Receipt>((resolve) => {
    end = resolve
  })
  const abort = (why: string) => {
    end({ status: 'retry', why, uncertain: true })
    controller.abort(new DOMException(why, 'AbortError'))
  }
  const timer = clock.after(timeoutMs, () => abort(`no answer within ${formatDuration(timeoutMs, 'en')}`))

  const send = async (): Promise<Receipt> => {
    try {
      const sender = await input.sender()
      if (controller.signal.aborted) return { status: 'retry', why: 'opened too late' }
      const receipt = await sender.send(message, {
        fetch: input.fetch,
        signal: controller.signal,
        now: input.now ?? clock.now,
        attempt: input.attempt,
        address: input.address,
        fit: createFit(message, input.limits, input.stated),
      })
      return checked(receipt)
    } catch (error) {
      return { status: 'retry', why: textOf(error) }
    }
  }

  const receipt = Promise.race([asOwnWork(send), ended]).then((first) => {
    timer.cancel()
    return harmless(first, input.mask)
  })
  return { receipt, abort }
}

/** A user's own provider may answer anything. */
function checked(receipt: unknown): Receipt {
  const status =
    typeof receipt === 'object' && receipt !== null && 'status' in receipt ? receipt.status : undefined
  if (status === 'delivered' || status === 'retry' || status === 'failed') return receipt as Receipt
  return { status: 'failed', why: 'the provider gave no receipt' }
}

function harmless(receipt: Receipt, mask: (text: string) => string): Receipt {
  // Masked again once clean: a secret may come with control characters in it.
  const safe = (text: unknown) => cutChars(mask(cleanLine(mask(cutChars(textOf(text), 10_000)))), longestWhy)
  if (receipt.status === 'delivered') {
    const { note, delayMs } = receipt
    return {
      status: 'delivered',
      ...(note !== undefined && { note: safe(note) }),
      ...(isHint(delayMs) && { delayMs: Math.min(delayMs, longestDelayMs) }),
    }
  }
  const why = safe(receipt.why) || 'no reason given'
  if (receipt.status === 'failed') return { ...receipt, why }
  const { delayMs, ...rest } = receipt
  return { ...rest, why, ...(isHint(delayMs) && { delayMs: Math.min(delayMs, longestDelayMs) }) }
}

function isHint(delayMs: unknown): delayMs is number {
  return typeof delayMs === 'number' && delayMs >= 0
}

function textOf(error: unknown): string {
  if (error === undefined) return ''
  try {
    return error instanceof Error ? error.message || error.name : String(error)
  } catch {
    return 'the provider failed'
  }
}
