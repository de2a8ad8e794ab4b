// Processes that share a Redis in memory, under one virtual clock: Redis goes and comes back, answers are
// lost, and processes are stopped, continued and ended at any moment.
import type { Fleet, FleetHost } from '#core/fleet/fleet-types.ts'
import { readHistory, writeHistory } from '#core/fleet/redis-history.ts'
import { createJournalKeeper } from '#core/fleet/redis-journal.ts'
import { createRedisPeer } from '#core/fleet/redis-peer.ts'
import {
  type BeatAnswer,
  type BeatQuery,
  leaseMs,
  memberMs,
  type RedisStore,
  type SaveOutcome,
  type SaveQuery,
  StoreFailure,
} from '#core/fleet/redis-store.ts'
import type { Clock } from '#core/time/clock.ts'
import { createVirtualClock, type VirtualClock } from '#core/time/virtual-clock.ts'
import { occurrenceOf } from './world.ts'

const latencyMs = 1
const saveEveryMs = 1_000
/** A process counts for itself what it does not know to be counted, once Redis is gone for a minute. */
const longestAwayMs = 40_000

export type RedisWorld = ReturnType<typeof createRedisWorld>

/** One of the processes. */
export interface RedisProcess {
  readonly id: string
  readonly peer: Fleet
  state(): 'running' | 'stopped' | 'dead'
  notify(): void
  log(kind: string): void
  stop(): void
  cont(): void
  close(): Promise<void>
}

interface Unsent {
  readonly kind: string
  readonly count: number
}

export function createRedisWorld() {
  const clock = createVirtualClock(1_000_000)
  const redis = createRedis(clock)
  const processes: RedisProcess[] = []
  const logged = new Map<string, number>()
  const delivered = new Map<string, Unsent>()
  let terms = 0

  function start(): RedisProcess {
    const id = `p${processes.length + 1}`
    let state: 'running' | 'stopped' | 'dead' = 'running'
    let waiting: (() => void)[] = []
    let sent = 0
    let isLeaving = false
    /** What is logged from now on is not alerted of. */
    let isClosed = false

    function run(work: () => void): void {
      if (state === 'running') work()
      else if (state === 'stopped') waiting.push(work)
    }

    const own: Clock = {
      now: clock.now,
      after(ms, fn) {
        let isCancelled = false
        const timer = clock.after(ms, () => run(() => !isCancelled && fn()))
        return {
          cancel() {
            isCancelled = true
            timer.cancel()
          },
        }
      },
    }

    const keeper = createJournalKeeper()
    const memory = createMemory(own, () => peer)
    const journal = keeper.open({ entries: memory.entries, onRewritten: memory.noteSaved })
    memory.useJournal(journal)

    const host: FleetHost = {
      countItems(items) {
        for (const item of items) if ('occurrence' in item) memory.count(item.occurrence.id, item.count)
      },
      adopt: () => journal.adopt((found) => found.forEach(memory.takeIn)),
      stepDown() {
        memory.clear()
        journal.restart(false)
      },
      keep() {},
      release() {},
      seen: memory.seen,
      save: memory.save,
      isKept: () => true,
      flush: async () => ({ delivered: true, pending: 0 }),
      redactItem: (item) => item,
      silences: () => [],
      useSilences() {},
      reportAlone() {},
      reportTogether() {},
      reportUnlike() {},
      reportSplit() {
        throw new Error('there is one Redis')
      },
      answer: async () => ({}),
      countLost() {
        throw new Error('records were lost')
      },
    }

    /** People are notified of what is counted, after it was written that they are. */
    function notify(): void {
      if (state !== 'running' || !peer.decides) return
      if (peer.stats()?.role === 'starting' && !isLeaving) return
      if (peer.mayAct?.() === false) return
      memory.decide((kind, count) => [`${id}-${++sent}`, { kind, count }])
      void peer.whenSaved?.(() => {
        if (peer.mayAct?.() === false) return
        for (const [name, one] of memory.takeUnsent()) delivered.set(name, one)
        memory.save()
      })
    }

    const peer: Fleet = createRedisPeer({
      id,
      process: id,
      options: '',
      store: redis.connect(run),
      journal: keeper,
      clock: own,
      newTerm: () => `t${++terms}`,
    })
    const self: RedisProcess = {
      id,
      peer,
      state: () => state,
      notify,
      log(kind: string) {
        if (state !== 'running' || isClosed) return
        add(logged, kind, 1)
        if (!peer.submit?.(occurrenceOf(kind), clock.now(), { context: () => [], names: () => [] }))
          memory.count(kind, 1)
      },
      stop() {
        if (state === 'running') state = 'stopped'
      },
      cont() {
        if (state !== 'stopped') return
        state = 'running'
        const works = waiting
        waiting = []
        for (const work of works) work()
      },
      /** A clean end. */
      async close() {
        if (state !== 'running' || isLeaving) return
        isLeaving = true
        const rest = await peer.leave(3_000)
        if (rest === 'here') notify()
        isClosed = true
        if (rest === 'left') peer.keepRest()
        memory.save()
        await journal.close(false)
        peer.close()
        await new Promise<void>((resolve) => own.after(10, resolve))
        state = 'dead'
      },
    }
    processes.push(self)
    void peer.join(host)
    return self
  }

  return {
    clock,
    start,
    processes: () => processes,
    alive: () => processes.filter((one) => one.state() !== 'dead'),
    roles: () => processes.map(({ peer }) => peer.stats()?.role),
    redis,
    logged,
    notified() {
      const counts = new Map<string, number>()
      for (const { kind, count } of delivered.values()) add(counts, kind, count)
      return counts
    },
  }
}

