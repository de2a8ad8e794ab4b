/** The lease of a fleet in Redis: asked for, taken over with the state, continued after a gap, and lost. */
import { isOurs, type RoleParts } from './redis-role-state.ts'
import type { BeatAnswer } from './redis-store.ts'

export type RedisLead = ReturnType<typeof createRedisLease>

/** The process that notified before Redis was gone comes first: it has all in memory. */
export const othersWaitMs = 3_000

export interface RedisLeaseOptions extends RoleParts {
  readonly onFailure: (error: unknown) => void
}

export function createRedisLease(options: RedisLeaseOptions) {
  const { id, store, clock, place, host, outbox, beats, speaker, journal, newTerm, mine, settled } = options

  const hasLease = () => mine.term !== undefined && clock.now() < mine.leaseUntil

  function takeNow(): void {
    mine.taking ??= newTerm()
    beats.wake()
  }

  /** If it may. */
  function take({ stateTerm }: BeatAnswer): void {
    if (place.isClosed) return
    const now = clock.now()
    if (place.role === 'follower' && stateTerm === undefined) {
      mine.emptySince ??= now
      mine.mayTakeAt = Math.max(mine.mayTakeAt, mine.emptySince + othersWaitMs)
    }
    if (now >= mine.mayTakeAt) takeNow()
    else beats.in(mine.mayTakeAt - now)
  }

  function write(term: string): void {
    journal.accept(true)
    speaker.begin(term, mine.stateId)
  }

  function open(): void {
    place.role = 'speaker'
    journal.setKept(true)
    journal.rewrite()
    speaker.open()
  }

  /** Continues with what is in memory, which is written as a whole. */
  function resume(term: string): void {
    Object.assign(mine, { term, taking: undefined, good: 0, reported: '', keepsMemory: false })
    place.role = 'speaker'
    write(term)
    open()
  }

  /** Takes over what is in Redis, and counts for all from now on. */
  async function speak(): Promise<void> {
    const term = mine.taking
    if (mine.isLeading || term === undefined) return
    Object.assign(mine, { isLeading: true, term, taking: undefined, emptySince: undefined })
    try {
      const found = await store.load()
      if (mine.term !== term || place.isClosed || !hasLease()) return
      mine.stateId = found.get('@state-id') ?? newTerm()
      journal.former(readEntries(found))
      write(term)
      await host().adopt(undefined)
      if (mine.term !== term) return
      place.link = undefined
      takeBack()
      open()
      settled()
    } catch (error) {
      options.onFailure(error)
    } finally {
      mine.isLeading = false
      if (place.role !== 'speaker' && place.role !== 'alone') {
        mine.term = undefined
        beats.wake()
      }
    }
  }

  /** What was to be submitted is counted here. */
  function takeBack(): void {
    const wasElsewhere = !place.countsHere
    place.countsHere = true
    if (!wasElsewhere) return
    outbox.cut()
    const lowest = outbox.unsaved()[0]?.number ?? 0
    for (const { number, items } of outbox.unsaved()) {
      const entries = beats.memoryOf(number)
      const own = {
        member: id,
        process: options.process,
        options: options.options,
        number,
        lowest,
        items,
        asks: false,
      }
      speaker.take({ ...own, ...(entries && { entries }) })
    }
  }

  /** Another process has the lease: all that is here and not in the state is submitted to it. */
  function lose(answer: BeatAnswer): void {
    speaker.stop(true)
    journal.accept(false)
    Object.assign(mine, { term: undefined, taking: undefined, keepsMemory: false, reported: '' })
    outbox.cut()
    if (answer.stateId !== mine.stateId) {
      // Redis had lost the state when the other one began.
      outbox.see(outbox.unsaved().at(-1)?.number ?? 0)
      beats.submitMemory(journal.whole())
    }
    Object.assign(place, { role: 'starting', countsHere: false, lives: place.lives + 1 })
    host().stepDown()
  }

  return {
    hasLease,
    take,
    takeNow,
    resume,
    speak,
    lose,
    /** Whether the process may continue though its lease ended. */
    mayResume: (answer: BeatAnswer) => answer.lease === undefined && isOurs(answer, mine),
  }
}

/** Fields of the state beside its entries begin with @. */
function readEntries(found: ReadonlyMap<string, string>): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>()
  for (const [key, json] of found) {
    if (key.startsWith('@')) continue
    try {
      entries.set(key, JSON.parse(json))
    } catch {
      entries.set(key, undefined)
    }
  }
  return entries
}
