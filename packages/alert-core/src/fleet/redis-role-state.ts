/** Where a process of a fleet in Redis stands: shared by the parts that change it. */
import type { Clock } from '../time/clock.ts'
import type { FleetHost } from './fleet-types.ts'
import type { Outbox } from './outbox.ts'
import type { Place } from './place.ts'
import type { Beats } from './redis-beats.ts'
import type { JournalKeeper } from './redis-journal.ts'
import type { RedisSpeaker } from './redis-speaker.ts'
import { type BeatAnswer, leaseMs, type RedisStore } from './redis-store.ts'

/** Each change of it is a call that says what happened; only that changes it. */
export interface RoleState {
  /** Under which the process writes; it may have lost it. */
  readonly term: string | undefined
  /** Terms since it took over, of which the latest need not have written anything. */
  readonly ownTerms: readonly string[]
  /** What it asks for. */
  readonly taking: string | undefined
  /** Of the state from its first write on, under any process. */
  readonly stateId: string
  readonly leaseUntil: number
  readonly members: number
  /** The process that has the lease, as of the last answer. */
  readonly leaseId: string | undefined
  /** As this one ends: see `BeatAnswer`. */
  readonly staying: BeatAnswer['staying']
  /** When the process that notifies was last heard of. */
  readonly leaseSeenAt: number
  readonly mayTakeAt: number
  /** It is taking over. */
  readonly isLeading: boolean
  /** Alone, with all that the fleet knew: it notified before. */
  readonly keepsState: boolean
  /** Since when it is alone, epoch ms. */
  readonly aloneAt: number
  /** Redis answered a call of this moment. Returns the term of the lease if this process has it. */
  noteAnswer(answer: BeatAnswer, sentAt: number, now: number): string | undefined
  /** Redis did not answer. Returns for how long: since then, or since the first pause longer than this. */
  noteFailure(now: number, longestPauseMs: number): number
  /** The server or its rights have to be changed: what Redis answers before then changes nothing. */
  bar(until: number): void
  isBarred(now: number): boolean
  /** The state in Redis is empty, perhaps because that was just started: the former speaker comes first. */
  noteEmpty(now: number): void
  /** Asks for the lease, under a new term unless it asks already. */
  request(newTerm: () => string): void
  /** Another process has the lease: asks for it no more. */
  withdraw(): void
  /** The lease that was asked for is there. Returns its term; undefined if that is not to be taken. */
  startTakeover(): string | undefined
  endTakeover(isDone: boolean): void
  /** Nothing was read or written: it has the lease, and tries again under the same term. */
  repeatTakeover(): void
  useState(id: string): void
  /** It has the lease again, and all that the fleet knew. */
  resume(term: string): void
  /** The lease is another's. */
  lose(): void
  /** It writes no more, without another having the lease. */
  dropTerm(): void
  /** Counted from now on: again and again alone, it stays so for longer each time. */
  goAlone(now: number): void
  keepState(): void
  /** One more answer while it is alone. Returns whether it may become one of the fleet again. */
  isBack(now: number): boolean
  /** Whether this reason for being alone is to be reported. */
  isNews(why: string): boolean
  forgetReport(): void
}

export interface RoleParts {
  readonly id: string
  readonly process: string
  readonly options: string
  readonly store: RedisStore
  readonly clock: Clock
  readonly wallNow: () => number
  readonly place: Place
  readonly host: () => FleetHost
  readonly outbox: Outbox
  readonly beats: Beats
  readonly speaker: RedisSpeaker
  readonly journal: JournalKeeper
  readonly newTerm: () => string
  readonly roleState: RoleState
  /** It is known who notifies. */
  readonly markJoined: () => void
}

/** Of the lease, what clocks and calls may take. */
const marginMs = 300
/** The process that notified before Redis was gone comes first: it has all in memory. */
const othersWaitMs = 3_000
/** A process that is alone a second time waits so long, and twice as long each time. */
const calmMs = 10_000
const longestCalmMs = 5 * 60_000
const forgivenMs = 30 * 60_000
const leastAnswers = 3
/** Of those only the ones since the last write that was done matter. */
const mostTerms = 100
const never = Number.NEGATIVE_INFINITY