/** What a hub has of the state, as far as it matters how often a record is counted. */
function createMemory(clock: Clock, peer: () => Fleet) {
  const counted = new Map<string, number>()
  const notified = new Map<string, number>()
  const unsent = new Map<string, Unsent>()
  const numbers = new Map<string, number>()
  const saved = new Map<string, number>()
  const gone = new Set<string>()
  let journal!: ReturnType<ReturnType<typeof createJournalKeeper>['open']>
  let isSaveDue = false

  function* entries(): Generator<readonly [string, unknown]> {
    for (const [kind, count] of counted)
      yield [`kind/${kind}`, { kind, count, notified: notified.get(kind) ?? 0 }]
    for (const [name, one] of unsent) yield [`unsent/${name}`, one]
    for (const [member, number] of numbers) yield [`member/${member}`, { member, number }]
  }

  function noteSaved(): void {
    for (const [member, number] of numbers) saved.set(member, number)
    gone.clear()
  }

  function save(): void {
    if (peer().mayAct?.() === false) return
    peer().prepareSave?.()
    const removed = [...gone].map((name) => [`unsent/${name}`, undefined] as const)
    journal.write([...entries(), ...removed])
    noteSaved()
    peer().noteSaved()
  }

  function saveSoon(): void {
    if (isSaveDue) return
    isSaveDue = true
    clock.after(saveEveryMs, () => {
      isSaveDue = false
      save()
    })
  }

  return {
    entries,
    noteSaved,
    save,
    useJournal(given: typeof journal) {
      journal = given
    },
    seen: {
      of: (member: string) => numbers.get(member) ?? 0,
      saved: (member: string) => saved.get(member) ?? 0,
      note(member: string, number: number) {
        numbers.set(member, Math.max(number, numbers.get(member) ?? 0))
        saveSoon()
      },
    },
    count(kind: string, count: number) {
      add(counted, kind, count)
      saveSoon()
    },
    takeIn(found: ReadonlyMap<string, unknown>) {
      for (const [key, value] of found) {
        const one = value as { kind: string; count: number; notified: number; member: string; number: number }
        if (key.startsWith('kind/')) {
          add(counted, one.kind, one.count)
          add(notified, one.kind, one.notified)
        } else if (key.startsWith('unsent/')) unsent.set(key.slice('unsent/'.length), one)
        else if (key.startsWith('member/'))
          numbers.set(one.member, Math.max(one.number, numbers.get(one.member) ?? 0))
      }
      saveSoon()
    },
    clear() {
      for (const each of [counted, notified, unsent, numbers, saved, gone]) each.clear()
    },
    /** What people were not notified of is to be sent. */
    decide(name: (kind: string, count: number) => readonly [string, Unsent]) {
      for (const [kind, count] of counted) {
        const news = count - (notified.get(kind) ?? 0)
        if (news > 0) unsent.set(...name(kind, news))
        notified.set(kind, count)
      }
      save()
    },
    takeUnsent(): readonly (readonly [string, Unsent])[] {
      const taken = [...unsent]
      for (const [name] of taken) gone.add(name)
      unsent.clear()
      return taken
    },
  }
}

