/**
 * Processes of one service under one virtual clock: each a hub, as if it were a process of its own. With a
 * directory they share it, and are a fleet.
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub, HubPorts } from '#core/hub/hub-types.ts'
import type { AlertOptions } from '#core/options.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

const stepMs = 1_000

export interface ProcessesOptions {
  /** Epoch ms. */
  readonly startMs: number
  readonly options: AlertOptions
  readonly directory?: string | undefined
  readonly ports?: HubPorts
}

export function createProcesses({ startMs, options, directory, ports }: ProcessesOptions) {
  const clock = createVirtualClock(startMs)
  const hubs: Hub[] = []
  const roleOf = (hub: Hub) => hub.stats().fleet?.role

  /** All sockets are of this process: what one writes is read within some turns of its loop. */
  async function advance(ms: number): Promise<void> {
    await clock.advance(ms)
    for (let turns = 0; turns < 12; turns++) await turn()
  }

  /** Files are read in their own time: meanwhile the clock goes no faster than a real one. */
  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await sleep(5)
      await advance(5)
    }
  }

  /** One more process; `use`: what is done with it at once. */
  async function start(more: AlertOptions = {}, use: (hub: Hub) => void = () => {}): Promise<Hub> {
    const state = directory === undefined ? {} : { state: { dir: directory, fleet: true } }
    const given = { process: `web-${hubs.length}`, ...state, ...options, ...more }
    const hub = createHub(given, { clock, env: {}, warn: () => {}, ...ports })
    use(hub)
    hubs.push(hub)
    onTestFinished(() => close(hub))
    const isReady = () => directory === undefined || hub.stats().state?.ready === true
    await until(() => roleOf(hub) !== 'starting' && isReady())
    return hub
  }

  async function close(hub: Hub | undefined): Promise<void> {
    const place = hubs.indexOf(hub!)
    if (place < 0) return
    hubs.splice(place, 1)
    let isClosed = false
    void hub!.close().then(() => {
      isClosed = true
    })
    await until(() => isClosed)
  }

  const speaker = () => hubs.find((hub) => roleOf(hub) === 'speaker')

  return {
    hubs,
    now: clock.now,
    roles: () => hubs.map(roleOf),
    start,
    close,
    until,
    async startAll(size: number) {
      for (let n = 0; n < size; n++) await start()
    },
    log(hub: Hub, fields: object) {
      hub.write(JSON.stringify({ level: 50, time: clock.now(), ...fields }))
    },
    /** To a moment; several processes in steps in which they hear from each other. */
    async passTo(moment: number) {
      if (hubs.length < 2) await clock.advanceTo(moment)
      while (clock.now() < moment) await advance(Math.min(stepMs, moment - clock.now()))
    },
    /** The process that leads ends, and another one takes the lead. */
    async changeLead() {
      await close(speaker())
      await until(() => speaker() !== undefined)
    },
    async closeAll() {
      for (const hub of [...hubs]) await close(hub)
    },
  }
}
