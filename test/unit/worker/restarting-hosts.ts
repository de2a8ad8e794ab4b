import type { Host, HostEvents, HostSetup } from '#core/worker/host.ts'
import { createRestartingHost } from '#core/worker/restart.ts'

/** Hosts that are lost as a test says; the next kind, the thread of the application, must not be opened. */
export function restartingHosts() {
  /** What each host that was opened reports to. */
  const opened: HostEvents[] = []
  /** For each restart, whether alerting rests before it. */
  const rests: boolean[] = []
  const kind = {
    open(_: HostSetup, events: HostEvents) {
      opened.push(events)
      return {} as Host
    },
  }
  const never = {
    open(): Host {
      throw new Error('must not be opened')
    },
  }
  const hosts = createRestartingHost(
    {} as HostSetup,
    [kind, never],
    { mayOpenNext: () => true, mayRestart: () => true, hasLines: () => true },
    {
      onOpen() {},
      onLost() {},
      onEvent() {},
      onWanted() {},
      onRestart: (_error, _uncertain, isResting) => rests.push(isResting),
    },
  )
  hosts.open()
  return { opened, rests }
}
