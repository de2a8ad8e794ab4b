/**
 * pino's `nestedKey`. It is missing from the configuration that pino sends, but a destination may ask for the
 * logger that writes.
 */

/** A stream with this property set is given `lastLogger` and more before each line. */
export const wantsLogger: unique symbol = Symbol.for('pino.metadata') as never

/** What pino and `pino.multistream` leave on such a stream. */
export interface LoggerSeen {
  [wantsLogger]?: boolean
  lastLogger?: unknown
  lastObj?: unknown
}

/** The name under which the logger puts the fields of a record, if it does. */
export function nestedKeyOf(logger: unknown): string | undefined {
  for (let holder = logger; typeof holder === 'object' && holder !== null; ) {
    for (const symbol of Object.getOwnPropertySymbols(holder)) {
      if (symbol.description !== 'pino.nestedKey') continue
      const key: unknown = (holder as Record<symbol, unknown>)[symbol]
      return typeof key === 'string' && key !== '' ? key : undefined
    }
    holder = Object.getPrototypeOf(holder)
  }
  return undefined
}
