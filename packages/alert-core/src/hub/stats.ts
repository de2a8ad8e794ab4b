/**
 * What the library says of itself: every event passes here once, is counted, and reaches the listeners. A listener that throws
 * is the listener's own trouble. Nothing goes through the logger that is watched.
 */
import type { AlertEvent } from '../model.ts'

/** Reasons for which a line never became a record, or never came to the rules. */
export type LineFailure = 'not-json' | 'not-an-object' | 'too-long' | 'unreadable' | 'closed'

/** Counters since the start; every number only grows. */
export interface Stats {
  /** Lines handed in, interesting or not. */
  readonly lines: number
  /** Records that a rule took. */
  readonly matched: number
  /** By the rule that took the records: those that count, and those that are not to be told. */
  readonly rules: Readonly<Record<string, { readonly matched: number; readonly off: number }>>
  readonly failures: Readonly<Record<string, number>>
  /** By channel: notifications delivered, attempts that will be repeated, notifications refused for good. */
  readonly channels: Readonly<Record<string, ChannelStats>>
  /** Alerts or records that were not told, by reason. */
  readonly suppressed: Readonly<Record<string, number>>
  /** Where the state is kept; absent without a state directory. */
  readonly state?: StateStats
}

export interface StateStats {
  /** 'memory' while the directory cannot be used. */
  readonly place: 'disk' | 'memory'
  /** Size of the journal. */
  readonly bytes: number
  /** What former processes left has been taken over. */
  readonly ready: boolean
}

export interface ChannelStats {
  readonly delivered: number
  readonly retries: number
  readonly failed: number
  readonly waiting: number
  /** For how long the oldest that waits has waited. */
  readonly oldestWaitingMs: number
  /** Alerts or notifications that this channel was not told, by reason. */
  readonly suppressed: Readonly<Record<string, number>>
}

/** What waits on one channel. */
export type Waiting = Pick<ChannelStats, 'waiting' | 'oldestWaitingMs'>

export interface Events {
  emit(event: AlertEvent): void
  subscribe(listener: (event: AlertEvent) => void, filter?: (event: AlertEvent) => boolean): () => void
  countLine(times?: number): void
  /** A rule took a record: it counts, or is not to be told. */
  countMatch(rule: string): void
  countOff(rule: string): void
  countFailure(failure: LineFailure): void
  stats(waiting: ReadonlyMap<string, Waiting>, state?: StateStats): Stats
}

/** Begins at zero; `shownKey` hides what must not be seen in the readable keys of alerts. */
export function createEvents(shownKey: (key: string) => string = (key) => key): Events {
  const listeners = new Set<(event: AlertEvent) => void>()
  const channels = new Map<string, Counters>()
  const failures = new Map<string, number>()
  const suppressed = new Map<string, number>()
  let lines = 0
  const rules = new Map<string, { matched: number; off: number }>()
  let matched = 0

  function channel(name: string) {
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

  function count(event: AlertEvent): void {
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
  }

  return {
    emit(given) {
      count(given)
      if (listeners.size === 0) return
      const event = withKeys(given, shownKey)
      for (const listener of listeners) {
        try {
          listener(event)
        } catch {
          // The listener's own trouble: ours would be to let it stop an alert.
        }
      }
    },
    subscribe(listener, filter) {
      const entry = filter === undefined ? listener : (event: AlertEvent) => filter(event) && listener(event)
      listeners.add(entry)
      return () => listeners.delete(entry)
    },
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

interface Counters {
  delivered: number
  retries: number
  failed: number
  readonly suppressed: Map<string, number>
}

function add(counters: Map<string, number>, name: string, number: number): void {
  counters.set(name, (counters.get(name) ?? 0) + number)
}

function withKeys(event: AlertEvent, shownKey: (key: string) => string): AlertEvent {
  if ('key' in event) return { ...event, key: shownKey(event.key) }
  if (!('about' in event)) return event
  return { ...event, about: event.about.map((name) => ({ ...name, key: shownKey(name.key) })) }
}
