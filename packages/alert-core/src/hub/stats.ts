/** The counters of a hub, and the form in which `stats()` shows them. */
import type { AlertEvent } from '../model.ts'

/** Why a line was counted and did not become a record. 'closed': it came after the end. */
export type LineFailure = 'not-json' | 'not-an-object' | 'too-long' | 'unreadable' | 'closed'

/** Counters since the start; every number only grows, except what waits and the size of the journal. */
export interface Stats {
  /** Lines and `publish` calls received, whether a rule looks at them or not. */
  readonly lines: number
  /** Records that a rule took and counted for an alert. */
  readonly matched: number
  /**
   * By rule: records counted for an alert, and records that the rule (severity 'off') keeps from alerting.
   */
  readonly rules: Readonly<Record<string, { readonly matched: number; readonly off: number }>>
  /** Lines that could not be read, by {@link LineFailure}, and internal errors, by code. */
  readonly failures: Readonly<Record<string, number>>
  /** By channel: notifications and attempts. */
  readonly channels: Readonly<Record<string, ChannelStats>>
  /** Alerts, notifications or records that were deliberately not sent or were dropped, by reason. */
  readonly suppressed: Readonly<Record<string, number>>
  /** Where the state is kept; absent without a state directory. */
  readonly state?: StateStats
}

export interface StateStats {
  /** 'memory' while the directory cannot be used. */
  readonly place: 'disk' | 'memory'
  /** Size of the journal. */
  readonly bytes: number
  /** True once the rules are known and the state of former processes has been taken over. */
  readonly ready: boolean
}

export interface ChannelStats {
  /** Notifications that the provider accepted. */
  readonly delivered: number
  /** Attempts that failed and were or will be repeated. */
  readonly retries: number
  /** Notifications that will not be attempted again on this channel. */
  readonly failed: number
  /** Notifications that are neither delivered nor failed. */
  readonly waiting: number
  /** Age of the oldest notification that waits, ms. */
  readonly oldestWaitingMs: number
  /** Alerts or notifications that this channel was not sent, by reason. */
  readonly suppressed: Readonly<Record<string, number>>
}

/** What waits on one channel. */
export type Waiting = Pick<ChannelStats, 'waiting' | 'oldestWaitingMs'>

export interface Counters {
  countLine(times?: number): void
  countMatch(rule: string): void
  countOff(rule: string): void
  /** A line that became no record. */
  countFailure(failure: LineFailure): void
  /** The same for a line that was not counted yet. */
  countUnread(failure: LineFailure): void
  countEvent(event: AlertEvent): void
  stats(waiting: ReadonlyMap<string, Waiting>, state?: StateStats): Stats
}

interface ChannelCounters {
  delivered: number
  retries: number
  failed: number
  readonly suppressed: Map<string, number>
}

export function createCounters(): Counters {
  const channels = new Map<string, ChannelCounters>()
  const failures = new Map<string, number>()
  const suppressed = new Map<string, number>()
  const rules = new Map<string, { matched: number; off: number }>()
  let lines = 0
  let matched = 0

  function channel(name: string): ChannelCounters {
    let counters = channels.get(name)
    if (counters === undefined) {
      counters = { delivered: 0, retries: 0, failed: 0, suppressed: new Map() }
      channels.set(name, counters)
    }
    return counters
  }

  function rule(name: string) {
    let counters = rules.get(name)
    if (counters === undefined) {
      counters = { matched: 0, off: 0 }
      rules.set(name, counters)
    }
    return counters
  }

  return {
    countLine(times = 1) {
      lines += times
    },
    countMatch(name) {
      matched++
      rule(name).matched++
    },
    countOff(name) {
      rule(name).off++
      add(suppressed, 'off', 1)
    },
    countFailure: (failure) => add(failures, failure, 1),
    countUnread(failure) {
      lines++
      add(failures, failure, 1)
    },
    countEvent(event) {
      switch (event.type) {
        case 'fired':
          return
        case 'delivered':
          channel(event.channel).delivered++
          return
        case 'retrying':
          channel(event.channel).retries++
          return
        case 'failed':
          channel(event.channel).failed++
          add(channel(event.channel).suppressed, event.reason, 1)
          add(suppressed, event.reason, 1)
          return
        case 'suppressed':
          add(channel(event.channel).suppressed, event.reason, 1)
          add(suppressed, event.reason, 1)
          return
        case 'dropped':
          add(suppressed, event.reason, event.count)
          return
        case 'error':
          add(failures, event.code, 1)
          return
      }
    },
    stats: (waiting, state) => ({
      lines,
      matched,
      rules: Object.fromEntries([...rules].map(([name, counters]) => [name, { ...counters }])),
      failures: Object.fromEntries(failures),
      suppressed: Object.fromEntries(suppressed),
      channels: Object.fromEntries(
        [...waiting].map(([name, waits]) => {
          const { suppressed, ...counters } = channel(name)
          return [name, { ...counters, suppressed: Object.fromEntries(suppressed), ...waits }]
        }),
      ),
      ...(state === undefined ? {} : { state }),
    }),
  }
}

function add(counters: Map<string, number>, name: string, number: number): void {
  counters.set(name, (counters.get(name) ?? 0) + number)
}
