/** The counters of a hub, and the form in which `stats()` shows them. */
import type { RecordCounts } from '../alerts/tracker.ts'
import type { FleetStats } from '../fleet/fleet-types.ts'
import type { AlertEvent } from '../model.ts'

/** Why a line was counted and did not become a record. 'closed': it came after the end. */
export type LineFailure = 'not-json' | 'not-an-object' | 'too-long' | 'unreadable' | 'closed'

/** Counters since the start; every number only grows, except what waits and the size of the journal. */
export interface Stats {
  /** Lines and `publish` calls received, whether a rule looks at them or not. */
  readonly lines: number
  /** Records that a rule took, and meta-alerts. */
  readonly matched: number
  /** Of those, the records that no alert counts (yet): their condition is not met, or they end an absence. */
  readonly unmet: number
  /**
   * Records that alerts counted: `matched` less `unmet`, and one for each that an `absent` rule missed. On
   * each channel the sum of its `records`, unless it came later or the state of a former process was taken
   * over.
   */
  readonly counted: number
  /**
   * By rule: records that it took, and records that the rule keeps from alerting (severity 'off', or the
   * built-in 'client-error').
   */
  readonly rules: Readonly<Record<string, { readonly matched: number; readonly off: number }>>
  /** Lines that could not be read, by {@link LineFailure}, and internal errors, by code. */
  readonly failures: Readonly<Record<string, number>>
  /** By channel: notifications and attempts. */
  readonly channels: Readonly<Record<string, ChannelStats>>
  /** How often alerts or notifications were deliberately not sent, and records were dropped, by reason. */
  readonly suppressed: Readonly<Record<string, number>>
  /** Where the state is kept; absent without a state directory. */
  readonly state?: StateStats
  /** The processes that share the state; absent without a state directory. */
  readonly fleet?: FleetStats
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
  /** How often alerts or notifications were not sent to this channel, by reason. */
  readonly suppressed: Readonly<Record<string, number>>
  /** What became of the records that alerts counted. What fell back from another channel is counted there. */
  readonly records: {
    readonly delivered: number
    readonly failed: number
    /** Filtered, silenced, inhibited, outside the schedule, ended before it was due … */
    readonly suppressed: number
    /** Not sent yet, or not answered yet. */
    readonly waiting: number
  }
}

export type Waiting = Pick<ChannelStats, 'waiting' | 'oldestWaitingMs'> & {
  /** Its own records among it. */
  readonly records: number
}

export interface Counters {
  countLine(times?: number): void
  countMatch(rule: string): void
  countOff(rule: string, reason?: 'client-error'): void
  /** A line that became no record. */
  countFailure(failure: LineFailure): void
  /** The same for a line that was not counted yet. */
  countUnread(failure: LineFailure): void
  countEvent(event: AlertEvent): void
  /** A notification with so many records was delivered or failed. */
  countRecords(channel: string, outcome: 'delivered' | 'failed', records: number): void
  stats(
    waiting: ReadonlyMap<string, Waiting>,
    records: RecordCounts,
    state?: StateStats,
    fleet?: FleetStats,
  ): Stats
}

interface ChannelCounters {
  delivered: number
  retries: number
  failed: number
  readonly suppressed: Map<string, number>
  readonly records: { delivered: number; failed: number; suppressed: number }
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
      const records = { delivered: 0, failed: 0, suppressed: 0 }
      counters = { delivered: 0, retries: 0, failed: 0, suppressed: new Map(), records }
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
    countOff(name, reason) {
      rule(name).off++
      add(suppressed, reason ?? 'off', 1)
    },
    countFailure: (failure) => add(failures, failure, 1),
    countUnread(failure) {
      lines++
      add(failures, failure, 1)
    },
    countEvent(event) {
      switch (event.type) {
        case 'fired':
        case 'acknowledged':
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
          channel(event.channel).records.suppressed += event.count ?? 0
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
    countRecords(name, outcome, records) {
      channel(name).records[outcome] += records
    },
    stats: (waiting, { counted, missing, channels: ofTracker }, state, fleet) => ({
      lines,
      matched,
      unmet: unmetOf(matched, counted - missing, fleet),
      counted,
      rules: Object.fromEntries([...rules].map(([name, counters]) => [name, { ...counters }])),
      failures: Object.fromEntries(failures),
      suppressed: Object.fromEntries(suppressed),
      channels: Object.fromEntries(
        [...waiting].map(([name, { records: queued, ...waits }]) => {
          const { suppressed, records, ...counters } = channel(name)
          const { waiting = 0, filtered = 0 } = ofTracker.get(name) ?? {}
          const all = {
            ...records,
            suppressed: records.suppressed + filtered,
            waiting: queued + waiting,
          }
          return [name, { ...counters, suppressed: Object.fromEntries(suppressed), records: all, ...waits }]
        }),
      ),
      ...(state === undefined ? {} : { state }),
      ...(fleet === undefined ? {} : { fleet }),
    }),
  }
}

/** What other processes count, or what this one counts for them, was matched elsewhere. */
function unmetOf(matched: number, counted: number, fleet: FleetStats | undefined): number {
  const { submitted = 0, received = 0 } = fleet ?? {}
  return Math.max(0, matched - submitted + received - counted)
}

function add(counters: Map<string, number>, name: string, number: number): void {
  counters.set(name, (counters.get(name) ?? 0) + number)
}
