/**
 * The road where no worker can start (a bundle without its file, a locked-down host), or none is wanted: the hub in this thread, with the
 * same bounds.
 */

import { isOwnWork, watchOwnWork } from '../deliver/own-work.ts'
import type { Hub } from '../hub/hub-types.ts'
import type { Host, HostEvents, HostSetup } from './host.ts'
import { createIntake } from './intake.ts'
import { noAnswer, type Value, workerUnreachable } from './requests.ts'
import { warnNested, warnOf } from './warnings.ts'

/** Opens the hub as soon as its code is loaded; lines wait until then. */
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
    take = createIntake(hub).write
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
    async ask(request, given) {
      const opened = await opening
      if (opened === undefined) throw workerUnreachable()
      return opened[request](given as never) as Value<typeof request>
    },
    abandon() {
      isOver = true
    },
    // Without an event loop nothing can be sent: what waits is left to the next start, where there is a place for it.
    lastWords() {
      isOver = true
      hub?.closeSync()
      return () => {}
    },
  }
}
