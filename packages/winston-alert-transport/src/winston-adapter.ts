/**
 * What one transport does with log calls: decides, writes the line, and passes it to the link that it shares
 * with transports of equal options.
 */
import type { AlertEvent, AlertOptions } from 'alert-core'
import {
  type Connection,
  createAdapter,
  createConnection,
  createListeners,
  isError,
  isObjectOrList,
  type LinkSetup,
  planAdapter,
  remember,
  type Wanted,
} from 'alert-core/adapter'
import type TransportStream from 'winston-transport'
import { type Info, levelKey } from './info.ts'
import { writeLine } from './info-line.ts'
import { createInterest } from './interest.ts'
import { type Levels, npmLevels, scaleLevels } from './winston-levels.ts'

type Format = NonNullable<TransportStream['format']>

type Shared = Pick<Connection, 'countUnreadable' | 'release' | 'reopen' | 'stats'> &
  Omit<ReturnType<typeof createAdapter>, 'stats' | 'on' | 'once' | 'off'>

export interface WinstonAdapter extends Shared {
  /** True for a log call that the core must see; `level` is the transport's threshold now. */
  wants(info: Info, level: string | undefined): boolean
  take(info: Info, format: Format | undefined): void
  /** The levels of the logger that the transport now belongs to, 0 for the worst. */
  setLevels(ranks: Readonly<Record<string, number>>): void
  /** A state directory keeps what is not sent. */
  readonly keepsUnsent: boolean
  /** Starts at once what must start before the first error. */
  warm(level: string | undefined): void
  readonly connection: Connection
}

interface WinstonPlan {
  readonly level: string | undefined
  readonly interest: (info: Info) => boolean
  readonly setup: LinkSetup
  /** What `interest` follows, once that is no longer what the options say. */
  readonly wanted?: Wanted
}

const planOnce = remember(planAdapter)
/** As `writeLine` names them. */
const keys = { messageKey: 'msg', errorKey: 'err' } as const

/** `options` have been checked; `listener` receives what becomes of alerts. */
export function createWinstonAdapter(
  options: AlertOptions,
  listener: (event: AlertEvent) => void,
): WinstonAdapter {
  const keepsUnsent = options.state?.dir !== undefined
  const isUrgent = createUrgency(keepsUnsent)
  const connection = createConnection(() => (plan ?? makePlan(undefined)).setup, listener, {
    watchesCrashes: options.crashes !== false,
  })
  let levels: Levels = npmLevels
  let plan: WinstonPlan | undefined

  function makePlan(level: string | undefined): WinstonPlan {
    const given = level === undefined ? options : { ...options, level }
    const { level: threshold, wantsAll, ...rest } = planOnce(given, levels)
    // The worker need not know the logger's own words for the threshold.
    const setup = { options: { ...given, level: threshold }, wire: { levels, ...keys }, ...rest }
    plan = { level, interest: createInterest({ levels, threshold, wantsAll }), setup }
    connection.changed()
    return plan
  }

  /** A document that replaces the options may want other records. */
  function planNow(level: string | undefined): WinstonPlan {
    const current = plan !== undefined && plan.level === level ? plan : makePlan(level)
    const wanted = connection.wanted()
    if (wanted === undefined || wanted === current.wanted) return current
    const interest = createInterest({ levels, threshold: wanted.level, wantsAll: wanted.wantsAll })
    plan = { ...current, wanted, interest }
    return plan
  }

  const { explain, ...adapter } = createAdapter(connection, createListeners())
  return {
    ...adapter,
    connection,
    stats: connection.stats,
    countUnreadable: connection.countUnreadable,
    release: connection.release,
    reopen: connection.reopen,
    keepsUnsent,
    wants: (info, level) => planNow(level).interest(info),
    take(info, format) {
      const formatted = format === undefined ? info : applyFormat(format, info)
      if (formatted === undefined) return
      const line = writeLine(formatted, levels, Date.now())
      connection.write(line)
      if (isUrgent(line)) connection.flushSync(urgentMs)
    },
    setLevels(ranks) {
      levels = scaleLevels(ranks)
      plan = undefined
    },
    warm(level) {
      if (plan === undefined) makePlan(level)
      connection.warm()
    },
    async explain(record) {
      const line =
        typeof record === 'string' ? record : writeLine(withLabel(record as Info), levels, Date.now())
      return explain(line.trimEnd())
    },
  }
}

/** As a logger passes it on: a record that people write down has its level by name only. */
function withLabel(info: Info): Info {
  return info[levelKey] === undefined ? { ...info, [levelKey]: info['level'] } : info
}

/**
 * What the transport's own format makes of a copy of the record; `undefined` if it drops the record; the
 * record itself if it throws.
 */
function applyFormat(format: Format, info: Info): Info | undefined {
  try {
    const made: unknown = format.transform(copyOf(info) as never, format.options)
    return isObjectOrList(made) ? (made as Info) : undefined
  } catch {
    return info
  }
}

/**
 * A format may write to what it is given, and asks `instanceof Error`; the own properties of an error are not
 * enumerable.
 */
function copyOf(info: Info): object {
  if (!isError(info)) return { ...info }
  return Object.create(Object.getPrototypeOf(info), Object.getOwnPropertyDescriptors(info))
}

/** The longest that an urgent record waits to be read. */
const urgentMs = 1_000
/** Not again so soon: a storm of critical records must not stop the application. */
const pauseMs = 100

const isFatal = /^\{"level":(?:[6-9]\d|\d{3})/
const saysCritical = /"alert":\{[^{}]*"severity":"critical"/

/**
 * Whether to wait until the worker has read a line, as pino does for every fatal record. With a state
 * directory a critical record is on disk once it is read, and is delivered even if SIGKILL follows in the
 * same tick.
 */
export function createUrgency(keepsUnsent: boolean): (line: string) => boolean {
  let lastAt = Number.NEGATIVE_INFINITY
  return (line) => {
    if (!keepsUnsent || !(isFatal.test(line) || saysCritical.test(line))) return false
    const now = performance.now()
    if (now - lastAt < pauseMs) return false
    lastAt = now
    return true
  }
}
