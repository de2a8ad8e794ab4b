/** What a process is in its fleet, and how that changes by what Redis answers. */
import { createRedisAlone } from './redis-alone.ts'
import { createRedisLease, othersWaitMs } from './redis-lease.ts'
import { createRoleState, leaseFrom, type RoleParts, type RoleState } from './redis-role-state.ts'
import { type BeatAnswer, leaseMs } from './redis-store.ts'

export type RedisRolesOptions = Omit<RoleParts, 'mine' | 'settled'>

/** So often the process that notifies renews its lease, and one that is alone asks. */
const renewMs = 1_000
const idleMs = 2_000
const soonMs = 250
/** The process that notifies is there if it renewed its lease within so long. */
const freshMs = 1_500
const goodBeats = 3

export function createRedisRoles(given: RedisRolesOptions) {
  const { id, clock, place, host, outbox, beats, journal } = given
  let settled = () => {}
  const joined = new Promise<void>((resolve) => {
    settled = resolve
  })
  const mine = createRoleState()
  const parts = { ...given, mine, settled }
  const alone = createRedisAlone(parts)
  const lease = createRedisLease({ ...parts, onFailure: alone.onFailure })

  function onAnswer(answer: BeatAnswer, sentAt: number): void {
    const now = clock.now()
    mine.members = Math.max(1, answer.members)
    if (mine.failingSince !== undefined) mine.mayTakeAt = Math.max(mine.mayTakeAt, now + othersWaitMs)
    mine.failingSince = undefined
    if (answer.lease !== undefined) mine.leaseSeenAt = now - Math.max(0, answer.now - answer.lease.renewedAt)
    const ownTerm = ownTermIn(answer, id, mine)
    if (ownTerm !== undefined) mine.leaseUntil = leaseFrom(sentAt)
    if (!mine.isLeading) change(answer, ownTerm)
    const againMs = nextCallMs(answer, place.role === 'alone' || mine.term !== undefined)
    if (answer.lease !== undefined || mine.taking === undefined) beats.in(againMs)
  }

  function change(answer: BeatAnswer, ownTerm: string | undefined): void {
    if (place.role === 'alone') comeBack(answer, ownTerm)
    else if (mine.term !== undefined) keep(answer, ownTerm)
    else if (ownTerm !== undefined) void lease.speak()
    else if (answer.lease === undefined) lease.take(answer)
    else follow()
  }

  /** It has the lease, or had it. */
  function keep(answer: BeatAnswer, ownTerm: string | undefined): void {
    if (ownTerm !== undefined) {
      if (ownTerm !== mine.term) lease.resume(ownTerm)
    } else if (lease.mayResume(answer)) lease.takeNow()
    else lose(answer)
  }

  function lose(answer: BeatAnswer): void {
    lease.lose(answer)
    if (answer.lease !== undefined) follow()
    else beats.wake()
  }

  function follow(): void {
    Object.assign(mine, { taking: undefined, emptySince: undefined })
    if (place.role === 'follower') {
      if (place.link === undefined) relink(parts)
      return
    }
    const counted = place.countsHere
    place.role = 'follower'
    place.countsHere = false
    if (counted) {
      outbox.cut()
      void host().adopt(undefined)
      host().stepDown()
    }
    journal.setKept(true)
    beats.sendAgain()
    beats.wake()
    relink(parts)
    settled()
  }

  function comeBack(answer: BeatAnswer, ownTerm: string | undefined): void {
    const now = clock.now()
    mine.good++
    if (mine.keepsMemory && ownTerm !== undefined) lease.resume(ownTerm)
    else if (mine.keepsMemory && lease.mayResume(answer)) lease.takeNow()
    else if (mine.good >= goodBeats && now >= mine.calmAt) {
      if (mine.keepsMemory) lose(answer)
      else if (answer.lease !== undefined || now >= mine.mayTakeAt) submitAll(answer)
    }
  }

  /** What was counted here alone becomes part of the state of all. */
  function submitAll(answer: BeatAnswer): void {
    mine.reported = ''
    beats.submitMemory(journal.whole())
    Object.assign(place, { role: 'starting', countsHere: false })
    host().stepDown()
    if (answer.lease === undefined) lease.take(answer)
    else follow()
  }

  return {
    /** What a call asks for. */
    lease(): { readonly renew?: string; readonly take?: string } {
      if (mine.taking !== undefined) return { take: mine.taking }
      return mine.term === undefined || place.role === 'alone' ? {} : { renew: mine.term }
    },
    onAnswer,
    onFailure: alone.onFailure,
    goAlone: alone.goAlone,
    hasLease: () => place.role !== 'alone' && lease.hasLease(),
    leases: () => mine.term !== undefined && place.role !== 'alone',
    keepsMemory: () => mine.keepsMemory,
    members: () => mine.members,
    isLeadFresh: () => clock.now() - mine.leaseSeenAt < freshMs,
    joined: () => joined,
    start(): Promise<void> {
      void beats.beat()
      return joined
    },
    close: () => close(parts),
  }
}

/** Submits through the next call from now on. */
function relink({ place, outbox, beats }: RoleParts): void {
  place.link = { send: beats.wake, receive() {}, close() {} }
  outbox.send()
}

function close({ beats, speaker, mine, place, store, id }: RoleParts): void {
  beats.close()
  const { term = '' } = mine
  speaker.stop(true)
  mine.term = undefined
  const resigned = place.role === 'alone' ? Promise.resolve() : store.resign(id, term)
  void resigned.catch(() => {}).finally(store.close)
}

function ownTermIn({ lease }: BeatAnswer, id: string, { term, taking }: RoleState): string | undefined {
  if (lease?.id !== id) return undefined
  return lease.term === term || lease.term === taking ? lease.term : undefined
}

/** One that waits for the lease asks when that may be free. */
function nextCallMs({ lease, now }: BeatAnswer, hasDuty: boolean): number {
  if (hasDuty) return renewMs
  if (lease === undefined) return soonMs
  const leftMs = lease.renewedAt + leaseMs - now
  return Math.min(idleMs, Math.max(50, leftMs + 20 + Math.random() * 200))
}
