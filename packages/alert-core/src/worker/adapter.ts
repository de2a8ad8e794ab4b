/** What the adapters (pino, winston) share on the application's thread. Not for applications. */

export { controlHandler } from '../control/control-handler.ts'
export { AlertError } from '../errors/alert-error.ts'
export type { Wanted } from '../hub/hub-types.ts'
export { assertOptions, isEnabled } from '../options.ts'
export { createGate } from '../read/gate.ts'
export { type Levels, levelRanks, usualLevels } from '../read/levels.ts'
export {
  createWalk,
  enterObject,
  integerText,
  isError,
  leaveObject,
  readSafely,
  unreadable,
  type View,
  viewOf,
  type Walk,
} from '../read/safe-walk.ts'
export { isObject, isObjectOrList } from '../text/get-path.ts'
export { broadcastKey, createBroadcastConnection, createControl } from './broadcast.ts'
export { type Connection, createConnection, releaseWithOwner } from './connection.ts'
export { shareCrashes } from './crashes.ts'
export {
  type Adapter,
  type AdapterConnection,
  type AdapterPlan,
  createAdapter,
  planAdapter,
  wireOf,
} from './create-adapter.ts'
export { onSignal } from './exit.ts'
export { bounded } from './hub-requests.ts'
export { createListeners, emitWeakly } from './listeners.ts'
export { serveThreads } from './serve-threads.ts'
export { type LinkSetup, remember } from './shared-links.ts'
export { setWorkerStart } from './shared-thread.ts'
