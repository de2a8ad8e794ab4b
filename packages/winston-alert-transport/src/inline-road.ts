/**
 * The road where no worker can start (a bundle without its file, a locked-down host): the hub in this thread, with the same bounds.
 */
import type { Hub, Stats } from 'alert-core'
import type { Road, RoadEvents, RoadSetup } from './road.ts'

const nobody = { told: false, waiting: 0 } as const

/** Opens the hub as soon as its code is loaded; lines are taken from then on. */
export function openInlineRoad({ options, levels }: RoadSetup, events: RoadEvents): Road {
  let hub: Hub | undefined
  let isAbandoned = false

  const opening = import('alert-core').then(({ createHub }) => {
    if (isAbandoned) return undefined
    hub = createHub(options, { wire: { levels: { ...levels }, messageKey: 'msg', errorKey: 'err' } })
    hub.subscribe(events.onEvent)
    events.onOpen()
    return hub
  })
  opening.catch((error: unknown) => events.onLost(error))

  return {
    write(line) {
      hub?.write(line.toString().slice(0, -1))
      return hub === undefined ? 'gone' : 'open'
    },
    flush: async () => (await (await opening)?.flush()) ?? nobody,
    close: async () => (await (await opening)?.close()) ?? nobody,
    stats: async (): Promise<Stats | undefined> => hub?.stats(),
    abandon() {
      isAbandoned = true
    },
    // Without an event loop nothing can be sent.
    lastWords() {},
  }
}
