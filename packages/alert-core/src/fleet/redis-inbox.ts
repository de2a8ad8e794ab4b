/** What other processes submitted to Redis, as the process that notifies takes it: each number once. */
import { createLru } from '../cache/lru.ts'
import { hash64 } from '../text/text.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { recordsIn } from './batch.ts'
import type { FleetHost } from './fleet-types.ts'
import { readDelta, readUnknown, type StoredDelta, type StoredQuestion } from './redis-delta.ts'
import type { JournalKeeper } from './redis-journal.ts'
import type { RedisStore } from './redis-store.ts'

export interface RedisInboxOptions {
  readonly id: string
  readonly process: string
  readonly options: string
  readonly store: Pick<RedisStore, 'submitted' | 'answer'>
  readonly journal: Pick<JournalKeeper, 'takeIn'>
  readonly host: () => FleetHost
  readonly clock: Clock
  /** How far the clock of Redis is ahead. */
  readonly aheadMs: () => number
  readonly flushSoon: () => void
  readonly onFailure: (error: unknown) => void
}

const pollMs = 100
const mostAtOnce = 200
const mostCompared = 500

export function createRedisInbox(options: RedisInboxOptions) {
  const { id, store, journal, host, clock, aheadMs, flushSoon, onFailure } = options
  /** What is read and still there, by its place. */
  const taken = new Map<string, { readonly member: string; readonly number: number }>()
  /** Rises when the process stops to read. */
  let epoch = 0
  let isOpen = false
  let received = 0
  let timer: Timer | undefined
  const compare = createComparison(options)
  const unknown = createLru<string, true>(mostCompared)

  async function poll(): Promise<void> {
    const began = epoch
    await read()
    if (began === epoch && isOpen) timer = clock.after(pollMs, poll)
  }

  /** Whether that was all. */
  async function read(): Promise<boolean> {
    const began = epoch
    try {
      const found = await store.submitted(mostAtOnce)
      if (began !== epoch) return false
      for (const { place, json } of found) if (!taken.has(place)) receive(place, json)
      // More waits behind what is counted already.
      if (found.length >= mostAtOnce) host().save()
      if (removable().length > 0) flushSoon()
      return found.length < mostAtOnce
    } catch (error) {
      if (began === epoch) onFailure(error)
      return false
    }
  }

  function receive(place: string, json: string): void {
    const delta = readDelta(json, -aheadMs())
    const { member, number } = delta ?? { member: '', number: 0 }
    taken.set(place, { member, number })
    // Another version, or another program, may submit anything: what cannot be read is removed.
    if (delta === undefined) {
      // Its sender sends it again and again.
      if (!unknown.has(hash64(json))) reportUnread(readUnknown(json))
      unknown.set(hash64(json), true)
      return
    }
    compare.with(delta, place)
    if (delta.question !== undefined) void answer(delta.question, place)
    else if (delta.asks) void host().flush()
    else takeSafely(delta)
  }

  /** It may have waited for a process that notifies longer than the one that asked did. */
  async function answer({ id: asked, withinMs, question }: StoredQuestion, place: string): Promise<void> {
    const askedAt = Number.parseInt(place, 10)
    if (clock.now() + aheadMs() > askedAt + withinMs) return
    const json = JSON.stringify(await host().answer(question))
    await store.answer(asked, json).catch(onFailure)
  }

  function takeSafely(delta: StoredDelta): void {
    const before = received
    try {
      if (take(delta) && delta.unread) reportUnread(delta)
    } catch {
      const { process, items, unread = 0 } = delta
      const records = items.reduce((sum, item) => sum + recordsIn(item), unread)
      reportUnread({ process, unread: records - (received - before) })
    }
  }

  function reportUnread({ process, unread = 0 }: Pick<StoredDelta, 'process' | 'unread'>): void {
    host().countLost(unread, 'unreadable')
    host().reportUnlike(process || '?', 'version')
  }

  /** The next number of its process; a later one is sent again after those before it. */
  function take({ member, process, number, lowest, items, entries, aheadMs: ahead }: StoredDelta): boolean {
    const { seen, countItems, saveAsOne } = host()
    const last = member === id ? number - 1 : Math.max(seen.of(member), lowest - 1)
    if (number !== last + 1 || number <= seen.of(member)) return false
    if (entries !== undefined) journal.takeIn(new Map(entries), ahead === undefined ? 0 : ahead - aheadMs())
    saveAsOne(() => {
      seen.note(member, number)
      for (const item of items) {
        countItems([item], process)
        received += recordsIn(item)
      }
    })
    return true
  }

  /** What is part of the state, or will be with the next call. */
  function removable(): string[] {
    const { seen } = host()
    return [...taken].flatMap(([place, { member, number }]) => (number <= seen.saved(member) ? [place] : []))
  }

  return {
    open(): void {
      timer?.cancel()
      isOpen = true
      compare.open()
      void poll()
    },
    close(): void {
      epoch++
      isOpen = false
      timer?.cancel()
      taken.clear()
    },
    read,
    take,
    removable,
    remove(places: readonly string[]): void {
      for (const place of places) taken.delete(place)
    },
    received: () => received,
  }
}

/** Says which processes are unlike this one, as far as what they submit shows it. */
function createComparison({ id, process, options, host, clock, aheadMs }: RedisInboxOptions) {
  const members = createLru<string, string>(mostCompared)
  const lastOf = createLru<string, string>(mostCompared)
  let openedAt = 0

  /** A process that was started again has the name of one that ended, which submits nothing after it. */
  function isNameShared({ member, process: name }: StoredDelta, place: string): boolean {
    if (name === process && Number.parseInt(place, 10) > openedAt) return true
    const last = lastOf.get(name)
    return last !== undefined && last !== member && members.has(member)
  }

  return {
    open(): void {
      openedAt = clock.now() + aheadMs()
    },
    with(delta: StoredDelta, place: string): void {
      if (delta.member === id || delta.process === '') return
      if (isNameShared(delta, place)) host().reportUnlike(delta.process, 'name')
      if (delta.options !== '' && delta.options !== options) host().reportUnlike(delta.process, 'options')
      members.set(delta.member, delta.process)
      lastOf.set(delta.process, delta.member)
    },
  }
}
