/** Where a process of a fleet in Redis stands: shared by the parts that change it. */
import type { Clock } from '../time/clock.ts'
import type { FleetHost } from './fleet-types.ts'
import type { Outbox } from './outbox.ts'
import type { Place } from './place.ts'
import type { Beats } from './redis-beats.ts'
import type { JournalKeeper } from './redis-journal.ts'
import type { RedisSpeaker } from './redis-speaker.ts'
import { type BeatAnswer, leaseMs, type RedisStore } from './redis-store.ts'

export interface RoleState {
  /** Under which the process writes; it may have lost it. */
  term: string | undefined
  /** What it asks for. */
  taking: string | undefined
  /** Of the state from its first write on, under any process. */
  stateId: string
  leaseUntil: number
  members: number
  /** When the process that notifies was last heard of. */
  leaseSeenAt: number
  failingSince: number | undefined
  mayTakeAt: number
  emptySince: number | undefined
  /** It is taking over. */
  isLeading: boolean
  /** Alone, with all that the fleet knew: it notified before. */
  keepsMemory: boolean
  /** Answers in a row. */
  good: number
  calmAt: number
  alone: { readonly times: number; readonly at: number }
  /** Why it is alone, as reported. */
  reported: string
}

export interface RoleParts {
  readonly id: string
  readonly process: string
  readonly options: string
  readonly store: RedisStore
  readonly clock: Clock
  readonly place: Place
  readonly host: () => FleetHost
  readonly outbox: Outbox
  readonly beats: Beats
  readonly speaker: RedisSpeaker
  readonly journal: JournalKeeper
  readonly newTerm: () => string
  readonly mine: RoleState
  /** It is known who notifies. */
  readonly settled: () => void
}

/** Of the lease, what clocks and calls may take. */
const marginMs = 300

export function createRoleState(): RoleState {
  const never = Number.NEGATIVE_INFINITY
  return {
    term: undefined,
    taking: undefined,
    stateId: '',
    leaseUntil: never,
    members: 1,
    leaseSeenAt: never,
    failingSince: undefined,
    mayTakeAt: never,
    emptySince: undefined,
    isLeading: false,
    keepsMemory: false,
    good: 0,
    calmAt: 0,
    alone: { times: 0, at: never },
    reported: '',
  }
}

/** When a lease that was renewed with a call of this moment ends. */
export function leaseFrom(sentAt: number): number {
  return sentAt + leaseMs - marginMs
}

/** No other process wrote the state since, or there is none. */
export function isOurs({ stateTerm }: BeatAnswer, { term }: RoleState): boolean {
  return stateTerm === undefined || stateTerm === term
}
