/** What the doors (pino, winston) share on the application's thread. Not for applications. */
export { type Control, controlKey, createControl } from './control.ts'
export { assertOptions } from './options.ts'
