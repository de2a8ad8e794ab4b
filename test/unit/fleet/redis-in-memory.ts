// A Redis in memory, under a virtual clock: what the scripts of a fleet do, without a server. It goes and
// comes back, loses answers, and notes what must never happen.
import { readHistory, writeHistory } from '#core/fleet/redis-history.ts'
import {
  type BeatAnswer,
  type BeatQuery,
  lastMs,
  leaseMs,
  memberMs,
  type RedisStore,
  type SaveOutcome,
  type SaveQuery,
  type StoredChange,
  StoreFailure,
} from '#core/fleet/redis-store.ts'
import type { VirtualClock } from '#core/time/virtual-clock.ts'

/** What breaks the promises: a renewal that also takes a free lease. */
export type RedisMutant = 'a renewal takes a free lease'

const latencyMs = 1
/** A process counts for itself what it does not know to be counted, once Redis is gone for a minute. */
const longestAwayMs = 40_000
/** Not all processes notice that it was there for so long. */
const shortMs = 2_500

export type MemoryRedis = ReturnType<typeof createMemoryRedis>

export function createMemoryRedis(clock: VirtualClock, mutant?: RedisMutant) {
  const members = new Map<string, number>()
  const inbox = new Map<string, string>()
  const state = new Map<string, string>()
  const sent = new Map<string, string>()
  const violations: string[] = []
  /** Terms in the order in which they wrote. */
  const writers: string[] = []
  let silences = { version: 0, json: '' }
  let lease: { readonly id: string; readonly term: string; readonly at: number } | undefined
  let places = 0
  let last: { readonly id: string; readonly at: number } | undefined
  let ableAt = 0
  let how: 'up' | 'refuses' | 'hangs' = 'up'
  let hanging: (() => void)[] = []
  /** Of the next call the answer is lost. */
  let losesNext = false
  let times = 0
  let goneAt = clock.now()
  let cameAt = Number.NEGATIVE_INFINITY

  const leased = () => (lease !== undefined && lease.at + leaseMs > clock.now() ? lease : undefined)

  function beat(query: BeatQuery): BeatAnswer {
    const { id, renew, take, deltas, alerts, isAble, isLeaving } = query
    const now = clock.now()
    members.set(id, isLeaving ? 0 : now)
    for (const [member, at] of members) if (at <= now - memberMs) members.delete(member)
    const others = members.size - (isLeaving ? 0 : 1)
    if (last !== undefined && last.at < now - lastMs) last = undefined
    if (isLeaving && others === 0 && (last === undefined || last.id === id)) last = { id, at: now }
    const isOwn = renew !== undefined && leased()?.id === id && leased()?.term === renew
    const free = mutant === 'a renewal takes a free lease' ? (take ?? renew) : take
    const term = isOwn ? renew : leased() === undefined ? free : undefined
    const seen = JSON.parse(state.get(`member/${id}`) ?? '{"number":0}') as { number: number }
    const history = readHistory(state.get('@history') ?? '')
    const before = { stateTerm: state.get('@term'), stateId: state.get('@state-id') }
    if (term !== undefined) lease = { id, term, at: now }
    const wasAbleAt = ableAt
    if (isAble) ableAt = now
    for (const json of deltas) inbox.set(`${now}-${places++}`, json)
    const holder = leased()
    return {
      now,
      seen: seen.number,
      members: others + 1,
      ...(isLeaving && { staying: { others, ...(others === 0 && last && { last: last.id }) } }),
      isFull: false,
      ableAt: wasAbleAt,
      history,
      notified: new Map(alerts.flatMap((alert) => (sent.has(alert) ? [[alert, sent.get(alert)!]] : []))),
      ...(holder && { lease: { id: holder.id, term: holder.term, renewedAt: holder.at } }),
      ...(silences.json !== '' && silences.version !== query.silences && { silences }),
      ...(before.stateTerm !== undefined && {
        stateTerm: before.stateTerm,
        stateId: before.stateId ?? '',
      }),
    }
  }

  function save(query: SaveQuery): SaveOutcome {
    const { id, term, stateId, history, revision, since, isWhole, changes, notified, received, aheadMs } =
      query
    const holder = leased()
    if (holder?.id !== id || holder.term !== term) return 'refused'
    const at = Number(state.get('@revision') ?? -1)
    const isOwn = state.get('@term') === term
    if (isOwn && at >= revision) return 'refused'
    if (!isWhole && (!isOwn || at < since)) return 'differs'
    if (isWhole) for (const one of [state, sent]) one.clear()
    for (const place of received) inbox.delete(place)
    apply(changes, state)
    apply(notified, sent)
    state.set('@term', term).set('@revision', String(revision)).set('@state-id', stateId)
    state.set('@history', writeHistory(history)).set('@ahead', String(aheadMs))
    if (query.silences !== undefined) silences = { version: silences.version + 1, json: query.silences }
    noteWriter(term)
    return 'done'
  }

  function noteWriter(term: string): void {
    if (writers.at(-1) === term) return
    if (writers.includes(term)) violations.push(`${term} wrote after another term had`)
    writers.push(term)
  }

  function come(): void {
    how = 'up'
    cameAt = clock.now()
    times++
    const works = hanging
    hanging = []
    for (const work of works) work()
  }

  return {
    violations,
    /** The process that has the lease. */
    leaseId: () => leased()?.id,
    /** Until it comes back, at the latest after some time. */
    go(next: 'refuses' | 'hangs') {
      const now = clock.now()
      if (now - cameAt > shortMs) goneAt = now
      const leftMs = goneAt + longestAwayMs - now
      if (how !== 'up' || leftMs <= 0) return
      how = next
      const time = ++times
      clock.after(leftMs, () => time === times && come())
    },
    come,
    loseAnswer() {
      losesNext = true
    },
    /** As one process reaches it, which runs its works. */
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
            if (last?.id === id) last = undefined
            if (leased()?.id === id && leased()?.term === term) lease = undefined
          }),
        close() {
          isClosed = true
        },
      }
    },
  }
}

function apply(changes: readonly StoredChange[], to: Map<string, string>): void {
  for (const [key, json] of changes) {
    if (json === undefined) to.delete(key)
    else to.set(key, json)
  }
}
