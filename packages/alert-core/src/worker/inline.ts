/**
 * The hub in this thread: if no worker can start (a bundle without its file, a locked-down machine), or if
 * none is wanted.
 */

import { isOwnWork, watchOwnWork } from '../deliver/own-work.ts'
import type { Hub } from '../hub/hub-types.ts'
import type { Host, HostEvents, HostSetup } from './host.ts'
import { noAnswer, type Value, workerUnreachable } from './requests.ts'
import { warnNested, warnOf } from './warnings.ts'
import { createLineReader } from './wire.ts'

/** Opens the hub as soon as its code is loaded; the link keeps lines until then. */
export function openInlineHost({ options, wire }: HostSetup, events: HostEvents): Host {
  let hub: Hub | undefined
  let take: ((lines: string) => void) | undefined
  let isOver = false
  watchOwnWork()

  const opening = import('../hub/create-hub.ts').then(({ createHub }) => {
    if (isOver) return undefined
    hub = createHub(options, {
      wire,
      onWanted: events.onWanted,
      warn: (message, code) => warnOf(message, code, isOver),
    })
    take = createLineReader(hub).write
    hub.subscribe(events.onEvent)
    events.onReady()
    events.onDrain()
    return hub
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
    flush: async () => (await (await opening)?.flush()) ?? noAnswer,
    close: async () => (await (await opening)?.close()) ?? noAnswer,
    stats: async () => hub?.stats(),
    async request(request, given) {
      const opened = await opening
      if (opened === undefined) throw workerUnreachable()
      return opened[request](given as never) as Value<typeof request>
    },
    abandon() {
      isOver = true
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