export function createRoleState(id: string): RoleState {
  const failing = createFailing()
  let emptySince: number | undefined
  /** Answers in a row. */
  let answers = 0
  let calmUntil = 0
  let barredUntil = never
  let timesAlone = 0
  /** Why it is alone, as reported. */
  let reported = ''

  const state = {
    term: undefined as string | undefined,
    ownTerms: [] as readonly string[],
    taking: undefined as string | undefined,
    stateId: '',
    leaseUntil: never,
    members: 1,
    leaseId: undefined as string | undefined,
    staying: undefined as BeatAnswer['staying'],
    leaseSeenAt: never,
    mayTakeAt: never,
    isLeading: false,
    keepsState: false,
    aloneAt: never,

    noteAnswer({ members, lease, staying, now: atRedis }: BeatAnswer, sentAt: number, now: number) {
      state.leaseId = lease?.id
      state.staying = staying
      state.members = Math.max(1, members)
      if (failing.end()) state.mayTakeAt = Math.max(state.mayTakeAt, now + othersWaitMs)
      if (lease !== undefined) state.leaseSeenAt = now - Math.max(0, atRedis - lease.renewedAt)
      const isOwn = lease?.id === id && (lease.term === state.term || lease.term === state.taking)
      if (!isOwn) return undefined
      // A call that takes a lease which the process has already, unknown to it, does not renew that.
      state.leaseUntil = sentAt - Math.max(0, atRedis - lease.renewedAt) + leaseMs - marginMs
      return lease.term
    },
    noteFailure(now: number, longestPauseMs: number) {
      answers = 0
      return failing.note(now, longestPauseMs)
    },
    bar(until: number) {
      barredUntil = until
    },
    isBarred: (now: number) => now < barredUntil,
    noteEmpty(now: number) {
      emptySince ??= now
      state.mayTakeAt = Math.max(state.mayTakeAt, emptySince + othersWaitMs)
    },
    request(newTerm: () => string) {
      state.taking ??= newTerm()
    },
    withdraw() {
      state.taking = undefined
      emptySince = undefined
    },
    startTakeover() {
      if (state.isLeading || state.taking === undefined) return undefined
      state.isLeading = true
      state.term = state.taking
      state.ownTerms = [state.term]
      state.withdraw()
      return state.term
    },
    endTakeover(isDone: boolean) {
      state.isLeading = false
      if (!isDone) state.term = undefined
    },
    repeatTakeover() {
      state.isLeading = false
      state.taking = state.term
      state.term = undefined
    },
    useState(stateId: string) {
      state.stateId = stateId
    },
    resume(term: string) {
      state.term = term
      state.ownTerms = [...state.ownTerms, term].slice(-mostTerms)
      state.taking = undefined
      state.keepsState = false
      answers = 0
      reported = ''
    },
    lose() {
      state.term = undefined
      state.taking = undefined
      state.keepsState = false
      reported = ''
    },
    dropTerm() {
      state.term = undefined
    },
    goAlone(now: number) {
      timesAlone = now - state.aloneAt > forgivenMs ? 1 : timesAlone + 1
      calmUntil = now + (timesAlone < 2 ? 0 : Math.min(longestCalmMs, calmMs * 2 ** (timesAlone - 2)))
      state.aloneAt = now
      state.taking = undefined
      answers = 0
    },
    keepState() {
      state.keepsState = true
    },
    isBack(now: number) {
      return ++answers >= leastAnswers && now >= calmUntil
    },
    isNews(why: string) {
      const isNews = reported !== why
      reported = why
      return isNews
    },
    forgetReport() {
      reported = ''
    },
  }
  return state
}

/** Since when Redis does not answer. */
function createFailing() {
  let since: number | undefined
  let failedAt = never
  let hasPaused = false

  return {
    /** Redis answered. Returns whether it had not before. */
    end(): boolean {
      const hadFailed = since !== undefined
      since = undefined
      hasPaused = false
      return hadFailed
    },
    note(now: number, longestPauseMs: number): number {
      // It was stopped, and did not ask Redis meanwhile. One that is slow again and again was not.
      if (since !== undefined && !hasPaused && now - failedAt > longestPauseMs) {
        hasPaused = true
        since = undefined
      }
      failedAt = now
      since ??= now
      return now - since
    },
  }
}

/** No other process wrote the state since, or there is none. */
export function isOurs({ stateTerm }: BeatAnswer, { ownTerms }: RoleState): boolean {
  return stateTerm === undefined || ownTerms.includes(stateTerm)
}
