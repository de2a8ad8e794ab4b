/** What a process is in its fleet, and how that changes by what Redis answers. */

import { waitAtMost } from '../time/wait-at-most.ts'
import { createRedisAlone } from './redis-alone.ts'
import { createRedisLease } from './redis-lease.ts'
import { createRoleState, type RoleParts } from './redis-role-state.ts'
import { type BeatAnswer, leaseMs } from './redis-store.ts'

export interface RedisRolesOptions extends Omit<RoleParts, 'roleState' | 'markJoined'> {
  /** From 0 to below 1. */
  readonly random?: (() => number) | undefined
}

/** So often the process that notifies renews its lease, and one that is alone asks. */
const renewMs = 1_000
const idleMs = 2_000
const soonMs = 250
/** The process that notifies is there if it renewed its lease within so long. */
const freshMs = 1_500
/** A process that ends waits so long for Redis to take its lease back. */
const resignMs = 500

export function createRedisRoles(given: RedisRolesOptions) {
  const { clock, place, host, outbox, beats, journal, random = Math.random } = given
  let markJoined = () => {}
  const joined = new Promise<void>((resolve) => {
    markJoined = resolve
  })
  const roleState = createRoleState(given.id)
  const parts = { ...given, roleState, markJoined }
  const alone = createRedisAlone(parts)
  const lease = createRedisLease({ ...parts, onFailure: alone.onFailure })

  function onAnswer(answer: BeatAnswer, sentAt: number): void {
    const ownTerm = roleState.noteAnswer(answer, sentAt, clock.now())
    if (!roleState.isLeading) change(answer, ownTerm)
    const hasDuty = place.role === 'alone' || roleState.term !== undefined
    const againMs = nextCallMs(answer, hasDuty, random)
    if (answer.lease !== undefined || roleState.taking === undefined) beats.in(againMs)
  }

  function change(answer: BeatAnswer, ownTerm: string | undefined): void {
    if (place.role === 'alone') comeBack(answer, ownTerm)
    else if (roleState.term !== undefined) keep(answer, ownTerm)
    else if (ownTerm !== undefined) void lease.speak()
    else if (answer.lease === undefined) lease.take(answer)
    else follow()
  }

  /** It has the lease, or had it. */
  function keep(answer: BeatAnswer, ownTerm: string | undefined): void {
    if (ownTerm !== undefined) {
      if (ownTerm !== roleState.term) lease.resume(ownTerm)
      else if (lease.isToLeave(answer)) void lease.yieldLease()
    } else if (lease.mayResume(answer)) lease.takeNow()
    else lose(answer)
  }

  function lose(answer: BeatAnswer): void {
    lease.lose(answer)
    if (answer.lease !== undefined) follow()
    else beats.wake()
  }

  function follow(): void {
    roleState.withdraw()
    if (place.role === 'follower') {
      if (place.link === undefined) relink(parts)
      return
    }
    const counted = place.countsHere
    place.follow()
    if (counted) {
      outbox.cut()
      void host().adopt(undefined)
      host().stepDown()
    }
    journal.setKept(true)
    beats.sendAgain()
    beats.wake()
    relink(parts)
    markJoined()
  }

  function comeBack(answer: BeatAnswer, ownTerm: string | undefined): void {
    const now = clock.now()
    if (roleState.isBarred(now)) return
    const isBack = roleState.isBack(now)
    if (roleState.keepsState && ownTerm !== undefined) {
      lease.resume(ownTerm)
      host().reportTogether()
      // Alone it did not renew its lease, which may be over soon.
      beats.wake()
    } else if (roleState.keepsState && lease.mayResume(answer)) lease.takeNow()
    else if (isBack && roleState.keepsState) {
      host().reportTogether()
      lose(answer)
    } else if (isBack && (answer.lease !== undefined || now >= roleState.mayTakeAt)) submitAll(answer)
  }

  /** What was counted here alone becomes part of the state of all. */
  function submitAll(answer: BeatAnswer): void {
    host().reportTogether()
    roleState.forgetReport()
    beats.submitEntries(journal.whole())
    place.startOver()
    place.countElsewhere()
    host().stepDown()
    if (answer.lease === undefined) lease.take(answer)
    else follow()
  }

  return {
    /** What a call asks for. */
    lease(): { readonly renew?: string; readonly take?: string } {
      if (roleState.taking !== undefined) return { take: roleState.taking }
      // Alone with all that the fleet knows, it comes back as what it was: no other one is to take over.
      const isElsewhere = place.role === 'alone' && !roleState.keepsState
      return roleState.term === undefined || isElsewhere ? {} : { renew: roleState.term }
    },
    onAnswer,
    onFailure: alone.onFailure,
    goAlone: alone.goAlone,
    countUnsaved: alone.countUnsaved,
    hasLease: () => place.role !== 'alone' && lease.hasLease(),
    leases: () => roleState.term !== undefined && place.role !== 'alone',
    isTakingBack: lease.isTakingBack,
    keepsState: () => roleState.keepsState,
    members: () => roleState.members,
    staying: () => roleState.staying,
    leaseId: () => roleState.leaseId,
    isLeadFresh: () => clock.now() - roleState.leaseSeenAt < freshMs,
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
  place.connect({ send: beats.wake, receive() {}, close() {} })
  outbox.send()
}

/** Others take over at once if the process does not end before its lease is given back. */
async function close({ beats, speaker, roleState, place, store, id, clock }: RoleParts): Promise<void> {
  beats.close()
  const { term = '' } = roleState
  speaker.stop(true)
  roleState.dropTerm()
  const resigned = place.role === 'alone' ? Promise.resolve() : store.resign(id, term).catch(() => {})
  await waitAtMost(resigned.finally(store.close), resignMs, clock)
}

/** One that waits for the lease asks when that may be free. */
function nextCallMs({ lease, now }: BeatAnswer, hasDuty: boolean, random: () => number): number {
  if (hasDuty) return renewMs
  if (lease === undefined) return soonMs
  const leftMs = lease.renewedAt + leaseMs - now
  return Math.min(idleMs, Math.max(50, leftMs + 20 + random() * 200))
}
