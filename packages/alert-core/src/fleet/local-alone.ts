/**
 * A process that cannot take part in the fleet of its directory: it notifies for itself, and tries again.
 * What it had submitted is counted by one process only: here, once the one that notified answers no more and
 * what that had saved is known; else there, under the same numbers.
 */
import type { Timer } from '../time/clock.ts'
import type { Answer } from './follower.ts'
import type { Lease } from './lease-types.ts'
import type { Outbox } from './outbox.ts'
import type { PeerParts } from './place.ts'

export interface LocalAloneOptions extends PeerParts {
  readonly outbox: Pick<Outbox, 'clearCounted' | 'cut' | 'isEmpty' | 'rest'>
  /** Looks for the process that notifies. */
  readonly rejoin: () => void
  readonly current: () => Lease | undefined
  readonly take: (former: Lease | undefined) => boolean
  /** Submits to the process that has the lease, if that answers. */
  readonly follow: (to: Lease) => Promise<Answer>
  /** What was submitted, and is in no state, is counted here. */
  readonly takeBack: () => void
}

export interface LocalAlone {
  begin(why: string): void
  /** Takes over what dead processes left, and what it had submitted to one of them. */
  takeOver(): Promise<void>
  /** Another process notifies: what was counted here is left to it; false if that cannot be. */
  passOn(): boolean
  /** The process takes part. */
  end(): void
  /** It does not try any more. */
  stop(): void
  /** Whether it has tried again within the last minute. */
  wasLately(): boolean
}

/** It tries again after so long, and twice as long each time. */
const firstDelayMs = 10_000
const longestDelayMs = 5 * 60_000
/** After so long together, the next time counts as the first. */
const forgivenMs = 30 * 60_000
const latelyMs = 60_000
/** What a process that does not answer may have counted is counted here after so long. */
const unsavedMs = 60_000

export function createLocalAlone(options: LocalAloneOptions): LocalAlone {
  const { place, leases, host, clock, outbox, current, take, takeBack, follow, rejoin } = options
  let timer: Timer | undefined
  let isStopped = false
  let tries = 0
  let triedAt = Number.NEGATIVE_INFINITY
  let aloneAt = Number.NEGATIVE_INFINITY
  /** Why it is alone, as reported. */
  let reported: string | undefined

  function begin(why: string): void {
    if (place.role !== 'alone') aloneAt = clock.now()
    place.goAlone()
    if (place.countsHere) outbox.clearCounted()
    else keepSubmitted()
    if (clock.now() - triedAt > forgivenMs) tries = 0
    if (reported !== why) host().reportAlone(why)
    reported = why
    tryLater()
  }

  /** For the process that adopts it, should this one end before it is known who has counted it. */
  function keepSubmitted(): void {
    outbox.cut()
    place.countHere()
    if (!outbox.isEmpty()) host().keep(outbox.rest())
  }

  async function takeOver(): Promise<void> {
    const former = current()
    const link = former && (await leases.connect(former))
    link?.close()
    // It is alive, and adopts what others left.
    if (link === undefined) await host().adopt(undefined)
    else if (clock.now() - aloneAt < unsavedMs) return
    if (place.role === 'alone' && !place.isClosed) takeBack()
  }

  function tryLater(): void {
    timer?.cancel()
    if (isStopped) return
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** tries)
    timer = clock.after(delayMs, () => void tryAgain())
  }

  /** Nothing changes until it is certain that the process that notifies answers, or that this one may. */
  async function tryAgain(): Promise<void> {
    tries++
    triedAt = clock.now()
    const former = current()
    const answer = former === undefined ? 'no answer' : await follow(former)
    if (isStopped || place.isClosed) return
    if (answer === 'welcome' || (answer === 'no answer' && speakAgain(former))) return rejoin()
    await takeOver()
    tryLater()
  }

  /** With all that it has counted. */
  function speakAgain(former: Lease | undefined): boolean {
    take(former)
    if (place.lease === undefined) return false
    place.startOver()
    return true
  }

  return {
    begin,
    takeOver,
    passOn() {
      if (isStopped) return false
      host().save()
      if (!host().isKept()) return false
      place.stepDown()
      host().stepDown()
      return true
    },
    end() {
      if (reported === undefined) return
      reported = undefined
      host().reportTogether()
    },
    stop() {
      isStopped = true
      timer?.cancel()
    },
    wasLately: () => clock.now() - triedAt < latelyMs,
  }
}
