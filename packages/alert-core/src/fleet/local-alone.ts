/** A process that cannot take part in the fleet of its directory: it notifies for itself, and tries again. */
import type { Timer } from '../time/clock.ts'
import type { Lease } from './lease-types.ts'
import type { Outbox } from './outbox.ts'
import type { PeerParts } from './place.ts'

export interface LocalAloneOptions extends PeerParts {
  readonly outbox: Pick<Outbox, 'clearCounted'>
  /** Looks for the process that notifies. */
  readonly rejoin: () => void
  readonly current: () => Lease | undefined
  readonly take: (former: Lease | undefined) => boolean
}

export interface LocalAlone {
  begin(why: string): void
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

export function createLocalAlone(options: LocalAloneOptions): LocalAlone {
  const { place, leases, host, clock, outbox, current, take, rejoin } = options
  let timer: Timer | undefined
  let isStopped = false
  let tries = 0
  let triedAt = Number.NEGATIVE_INFINITY
  /** Why it is alone, as reported. */
  let reported: string | undefined

  function begin(why: string): void {
    place.goAlone()
    if (place.countsHere) outbox.clearCounted()
    if (clock.now() - triedAt > forgivenMs) tries = 0
    if (reported !== why) host().reportAlone(why)
    reported = why
    tryLater()
  }

  function tryLater(): void {
    timer?.cancel()
    if (isStopped) return
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** tries)
    timer = clock.after(delayMs, () => void tryAgain())
  }

  /** Nothing changes until it is certain that the process that notifies answers, or that this one may. */
  async function tryAgain(): Promise<void> {
    if (place.isClosed) return
    tries++
    triedAt = clock.now()
    const former = current()
    const link = former && (await leases.connect(former))
    link?.close()
    if (isStopped || place.isClosed || place.role !== 'alone') return
    if (link === undefined ? speakAgain(former) : passOn()) rejoin()
    else tryLater()
  }

  /** With all that it has counted. */
  function speakAgain(former: Lease | undefined): boolean {
    take(former)
    if (place.lease === undefined) return false
    place.startOver()
    return true
  }

  /** What it has counted is left to the process that notifies. */
  function passOn(): boolean {
    host().save()
    if (!host().isKept()) return false
    place.stepDown()
    host().stepDown()
    return true
  }

  return {
    begin,
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
