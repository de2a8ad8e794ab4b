/**
 * One process of a fleet that shares a Redis. The one that has the lease counts for all and notifies; the
 * others submit what they count. Without Redis each notifies for itself.
 *
 *   starting ─ another has the lease ─▶ follower ─ no answer for 1 s ─▶ alone ─ answers again ─▶ follower
 *      └───── takes the lease ────────▶ speaker ── no answer for 1 s ─▶ alone ─ no other ──▶ speaker
 */
import type { Clock } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { Fleet, FleetFlush, FleetHost, FleetRole, FlushNeed } from './fleet-types.ts'
import { createOutbox } from './outbox.ts'
import { createPlace, leftToOthers, writerOf } from './place.ts'
import { createBeats } from './redis-beats.ts'
import type { Replacer } from './redis-delta.ts'
import type { JournalKeeper } from './redis-journal.ts'
import { type LeaveParts, leave, passOn, readAll, runUntil } from './redis-leave.ts'
import { createRedisQuestions } from './redis-questions.ts'
import { createRedisRoles } from './redis-roles.ts'
import { createRedisSpeaker } from './redis-speaker.ts'
import type { RedisStore } from './redis-store.ts'

export interface RedisPeerOptions {
  /** Unique among all processes, also former ones; without spaces. */
  readonly id: string
  /** What people call this process. */
  readonly process: string
  /** Stands for its rules and the settings of its channels. */
  readonly options: string
  readonly store: RedisStore
  readonly journal: JournalKeeper
  /** A steady clock. */
  readonly clock: Clock
  /** The clock of the moments in records, items and state; by default the steady one. */
  readonly wallNow?: () => number
  /** A new term, unlike any other. */
  readonly newTerm: () => string
  /** From 0 to below 1: when a follower calls, so that not all do at once. */
  readonly random?: () => number
  /** Keeps texts out of what is stored. */
  readonly replacer?: Replacer
}

