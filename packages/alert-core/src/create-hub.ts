/**
 * A hub from options as they are written: checked here, on the thread that it runs on.
 */
import { type Checks, type Hub, type HubPorts, openHub } from './hub.ts'
import { type AlertOptions, checkOptions, checkSilence } from './options.ts'

/** The checks, at hand. */
export const checks: Checks = { checkOptions, checkSilence }

/**
 * Opens a hub. A bad option disables what it concerns and is told as a `fault` event and a process warning, unless
 * `strict` is set: then the first thing this does is throw `ALERT_OPTIONS_INVALID` with every problem.
 */
export function createHub(options: AlertOptions = {}, ports: HubPorts = {}): Hub {
  return openHub(options, checkOptions(options, ports.env, ports.wire?.levels), () => checks, ports)
}
