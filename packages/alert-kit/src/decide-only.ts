/**
 * Options for a hub that only decides: without what reaches out of the process or leaves traces of it.
 */
import type { AlertOptions } from 'alert-core'

/** The same options without state, reload, metrics and heartbeat. */
export function decideOnly(options: AlertOptions): AlertOptions {
  const { state: _, reload: __, metrics: ___, heartbeat: ____, ...rest } = options
  return rest
}
