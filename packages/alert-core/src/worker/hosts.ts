/**
 * The kinds of road, and which takes whose place where one cannot start.
 */
import { openInlineHost } from './inline.ts'
import type { HostKind } from './link.ts'
import { openNoHost } from './no-host.ts'
import { openProcessHost } from './process.ts'
import { openThreadHost } from './thread.ts'
import { warnInline, warnThread } from './warnings.ts'

/** For a logger inside the alerting itself. */
export const none: HostKind = { open: openNoHost }

export const inline: HostKind = { open: openInlineHost, isInline: true, warnInstead: warnInline }

const thread: HostKind = { open: openThreadHost, warnInstead: warnThread }

export const remote: HostKind = { open: openProcessHost }

/** By `runIn`, to be tried in turn. */
export const kindsOf: Readonly<Record<'worker' | 'process' | 'inline', readonly [HostKind, ...HostKind[]]>> =
  {
    worker: [thread, inline],
    process: [remote, thread, inline],
    inline: [inline],
  }
