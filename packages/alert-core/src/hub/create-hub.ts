/**
 * A hub from options as users write them, checked on the thread on which it runs.
 */
import { type AlertOptions, type CheckedOptions, checkOptions, checkSilence } from '../options.ts'
import { openControlling } from './controlling.ts'
import { followDocument } from './follow-document.ts'
import type { Hub, HubPorts, LazyParts } from './hub-types.ts'
import { openFleet } from './open-fleet.ts'
import { openHub } from './open-hub.ts'
import { openState } from './open-state.ts'

/** Loaded with this file. */
export const lazyParts: LazyParts = {
  checkOptions,
  checkSilence,
  openState,
  openFleet,
  followDocument,
  openControlling,
}

/**
 * Opens a hub. A wrong option disables what it concerns and is reported as an `error` event and a process
 * warning. With `strict` it throws `ALERT_OPTIONS_INVALID` with every problem instead, before anything is
 * started.
 */
export function createHub(options: AlertOptions = {}, ports: HubPorts = {}): Hub {
  const checked = checkOptions(options, ports.env, ports.wire?.levels)
  const opened = ports.silentDirectory === undefined ? checked : withoutDirectory(checked)
  return openHub(options, opened, () => lazyParts, ports)
}

function withoutDirectory({ plan: { stateDir: _, ...plan }, ...checked }: CheckedOptions): CheckedOptions {
  return { ...checked, plan }
}
