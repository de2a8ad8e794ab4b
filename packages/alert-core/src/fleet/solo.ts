/** No other process: everything is counted and sent here, at once. */
import type { Fleet } from './fleet-types.ts'

export function createSolo(): Fleet {
  return {
    decides: true,
    submitEnd: () => false,
    submitSilence: () => false,
    isShared: () => false,
    hasUnsaved: () => false,
    noteSaved() {},
    join: (host) => host.adopt(undefined),
    flush: async () => undefined,
    leave: async () => 'here',
    keepRest() {},
    close() {},
    stats: () => undefined,
  }
}
