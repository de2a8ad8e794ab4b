/** Where a process of a fleet stands. */
import type { Clock } from '../time/clock.ts'
import type { FleetFlush, FleetHost, FleetRole } from './fleet-types.ts'
import type { Leases, Link, OwnedLease } from './lease-types.ts'

/** What a process achieved that sends nothing, because another one will. */
export const leftToOthers: FleetFlush = { delivered: true, pending: 0 }

/** Each change of it is a call that says what happens; only that changes it. */
export interface Place {
  readonly role: FleetRole
  /** Its own tracker has counted what is in the batch, which is kept until it is saved. */
  readonly countsHere: boolean
  /** It notifies for all, or is about to. */
  readonly lease: OwnedLease | undefined
  /** To the process that does. */
  readonly link: Link | undefined
  /** It ends, and takes nothing over any more. */
  readonly isClosed: boolean
  /** How often another process has taken over from this one. */
  readonly lives: number
  connect(link: Link): void
  disconnect(): void
  /** Another process notifies, and counts what this one submits. */
  follow(): void
  /** It is not known who notifies. */
  startOver(): void
  claim(lease: OwnedLease | undefined): void
  /** From now on it notifies for all. */
  speak(): void
  /** From now on it notifies for itself. */
  goAlone(): void
  /** What it submitted so far is counted by its own tracker from now on. */
  countHere(): void
  /** What its own tracker counted is submitted from now on. */
  countElsewhere(): void
  /** Another process has taken over: what this one wrote is in the name of a life that is over. */
  stepDown(): void
  close(): void
}

export interface PeerOptions {
  /** Unique among all processes, also former ones. */
  readonly id: string
  /** What people call this process. */
  readonly process: string
  readonly leases: Leases
  /** A steady clock. */
  readonly clock: Clock
  /** Differs if the rules or the channels do. */
  readonly options?: string
}

/** What the parts have in common. */
export interface PeerParts extends PeerOptions {
  readonly place: Place
  readonly host: () => FleetHost
}

export const beatMs = 1_000

export function createPlace(): Place {
  const place = {
    role: 'starting' as FleetRole,
    countsHere: true,
    lease: undefined as OwnedLease | undefined,
    link: undefined as Link | undefined,
    isClosed: false,
    lives: 0,
    connect(link: Link) {
      place.link = link
    },
    disconnect() {
      place.link = undefined
    },
    follow() {
      place.role = 'follower'
      place.countsHere = false
    },
    startOver() {
      place.role = 'starting'
    },
    claim(lease: OwnedLease | undefined) {
      place.lease = lease
    },
    speak() {
      place.role = 'speaker'
    },
    goAlone() {
      place.role = 'alone'
    },
    countHere() {
      place.countsHere = true
    },
    countElsewhere() {
      place.countsHere = false
    },
    stepDown() {
      place.role = 'starting'
      place.countsHere = false
      place.lease = undefined
      place.lives++
    },
    close() {
      place.isClosed = true
    },
  }
  return place
}

/** In whose name the journal is written: another one in each life. */
export function writerOf({ id, place }: Pick<PeerParts, 'id' | 'place'>): string {
  return `${id}.${place.lives}`
}
