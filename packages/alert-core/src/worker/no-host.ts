/**
 * The road of a logger that lives inside the alerting itself: it leads nowhere, or a channel that fails would be told of its own failure by
 * itself.
 */

import type { Host } from './host.ts'
import { workerUnreachable } from './requests.ts'
import { warnNested } from './warnings.ts'

const notified = { delivered: true, pending: 0 } as const

export function openNoHost(): Host {
  warnNested()
  return {
    write: () => 'open',
    flushSync() {},
    flush: async () => notified,
    close: async () => notified,
    stats: async () => undefined,
    ask: () => Promise.reject(workerUnreachable()),
    abandon() {},
    lastWords: () => () => {},
  }
}
