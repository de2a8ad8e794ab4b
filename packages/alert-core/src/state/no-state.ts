/**
 * The state of a hub without a state directory: nothing survives the process.
 */
import type { State } from './state.ts'

export const noState: State = {
  saveAlert: () => {},
  saveUnsent: () => {},
  removeUnsent: () => {},
  saveSilence: () => {},
  removeSilence: () => {},
  setRedact: () => {},
  adopt: async () => {},
  withLateMark: (notification) => notification,
  forgetFormer: () => {},
  stats: () => ({ place: 'memory', bytes: 0 }),
  close: async () => {},
}
