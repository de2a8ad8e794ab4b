/**
 * The road of a logger that lives inside the alerting itself: it leads nowhere, or a channel that fails would be told of its own failure by
 * itself.
 */
import { nobodyAnswers } from './ask.ts'
import type { Road } from './road.ts'
import { warnNested } from './warn.ts'

const told = { told: true, waiting: 0 } as const

export function openNoRoad(): Road {
  warnNested()
  return {
    write: () => 'open',
    flushSync() {},
    flush: async () => told,
    close: async () => told,
    stats: async () => undefined,
    ask: () => Promise.reject(nobodyAnswers()),
    abandon() {},
    lastWords: () => () => {},
  }
}
