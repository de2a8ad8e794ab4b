/**
 * One process of a fleet. Each process counts what it logs and submits it under numbers; the one that has
 * the lease counts for all and notifies.
 *
 *   starting ─ a process answers ─▶ follower ─ link closed, or 5 beats unanswered ─▶ starting
 *      ├─────── lease taken ──────▶ speaker ── its lease was replaced ────────────▶ starting
 *      └── neither is possible ───▶ alone ──── one of them is, 10 s to 5 m later ──▶ starting
 */
import type { Clock, Timer } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { Fleet, FleetFlush, FleetHost, FleetRole, FleetStats, FlushNeed } from './fleet-types.ts'
import { createFollower, type Follower } from './follower.ts'
import { createLeaseKeeper, type LeaseKeeper } from './lease-keeper.ts'
import type { Lease } from './lease-types.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { createPatience } from './patience.ts'
import {
  beatMs,
  createPlace,
  leftToOthers,
  type PeerOptions,
  type PeerParts,
  type Place,
  writerOf,
} from './place.ts'
import { readFlush } from './read-message.ts'
import { createSpeaker, type Speaker } from './speaker.ts'

/** A link that breaks before the speaker has answered is made again so often. */
const mostCutOff = 3
const beatByItselfMs = 60_000
/** After a takeover the others have joined, even on a busy machine. */
const joinMs = 500
const joinPollMs = 10
const unanswered: FleetFlush = { delivered: false, pending: 1 }

export function createPeer(options: PeerOptions): Fleet {
  const { clock } = options
  const place = createPlace()
  let host!: FleetHost
  const parts: PeerParts = { ...options, place, host: () => host }
  const outbox = createOutbox(parts)
  const speaker = createSpeaker({ ...parts, outbox })
  const patience = createPatience(clock)
  const follow = (to: Lease) => follower.follow(to)
  const keeper = createLeaseKeeper({ ...parts, outbox, speaker, patience, follow, rejoin })
  const follower = createFollower({ ...parts, outbox, patience, rejoin, passOn: keeper.passOn })
  let joining: Promise<void> | undefined
  let isFinding = false

  /** As a call: it changes while something is waited for. */
  const hasRole = (one: FleetRole) => place.role === one
  const isElsewhere = () => !place.countsHere && !hasRole('alone')

  function rejoin(silent?: string): void {
    beat.restart()
    if (!isFinding && !place.isClosed) joining = findSpeaker(silent)
  }

  /** `silent` is not asked: it did not answer. */
  async function findSpeaker(silent?: string): Promise<void> {
    isFinding = true
    let cutOff = 0
    while (hasRole('starting') && !place.isClosed) {
      const former = place.lease === undefined ? keeper.current() : undefined
      if (former !== undefined && former.id !== silent && cutOff < mostCutOff) {
        const answer = await follower.follow(former)
        if (answer === 'cut off') cutOff++
        if (answer !== 'no answer') continue
      }
      if (place.lease !== undefined || keeper.take(former)) await keeper.speak()
    }
    isFinding = false
    if (hasRole('speaker') || hasRole('follower')) keeper.noteJoined()
  }

  const beat = createBeat(parts, speaker, () => {
    if (hasRole('speaker') && place.lease?.isOwned() === false) keeper.stepDown()
    else follower.beat()
  })

  async function joined(withinMs: number): Promise<void> {
    if (joining !== undefined) await waitAtMost(joining, withinMs, clock)
  }

  const leaving = { place, clock, speaker, follower, keeper, joined }

  return {
    writer: () => writerOf(parts),
    get decides() {
      return place.countsHere
    },
    mayAct() {
      const { lease, countsHere } = place
      if (lease === undefined) return hasRole('alone') || countsHere
      if (lease.isOwned()) return true
      queueMicrotask(keeper.stepDown)
      return false
    },
    submit(occurrence, at, origin) {
      if (!hasRole('alone')) outbox.add(occurrence, at, origin)
      return isElsewhere()
    },
    submitEnd(names, record, at) {
      if (!isElsewhere() || names.length === 0) return false
      outbox.addItem({ names, record, ...(at !== undefined && { at }) })
      return true
    },
    submitSilence(silence) {
      // As a record: the process may find that another one notifies.
      if (!hasRole('alone')) outbox.addItem({ silence })
      if (!isElsewhere()) queueMicrotask(speaker.spreadSilences)
      return isElsewhere()
    },
    isShared: () => speaker.members() > 0,
    hasUnsaved: () => place.countsHere && speaker.members() > 0 && outbox.hasCounted(),
    noteSaved() {
      if (!place.countsHere || (place.lease === undefined && !hasRole('alone'))) return
      outbox.clearCounted()
      speaker.saved()
    },
    join(given) {
      host = given
      // No process notifies: this one does, before it logs anything.
      if (keeper.current() === undefined) keeper.take(undefined)
      beat.restart()
      joining = hasRole('starting') ? findSpeaker() : host.adopt(undefined)
      return joining
    },
    flush: (withinMs, need) => flush({ ...leaving, outbox, isElsewhere }, withinMs, need),
    async ask(question, withinMs) {
      await joined(withinMs)
      return isElsewhere() ? follower.ask(withinMs, question) : undefined
    },
    leave: (withinMs) => leave(leaving, withinMs),
    keepRest() {
      if (!isElsewhere()) return
      outbox.cut()
      if (!outbox.isEmpty()) host.keep(outbox.rest())
    },
    close() {
      place.close()
      beat.stop()
      outbox.stop()
      const isLast = speaker.members() === 0 && !keeper.hasReplaced()
      speaker.close()
      place.link?.close()
      place.lease?.release(isLast)
    },
    isAlone: () => hasRole('alone'),
    stats: () => statsOf(place.role, outbox, speaker, follower),
  }
}

