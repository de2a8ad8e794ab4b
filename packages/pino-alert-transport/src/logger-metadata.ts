/**
 * What pino says about a line before it writes it: which logger, which level, which object. Looking at these
 * costs a third of searching the text, and an object cannot be mistaken for what stands inside a message.
 */
import { isObject, isObjectOrList } from 'alert-core/adapter'

/** A stream with this property set is given `lastLogger` and more before each line. */
export const wantsMetadata: unique symbol = Symbol.for('pino.metadata') as never

/** What pino and `pino.multistream` leave on such a stream. */
export interface Metadata {
  [wantsMetadata]: true
  lastLevel: unknown
  lastObj: unknown
  lastMsg: unknown
  lastTime: unknown
  lastLogger: unknown
}

/** Without a line. */
export function noMetadata(): Metadata {
  return {
    [wantsMetadata]: true,
    lastLevel: undefined,
    lastObj: undefined,
    lastMsg: undefined,
    lastTime: undefined,
    lastLogger: undefined,
  }
}

/** For a destination that asks for it as well: a `pino.multistream`, say. */
export function passMetadata(from: Metadata, to: Partial<Metadata>): void {
  to.lastLevel = from.lastLevel
  to.lastObj = from.lastObj
  to.lastMsg = from.lastMsg
  to.lastTime = from.lastTime
  to.lastLogger = from.lastLogger
}

/** Neither a logger nor what it logged is to stay in memory. */
export function clearMetadata(seen: Metadata): void {
  seen.lastLogger = undefined
  seen.lastObj = undefined
  seen.lastMsg = undefined
}

/** What one logger writes into each of its lines. */
export interface LoggerView {
  /** The stream that the logger writes to. */
  readonly stream: unknown
  /** The name under which the logger puts the fields of a record, if it does. */
  readonly nestedKey: string | undefined
  /** False if only the text of a line says whether it is interesting. */
  readonly isPlain: boolean
}

/** The properties of a logger that are read here; most have symbols of the copy of pino that made it. */
interface Names {
  readonly bindings: symbol
  readonly heads: symbol
  readonly messageKey: symbol
  readonly nestedKey: symbol
  readonly stream: symbol
  readonly time: symbol
}

type Properties = Record<symbol, unknown>

/** The names of fields by which a line below the threshold may be interesting, as `hasDecisiveField` asks. */
const decisiveNames = /(?:alert|level|severity|responseTime|metadata|meta)"|\\u00[67]/
const formatters = Symbol.for('pino.formatters')
const hooks = Symbol.for('pino.hooks')

/**
 * Looks at the last logger once, and again if its bindings change. `gate` and `threshold` decide about the
 * heads that the logger has ready for each level; `ranks` are those of its levels, if it counts unlike pino.
 */
export function createLoggerLook(
  gate: (line: string) => boolean,
  threshold: number,
  ranks?: ReadonlyMap<number, number>,
) {
  let names: Names | undefined
  let latest: unknown
  let bindings: unknown
  let view: LoggerView | undefined
  let heads: unknown
  let areUsual = false
  let time: unknown
  let isTimeDecisive = true

  function look(logger: Properties): LoggerView | undefined {
    if (names === undefined || !(names.stream in logger)) names = namesOf(logger)
    if (names === undefined) return undefined
    const { [names.nestedKey]: nestedKey, [names.stream]: stream } = logger
    bindings = logger[names.bindings]
    if (heads !== logger[names.heads]) {
      heads = logger[names.heads]
      areUsual = isObject(heads) && Object.entries(heads).every(isUsual)
    }
    if (time !== logger[names.time]) {
      time = logger[names.time]
      isTimeDecisive = typeof time !== 'function' || decisiveNames.test(String(time()))
    }
    return {
      stream,
      nestedKey: typeof nestedKey === 'string' && nestedKey !== '' ? nestedKey : undefined,
      isPlain: areUsual && !isTimeDecisive && !rewritesLines(logger) && !addsDecisiveField(logger, names),
    }
  }

  /** A head is what a line begins with: its level, as `formatters.level` writes it. */
  function isUsual([level, head]: [string, unknown]): boolean {
    const rank = ranks?.get(Number(level)) ?? Number(level)
    return typeof head === 'string' && gate(`${head},`) === rank >= threshold
  }

  return (logger: unknown): LoggerView | undefined => {
    if (logger === latest && names !== undefined && (logger as Properties)[names.bindings] === bindings)
      return view
    if (!isObjectOrList(logger)) return undefined
    latest = logger
    view = look(logger as Properties)
    return view
  }
}

/** True if a record below the threshold may be interesting for one of its own fields. */
export function hasDecisiveField(object: unknown): boolean {
  if (!isObjectOrList(object)) return false
  const fields = object as Record<string, unknown>
  return (
    fields['alert'] !== undefined ||
    fields['level'] !== undefined ||
    fields['severity'] !== undefined ||
    fields['responseTime'] !== undefined ||
    fields['err'] !== undefined ||
    fields['error'] !== undefined ||
    fields['metadata'] !== undefined ||
    fields['meta'] !== undefined
  )
}

/** True if a function of the application has the last word on what a line says. */
function rewritesLines(logger: Properties): boolean {
  const { log } = (logger[formatters] ?? {}) as { log?: unknown }
  const { streamWrite } = (logger[hooks] ?? {}) as { streamWrite?: unknown }
  return log !== undefined || streamWrite !== undefined
}

/** True if something that the logger adds to every line may make it interesting. */
function addsDecisiveField(logger: Properties, names: Names): boolean {
  const { [names.bindings]: bindings, [names.messageKey]: messageKey } = logger
  return typeof bindings !== 'string' || decisiveNames.test(`${bindings}${String(messageKey)}"`)
}

/** `undefined` for what is not a logger of pino as it is known. */
function namesOf(logger: object): Names | undefined {
  const found = new Map<string | undefined, symbol>()
  for (let holder: object | null = logger; holder !== null; holder = Object.getPrototypeOf(holder))
    for (const symbol of Object.getOwnPropertySymbols(holder)) found.set(symbol.description, symbol)
  const bindings = found.get('pino.chindings')
  const heads = found.get('pino.lsCache')
  const messageKey = found.get('pino.messageKey')
  const nestedKey = found.get('pino.nestedKey')
  const stream = found.get('pino.stream')
  const time = found.get('pino.time')
  const isKnown = bindings && heads && messageKey && nestedKey && stream && time
  return isKnown ? { bindings, heads, messageKey, nestedKey, stream, time } : undefined
}
