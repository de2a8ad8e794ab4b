/**
 * What a process submits: news at once, everything else after a second. What was sent stays here until it is
 * saved where it went; while it is counted here, everything does until it is saved here.
 */
import { createLru } from '../cache/lru.ts'
import { type Occurrence, severityRank } from '../model.ts'
import type { Timer } from '../time/clock.ts'
import { createBatch } from './batch.ts'
import type { Delta, EndItem, Item, Origin, SilenceItem, Submitted } from './fleet-types.ts'
import { createMember } from './member.ts'
import { beatMs, type PeerParts } from './place.ts'

export interface Outbox {
  /** Adds a record. */
  add(occurrence: Occurrence, at: number, origin: Origin): void
  addItem(item: EndItem | SilenceItem): void
  /** Sends what waits, as far as there is room. */
  send(): void
  /** All that waits gets its numbers. */
  cut(): void
  /** What is kept, without the first so many. */
  rest(from?: number): Submitted
  /** A number for what the caller keeps itself. */
  addEmpty(): number
  /** Takes back, to be counted here, what has no number or one above this one. */
  takeBack(number: number): readonly Delta[]
  /** Everything up to this number is saved elsewhere. */
  see(number: number): void
  /** Numbered, and not known to be saved. */
  unsaved(): readonly Delta[]
  /** What was counted here is saved. */
  clearCounted(): void
  hasCounted(): boolean
  isEmpty(): boolean
  /** Records that were submitted. */
  submitted(): number
  stop(): void
}

/** What is news goes at once, and more of it together after so long. */
const newsMs = 20
/** A kind that was submitted within so long is not news. */
const knownMs = 60_000
const mostKnown = 2_000
/** In a flood of critical records the rest is kept within a second. */
const mostKept = 100
/** A short absence has to be ended in time. */
const shortAbsenceMs = 10_000

interface Known {
  readonly rank: number
  readonly at: number
}

export function createOutbox({ id: self, process, place, host, clock }: PeerParts): Outbox {
  const member = createMember<Item>()
  const batch = createBatch()
  const known = createLru<string, Known>(mostKnown)
  let newsTimer: Timer | undefined
  let restTimer: Timer | undefined
  let sentAt = Number.NEGATIVE_INFINITY
  let submitted = 0
  /** What was kept at once within this second. */
  let kept = { from: Number.NEGATIVE_INFINITY, count: 0 }

  function note(isAdded: boolean, records: number, isNews: boolean): void {
    // A new kind beyond the bound: what is counted here is saved, and makes room.
    if (!isAdded && place.countsHere) host().save()
    else if (!isAdded) host().countLost(records)
    if (place.countsHere) return
    submitted += records
    if (isNews) sendNews()
    else restTimer ??= clock.after(beatMs, send)
  }

  function isNews({ id, severity, action, condition }: Occurrence, at: number): boolean {
    const rank = severityRank(severity)
    const last = known.get(id)
    const isFirst = last === undefined || last.rank < rank || last.at + knownMs < at
    if (isFirst) known.set(id, { rank, at })
    const { when } = condition ?? {}
    const isShort = condition !== undefined && (when?.kind !== 'absence' || when.absentMs <= shortAbsenceMs)
    return isFirst || isShort || action === 'resolve' || severity === 'critical'
  }

  function sendNews(): void {
    if (clock.now() - sentAt >= newsMs) send()
    else newsTimer ??= clock.after(newsMs, send)
  }

  function send(): void {
    stop()
    sentAt = clock.now()
    // While no process takes it, it is counted on.
    while (place.link !== undefined && !batch.isEmpty() && member.hasRoom())
      place.link.send({ delta: member.add(batch.take()) })
  }

  /** A critical record outlives this process from the moment at which it was logged. */
  function keepNews(): void {
    if (clock.now() - kept.from >= beatMs) kept = { from: clock.now(), count: 0 }
    if (kept.count >= mostKept || !member.hasRoom()) return
    kept.count++
    const before = member.unsaved().length
    cut()
    const submitted = rest(before)
    host().keep(submitted)
    for (const delta of submitted.deltas) place.link?.send({ delta })
  }

  function rest(from = 0): Submitted {
    return { member: self, process, deltas: member.unsaved().slice(from) }
  }

  function cut(): void {
    while (!batch.isEmpty()) member.add(batch.take())
  }

  function stop(): void {
    newsTimer?.cancel()
    restTimer?.cancel()
    newsTimer = undefined
    restTimer = undefined
  }

  return {
    add(occurrence, at, origin) {
      const news = !place.countsHere && isNews(occurrence, at)
      const isAdded = batch.add(occurrence, at, origin, news)
      if (isAdded && !place.countsHere && occurrence.severity === 'critical') keepNews()
      note(isAdded, occurrence.action === 'fire' ? 1 : 0, news)
    },
    addItem: (item) => note(batch.addItem(item), 0, true),
    send,
    cut,
    rest,
    see(number) {
      member.see(number)
      host().release(number)
    },
    addEmpty: () => member.add([]).number,
    takeBack(number) {
      const numbered = member.takeBack(number)
      const rest: Item[] = []
      while (!batch.isEmpty()) rest.push(...batch.take())
      return [...numbered, { number: 0, items: rest }]
    },
    unsaved: member.unsaved,
    clearCounted: batch.clear,
    hasCounted: () => !batch.isEmpty(),
    isEmpty: () => batch.isEmpty() && member.unsaved().length === 0,
    submitted: () => submitted,
    stop,
  }
}
