/**
 * The calls by which a process takes part: it says that it is there, submits what it counted, and hears who
 * notifies. One call at a time; what is wanted meanwhile goes with the next one.
 */
import { createLru } from '../cache/lru.ts'
import { shiftSilence } from '../mute/silences.ts'
import { parseJson } from '../text/parse-json.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { inTime } from './call-limit.ts'
import type { Delta, FleetHost } from './fleet-types.ts'
import { isSilence } from './item-schemas.ts'
import type { Outbox } from './outbox.ts'
import { type Replacer, shiftItem, writeDelta } from './redis-delta.ts'
import type { BeatAnswer, BeatQuery, RedisStore } from './redis-store.ts'
import { StoreFailure, unanswered } from './redis-store.ts'

export interface BeatsOptions {
  readonly id: string
  readonly process: string
  readonly options: string
  readonly store: RedisStore
  readonly clock: Clock
  readonly wallNow: () => number
  readonly outbox: Outbox
  readonly host: () => FleetHost
  /** Keeps texts out of what is stored. */
  readonly replacer?: Replacer
  /** Whether records are submitted at present. */
  readonly submits: () => boolean
  /** What each call says of the process. */
  readonly says: () => Pick<BeatQuery, 'isAble' | 'isLeaving'>
  /** What is asked for with the lease. */
  readonly lease: () => { readonly renew?: string; readonly take?: string }
  /** `sentAt` is of the steady clock. */
  readonly onAnswer: (answer: BeatAnswer, sentAt: number) => void
  readonly onFailure: (error: unknown) => void
}

export type Beats = ReturnType<typeof createBeats>

/** Redis does not say no, and does not take it: what was submitted is sent again. */
const noProgressMs = 5_000
const mostDeltas = 20
const mostAsked = 20
const mostRemembered = 2_000
/** A call that is not answered for so long counts as failed, whatever the connection does. */
const callMs = 1_500

export function createBeats(options: BeatsOptions) {
  const { id, store, clock, outbox, host, submits, lease, onAnswer, onFailure, replacer } = options
  let timer: Timer | undefined
  let dueAt = 0
  let flying: Promise<void> | undefined
  let isWanted = false
  let isWaking = false
  let isClosed = false
  let wantsSending = false
  let silences = -1
  const offset = createOffset(options)
  const known = createKnown()
  const sending = createSending(outbox)
  const from = senderOf(options)
  const flushDelta = writeDelta({ ...from, number: 0, lowest: 0, items: [], asks: true })

  function beat(): Promise<void> {
    isWanted = true
    flying ??= run().finally(() => {
      flying = undefined
    })
    return flying
  }

  async function run(): Promise<void> {
    while (isWanted && !isClosed) {
      isWanted = false
      await call()
    }
  }

  async function call(): Promise<void> {
    timer?.cancel()
    timer = undefined
    const deltas = submits() ? sending.next() : []
    const before = sending.attempted()
    sending.attempt(deltas)
    const sentAt = clock.now()
    const asks = wantsSending && submits()
    try {
      const query = {
        id,
        ...lease(),
        deltas: [...deltas.map(stored), ...(asks ? [flushDelta] : [])],
        alerts: known.next(),
        silences,
        ...options.says(),
      }
      const answer = await inTime(clock, callMs, store.beat(query), unanswered)
      if (isClosed) return
      if (asks) wantsSending = false
      if (!answer.isFull) sending.arrived(deltas)
      learn(answer, sentAt)
      onAnswer(answer, sentAt)
      if (submits() && !answer.isFull && sending.next().length > 0) isWanted = true
    } catch (error) {
      if (error instanceof StoreFailure && error.isUnsent) sending.attemptedOnly(before)
      if (!isClosed) onFailure(error)
    }
  }

  function learn(answer: BeatAnswer, sentAt: number): void {
    const now = clock.now()
    offset.learn(answer.now, sentAt, now)
    sending.see(answer.seen, now, submits())
    known.learn(answer.notified)
    if (answer.silences === undefined || !submits()) return
    silences = answer.silences.version
    useSilences(answer.silences.json, -offset.aheadMs(), answer.lease?.id, host())
  }

  function stored({ number, items: given }: Delta): string {
    const lowest = outbox.unsaved()[0]?.number ?? number
    const entries = sending.entriesOf(number)
    const items = given.map((item) => host().redactItem(shiftItem(item, offset.aheadMs())))
    for (const item of given) if ('occurrence' in item) known.ask(item.occurrence.id)
    const own = entries && { entries, aheadMs: offset.aheadMs() }
    return writeDelta({ ...from, number, lowest, items, asks: false, ...own }, replacer)
  }

  return {
    beat,
    /** Now, or with the next call. */
    wake(): void {
      if (isClosed || isWaking) return
      isWaking = true
      clock.after(0, () => {
        isWaking = false
        void beat()
      })
    },
    /** At the latest in so long. */
    in(ms: number): void {
      const at = clock.now() + ms
      if (isClosed || (timer !== undefined && dueAt <= at)) return
      timer?.cancel()
      dueAt = at
      timer = clock.after(ms, () => void beat())
    },
    /** Everything that was submitted and not counted is submitted again. */
    sendAgain: () => sending.again(clock.now()),
    /** What no call has carried, or only calls that surely failed. */
    attempted: sending.attempted,
    hasSentAll: () => sending.next().length === 0,
    /** Submits what the process counted while it was alone. */
    submitEntries: sending.addEntries,
    entriesOf: sending.entriesOf,
    askToSend(): void {
      wantsSending = true
    },
    notified: known.all,
    aheadMs: offset.aheadMs,
    close(): void {
      isClosed = true
      timer?.cancel()
    },
  }
}

