/** What parts of a hub say to others that are made after them, over one emitter that is the hub's own. */
import type { EventEmitter } from 'node:events'
import type { Effect } from '../alerts/tracker.ts'
import type { Occurrence } from '../model.ts'

/** Names with what is said. */
export interface HubSignals {
  /** A meta-alert starts or ends. */
  metaAlert: [occurrence: Occurrence]
  /** The tracker changed, at this moment, epoch ms. */
  effects: [effects: readonly Effect[], now: number]
}

export type Signals = EventEmitter<HubSignals>
