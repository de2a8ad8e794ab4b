/**
 * The kinds of host, and which one takes the place of a kind that cannot start.
 */
import type { Host, HostKind, HostKinds } from './host.ts'
import { openInlineHost } from './inline.ts'
import { openParentHost } from './parent.ts'
import { openProcessHost } from './process.ts'
import { workerUnreachable } from './requests.ts'
import { openThreadHost } from './thread.ts'
import { warnInline, warnNested, warnThread } from './warnings.ts'

/** For a logger inside the alerting itself: its lines go nowhere. */
export const none: HostKind = { open: openNoHost }

export const inline: HostKind = { open: openInlineHost, isInline: true, warnInstead: warnInline }

const thread: HostKind = { open: openThreadHost, warnInstead: warnThread }

/** In a thread of the application. */
export const parent: HostKind = { open: openParentHost }

export const remote: HostKind = { open: openProcessHost }

/** By `runIn`. */
export const kindsOf: Readonly<Record<'worker' | 'process' | 'inline', HostKinds>> = {
  worker: [thread, inline],
  process: [remote, thread, inline],
  inline: [inline],
}

const delivered = { delivered: true, pending: 0 } as const

/** Takes every line and does nothing with it. */
export function openNoHost(): Host {
  warnNested()
  return {
    write: () => 'open',
    flushSync() {},
    flush: async () => delivered,
    close: async () => delivered,
    stats: async () => undefined,
    request: () => Promise.reject(workerUnreachable()),
    abandon() {},
    closeAtExit: () => () => {},
  }
}
