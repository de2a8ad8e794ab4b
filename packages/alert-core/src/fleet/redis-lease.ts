/** The lease of a fleet in Redis: asked for, taken over with the state, continued after a gap, and lost. */

import { parseJson } from '../text/parse-json.ts'
import { readHistory, type StateHistory } from './redis-history.ts'
import { isOurs, type RoleParts } from './redis-role-state.ts'
import { ableMs, type BeatAnswer } from './redis-store.ts'

export type RedisLead = ReturnType<typeof createRedisLease>

export interface RedisLeaseOptions extends RoleParts {
  readonly onFailure: (error: unknown) => void
}

export function createRedisLease(options: RedisLeaseOptions) {
  const { id, store, clock, place, host, outbox, beats, speaker, journal, newTerm, roleState, markJoined } =
    options

  const { takeBack, isTakingBack } = createTakeBack(options)
  let isYielding = false

  const hasLease = () => roleState.term !== undefined && clock.now() < roleState.leaseUntil

  function takeNow(): void {
    roleState.request(newTerm)
    beats.wake()
  }

  /** Its channels do not work, and another process could notify. */
  const isToLeave = ({ now, ableAt, staying }: BeatAnswer) =>
    now - ableAt < ableMs && staying?.others !== 0 && !host().canNotify()

  /** If it may. */
  function take(answer: BeatAnswer): void {
    const { stateTerm } = answer
    if (place.isClosed || isToLeave(answer)) return
    const now = clock.now()
    if (place.role === 'follower' && stateTerm === undefined) roleState.noteEmpty(now)
    if (now >= roleState.mayTakeAt) takeNow()
    else beats.in(roleState.mayTakeAt - now)
  }

  function write(term: string, past?: StateHistory): void {
    journal.accept(true)
    speaker.begin(term, roleState.stateId, past)
  }

  function open(): void {
    place.speak()
    journal.setKept(true)
    journal.rewrite()
    speaker.open()
  }

  /** Continues with what is in memory, which is written as a whole. */
  function resume(term: string): void {
    roleState.resume(term)
    place.speak()
    write(term)
    open()
  }

  /** Takes over what is in Redis, and counts for all from now on. */
  async function speak(): Promise<void> {
    const term = roleState.startTakeover()
    if (term === undefined) return
    let isRead = false
    try {
      const found = await store.load()
      isRead = true
      if (roleState.term !== term || place.isClosed || !hasLease()) return
      roleState.useState(found.get('@state-id') ?? newTerm())
      journal.former(readEntries(found), aheadOf(found, beats.aheadMs()) - beats.aheadMs())
      write(term, readHistory(found.get('@history') ?? ''))
      await host().adopt(undefined)
      if (roleState.term !== term) return
      place.disconnect()
      takeBack()
      open()
      host().lead()
      markJoined()
    } catch (error) {
      options.onFailure(error)
    } finally {
      const isDone = place.role === 'speaker' || place.role === 'alone'
      if (isDone || isRead) roleState.endTakeover(isDone)
      else roleState.repeatTakeover()
      if (!isDone) beats.wake()
    }
  }

  /** The next call finds that the lease is free, and leaves it to the other process. */
  async function yieldLease(): Promise<void> {
    const { term } = roleState
    if (isYielding || term === undefined) return
    isYielding = true
    host().save()
    if ((await speaker.flush()) && roleState.term === term) await store.resign(id, term).catch(() => {})
    isYielding = false
    beats.wake()
  }

  /** Another process has the lease: all that is here and not in the state is submitted to it. */
  function lose(answer: BeatAnswer): void {
    speaker.stop(true)
    journal.accept(false)
    roleState.lose()
    outbox.cut()
    const isSplit = answer.stateId === roleState.stateId && !speaker.isIn(answer.history)
    if (isSplit) host().reportSplit()
    if (isSplit || answer.stateId !== roleState.stateId) {
      // Redis had lost the state, or the latest of it, when the other one began.
      outbox.see(outbox.unsaved().at(-1)?.number ?? 0)
      beats.submitEntries(journal.whole())
    }
    place.stepDown()
    host().stepDown()
  }

  return {
    hasLease,
    isTakingBack,
    take,
    takeNow,
    resume,
    speak,
    isToLeave,
    yieldLease,
    lose,
    /** Whether the process may continue though its lease ended. */
    mayResume: (answer: BeatAnswer) =>
      answer.lease === undefined && isOurs(answer, roleState) && !isToLeave(answer),
  }
}

/** What was to be submitted is counted here. */
function createTakeBack({ id, process, options, place, outbox, beats, speaker }: RedisLeaseOptions) {
  let isTakingBack = false

  function takeAll(): void {
    const lowest = outbox.unsaved()[0]?.number ?? 0
    for (const { number, items } of outbox.unsaved()) {
      const entries = beats.entriesOf(number)
      const own = { member: id, process, options, number, lowest, items, asks: false }
      speaker.take({ ...own, ...(entries && { entries }) })
    }
  }

  return {
    /** Not all of it is counted yet. */
    isTakingBack: () => isTakingBack,
    takeBack(): void {
      const wasElsewhere = !place.countsHere
      place.countHere()
      if (!wasElsewhere) return
      outbox.cut()
      isTakingBack = true
      try {
        takeAll()
      } finally {
        isTakingBack = false
      }
    },
  }
}

/** How far the clock of Redis is ahead of the one of the state. One that does not say it has this one's. */
function aheadOf(found: ReadonlyMap<string, string>, own: number): number {
  const written = Number(found.get('@ahead') ?? own)
  return Number.isFinite(written) ? written : own
}

/** Fields of the state beside its entries begin with @. */
function readEntries(found: ReadonlyMap<string, string>): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>()
  for (const [key, json] of found) {
    if (!key.startsWith('@')) entries.set(key, parseJson(json))
  }
  return entries
}
