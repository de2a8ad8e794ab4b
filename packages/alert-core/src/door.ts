/** What the doors (pino, winston) share on the application's thread. Not for applications. */

export { type Control, controlKey, createControl } from './control.ts'
export type { Wanted } from './hub.ts'
export { createGate } from './inspect/gate.ts'
export { nobodyAnswers } from './link/ask.ts'
export { bounded } from './link/bounded.ts'
export { type DoorPlan, planDoor } from './link/door-plan.ts'
export { type Lease, type LinkSetup, leaseLink, linkKey, startsEarly } from './link/links.ts'
export { wireOf } from './link/pino-config.ts'
export { lineOf, plainSilence } from './link/plain-given.ts'
export { remember } from './link/remember.ts'
export { onSignal } from './link/signals.ts'
export { assertOptions } from './options.ts'
