/** A process that Redis does not answer: it notifies for itself, and becomes one of the fleet again. */
import type { FleetHost } from './fleet-types.ts'
import { asEnded } from './redis-notified.ts'
import type { RoleParts } from './redis-role-state.ts'
import { StoreFailure } from './redis-store.ts'

/** Redis may not answer for so long. */
const patienceMs = 1_000
const retryMs = 250
const askMs = 1_000
/** If the server or its rights have to be changed. */
const lastingMs = 60_000
/** A process that is alone a second time waits so long, and twice as long each time. */
const calmMs = 10_000
const longestCalmMs = 5 * 60_000
const forgivenMs = 30 * 60_000
/** What Redis may have taken is counted here if it does not come back. */
const unsavedMs = 60_000

export function createRedisAlone(options: RoleParts) {
  const { clock, place, host, outbox, beats, speaker, journal, mine, settled } = options

  function onFailure(error: unknown): void {
    const now = clock.now()
    mine.failingSince ??= now
    mine.good = 0
    place.link = undefined
    const isLasting = error instanceof StoreFailure && error.isLasting
    const isOver = isLasting || place.role === 'starting' || now - mine.failingSince >= patienceMs
    if (place.role !== 'alone' && isOver) goAlone(error)
    if (place.role !== 'alone') beats.in(retryMs)
    else {
      beats.in(isLasting ? lastingMs : askMs)
      if (!mine.keepsMemory && now - mine.alone.at > unsavedMs) countUnsaved()
    }
  }

  function goAlone(error?: unknown): void {
    const now = clock.now()
    const times = now - mine.alone.at > forgivenMs ? 1 : mine.alone.times + 1
    const calm = times < 2 ? 0 : Math.min(longestCalmMs, calmMs * 2 ** (times - 2))
    Object.assign(mine, { alone: { times, at: now }, good: 0, calmAt: now + calm, taking: undefined })
    journal.setKept(false)
    journal.accept(false)
    place.link = undefined
    if (place.role === 'speaker') {
      mine.keepsMemory = true
      place.role = 'alone'
      speaker.stop(false)
    } else countForItself(now)
    settled()
    report(error instanceof Error ? error.message : 'Redis does not answer.')
  }

  function countForItself(now: number): void {
    const countedHere = place.countsHere
    mine.term = undefined
    speaker.stop(true)
    Object.assign(place, { role: 'alone', countsHere: true })
    if (countedHere) {
      outbox.takeBack(0)
      void host().adopt(undefined).then(settled)
      return
    }
    journal.takeIn(asEnded(beats.notified(), now))
    for (const { number, items } of outbox.takeBack(beats.attempted())) countHere(number, items)
  }

  function report(why: string): void {
    if (mine.reported === why) return
    mine.reported = why
    host().reportAlone(why)
  }

  function countHere(number: number, items: Parameters<FleetHost['countItems']>[0]): void {
    const entries = beats.memoryOf(number)
    if (entries !== undefined) journal.takeIn(new Map(entries))
    host().countItems(items, '')
  }

  /** Better sent twice than never. */
  function countUnsaved(): void {
    const all = [...outbox.unsaved()]
    outbox.see(all.at(-1)?.number ?? 0)
    for (const { number, items } of all) countHere(number, items)
  }

  return { onFailure, goAlone }
}
