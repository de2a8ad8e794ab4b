/**
 * What one transport does with log calls: decides, writes the line, hands it to the link that it shares with transports of equal options.
 */
import type { AlertEvent, AlertOptions, Explanation, FlushResult, SilenceOptions, Stats } from 'alert-core'
import {
  type Lease,
  type LinkSetup,
  leaseLink,
  linkKey,
  plainSilence,
  planAdapter,
  remember,
  startsEarly,
  type Wanted,
  workerUnreachable,
} from 'alert-core/adapter'
import { type Info, levelKey } from './info.ts'
import { createInterest } from './interest.ts'
import { type Levels, npmLevels, scaleLevels } from './levels.ts'
import { writeLine } from './line.ts'
import { createUrgency, urgentMs } from './urgent.ts'

export interface Adapter {
  /** True for a log call that is to be told; `level` is the transport's threshold now. */
  wants(info: Info, level: string | undefined): boolean
  take(info: Info): void
  /** The levels of the logger that the transport now belongs to, 0 for the worst. */
  setLevels(ranks: Readonly<Record<string, number>>): void
  flush(): Promise<FlushResult>
  /** What is not told is kept in a state directory. */
  readonly isKept: boolean
  /** Gives up the worker, which stays a while for the next transport with equal options. */
  release(): void
  close(): Promise<FlushResult>
  reopen(): void
  /** Starts at once what takes long to start, if anything does. */
  warm(level: string | undefined): void
  countUnreadable(): void
  stats(): Promise<Stats>
  explain(info: Info | string): Promise<Explanation>
  silence(silence: SilenceOptions): Promise<string>
  unsilence(id: string): Promise<boolean>
}

interface AdapterPlan {
  readonly level: string | undefined
  readonly interest: (info: Info) => boolean
  readonly setup: LinkSetup
  /** What `interest` follows, once that is no longer what the options say. */
  readonly wanted?: Wanted
}

const allDelivered: FlushResult = { delivered: true, pending: 0 }
const planOnce = remember(planAdapter)
/** As `writeLine` names them. */
const keys = { messageKey: 'msg', errorKey: 'err' } as const
const nothing: Stats = { lines: 0, matched: 0, rules: {}, failures: {}, suppressed: {}, channels: {} }

/** `options` have been checked; `listener` hears what becomes of alerts. */
export function createAdapter(
  options: AlertOptions,
  listener: (event: AlertEvent) => void,
  onLease: (lease: Lease) => void,
): Adapter {
  const isKept = options.state?.dir !== undefined
  const isUrgent = createUrgency(isKept)
  let levels: Levels = npmLevels
  let plan: AdapterPlan | undefined
  let lease: Lease | undefined
  let isClosed = false
  let late = 0
  let unreadable = 0

  function planned(level: string | undefined): AdapterPlan {
    const wanted = level === undefined ? options : { ...options, level }
    const { level: threshold, wantsAll, ...rest } = planOnce(wanted, levels)
    // The worker need not know the logger's own words for the threshold.
    const setup = { options: { ...wanted, level: threshold }, wire: { levels, ...keys }, ...rest }
    if (lease !== undefined && lease.key !== linkKey(setup)) giveBack()
    plan = { level, interest: createInterest({ levels, threshold, wantsAll }), setup }
    return plan
  }

  /** A document that replaces the options may want other records. */
  function planNow(level: string | undefined): AdapterPlan {
    const current = plan !== undefined && plan.level === level ? plan : planned(level)
    const wanted = lease?.link.wanted()
    if (wanted === undefined || wanted === current.wanted) return current
    const interest = createInterest({ levels, threshold: wanted.level, wantsAll: wanted.wantsAll })
    plan = { ...current, wanted, interest }
    return plan
  }

  function open(): Lease {
    lease = leaseLink((plan ?? planned(undefined)).setup, listener)
    onLease(lease)
    return lease
  }

  /** Some hubs are opened before the first error: for one in a process of its own, or one with a past, that is too late. */
  function warm(level: string | undefined): void {
    if (isClosed || lease !== undefined) return
    if (startsEarly((plan ?? planned(level)).setup)) open()
  }

  /** Who asks must know whom: the hub is opened for it. */
  function linked(): Lease['link'] {
    if (isClosed) throw workerUnreachable()
    return (lease ?? open()).link
  }

  function giveBack(): void {
    lease?.release()
    lease = undefined
  }

  return {
    wants(info, level) {
      return planNow(level).interest(info)
    },
    take(info) {
      if (isClosed) {
        late++
        return
      }
      const { link } = lease ?? open()
      const line = writeLine(info, levels, Date.now())
      link.write(line)
      if (isUrgent(line)) link.flushSync(urgentMs)
    },
    setLevels(ranks) {
      levels = scaleLevels(ranks)
      plan = undefined
    },
    flush: async () => (await lease?.link.flush()) ?? allDelivered,
    isKept,
    release() {
      isClosed = true
      giveBack()
    },
    async close() {
      isClosed = true
      const given = lease
      lease = undefined
      return (await given?.close()) ?? allDelivered
    },
    reopen() {
      isClosed = false
    },
    warm,
    async explain(info) {
      const line = typeof info === 'string' ? info : writeLine(labelled(info), levels, Date.now())
      return linked().ask('explain', line.trimEnd())
    },
    silence: async (silence) => linked().ask('silence', plainSilence(silence)),
    unsilence: async (id) => linked().ask('unsilence', id),
    countUnreadable() {
      unreadable++
    },
    async stats() {
      const link = await lease?.link.stats()
      const hub = link?.hub ?? nothing
      const own = {
        full: link?.dropped ?? 0,
        lost: link?.lost ?? 0,
        closed: (hub.failures['closed'] ?? 0) + (link?.late ?? 0) + late,
        unreadable: (hub.failures['unreadable'] ?? 0) + unreadable,
      }
      const failures = Object.entries(own).filter(([, count]) => count > 0)
      return { ...hub, failures: { ...hub.failures, ...Object.fromEntries(failures) } }
    },
  }
}

/** As a logger passes it on: a record that people write down has its level by name only. */
function labelled(info: Info): Info {
  return info[levelKey] === undefined ? { ...info, [levelKey]: info['level'] } : info
}
