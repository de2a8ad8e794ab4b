/**
 * What carries the messages of a fleet, and decides whose turn it is to notify: leases with rising terms, of
 * which each is taken by one process only. Tests replace it.
 */

import type { RuntimeSilence } from '../mute/silences.ts'
import type { Outcome } from '../requests/pending-requests.ts'
import type { Delta } from './fleet-types.ts'

/** Who notifies. A higher term replaces a lower one. */
export interface Lease {
  readonly term: number
  /** The process. */
  readonly id: string
}

export interface Leases {
  /** The lease of the highest term; undefined if there is none. */
  current(): Lease | undefined
  /**
   * Takes this lease, unless another process was faster (undefined), and accepts links. Throws if that is not
   * possible at all.
   */
  claim(lease: Lease, accept: (link: Link) => void): OwnedLease | undefined
  /** Connects to the process that has the lease; undefined if it does not answer. */
  connect(lease: Lease): Promise<Link | undefined>
}

export interface OwnedLease {
  /** Whether no other process has replaced it: read from the disk each time. */
  isOwned(): boolean
  /** Accepts no links any more; `isLast`: no process needs to know the term. */
  release(isLast: boolean): void
}

/** A connection between two processes; messages arrive in order, or not at all. */
export interface Link {
  send(message: Message): void
  /** Set once, right after the link was made. */
  receive(listener: LinkListener): void
  close(): void
}

export interface LinkListener {
  message(message: Message): void
  /** Something was said that cannot be read: it is left out, or the link is about to close. */
  unreadable(): void
  closed(): void
}

/** What processes say to each other. */
export type Message =
  // A member says:
  | { readonly hello: { readonly id: string; readonly process: string; readonly options?: string } }
  | { readonly delta: Delta }
  /** "Are you there?", once a second. */
  | { readonly beat: true }
  /** A question, or else to send what is due. */
  | { readonly ask: number; readonly question?: unknown }
  /** It ends: everything is to be saved and seen now. */
  | { readonly bye: true }
  // The speaker says:
  | { readonly welcome: { readonly seen: number; readonly silences: readonly RuntimeSilence[] } }
  | { readonly seen: number }
  | { readonly here: { readonly processes: number } }
  | { readonly silences: readonly RuntimeSilence[] }
  | ({ readonly answer: number } & Outcome)
  /** Everything is saved, and the process is not counted on to take over. */
  | { readonly goodbye: true }