/** What its scripts do, without a server. */
function createRedis(clock: VirtualClock) {
  const members = new Map<string, number>()
  const inbox = new Map<string, string>()
  const state = new Map<string, string>()
  let lease: { readonly id: string; readonly term: string; readonly at: number } | undefined
  let places = 0
  let how: 'up' | 'refuses' | 'hangs' = 'up'
  let hanging: (() => void)[] = []
  /** Of the next call the answer is lost. */
  let losesNext = false
  let times = 0

  const leased = () => (lease !== undefined && lease.at + leaseMs > clock.now() ? lease : undefined)

  function beat({ id, renew, take, deltas }: BeatQuery): BeatAnswer {
    const now = clock.now()
    members.set(id, now)
    for (const [member, at] of members) if (at <= now - memberMs) members.delete(member)
    const isOwn = renew !== undefined && leased()?.id === id && leased()?.term === renew
    const term = isOwn ? renew : leased() === undefined ? take : undefined
    const seen = JSON.parse(state.get(`member/${id}`) ?? '{"number":0}') as { number: number }
    const history = readHistory(state.get('@history') ?? '')
    const before = { stateTerm: state.get('@term'), stateId: state.get('@state-id') }
    if (term !== undefined) lease = { id, term, at: now }
    for (const json of deltas) inbox.set(`${now}-${places++}`, json)
    const holder = leased()
    return {
      now,
      seen: seen.number,
      members: members.size,
      isFull: false,
      history,
      notified: new Map(),
      ...(holder && { lease: { id: holder.id, term: holder.term, renewedAt: holder.at } }),
      ...(before.stateTerm !== undefined && {
        stateTerm: before.stateTerm,
        stateId: before.stateId ?? '',
      }),
    }
  }

  function save(query: SaveQuery): SaveOutcome {
    const { id, term, stateId, history, revision, since, isWhole, changes, received } = query
    const holder = leased()
    if (holder?.id !== id || holder.term !== term) return 'refused'
    const at = Number(state.get('@revision') ?? -1)
    const isOwn = state.get('@term') === term
    if (isOwn && at >= revision) return 'refused'
    if (!isWhole && (!isOwn || at < since)) return 'differs'
    if (isWhole) state.clear()
    for (const place of received) inbox.delete(place)
    for (const [key, json] of changes) {
      if (json === undefined) state.delete(key)
      else state.set(key, json)
    }
    state.set('@term', term).set('@revision', String(revision)).set('@state-id', stateId)
    state.set('@history', writeHistory(history))
    return 'done'
  }

  function come(): void {
    how = 'up'
    times++
    const works = hanging
    hanging = []
    for (const work of works) work()
  }

  return {
    /** Until it comes back, at the latest after some time. */
    go(next: 'refuses' | 'hangs') {
      if (how !== 'up') return
      how = next
      const time = ++times
      clock.after(longestAwayMs, () => time === times && come())
    },
    come,
    loseAnswer() {
      losesNext = true
    },
    /** As one process reaches it. */
    connect(run: (work: () => void) => void): RedisStore {
      let isClosed = false
      const call = <Result>(work: () => Result) =>
        new Promise<Result>((resolve, reject) => {
          const fail = (isUnsent: boolean) =>
            clock.after(latencyMs, () => run(() => reject(new StoreFailure('gone', { isUnsent }))))
          if (isClosed || how === 'refuses') return void fail(true)
          const carryOut = () => {
            if (how === 'refuses') return void fail(false)
            if (how === 'hangs') return void hanging.push(carryOut)
            const result = work()
            if (losesNext) {
              losesNext = false
              return void fail(false)
            }
            clock.after(latencyMs, () => run(() => resolve(result)))
          }
          clock.after(latencyMs, carryOut)
        })
      return {
        beat: (query) => call(() => beat(structuredClone(query))),
        submitted: (most) => call(() => [...inbox].slice(0, most).map(([place, json]) => ({ place, json }))),
        load: () => call(() => new Map(state)),
        save: (query) => call(() => save(structuredClone(query))),
        ask: () => call(() => 'no-speaker' as const),
        answer: () => call(() => {}),
        answered: () => call(() => undefined),
        resign: (id, term) =>
          call(() => {
            members.delete(id)
            if (leased()?.id === id && leased()?.term === term) lease = undefined
          }),
        close() {
          isClosed = true
        },
      }
    },
  }
}

function add(counts: Map<string, number>, kind: string, count: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + count)
}
