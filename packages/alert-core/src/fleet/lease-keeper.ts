/** The lease: taken, and lost to another process. Only while it has it, a process counts for others. */

import type { Lease } from './lease-types.ts'
import { createLocalAlone, type LocalAloneOptions } from './local-alone.ts'
import type { Outbox } from './outbox.ts'
import type { Patience } from './patience.ts'
import { type PeerParts, writerOf } from './place.ts'
import type { Speaker } from './speaker.ts'

export interface LeaseKeeperOptions extends PeerParts, Pick<LocalAloneOptions, 'follow' | 'rejoin'> {
  readonly outbox: Outbox
  readonly speaker: Speaker
  readonly patience: Patience
}

export interface LeaseKeeper {
  current(): Lease | undefined
  /** Takes the lease after `former`; false if another process was faster. */
  take(former: Lease | undefined): boolean
  /** Whether the lease was another's before, which may be stopped, and has to see that once it continues. */
  hasReplaced(): boolean
  /** When it began to notify for all. */
  spokeAt(): number
  /** Takes over what dead processes left, and the one that had the lease before, and counts from now on. */
  speak(): Promise<void>
  /** Another process has the lease: what is not saved is submitted to it. */
  stepDown(): void
  /** Another process notifies, and this one was alone: false if it stays so. */
  passOn(): boolean
  /** It is known who notifies. */
  noteJoined(): void
  /** While the process is alone, it does not try to take part any more. */
  stayAlone(): void
}

/** Processes that take the lease from each other again and again do not reach each other. */
const mostDeposed = 5
const deposedWithinMs = 60_000
const lostAgain =
  'Processes take the lease from each other again and again: they cannot reach each other, as on a network disk.'

export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const { id, process, place, leases, host, clock, outbox, speaker } = options
  const { patience, rejoin } = options
  let deposedAt: readonly number[] = []
  /** The writer that this process has replaced. */
  let replaced: string | undefined
  let spokeAt = Number.NEGATIVE_INFINITY
  const alone = createLocalAlone({ ...options, current, take, takeBack })

  function take(former: Lease | undefined): boolean {
    replaced = former?.id
    const lease = { term: (former?.term ?? 0) + 1, id: writerOf(options) }
    try {
      place.claim(leases.claim(lease, speaker.accept))
    } catch (error) {
      alone.begin(error instanceof Error ? error.message : 'it cannot be used')
    }
    // From now on what is written is another's to adopt: nothing of it may be submitted as well.
    if (place.lease !== undefined && place.countsHere && outbox.hasCounted()) host().save()
    return place.lease !== undefined || place.role === 'alone'
  }

  async function speak(): Promise<void> {
    if (place.role === 'alone') return alone.takeOver()
    await host().adopt(replaced)
    if (place.lease?.isOwned() === false) stepDown()
    if (place.lease === undefined) return
    place.speak()
    spokeAt = clock.now()
    takeBack()
    speaker.open()
    host().lead()
  }

  /** What was to be submitted is counted here. */
  function takeBack(): void {
    if (!place.countsHere) outbox.cut()
    else if (outbox.unsaved().length === 0) return
    place.countHere()
    for (const delta of outbox.unsaved()) speaker.take(id, delta, process)
    host().save()
  }

  function stepDown(): void {
    const { lease } = place
    if (lease === undefined || place.role === 'alone') return
    outbox.cut()
    place.stepDown()
    speaker.close()
    lease.release(false)
    patience.double()
    host().stepDown()
    if (!outbox.isEmpty()) host().keep(outbox.rest())
    const now = clock.now()
    deposedAt = [...deposedAt.filter((at) => at > now - deposedWithinMs), now]
    // One that was alone lately has found out before that they cannot.
    if (deposedAt.length < (alone.wasLately() ? 1 : mostDeposed)) rejoin()
    else {
      alone.begin(lostAgain)
      void speak()
    }
  }

  function current(): Lease | undefined {
    try {
      return leases.current()
    } catch {
      return undefined
    }
  }

  return {
    current,
    take,
    hasReplaced: () => replaced !== undefined,
    spokeAt: () => spokeAt,
    speak,
    stepDown,
    passOn: alone.passOn,
    noteJoined: alone.end,
    stayAlone: alone.stop,
  }
}
