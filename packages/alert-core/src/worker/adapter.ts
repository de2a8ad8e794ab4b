/** What the doors (pino, winston) share on the application's thread. Not for applications. */

export { AlertError } from '../errors/alert-error.ts'
export type { Wanted } from '../hub/hub-types.ts'
export { assertOptions } from '../options.ts'
export { createGate } from '../read/gate.ts'
export { type Levels, usualLevels } from '../read/levels.ts'
export {
  createWalk,
  enterObject,
  isError,
  leaveObject,
  readSafely,
  unreadable,
  type View,
  viewOf,
  type Walk,
} from '../read/safe-walk.ts'
export { isObject } from '../text/is-object.ts'
export { type AdapterPlan, planAdapter } from './adapter-plan.ts'
export { bounded } from './bounded.ts'
export { type Control, controlKey, createControl } from './control.ts'
export { wireOf } from './pino-config.ts'
export { lineOf, plainSilence } from './plain-input.ts'
export { remember } from './remember.ts'
export { workerUnreachable } from './requests.ts'
export { type Lease, type LinkSetup, leaseLink, linkKey, startsEarly } from './shared-links.ts'
export { onSignal } from './signals.ts'
