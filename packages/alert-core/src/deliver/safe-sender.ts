/**
 * The innermost layer: whatever a provider does (hang, throw, ignore its signal, answer nonsense), there is a
 * receipt in time, and it holds no secret.
 */
import type { Receipt } from '../model.ts'
import type { SendContext, Sender, SizeLimits } from '../provider/provider.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import { formatDuration } from '../time/time-text.ts'
import { createFit } from './fit.ts'
import { ownWork } from './own-work.ts'
import type { SenderLayer } from './sender-layer.ts'

/** What a provider is called with, and for how long. */
export interface SafeSenderOptions {
  readonly limits: SizeLimits
  /** The provider's own limits, if `limits` are the user's. */
  readonly stated?: SizeLimits
  readonly clock: Clock
  /** Epoch ms, for signatures. */
  readonly wallNow: () => number
  readonly timeoutMs: number
  /** Where the addresses are, in their order. */
  readonly hosts?: readonly string[]
  /** The least delay that a hint of the provider gives. */
  readonly leastHintMs: number
  readonly fetch: typeof fetch
  readonly proxyOf?: SendContext['proxyOf']
  readonly mask: (text: string) => string
}

const longestWhy = 200
const longestDelayMs = 3_600_000

/** Wraps a provider. */
export function createSafeSender(provider: Required<Sender>, options: SafeSenderOptions): SenderLayer {
  const { limits, stated, clock, wallNow, timeoutMs, leastHintMs, hosts = [], fetch, proxyOf, mask } = options

  return {
    send(message, attempt) {
      const work = (signal: AbortSignal) => {
        const fit: SendContext['fit'] = (render, asked) => {
          const full = render(message)
          if (surelyFits(full, limits) && (!asked || surelyFits(full, asked))) return full
          return createFit(message, limits, stated)(render, asked)
        }
        return provider.send(message, { ...attempt, signal, fetch, proxyOf, now: wallNow, fit })
      }
      const host = hosts[attempt.address % hosts.length]
      const late = () =>
        `${host === undefined ? '' : `${host}: `}no answer within ${formatDuration(timeoutMs, 'en')}`
      return withinTime(work, attempt.signal, clock, timeoutMs, late).then((receipt) =>
        clean(receipt, mask, leastHintMs),
      )
    },
    waitMs: () => 0,
    pausedUntil: () => Number.NEGATIVE_INFINITY,
    async close() {
      await provider.close()
    },
  }
}

/** A provider that is opened at the first attempt. If that fails, the next attempt opens it again. */
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

/** Whether the text is within the limits however many bytes its characters have. */
function surelyFits({ length }: string, { maxBytes = length * 3, maxChars = length }: SizeLimits): boolean {
  return length * 3 <= maxBytes && length <= maxChars
}

/** Starts the work before it returns, and aborts it at the timeout or when `outer` does. */
function withinTime(
  work: (signal: AbortSignal) => Promise<Receipt>,
  outer: AbortSignal,
  clock: Clock,
  timeoutMs: number,
  late: () => string,
): Promise<Receipt> {
  const controller = new AbortController()
  return new Promise((resolve) => {
    const settle = (receipt: Receipt) => {
      timer.cancel()
      outer.removeEventListener('abort', onOuterAbort)
      resolve(receipt)
    }
    const abort = (why: string) => {
      settle({ status: 'retry', why, uncertain: true })
      controller.abort(new DOMException(why, 'AbortError'))
    }
    const onOuterAbort = () => abort(textOf(outer.reason))
    const timer = clock.after(timeoutMs, () => abort(late()))
    outer.addEventListener('abort', onOuterAbort)
    const start = async () => work(controller.signal)
    const started = ownWork ? ownWork.run(true, start) : start()
    started.then(
      (receipt) => settle(checked(receipt)),
      (error) => settle({ status: 'retry', why: textOf(error) }),
    )
  })
}

/** A user's own provider may answer anything. */
function checked(receipt: unknown): Receipt {
  const status = (receipt as Partial<Receipt> | null | undefined)?.status
  if (status === 'delivered' || status === 'retry' || status === 'failed') return receipt as Receipt
  return { status: 'failed', why: 'the provider gave no receipt' }
}

function clean(receipt: Receipt, mask: (text: string) => string, leastHintMs: number): Receipt {
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
  if (!isHint(delayMs)) return { ...rest, why }
  return { ...rest, why, delayMs: Math.min(Math.max(delayMs, leastHintMs), longestDelayMs) }
}

/** A pause of length zero is ignored: otherwise one request would follow the other at once. */
function isHint(delayMs: unknown): delayMs is number {
  return typeof delayMs === 'number' && delayMs > 0
}

function textOf(error: unknown): string {
  if (error === undefined) return ''
  try {
    return error instanceof Error ? error.message || error.name : String(error)
  } catch {
    return 'the provider failed'
  }
}
