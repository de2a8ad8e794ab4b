/**
 * The attempts of a queue that closes: one for what waits, and one for each later arrival, as long as other
 * channels may fall back on this one.
 */
import type { Clock, Timer } from '../time/clock.ts'
import type { Delivery } from './delivery.ts'
import type { SenderLayer } from './sender-layer.ts'
import type { WaitingList } from './waiting-list.ts'

/** What the last attempts work with. */
export interface LastTriesOptions {
  readonly waiting: WaitingList
  readonly delivery: Delivery
  readonly sender: SenderLayer
  readonly clock: Clock
  /** Resolves when no attempt is in flight. */
  readonly attempted: () => Promise<void>
}

/** The last attempts of one queue. */
export interface LastTries {
  /** Something was offered. */
  wake(): void
  /**
   * Tries until nothing can come any more; never rejects. The caller bounds the wait, and then calls `stop`.
   */
  run(untilMs: number, others: Promise<unknown> | undefined): Promise<void>
  stop(): void
}

export function createLastTries(options: LastTriesOptions): LastTries {
  const { waiting, delivery, sender, clock, attempted } = options
  let hasNews = true
  let onNews = () => {}
  let timer: Timer | undefined

  async function run(untilMs: number, others: Promise<unknown> | undefined): Promise<void> {
    let isLast = others === undefined
    const othersEnded = others?.then(() => {
      isLast = true
    })
    for (;;) {
      // A channel that hangs does not delay what another one falls back with.
      if (hasNews) {
        hasNews = false
        await tryOnce(untilMs)
        continue
      }
      if (isLast) return
      const news = new Promise<void>((resolve) => {
        onNews = resolve
      })
      await Promise.race([othersEnded, news])
    }
  }

  async function tryOnce(untilMs: number): Promise<void> {
    await attempted()
    const leftMs = untilMs - clock.now()
    const pausedMs = sender.pausedUntil() - clock.now()
    if (waiting.size() === 0 || pausedMs >= leftMs) return
    // The pace is kept while there is time for it; at the very end, one message too many is better than none.
    const pacedMs = sender.waitMs()
    const waitMs = Math.max(pausedMs, pacedMs <= leftMs / 2 ? pacedMs : 0)
    if (waitMs > 0) await pause(waitMs)
    let again: boolean
    do again = await delivery.attempt()
    while (again && clock.now() < untilMs)
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      timer = clock.after(ms, resolve)
    })
  }

  return {
    wake() {
      hasNews = true
      onNews()
    },
    run,
    stop: () => timer?.cancel(),
  }
}
