/** Where a process of a fleet stands: shared by the parts of `peer.ts`, and changed by them. */
import type { Clock } from '../time/clock.ts'
import type { FleetHost, FleetRole } from './fleet-types.ts'
import type { Leases, Link, OwnedLease } from './lease-types.ts'

export interface Place {
  role: FleetRole
  /** Its own tracker has counted what is in the batch, which is kept until it is saved. */
  countsHere: boolean
  /** It notifies for all, or is about to. */
  lease: OwnedLease | undefined
  /** To the process that does. */
  link: Link | undefined
  /** It ends, and takes nothing over any more. */
  isClosed: boolean
  /** How often another process has taken over from this one. */
  lives: number
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
/** A speaker that leaves so many beats in a row unanswered is replaced. */
export const mostMissed = 4

export function createPlace(): Place {
  return {
    role: 'starting',
    countsHere: true,
    lease: undefined,
    link: undefined,
    isClosed: false,
    lives: 0,
  }
}

/** In whose name the journal is written: another one in each life. */
export function writerOf({ id, place }: Pick<PeerParts, 'id' | 'place'>): string {
  return `${id}.${place.lives}`
}
