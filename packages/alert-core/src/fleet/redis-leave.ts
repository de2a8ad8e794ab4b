/**
 * How a process of a fleet in Redis ends: what it counted is submitted, or written for another process, or
 * stays to be sent here. Its role may change meanwhile, also if it is stopped for longer than its lease.
 */
import type { Clock } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { FleetHost } from './fleet-types.ts'
import type { Outbox } from './outbox.ts'
import type { Place } from './place.ts'
import type { Beats } from './redis-beats.ts'
import type { createRedisRoles } from './redis-roles.ts'
import type { RedisSpeaker } from './redis-speaker.ts'

export interface LeaveParts {
  readonly id: string
  readonly place: Place
  readonly host: FleetHost
  readonly clock: Clock
  readonly outbox: Outbox
  readonly beats: Beats
  readonly roles: ReturnType<typeof createRedisRoles>
  readonly speaker: RedisSpeaker
}

/** What is left of the time for something. */
interface Budget {
  leftMs: number
}

const pollMs = 20
/** So often a process that ends asks who stays. */
const askMs = 100
/** A process that was stopped for longer still gets the answers that came meanwhile. */
const mostCountedMs = 1_000
/** What was logged while it ended is passed on within so long. */
const lastMs = 1_000
/** An answer to the last write may take so long. */
const lastWriteMs = 250

/** Polls until it is so, or the process is alone. Time in which the process was stopped hardly counts. */
export async function runUntil(
  isReached: () => boolean,
  { place, clock }: Pick<LeaveParts, 'place' | 'clock'>,
  budget: Budget,
): Promise<boolean> {
  while (!isReached() && budget.leftMs > 0 && place.role !== 'alone') {
    const from = clock.now()
    await new Promise<void>((resolve) => clock.after(pollMs, resolve))
    budget.leftMs -= Math.min(clock.now() - from, mostCountedMs)
  }
  return isReached()
}

/** 'here' if what waits is to be sent here, 'left' if another process has it or will. */
export async function leave(parts: LeaveParts, withinMs: number): Promise<'here' | 'left'> {
  const { place, clock, roles } = parts
  await waitAtMost(roles.joined(), withinMs / 3, clock)
  let rest = await leaveWithin(parts, withinMs / 2)
  // It took over at the last moment: what it would send is still in Redis, too.
  if (rest === undefined && roles.hasLease()) rest = await leaveWithin(parts, withinMs / 4)
  if (rest === 'left') {
    place.close()
    return 'left'
  }
  if (rest === undefined) roles.goAlone()
  roles.countUnsaved()
  return 'here'
}

/** The same, as often as its role changes. */
async function leaveWithin(parts: LeaveParts, withinMs: number): Promise<'here' | 'left' | undefined> {
  const budget = { leftMs: withinMs }
  let rest = await leaveAsItIs(parts, budget)
  while (rest === undefined && budget.leftMs > 0) rest = await leaveAsItIs(parts, budget)
  return rest
}

/** Undefined if its role changed, or Redis did not take all in time. */
async function leaveAsItIs(parts: LeaveParts, budget: Budget): Promise<'here' | 'left' | undefined> {
  const { place, clock, outbox, beats, roles } = parts
  if (place.role === 'alone') return 'here'
  if (!place.countsHere) {
    outbox.send()
    void beats.beat()
    return (await submitAll(parts, budget, () => isLeftToOther(parts))) ? 'left' : undefined
  }
  // Another process may have joined since the last call, or ended.
  await waitAtMost(beats.beat(), budget.leftMs / 3, clock)
  await runUntil(() => place.role !== 'speaker' || (hasLease(parts) && isSaid(parts)), parts, budget)
  if (!place.countsHere || (place.role === 'speaker' && !roles.hasLease())) return undefined
  if (place.role !== 'speaker') return 'here'
  if (!isLast(parts)) return (await writeAll(parts, budget)) ? 'left' : undefined
  return (await readAll(parts, budget)) ? 'here' : undefined
}

/** No other process stays, and none has promised to end later than this one. */
function isLast({ id, roles }: LeaveParts): boolean {
  const { others = roles.members() - 1, last = id } = roles.staying() ?? {}
  return others < 1 && last === id
}

/**
 * One that stays notifies, or will. If all end, the first one that says so ends last: it takes over from the
 * present one, and reads what the others have submitted until then.
 */
function isLeftToOther(parts: LeaveParts): boolean {
  const { id, roles, beats } = parts
  const { others, last } = roles.staying() ?? {}
  if (others !== undefined && others > 0 && (roles.leaseId() === undefined || roles.isLeadFresh()))
    return true
  if (others === 0 && last !== id && last !== roles.leaseId()) return true
  beats.in(askMs)
  return false
}

/** Whether it is known who stays. */
function isSaid({ roles, beats }: LeaveParts): boolean {
  if (roles.staying() !== undefined) return true
  beats.wake()
  return false
}

/** What others submitted before they ended is sent here. */
export async function readAll(parts: LeaveParts, budget: Budget): Promise<boolean> {
  const { speaker, place } = parts
  let isRead = false
  let isReading = false
  const read = async () => {
    isReading = true
    isRead = await speaker.read()
    isReading = false
  }
  return runUntil(
    () => {
      if (!isRead && !isReading && place.role === 'speaker') void read()
      return isRead
    },
    parts,
    budget,
  )
}

/** What was logged while it ended, or what it has again because another process took over meanwhile. */
export async function passOn(parts: LeaveParts): Promise<void> {
  const { place } = parts
  const budget = { leftMs: lastMs }
  let isPassedOn = false
  while (!isPassedOn && budget.leftMs > 0 && place.role !== 'alone') {
    if (!place.countsHere) isPassedOn = await submitAll(parts, budget)
    else if (place.role === 'speaker') isPassedOn = await writeAll(parts, budget)
    else return
  }
}

async function submitAll(
  parts: LeaveParts,
  budget: Budget,
  isTaken: () => boolean = () => true,
): Promise<boolean> {
  const { place, outbox, beats } = parts
  const hasSentAll = () => {
    // What was logged meanwhile.
    outbox.cut()
    if (beats.hasSentAll()) return true
    beats.wake()
    return false
  }
  await runUntil(() => place.countsHere || (hasSentAll() && isTaken()), parts, budget)
  return !place.countsHere && hasSentAll()
}

/** Whether it is in Redis, for another process to continue with. */
async function writeAll(parts: LeaveParts, budget: Budget): Promise<boolean> {
  const { place, host, clock, outbox, speaker } = parts
  let isWriting = false
  let isWritten = false
  let writing = Promise.resolve()
  const write = async () => {
    isWritten = false
    host.save()
    isWritten = await speaker.flush()
    isWriting = false
  }
  await runUntil(
    () => {
      // What was logged meanwhile is to be written too, as long as there is time.
      if ((isWritten && outbox.isEmpty()) || place.role !== 'speaker') return true
      // An answer may be lost.
      if (hasLease(parts) && !isWriting) {
        isWriting = true
        writing = write()
      }
      return false
    },
    parts,
    budget,
  )
  // While records keep coming there is always one more.
  await waitAtMost(writing, lastWriteMs, clock)
  return isWritten && place.role === 'speaker'
}

/** Asks for it if that is not known: nothing may be written without it. */
function hasLease({ roles, beats }: LeaveParts): boolean {
  if (roles.hasLease()) return true
  beats.wake()
  return false
}
