import type { Failure } from '#core/deliver/outcomes.ts'
import { createQueue, type QueueOptions } from '#core/deliver/queue.ts'
import type { AlertEvent, Notification, Receipt } from '#core/model.ts'
import type { Message, SendContext } from '#core/provider/provider.ts'
import { createRenderer } from '#core/render/render.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { noon, plainChannel } from '../render/support.ts'

export interface Sent {
  readonly at: number
  readonly message: Message
  readonly context: SendContext
}

/** What the scripted provider does at each attempt; after the last step it delivers. */
export type Step = Receipt | 'hang' | ((sent: Sent) => Promise<Receipt> | Receipt)

export const delivered = { status: 'delivered' } as const satisfies Receipt
export const busy = { status: 'retry', why: 'busy' } as const satisfies Receipt
export const no = { status: 'failed', why: 'no' } as const satisfies Receipt

/** A queue on a virtual clock with a scripted provider; backoff is exact: 1 s, 2 s, 4 s … 60 s. */
export function createRig(script: Step[] = [], over: Partial<QueueOptions> = {}) {
  const clock = createVirtualClock(noon)
  const sent: Sent[] = []
  const events: AlertEvent[] = []
  const failures: (Failure & { notification: Notification })[] = []
  const holds: number[] = []
  let closes = 0

  const queue = createQueue({
    channel: 'ops',
    sender: () => ({
      async send(message, context) {
        const one = { at: clock.now() - noon, message, context }
        sent.push(one)
        const step = script[sent.length - 1] ?? delivered
        if (step === 'hang') return new Promise<Receipt>(() => {})
        return typeof step === 'function' ? step(one) : step
      },
      close() {
        closes += 1
      },
    }),
    render: createRenderer(plainChannel),
    limits: {},
    clock,
    timeoutMs: 10_000,
    retryForMs: 600_000,
    retry: { firstMs: 1000, factor: 2, maxMs: 60_000 },
    maxWaiting: 200,
    mask: (text) => text.replaceAll('s3cr3t', '***'),
    fetch,
    onEvent: (event) => events.push(event),
    onFailed: (notification, failure) => failures.push({ ...failure, notification }),
    onPaused: (untilMs) => holds.push(untilMs - noon),
    random: () => 1,
    ...over,
  })
  return { queue, clock, sent, events, failures, holds, closes: () => closes }
}

/** What became of a queue so far, in short: 'delivered n1', 'failed n2 expired'. */
export function story(events: readonly AlertEvent[]): string[] {
  return events.map((event) => {
    if (event.type === 'delivered') return `delivered ${event.notification} (${event.attempts})`
    if (event.type === 'retrying') return `retrying ${event.notification} in ${event.delayMs}`
    if (event.type === 'failed') return `failed ${event.notification} ${event.reason}`
    return event.type
  })
}
