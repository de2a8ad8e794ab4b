/**
 * Runs old logs through the hub under a virtual clock: the same decisions at the same moments, and nothing is
 * sent.
 *
 *   files ─ batches of lines ─ wanted? ─ clock to the line's time ─ hub ─ notifications
 */
import {
  type AlertEvent,
  type AlertOptions,
  createHub,
  createVirtualClock,
  type Hub,
  type Message,
  type Stats,
} from 'alert-core'
import { decideOnly } from './decide-only.ts'
import { type KeptBack, watchKeptBack } from './kept-back.ts'
import { batchesOf, mergedBatches } from './line-batches.ts'
import { lineTime } from './line-time.ts'
import type { Source } from './log-source.ts'

/** One message that would have been sent. */
export interface Notified {
  /** Epoch ms. */
  readonly at: number
  readonly channel: string
  readonly message: Message
}

/** The result of a replay. */
export interface ReplayResult {
  readonly lines: number
  /** Epoch ms of the first and the last line that had a time. */
  readonly from: number | undefined
  readonly to: number | undefined
  readonly notified: readonly Notified[]
  /** How many messages are missing from `notified`, which is bounded. */
  readonly more: number
  readonly suppressed: readonly SuppressedCount[]
  /** By rule that has a condition. */
  readonly keptBack: readonly KeptBack[]
  readonly stats: Stats
}

/** How often a channel was not notified, and why. */
export interface SuppressedCount {
  readonly channel: string
  readonly reason: string
  /** The rule of the alerts; '' if it is not known. */
  readonly rule: string
  readonly count: number
}

/** `tail`: lines to look back for a time, if the last one of a batch has none. */
const most = { notified: 10_000, tail: 50 }
const longestCloseMs = 10_000
const waitsMs = 60_000

/** Optional settings of a replay. */
export interface ReplaySettings {
  /** Called after each batch with the lines so far. */
  readonly onProgress?: (lines: number) => void
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Replays the sources. */
export async function replay(
  options: AlertOptions,
  sources: readonly Source[],
  { onProgress = () => {}, env = process.env }: ReplaySettings = {},
): Promise<ReplayResult> {
  const batches = sources.length === 1 ? batchesOf(sources[0]!) : mergedBatches(sources)
  const first = await batches.next()
  // The clock starts with the log: a rule about absence counts from there.
  const clock = createVirtualClock((first.done ? undefined : firstTime(first.value)) ?? 0)
  const notified: Notified[] = []
  let more = 0
  const hub = createHub(decideOnly(options), {
    clock,
    env,
    warn: () => {},
    sender: (channel) => ({
      async send(message) {
        if (notified.length < most.notified) notified.push({ at: clock.now(), channel, message })
        else more++
        return { status: 'delivered' }
      },
    }),
  })
  const suppressed = countSuppressed(hub)
  const keptBack = watchKeptBack(hub, options, env)
  let lines = 0
  const from = first.done ? undefined : firstTime(first.value)
  let to = from

  for (let next = first; !next.done; next = await batches.next()) {
    for (const line of next.value) {
      if (line === '') continue
      lines++
      if (!hub.wants(line)) continue
      const time = lineTime(line)
      if (time !== undefined) {
        if (!clock.skipTo(time)) await clock.advanceTo(time)
      }
      keptBack.write(line, clock.now())
    }
    to = later(to, lastTime(next.value))
    onProgress(lines)
  }
  // After the end of the log each `wait` runs out, then everything is sent as at the end of the application.
  await clock.advanceTo((to ?? clock.now()) + waitsMs)
  const closed = hub.close()
  await clock.advance(longestCloseMs)
  await closed
  return {
    lines,
    from,
    to,
    notified,
    more,
    suppressed: suppressed(),
    keptBack: keptBack.result(),
    stats: hub.stats(),
  }
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one
}

function lastTime(lines: readonly string[]): number | undefined {
  return firstTime(lines.slice(-most.tail).reverse())
}

function firstTime(lines: readonly string[]): number | undefined {
  for (const line of lines) {
    const time = lineTime(line)
    if (time !== undefined) return time
  }
  return undefined
}

function countSuppressed(hub: Hub): () => SuppressedCount[] {
  const counts = new Map<string, SuppressedCount>()
  hub.subscribe((event: AlertEvent) => {
    if (event.type !== 'suppressed') return
    const { channel, reason, rule = '' } = event
    const key = JSON.stringify([channel, reason, rule])
    const count = (counts.get(key)?.count ?? 0) + (event.count ?? 1)
    counts.set(key, { channel, reason, rule, count })
  })
  return () => [...counts.values()].sort((a, b) => b.count - a.count)
}
