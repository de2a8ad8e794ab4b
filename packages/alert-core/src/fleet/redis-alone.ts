/** A process that Redis does not answer: it notifies for itself, and becomes one of the fleet again. */
import type { FleetHost } from './fleet-types.ts'
import { asEnded } from './redis-notified.ts'
import type { RoleParts } from './redis-role-state.ts'
import { leaseMs, StoreFailure } from './redis-store.ts'

/** Redis may not answer for so long. */
const patienceMs = 1_000
const retryMs = 250
/** Between two calls that fail, unless the process was stopped meanwhile. */
const longestPauseMs = 2_500
const askMs = 1_000
/** If the server or its rights have to be changed. */
const lastingMs = 60_000
/** It is counted here if Redis does not come back within so long. */
const unsavedMs = 60_000

export function createRedisAlone(options: RoleParts) {
  const { clock, wallNow, place, host, outbox, beats, speaker, journal, roleState, markJoined } = options
  const startedAt = clock.now()

  function onFailure(error: unknown): void {
    const now = clock.now()
    const isLasting = error instanceof StoreFailure && error.isLasting
    const pauseMs = place.role === 'alone' ? Number.POSITIVE_INFINITY : longestPauseMs
    const failedMs = roleState.noteFailure(now, pauseMs)
    if (isLasting) roleState.bar(now + lastingMs)
    place.disconnect()
    const isOver = isLasting || failedMs >= patienceMs || isGoneAtStart(error, now)
    if (place.role !== 'alone' && isOver) goAlone(error)
    if (place.role !== 'alone') beats.in(retryMs)
    else {
      // Its lease lasts a little longer.
      const isHurried = roleState.keepsState && now - roleState.aloneAt < leaseMs
      beats.in(isLasting ? lastingMs : isHurried ? retryMs : askMs)
      if (failedMs > unsavedMs) countUnsaved()
    }
  }

  /** It cannot be reached, or does not answer. One lost answer says neither. */
  function isGoneAtStart(error: unknown, now: number): boolean {
    if (place.role !== 'starting') return false
    const isUnsent = error instanceof StoreFailure && error.isUnsent
    return isUnsent || now - startedAt >= patienceMs
  }

  function goAlone(error?: unknown): void {
    const now = clock.now()
    roleState.goAlone(now)
    journal.setKept(false)
    journal.accept(false)
    place.disconnect()
    if (place.role === 'speaker') {
      roleState.keepState()
      place.goAlone()
      speaker.stop(false)
    } else countForItself()
    markJoined()
    report(error instanceof Error ? error.message : 'Redis does not answer.')
  }

  function countForItself(): void {
    const countedHere = place.countsHere
    roleState.dropTerm()
    speaker.stop(true)
    place.goAlone()
    place.countHere()
    if (countedHere) {
      // Its numbers are not given again: the state here may say already that they are counted.
      outbox.cut()
      outbox.see(outbox.unsaved().at(-1)?.number ?? 0)
      void host().adopt(undefined).then(markJoined)
      return
    }
    journal.takeIn(asEnded(beats.notified(), wallNow(), -beats.aheadMs()), 0)
    for (const { number, items } of outbox.takeBack(beats.attempted())) countHere(number, items)
  }

  function report(why: string): void {
    if (roleState.isNews(why)) host().reportAlone(why)
  }

  function countHere(number: number, items: Parameters<FleetHost['countItems']>[0]): void {
    const entries = beats.entriesOf(number)
    if (entries !== undefined) journal.takeIn(new Map(entries), 0)
    host().countItems(items, '')
  }

  /** What Redis may have taken is counted here too: better sent twice than never. */
  function countUnsaved(): void {
    // All of it is counted here already.
    if (place.role !== 'alone' || roleState.keepsState) return
    const all = [...outbox.unsaved()]
    outbox.see(all.at(-1)?.number ?? 0)
    for (const { number, items } of all) countHere(number, items)
  }

  return { onFailure, goAlone, countUnsaved }
}
