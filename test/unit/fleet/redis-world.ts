// Processes that share a Redis in memory, under one virtual clock: Redis goes and comes back, answers are
// lost, and processes are stopped, continued and ended at any moment.
import type { Fleet, FleetHost } from '#core/fleet/fleet-types.ts'
import { createJournalKeeper } from '#core/fleet/redis-journal.ts'
import { createRedisPeer } from '#core/fleet/redis-peer.ts'
import type { Clock } from '#core/time/clock.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { createRandom } from './random.ts'
import { createMemoryRedis, type RedisMutant } from './redis-in-memory.ts'
import { createStops } from './stops.ts'
import { occurrenceOf } from './world.ts'

const saveEveryMs = 1_000

/** What breaks the promises: see `RedisMutant`, and a process that counts each delta that it finds. */
export type Mutant = RedisMutant | 'deltas are counted again'

export type RedisWorld = ReturnType<typeof createRedisWorld>

/** One of the processes. */
export interface RedisProcess {
  readonly id: string
  readonly peer: Fleet
  state(): 'running' | 'stopped' | 'dead'
  notify(): void
  log(kind: string): void
  /** Whether its end has begun. */
  isLeaving(): boolean
  stop(): void
  cont(): void
  /** Whether its channels work. */
  setAble(isAble: boolean): void
  close(): Promise<void>
}

interface Unsent {
  readonly kind: string
  readonly count: number
}

export function createRedisWorld(mutant?: Mutant, seed?: number) {
  const clock = createVirtualClock(1_000_000)
  const redis = createMemoryRedis(clock, mutant === 'deltas are counted again' ? undefined : mutant)
  const { violations } = redis
  const processes: RedisProcess[] = []
  const logged = new Map<string, number>()
  const delivered = new Map<string, Unsent>()
  const random = createRandom(seed)
  let terms = 0

  function start(): RedisProcess {
    const id = `p${processes.length + 1}`
    const stops = createStops(clock)
    let isDead = false
    let sent = 0
    let isLeaving = false
    let isAble = true
    /** What is logged from now on is not alerted of. */
    let isClosed = false

    const own = stops.clock
    const state = () => (isDead ? 'dead' : stops.isStopped() ? 'stopped' : 'running')

    const keeper = createJournalKeeper()
    const memory = createMemory(own, () => peer, {
      countsAgain: mutant === 'deltas are counted again',
      isOwn: (member) => member === id,
      report: (what) => violations.push(`${id} ${what}`),
    })
    const journal = keeper.open({ entries: memory.entries, onRewritten: memory.noteSaved })
    memory.useJournal(journal)

    const host: FleetHost = {
      canNotify: () => isAble,
      countItems(items) {
        for (const item of items) if ('occurrence' in item) memory.count(item.occurrence.id, item.count)
      },
      lead() {},
      adopt: () => journal.adopt((found) => found.forEach(memory.takeIn)),
      stepDown() {
        memory.clear()
        journal.restart(false)
      },
      keep() {},
      release() {},
      seen: memory.seen,
      saveAsOne: (work) => work(),
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
      if (!peer.decides || peer.mayAct?.() === false) return
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
      store: redis.connect(stops.receive),
      journal: keeper,
      clock: own,
      newTerm: () => `t${++terms}`,
      random,
    })
    const self: RedisProcess = {
      id,
      peer,
      state,
      notify() {
        // Nothing falls due any more while a hub ends.
        if (state() === 'running' && !isLeaving && peer.stats()?.role !== 'starting') notify()
      },
      log(kind: string) {
        if (state() !== 'running' || isClosed) return
        add(logged, kind, 1)
        if (!peer.submit?.(occurrenceOf(kind), clock.now(), { context: () => [], names: () => [] }))
          memory.count(kind, 1)
      },
      isLeaving: () => isLeaving,
      stop: stops.stop,
      cont: stops.cont,
      setAble(able) {
        isAble = able
      },
      /** A clean end. */
      async close() {
        if (state() !== 'running' || isLeaving) return
        isLeaving = true
        const rest = await peer.leave(3_000)
        if (rest === 'here') notify()
        isClosed = true
        if (rest === 'left') peer.keepRest()
        memory.save()
        await journal.close(false)
        void peer.close()
        await new Promise<void>((resolve) => own.after(10, resolve))
        isDead = true
        stops.end()
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
    violations,
    notified() {
      const counts = new Map<string, number>()
      for (const { kind, count } of delivered.values()) add(counts, kind, count)
      return counts
    },
  }
}

interface MemoryOptions {
  readonly countsAgain: boolean
  readonly isOwn: (member: string) => boolean
  readonly report: (what: string) => void
}

/** What a hub has of the state, as far as it matters how often a record is counted. */
function createMemory(clock: Clock, peer: () => Fleet, { countsAgain, isOwn, report }: MemoryOptions) {
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
      of: (member: string) => (countsAgain ? 0 : (numbers.get(member) ?? 0)),
      saved: (member: string) => saved.get(member) ?? 0,
      note(member: string, number: number) {
        // Its own it notes again with each write, until that is done.
        if (!isOwn(member) && number <= (numbers.get(member) ?? 0))
          report(`counts delta ${number} of ${member} again`)
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

function add(counts: Map<string, number>, kind: string, count: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + count)
}