export function createRedisPeer(options: RedisPeerOptions): Fleet {
  const { id, process, store, journal, clock, newTerm, random, replacer } = options
  const { wallNow = clock.now } = options
  const place = createPlace()
  let host!: FleetHost
  let keepsNothing!: FleetHost
  const common = {
    id,
    process,
    options: options.options,
    store,
    clock,
    wallNow,
    host: () => host,
    ...(replacer === undefined ? {} : { replacer }),
  }
  const outbox = createOutbox({ ...common, host: () => keepsNothing, place, leases: noLeases })
  const beats = createBeats({
    ...common,
    outbox,
    // One that ends takes the lease no more: what it has is for the process that does.
    submits: () => place.role === 'follower' || (place.isClosed && !place.countsHere),
    says: () => ({ isAble: hasRole('follower') && !isLeaving && host.canNotify(), isLeaving }),
    lease: () => roles.lease(),
    onAnswer: (answer, sentAt) => roles.onAnswer(answer, sentAt),
    onFailure: (error) => roles.onFailure(error),
  })
  const speaker = createRedisSpeaker({
    ...common,
    journal,
    outbox,
    encode: (_, value) => JSON.stringify(value, replacer),
    aheadMs: beats.aheadMs,
    onRefused: beats.wake,
    onFailure: (error) => roles.onFailure(error),
  })
  const roles = createRedisRoles({ ...common, place, outbox, beats, speaker, journal, newTerm, random })
  let isDraining = false
  let isLeaving = false

  /** As a call: it changes while something is waited for. */
  const hasRole = (one: FleetRole) => place.role === one
  const isElsewhere = () => !place.countsHere

  journal.beforeWhole(numberCounted)
  journal.onClose(() => passOn({ ...parts, host }))

  /** What was counted here gets its number in the state: submitted later, it is known. */
  function numberCounted(): void {
    if (!place.countsHere || !roles.leases() || roles.isTakingBack()) return
    outbox.cut()
    const last = outbox.unsaved().at(-1)
    if (last !== undefined) host.seen.note(id, last.number)
  }

  const parts = { id, place, clock, outbox, beats, roles, speaker }

  return {
    writer: () => writerOf({ id, place }),
    get decides() {
      return place.countsHere
    },
    mayAct: () => hasRole('alone') || roles.hasLease() || (hasRole('starting') && place.countsHere),
    submit(occurrence, at, origin) {
      if (!hasRole('alone') || roles.keepsState()) outbox.add(occurrence, at, origin)
      return isElsewhere()
    },
    submitEnd(names, record, at) {
      if (!isElsewhere() || names.length === 0) return false
      outbox.addItem({ names, record, ...(at !== undefined && { at }) })
      return true
    },
    submitSilence(silence) {
      // As a record: the process may find that another one notifies.
      if (!hasRole('alone') || roles.keepsState()) outbox.addItem({ silence })
      return isElsewhere()
    },
    prepareSave: numberCounted,
    async whenSaved(act) {
      if (isDraining || !roles.leases()) act()
      else await speaker.whenSaved(act)
    },
    isShared: () => roles.members() > 1,
    hasUnsaved: () => roles.leases() && place.countsHere && outbox.hasCounted(),
    noteSaved() {},
    async join(given) {
      host = given
      // What is submitted is kept in Redis.
      keepsNothing = { ...given, keep() {}, release() {} }
      await roles.start()
    },
    flush: (withinMs, need) => flush({ ...parts, host }, withinMs, need),
    ask: createAsk({ ...common, newTerm, roles, isElsewhere }),
    async leave(withinMs) {
      isLeaving = true
      const left = await leave({ ...parts, host }, withinMs)
      isDraining = left === 'here'
      return left
    },
    keepRest() {
      if (!isElsewhere()) return
      outbox.cut()
      if (!outbox.isEmpty()) void beats.beat()
    },
    close() {
      place.close()
      outbox.stop()
      return roles.close()
    },
    isAlone: () => hasRole('alone'),
    stats: () => ({
      role: place.role,
      processes: roles.members(),
      submitted: outbox.submitted(),
      received: speaker.received(),
    }),
  }
}

/** The outbox needs none. */
const noLeases = { current: () => undefined, claim: () => undefined, connect: async () => undefined }

interface AskParts extends Pick<RedisPeerOptions, 'store' | 'clock' | 'newTerm'> {
  readonly roles: ReturnType<typeof createRedisRoles>
  readonly isElsewhere: () => boolean
}

/** Without an answer the question is answered here, as far as this process knows. */
function createAsk({ store, clock, newTerm, roles, isElsewhere }: AskParts): NonNullable<Fleet['ask']> {
  const askRedis = createRedisQuestions({ store, clock, newId: newTerm })
  return async (question, withinMs) => {
    await waitAtMost(roles.joined(), withinMs, clock)
    if (!isElsewhere()) return undefined
    const asked = await askRedis(question, withinMs).catch(() => undefined)
    return asked !== undefined && 'outcome' in asked ? asked.outcome : undefined
  }
}

async function flush(
  parts: LeaveParts,
  withinMs: number,
  { isLeaving, hasNews }: FlushNeed,
): Promise<FleetFlush | undefined> {
  const { place, clock, outbox, beats, roles } = parts
  await waitAtMost(roles.joined(), withinMs, clock)
  if (isLeaving && place.role !== 'alone') {
    if (roles.members() > 1) {
      await passOn(parts)
      return leftToOthers
    }
    if (place.role === 'speaker') await readAll(parts, { leftMs: withinMs / 3 })
  }
  if (place.countsHere) return undefined
  outbox.send()
  if (hasNews) beats.askToSend()
  void beats.beat()
  const delivered = await runUntil(outbox.isEmpty, { place, clock }, { leftMs: withinMs })
  return { delivered, pending: delivered ? 0 : 1 }
}
