/**
 * A hub from options as they are written: checked here, on the thread that it runs on.
 */

import { type AlertOptions, checkOptions, checkSilence } from '../options.ts'
import { followDocument } from './follow-document.ts'
import type { Hub, HubPorts, LazyParts } from './hub-types.ts'
import { openHub } from './open-hub.ts'
import { openState } from './open-state.ts'

/** At hand here. */
export const lazyParts: LazyParts = { checkOptions, checkSilence, openState, followDocument }

/**
 * Opens a hub. A bad option disables what it concerns and is told as a `fault` event and a process warning, unless
 * `strict` is set: then the first thing this does is throw `ALERT_OPTIONS_INVALID` with every problem.
 */
export function createHub(options: AlertOptions = {}, ports: HubPorts = {}): Hub {
  return openHub(options, checkOptions(options, ports.env, ports.wire?.levels), () => lazyParts, ports)
}
