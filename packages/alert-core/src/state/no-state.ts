/**
 * Where nothing survives the process.
 */
import type { State } from './state.ts'

/** The state of a hub that has no state directory: nothing. */
export const noState: State = {
  tracked: () => {},
  savePending: () => {},
  saveDone: () => {},
  silenced: () => {},
  redactAs: () => {},
  adopt: async () => {},
  markLate: (notification) => notification,
  stats: () => ({ place: 'memory', bytes: 0 }),
  close: async () => {},
}
