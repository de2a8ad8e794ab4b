/**
 * What one transport does with log calls: decides, writes the line, hands it to the link that it shares with transports of equal options.
 */
import type { AlertEvent, AlertOptions, FlushResult, Stats } from 'alert-core'
import { planDoor } from 'alert-core/door'
import type { Info } from './info.ts'
import { createInterest } from './interest.ts'
import { type Levels, npmLevels, scaleLevels } from './levels.ts'
import { writeLine } from './line.ts'
import { type Lease, leaseLink, linkKey } from './links.ts'
import { remember } from './remember.ts'
import type { RoadSetup } from './road.ts'

export interface Door {
  /** True for a log call that is to be told; `level` is the transport's threshold now. */
  wants(info: Info, level: string | undefined): boolean
  take(info: Info): void
  /** The levels of the logger that the transport now belongs to, 0 for the worst. */
  setLevels(ranks: Readonly<Record<string, number>>): void
  flush(): Promise<FlushResult>
  /** Gives up the worker, which stays a while for the next transport with equal options. */
  release(): void
  close(): Promise<FlushResult>
  reopen(): void
  countUnreadable(): void
  stats(): Promise<Stats>
}

interface DoorPlan {
  readonly level: string | undefined
  readonly interest: (info: Info) => boolean
  readonly setup: RoadSetup
}

const toldAll: FlushResult = { told: true, waiting: 0 }
const planOnce = remember(planDoor)
const nothing: Stats = { lines: 0, matched: 0, failures: {}, notTold: {}, channels: {} }

/** `options` have been checked; `listener` hears what becomes of alerts. */
export function createDoor(
  options: AlertOptions,
  listener: (event: AlertEvent) => void,
  onLease: (lease: Lease) => void,
): Door {
  let levels: Levels = npmLevels
  let plan: DoorPlan | undefined
  let lease: Lease | undefined
  let isClosed = false
  let late = 0
  let unreadable = 0

  function planned(level: string | undefined): DoorPlan {
    const wanted = level === undefined ? options : { ...options, level }
    const door = planOnce(wanted, levels)
    // The worker need not know the logger's own words for the threshold.
    const setup = { options: { ...wanted, level: door.level }, levels, closeTimeoutMs: door.closeTimeoutMs }
    if (lease !== undefined && lease.key !== linkKey(setup)) giveBack()
    plan = {
      level,
      interest: createInterest({ levels, threshold: door.level, wantsAll: door.wantsAll }),
      setup,
    }
    return plan
  }

  function open(): Lease {
    lease = leaseLink((plan ?? planned(undefined)).setup, listener)
    onLease(lease)
    return lease
  }

  function giveBack(): void {
    lease?.release()
    lease = undefined
  }

  return {
    wants(info, level) {
      const current = plan !== undefined && plan.level === level ? plan : planned(level)
      return current.interest(info)
    },
    take(info) {
      if (isClosed) {
        late++
        return
      }
      const { link } = lease ?? open()
      link.write(writeLine(info, levels, Date.now()))
    },
    setLevels(ranks) {
      levels = scaleLevels(ranks)
      plan = undefined
    },
    flush: async () => (await lease?.link.flush()) ?? toldAll,
    release() {
      isClosed = true
      giveBack()
    },
    async close() {
      isClosed = true
      const given = lease
      lease = undefined
      return (await given?.close()) ?? toldAll
    },
    reopen() {
      isClosed = false
    },
    countUnreadable() {
      unreadable++
    },
    async stats() {
      const link = await lease?.link.stats()
      const hub = link?.hub ?? nothing
      const own = {
        full: link?.dropped ?? 0,
        closed: (hub.failures['closed'] ?? 0) + (link?.late ?? 0) + late,
        unreadable: (hub.failures['unreadable'] ?? 0) + unreadable,
      }
      const failures = Object.entries(own).filter(([, count]) => count > 0)
      return { ...hub, failures: { ...hub.failures, ...Object.fromEntries(failures) } }
    },
  }
}