interface Beat {
  restart(): void
  stop(): void
}

function createBeat({ clock, place }: PeerParts, speaker: Speaker, beat: () => void): Beat {
  let timer: Timer | undefined
  let isStopped = false

  /** Without others it is asked before each attempt and each write anyway whether it still may. */
  const isByItself = () => place.countsHere && place.role !== 'starting' && speaker.members() === 0

  function restart(): void {
    timer?.cancel()
    if (isStopped || place.isClosed) return
    timer = clock.after(isByItself() ? beatByItselfMs : beatMs, () => {
      restart()
      if (!place.isClosed) beat()
    })
  }

  return {
    restart,
    stop() {
      isStopped = true
      timer?.cancel()
    },
  }
}

function statsOf(role: FleetRole, outbox: Outbox, speaker: Speaker, follower: Follower): FleetStats {
  return {
    role,
    processes: knownProcesses(role, speaker, follower),
    submitted: outbox.submitted(),
    received: speaker.received(),
  }
}

/** Alone, those that it knew before. */
function knownProcesses(role: FleetRole, speaker: Speaker, follower: Follower): number {
  const own = 1 + speaker.members()
  if (role === 'follower') return Math.max(2, follower.processes())
  return role === 'alone' ? Math.max(own, follower.processes()) : own
}

interface LeaveParts {
  readonly place: Place
  readonly clock: Clock
  readonly speaker: Speaker
  readonly follower: Follower
  readonly keeper: Pick<LeaseKeeper, 'stayAlone' | 'spokeAt' | 'hasReplaced'>
  /** Resolves when it is known who notifies, or after so long. */
  readonly joined: (withinMs: number) => Promise<void>
}

interface FlushParts extends LeaveParts {
  readonly outbox: Outbox
  readonly isElsewhere: () => boolean
}

async function flush(parts: FlushParts, withinMs: number, need: FlushNeed): Promise<FleetFlush | undefined> {
  const { place, follower, outbox, joined, isElsewhere } = parts
  await joined(withinMs)
  if (!isElsewhere()) return need.isLeaving ? restOfSpeaker(parts, withinMs) : undefined
  outbox.send()
  if (need.isLeaving || !need.hasNews) return leftToOthers
  if (place.link !== undefined) return readFlush((await follower.ask(withinMs))?.value) ?? unanswered
  return { delivered: outbox.isEmpty(), pending: outbox.isEmpty() ? 0 : 1 }
}

/** What the speaker has to send is left to others, if there are any. */
async function restOfSpeaker(parts: LeaveParts, withinMs: number): Promise<FleetFlush | undefined> {
  await othersJoined(parts, withinMs)
  return parts.speaker.members() > 0 ? leftToOthers : undefined
}

/** As a call: it changes while something is waited for. */
const hasTaken = ({ role }: Place) => role === 'speaker' || role === 'alone'

/** After a takeover it takes the others some time to find this process. */
async function othersJoined(parts: LeaveParts, withinMs: number): Promise<void> {
  const { clock, speaker, keeper } = parts
  const endAt = Math.min(clock.now() + withinMs, keeper.spokeAt() + joinMs)
  // How many there are is heard once a second only: one may have joined the former one since.
  const isExpected = () => keeper.hasReplaced() && speaker.members() === 0
  while (isExpected() && clock.now() < endAt)
    await new Promise<void>((resolve) => void clock.after(joinPollMs, resolve))
}

/** Processes that end together take over from each other in turn: the last one sends. */
async function leave(parts: LeaveParts, withinMs: number): Promise<'here' | 'left'> {
  const { place, clock, speaker, follower, keeper, joined } = parts
  keeper.stayAlone()
  const endAt = clock.now() + withinMs
  const partMs = () => Math.min(withinMs / 3, endAt - clock.now())
  while (clock.now() < endAt) {
    await joined(partMs())
    if (hasTaken(place)) await othersJoined(parts, partMs())
    if (hasTaken(place)) return speaker.resign() ? 'left' : 'here'
    if (await follower.submitRest(partMs())) {
      place.close()
      return 'left'
    }
    // No process took it: it is sent here.
    if (place.role === 'follower') follower.replaceSilent()
  }
  return 'left'
}
