import type { Refusal } from '#core/deliver/announce.ts'
import { createQueue, type QueueOptions } from '#core/deliver/queue.ts'
import { createRenderer } from '#core/deliver/render.ts'
import { createVirtualClock } from '#core/kernel/virtual-clock.ts'
import type { AlertEvent, Notification, Receipt } from '#core/model.ts'
import type { Message, SendContext } from '#core/provider.ts'
import { noon, plainChannel } from './support.ts'

export interface Sent {
  readonly at: number
  readonly message: Message
  readonly context: SendContext
}

/** What the scripted provider does at each attempt; after the last step it delivers. */
export type Step = Receipt | 'hang' | ((sent: Sent) => Promise<Receipt> | Receipt)

export const delivered = { status: 'delivered' } as const satisfies Receipt
export const busy = { status: 'retry', why: 'busy' } as const satisfies Receipt
export const no = { status: 'refused', why: 'no' } as const satisfies Receipt

/** A queue on a virtual clock with a scripted provider; backoff is exact: 1 s, 2 s, 4 s … 60 s. */
export function createRig(script: Step[] = [], over: Partial<QueueOptions> = {}) {
  const clock = createVirtualClock(noon)
  const sent: Sent[] = []
  const events: AlertEvent[] = []
  const refusals: (Refusal & { notification: Notification })[] = []
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
    onRefused: (notification, refusal) => refusals.push({ ...refusal, notification }),
    onHold: (untilMs) => holds.push(untilMs - noon),
    random: () => 1,
    ...over,
  })
  return { queue, clock, sent, events, refusals, holds, closes: () => closes }
}

/** What became of a queue so far, in short: 'delivered n1', 'refused n2 expired'. */
export function story(events: readonly AlertEvent[]): string[] {
  return events.map((event) => {
    if (event.type === 'delivered') return `delivered ${event.notification} (${event.attempts})`
    if (event.type === 'retrying') return `retrying ${event.notification} in ${event.delayMs}`
    if (event.type === 'refused') return `refused ${event.notification} ${event.reason}`
    return event.type
  })
}