function senderOf({ id: member, process, options }: BeatsOptions) {
  return { member, process, options }
}

/** Another program may have written them: what cannot be read is left out. */
function useSilences(json: string, byMs: number, from = '?', host: FleetHost): void {
  const list = listIn(json)
  const readable = list?.filter(isSilence) ?? []
  if (readable.length !== list?.length) host.reportUnlike(from, 'version')
  host.useSilences(readable.map((silence) => shiftSilence(silence, byMs)))
}

function listIn(json: string): readonly unknown[] | undefined {
  const list = parseJson(json)
  return Array.isArray(list) ? list : undefined
}

type Entries = readonly (readonly [string, unknown])[]

/** What is submitted, and how far that has come. */
function createSending(outbox: Outbox) {
  /** Above it nothing is in Redis. */
  let sentUpTo = 0
  /** Above it nothing can be: no call carried it, or only calls that surely failed. */
  let attempted = 0
  let seen = 0
  let progressAt = 0
  const entriesByNumber = new Map<number, Entries>()

  return {
    next: () =>
      outbox
        .unsaved()
        .filter(({ number }) => number > sentUpTo)
        .slice(0, mostDeltas),
    attempted: () => attempted,
    attempt(deltas: readonly Delta[]): void {
      attempted = Math.max(attempted, deltas.at(-1)?.number ?? 0)
    },
    attemptedOnly(number: number): void {
      attempted = number
    },
    arrived(deltas: readonly Delta[]): void {
      sentUpTo = Math.max(sentUpTo, deltas.at(-1)?.number ?? 0)
    },
    see(number: number, now: number, submits: boolean): void {
      if (number !== seen || outbox.unsaved().length === 0) progressAt = now
      seen = number
      if (!submits) return
      outbox.see(seen)
      for (const kept of entriesByNumber.keys()) if (kept <= seen) entriesByNumber.delete(kept)
      if (now - progressAt <= noProgressMs) return
      progressAt = now
      sentUpTo = seen
    },
    again(now: number): void {
      sentUpTo = seen
      progressAt = now
    },
    addEntries: (entries: Entries) => void entriesByNumber.set(outbox.addEmpty(), entries),
    entriesOf: (number: number) => entriesByNumber.get(number),
  }
}

/** How far the clock of Redis is ahead, by the fastest call; the own one may be set at any time. */
function createOffset({ clock, wallNow }: Pick<BeatsOptions, 'clock' | 'wallNow'>) {
  let aheadMs = 0
  let best = Number.POSITIVE_INFINITY
  return {
    aheadMs: () => aheadMs + Math.round(clock.now() - wallNow()),
    learn(atRedis: number, sentAt: number, now: number): void {
      const roundTrip = now - sentAt
      // A call that took longer says less; but clocks drift.
      best += 0.1
      if (roundTrip > best) return
      best = roundTrip
      aheadMs = Math.round(atRedis - (sentAt + roundTrip / 2))
    },
  }
}

/** What people were notified of the kinds that this process submits: asked in turn, a few with each call. */
function createKnown() {
  const notified = createLru<string, string>(mostRemembered)
  const asked = createLru<string, true>(mostRemembered)
  let from = 0
  return {
    ask: (alert: string) => asked.set(alert, true),
    next(): string[] {
      const ids = asked.keys()
      from = ids.length === 0 ? 0 : (from + mostAsked) % ids.length
      return [...ids.slice(from), ...ids.slice(0, from)].slice(0, mostAsked)
    },
    learn(answers: ReadonlyMap<string, string>): void {
      for (const [alert, json] of answers) notified.set(alert, json)
    },
    all: () => notified.keys().map((alert) => [alert, notified.get(alert) ?? ''] as const),
  }
}
