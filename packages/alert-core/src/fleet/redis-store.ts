/**
 * What a fleet asks of Redis. Tests replace it by one in memory; `redis-connection.ts` is the real one. Each
 * call rejects with a `StoreFailure` if it cannot be carried out, or if it is not known whether it was.
 */
import type { StateHistory } from './redis-history.ts'

/** Who notifies: a process, its term, and when it last renewed it by the clock of Redis, epoch ms. */
export interface StoredLease {
  readonly id: string
  readonly term: string
  readonly renewedAt: number
}

export interface BeatQuery {
  readonly id: string
  /** Renews the lease of this term; never takes it. */
  readonly renew?: string
  /** Takes the lease under this term if it is free. */
  readonly take?: string
  /** What is submitted, as JSON. */
  readonly deltas: readonly string[]
  /** Alerts of which is asked what people were notified of. */
  readonly alerts: readonly string[]
  /** The version of the silences that the process knows. */
  readonly silences: number
  /** It follows, and could notify as well. */
  readonly isAble: boolean
  /** It ends, and is not among those that stay. */
  readonly isLeaving: boolean
}

export interface BeatAnswer {
  /** Of the clock of Redis, epoch ms. */
  readonly now: number
  readonly lease?: StoredLease
  /** Up to this number the deltas of the process are in the state. */
  readonly seen: number
  /** Processes that were heard of lately, this one included. */
  readonly members: number
  /** If the process ends: those that do not, and the one that ends last if there are none. */
  readonly staying?: { readonly others: number; readonly last?: string }
  /** When one that follows and could notify was last heard of, before this call; 0: never. */
  readonly ableAt: number
  /** If it is another version than the process knows. */
  readonly silences?: { readonly version: number; readonly json: string }
  /** Under which term the state was written last; absent: there is none. */
  readonly stateTerm?: string
  /** Of the state from its first write on; absent: there is none. */
  readonly stateId?: string
  /** Which writes the state continues; empty: not known. */
  readonly history: StateHistory
  /** There was no room for the deltas: none of them was taken. */
  readonly isFull: boolean
  /** By alert, as it was stored. */
  readonly notified: ReadonlyMap<string, string>
}

export interface Submitted {
  /** Where it stands in the inbox. */
  readonly place: string
  readonly json: string
}

/** Values as JSON; undefined removes. */
export type StoredChange = readonly [key: string, json: string | undefined]

export interface SaveQuery {
  readonly id: string
  readonly term: string
  readonly stateId: string
  /** Which writes the state continues, this one included. */
  readonly history: StateHistory
  /** Rises with each call of a term. */
  readonly revision: number
  /** The last one of which the process knows that it was carried out. */
  readonly since: number
  /** How far the clock of Redis is ahead of the one of the moments in the state. */
  readonly aheadMs: number
  /** The changes are the whole state: what else is there goes. */
  readonly isWhole: boolean
  readonly changes: readonly StoredChange[]
  readonly notified: readonly StoredChange[]
  /** If they changed. */
  readonly silences?: string
  /** What is part of the state from now on, and goes from the inbox. */
  readonly received: readonly string[]
}

/** 'refused': another process has the lease · 'differs': the changes are for another state. */
export type SaveOutcome = 'done' | 'refused' | 'differs'

/** 'no-speaker': no process notifies · 'full': too much waits to be counted. */
export type AskOutcome = 'asked' | 'no-speaker' | 'full'

export interface RedisStore {
  beat(query: BeatQuery): Promise<BeatAnswer>
  /** The oldest that was submitted, at most so many. */
  submitted(most: number): Promise<readonly Submitted[]>
  load(): Promise<ReadonlyMap<string, string>>
  save(query: SaveQuery): Promise<SaveOutcome>
  /** Submits a question to the process that notifies. */
  ask(json: string): Promise<AskOutcome>
  /** Keeps the answer to a question until it is read, but not for long. */
  answer(id: string, json: string): Promise<void>
  /** The answer to a question; undefined as long as there is none. */
  answered(id: string): Promise<string | undefined>
  /** The process ends: the next one may take the lease at once. */
  resign(id: string, term: string): Promise<void>
  /** After what was asked for was sent. */
  close(): void
}

/** How long a process counts as one that notifies after it renewed that. */
export const leaseMs = 4_000
/** A process that was not heard of for so long does not count any more. */
export const memberMs = 10_000
/** A process that could notify was not heard of for so long: followers call once in two seconds. */
export const ableMs = 5_000
/** The promise to end last holds for so long after each call. */
export const lastMs = 5_000
/** Deltas that wait at most. */
export const mostSubmitted = 2_000
/** An answer that is not read goes after so long. */
export const answerMs = 30_000
/** Everything goes if no process renews it for so long. */
export const keptMs = 7 * 24 * 3_600_000

export class StoreFailure extends Error {
  /** The server or its rights have to be changed: it is asked again after a minute. */
  readonly isLasting: boolean
  /** It is certain that nothing was carried out. */
  readonly isUnsent: boolean

  constructor(message: string, { isLasting = false, isUnsent = false } = {}) {
    super(message)
    this.isLasting = isLasting
    this.isUnsent = isUnsent
  }
}

export const unanswered = () => new StoreFailure('Redis does not answer within a second.')
