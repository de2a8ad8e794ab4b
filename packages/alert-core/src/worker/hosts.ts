/**
 * The kinds of host, and which one takes the place of a kind that cannot start.
 */

import { isOwnWork, watchOwnWork } from '../deliver/own-work.ts'
import type { Hub } from '../hub/hub-types.ts'
import type { Host, HostEvents, HostKind, HostKinds, HostSetup } from './host.ts'
import { hubAnswering, noAnswer, type Value, workerUnreachable } from './hub-requests.ts'
import { openParentHost } from './parent.ts'
import { openProcessHost } from './process.ts'
import { openThreadHost } from './thread.ts'
import { warnInline, warnNested, warnOf, warnThread } from './warnings.ts'
import { createLineReader } from './wire.ts'

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

type HubModule = typeof import('../hub/create-hub.ts')

/** The build makes a `require()` of it, which loads at once also when the process exits. */
function loadHub(): HubModule | Promise<HubModule> {
  return import('../hub/create-hub.ts')
}

/**
 * The hub in this thread: if no worker can start (a bundle without its file, a locked-down machine), or if
 * none is wanted. It opens as soon as its code is loaded; the link keeps lines until then.
 */
function openInlineHost({ options, wire }: HostSetup, events: HostEvents): Host {
  let hub: Hub | undefined
  let take: ((lines: string) => void) | undefined
  let isOver = false
  watchOwnWork()

  function open({ createHub }: HubModule): Hub {
    hub ??= createHub(options, {
      wire,
      onWanted: events.onWanted,
      warn: (message, code) => warnOf(isOver ? withRemedy(message, code) : message, code, isOver),
    })
    take = createLineReader(hub).write
    return hub
  }

  // Not in the turn of the first line: loading takes longer than a turn should.
  const opening = new Promise<void>((resolve) => setImmediate(resolve)).then(loadHub).then((loaded) => {
    if (isOver) return undefined
    const opened = open(loaded)
    opened.subscribe(events.onEvent)
    events.onReady()
    events.onDrain()
    return opened
  })
  opening.catch((error: unknown) => events.onLost(error, []))

  return {
    write(lines) {
      if (isOwnWork()) {
        warnNested()
        return 'open'
      }
      take?.(lines)
      return take === undefined ? 'gone' : 'open'
    },
    flushSync() {},
    flush: async (options) => (await (await opening)?.flush(options)) ?? noAnswer,
    close: async () => (await (await opening)?.close()) ?? noAnswer,
    stats: async () => hub?.stats(),
    async request(request, given) {
      const opened = await opening
      if (opened === undefined) throw workerUnreachable()
      return hubAnswering(opened)[request](given as never) as Value<typeof request>
    },
    abandon() {
      isOver = true
    },
    openAtExit() {
      if (hub !== undefined || isOver) return
      const loaded = loadHub()
      if (!(loaded instanceof Promise)) open(loaded)
    },
    // Without an event loop nothing can be sent: the state directory keeps what is pending for the next
    // start, if there is one.
    closeAtExit() {
      isOver = true
      hub?.closeSync()
      return () => {}
    },
  }
}

function withRemedy(message: string, code: string): string {
  if (code !== 'ALERT_UNDELIVERED') return message
  return `${message} In this thread nothing is sent during an exit: set state.dir, and the next start sends it.`
}
